"""Unsubscribing and preferences: shown on GET, done on POST."""

from urllib.parse import parse_qs
from uuid import UUID

import msgspec

from percorso.api.pages.answers import send_invalid, send_page
from percorso.api.pages.html import Choice, render_page
from percorso.api.pages.texts import TEXTS, mask_address
from percorso.api.pages.tokens import TokenReader, find_message
from percorso.api.raw import Receive, Scope, Send
from percorso.consent.choices import find_holder, record_choices
from percorso.consent.records import Channel, Status, StatusChange
from percorso.consent.standing import StandingRequest, read_standings
from percorso.content.model import Language
from percorso.content.tokens import Named, Purpose
from percorso.db import Connection, Database
from percorso.db.clock import read_product_time
from percorso.kit.ids import bucket_of
from percorso.messages.circumstances import Circumstances
from percorso.messages.model import ShownMessage
from percorso.messages.store import read_circumstances

_MAXIMUM_BODY = 4096
_CHANNELS: tuple[Channel, ...] = ("email", "sms", "push")


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Whose choice it is: a message, the list that spoke, and how the contact stands with it by channel."""

    shown: ShownMessage
    around: Circumstances
    holder: UUID
    statuses: dict[Channel, Status | None]

    @property
    def language(self) -> Language:
        """The list's language."""
        return self.around.language

    def say(self, key: str, channel: Channel | None = None) -> str:
        """Return a sentence with the list's name and the channel's masked address in it."""
        address = self.addresses.get(channel or self.shown.message.channel) or self.shown.address
        return TEXTS[self.language][key].format(list=self.around.list_name, address=mask_address(address))

    @property
    def addresses(self) -> dict[Channel, str | None]:
        """Where each channel goes."""
        phone = self.around.phone if self.around.sms_sender else None
        return {"email": self.around.email, "sms": phone, "push": self.around.device}

    def is_proven(self, channel: Channel) -> bool:
        """Whether who is here has shown that the channel's address is theirs: the message went there."""
        shown = self.shown
        return channel == shown.message.channel and self.addresses[channel] == shown.address

    def change(self, channel: Channel, status: Status, *, source: str, wording: str) -> StatusChange:
        """Return a change of this contact's status on this list."""
        message = self.shown.message
        return StatusChange(
            workspace_id=message.workspace_id,
            contact_id=message.contact_id,
            list_id=message.list_id,
            channel=channel,
            status=status,
            source=source,
            wording=wording,
            is_answered=True,
        )


async def find_subject(connection: Connection, named: Named | None) -> Subject | None:
    """Return whose choice a token names; None also for a contact that was erased."""
    shown = await find_message(connection, named)
    if shown is None:
        return None
    message = shown.message
    now = await read_product_time(connection)
    probe = StatusChange(
        message.workspace_id, message.contact_id, message.list_id, "email", "unsubscribed", "", ""
    )
    holder = await find_holder(connection, probe, now=now)
    (around,) = await read_circumstances(
        connection, [msgspec.structs.replace(message, contact_id=holder, bucket=bucket_of(holder))]
    )
    standings = await read_standings(
        connection,
        [StandingRequest(bucket_of(holder), holder, message.list_id, channel, None) for channel in _CHANNELS],
    )
    if any(standing.is_marked for standing in standings):
        return None
    statuses: dict[Channel, Status | None] = {
        channel: standing.status for channel, standing in zip(_CHANNELS, standings, strict=True)
    }
    return Subject(shown=shown, around=around, holder=holder, statuses=statuses)


class Choices:
    """The two pages on which a contact decides."""

    def __init__(self, database: Database, tokens: TokenReader) -> None:
        self._database = database
        self._tokens = tokens

    async def unsubscribe(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask on GET; on POST, from the page or one-click (RFC 8058), unsubscribe from the message's channel."""
        named = await self._tokens.find_named(scope, Purpose.UNSUBSCRIBE)
        if scope["method"] == "POST":
            form = await read_form(receive)
            one_click = form.get("List-Unsubscribe") == ["One-Click"]
            async with self._database.transaction("pages.status") as connection:
                subject = await find_subject(connection, named)
                if subject is not None:
                    await self._write(
                        connection,
                        subject,
                        {subject.shown.message.channel: "unsubscribed"},
                        source="list_unsubscribe" if one_click else "unsubscribe_page",
                        wording=subject.say("confirm"),
                    )
            await self._answer_unsubscribe(scope, send, subject, named, is_done=True)
            return
        async with self._database.connection() as connection:
            subject = await find_subject(connection, named)
        if scope["method"] not in ("GET", "HEAD"):
            subject = None
        done = subject is not None and subject.statuses[subject.shown.message.channel] == "unsubscribed"
        await self._answer_unsubscribe(scope, send, subject, named, is_done=done)

    async def _write(
        self,
        connection: Connection,
        subject: Subject,
        choices: dict[Channel, Status],
        *,
        source: str,
        wording: str,
    ) -> None:
        changes = [
            subject.change(channel, status, source=source, wording=wording)
            for channel, status in choices.items()
        ]
        await record_choices(
            connection,
            changes,
            message_id=subject.shown.message.id,
            now=await read_product_time(connection),
        )

    async def _answer_unsubscribe(
        self,
        scope: Scope,
        send: Send,
        subject: Subject | None,
        named: Named | None,
        *,
        is_done: bool,
    ) -> None:
        if subject is None or named is None:
            await send_invalid(scope, send)
            return
        channel = subject.shown.message.channel
        token = (await self._tokens.get_keys()).make_token(Purpose.PREFERENCES, named)
        html = render_page(
            language=subject.language,
            brand=subject.around.list_name,
            heading=subject.say("done" if is_done else f"ask_{channel}"),
            paragraphs=[subject.say(f"done_{channel}_detail" if is_done else f"ask_{channel}_detail")],
            button="" if is_done else subject.say("confirm"),
            more=(f"/p/{token}", subject.say("mistake" if is_done else "choose")),
        )
        await send_page(send, html)

    async def prefer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show on GET what the contact chose on this list, and write on POST what they choose."""
        named = await self._tokens.find_named(scope, Purpose.PREFERENCES)
        saved = False
        if scope["method"] == "POST":
            form = await read_form(receive)
            async with self._database.transaction("pages.status") as connection:
                subject = await find_subject(connection, named)
                if subject is not None:
                    choices = decide_choices(subject, frozenset(form))
                    wording = subject.say("preferences")
                    await self._write(connection, subject, choices, source="preference_page", wording=wording)
                    subject = msgspec.structs.replace(subject, statuses=subject.statuses | choices)
                    saved = True
        else:
            async with self._database.connection() as connection:
                subject = await find_subject(connection, named)
        if subject is None or scope["method"] not in ("GET", "HEAD", "POST"):
            await send_invalid(scope, send)
            return
        await send_page(send, _render_preferences(subject, is_saved=saved))


def decide_choices(subject: Subject, ticked: frozenset[str]) -> dict[Channel, Status]:
    """Return the statuses that a posted form asks for: only of channels that it could show.

    A box that was not ticked takes back a subscription, and writes no refusal where there never was one. On a list that
    asks for confirmation, an address that the message did not go to is asked first.
    """
    choices: dict[Channel, Status] = {}
    for channel, address in subject.addresses.items():
        if address is None:
            continue
        if channel in ticked:
            # A device has no reader of messages whose owner could confirm: it asked before it gave its token.
            asks = subject.around.confirms and channel != "push" and not subject.is_proven(channel)
            is_new = subject.statuses[channel] != "subscribed"
            choices[channel] = "pending" if asks and is_new else "subscribed"
        elif subject.statuses[channel] not in (None, "pending"):
            choices[channel] = "unsubscribed"
    return choices


def _render_preferences(subject: Subject, *, is_saved: bool) -> str:
    choices = [
        Choice(
            channel,
            subject.say(channel, channel),
            subject.say(
                f"{channel}_pending" if subject.statuses[channel] == "pending" else f"{channel}_detail",
                channel,
            ),
            subject.statuses[channel] == "subscribed",
        )
        for channel, address in subject.addresses.items()
        if address is not None
    ]
    return render_page(
        language=subject.language,
        brand=subject.around.list_name,
        heading=subject.say("preferences"),
        paragraphs=[subject.say("preferences_detail")],
        notice=subject.say("saved") if is_saved else "",
        button=subject.say("save") if choices else "",
        choices=choices,
    )


async def read_form(receive: Receive) -> dict[str, list[str]]:
    """Return the fields of a posted form; a body that is too long or no form has none."""
    body = b""
    more = True
    while more:
        event = await receive()
        if event["type"] != "http.request":
            return {}
        body += event.get("body", b"")
        more = bool(event.get("more_body", False)) and len(body) <= _MAXIMUM_BODY
    if len(body) > _MAXIMUM_BODY:
        return {}
    try:
        return parse_qs(body.decode("ascii"), max_num_fields=20)
    except ValueError:
        return {}
