"""The page on which somebody confirms that they want to be on a list: shown on GET, done on POST."""

from percorso.api.pages.answers import send_invalid, send_page
from percorso.api.pages.choices import Subject, find_subject
from percorso.api.pages.html import render_page
from percorso.api.pages.tokens import TokenReader
from percorso.api.raw import Receive, Scope, Send
from percorso.consent.choices import record_choices
from percorso.content.tokens import Named, Purpose
from percorso.db import Connection, Database
from percorso.db.clock import read_product_time


class Confirming:
    """Double opt-in, its second half."""

    def __init__(self, database: Database, tokens: TokenReader) -> None:
        self._database = database
        self._tokens = tokens

    async def confirm(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask on GET; on POST the contact is subscribed, with what the page said as proof."""
        del receive
        named = await self._tokens.find_named(scope, Purpose.CONFIRM)
        if scope["method"] == "POST":
            async with self._database.transaction("pages.status") as connection:
                subject = await _find_asked(connection, named)
                if subject is not None:
                    await _record(connection, subject)
            await self._answer(scope, send, subject, named, is_done=True)
            return
        async with self._database.connection() as connection:
            subject = await _find_asked(connection, named)
        if scope["method"] not in ("GET", "HEAD"):
            subject = None
        done = subject is not None and subject.statuses[subject.shown.message.channel] == "subscribed"
        await self._answer(scope, send, subject, named, is_done=done)

    async def _answer(
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
            heading=subject.say("confirmed" if is_done else "confirm_ask"),
            paragraphs=[subject.say(f"confirmed_{channel}" if is_done else f"confirm_ask_{channel}")],
            button="" if is_done else subject.say("confirm_button"),
            more=(f"/p/{token}", subject.say("choose")) if is_done else None,
        )
        await send_page(send, html)


async def _find_asked(connection: Connection, named: Named | None) -> Subject | None:
    """Return who was asked; None where the address that was asked is not theirs any more.

    Whoever reads an address proves that one, and no other.
    """
    subject = await find_subject(connection, named)
    if subject is None or not subject.is_proven(subject.shown.message.channel):
        return None
    return subject


async def _record(connection: Connection, subject: Subject) -> None:
    message = subject.shown.message
    change = subject.change(
        message.channel,
        "subscribed",
        source="confirmation_page",
        wording=subject.say(f"confirm_ask_{message.channel}"),
    )
    await record_choices(
        connection,
        [change],
        message_id=message.id,
        now=await read_product_time(connection),
    )
