"""What a message is filled with and sent from: pure values, and how they are read for one contact."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

import msgspec

from percorso.channels.email.mime import Email
from percorso.consent.notices import NOTICE
from percorso.content.model import Filling, Language, Locale, PublicUrls, Rendered
from percorso.content.tokens import Named, Purpose, TokenKeys, make_url
from percorso.kit.email_address import EmailAddress, find_email_address
from percorso.messages.model import Message


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """The contact as it stands, the list that speaks, and the workspace's currency."""

    attributes: dict[str, Any]
    email: str | None
    phone: str | None
    device: str | None
    """The one that came last; push goes there (docs/decisions/0710-a-push-goes-to-one-device.md)."""
    list_name: str
    sender_name: str
    sender_address: str
    reply_to: str | None
    sms_sender: str | None
    language: Language
    time_zone: str
    currency: str
    confirms: bool
    """Whether the list asks who is put on it to confirm."""
    tracks_opens: bool
    tracks_clicks: bool


def find_address(message: Message, circumstances: Circumstances) -> str | None:
    """Return where the message goes, or None where there is no address that we write to, byte for byte."""
    if message.channel == "sms":
        return circumstances.phone
    if message.channel == "push":
        return circumstances.device
    address = find_email_address(circumstances.email)
    return address if address == circumstances.email else None


def choose_language(attributes: dict[str, Any], fallback: Language) -> Language:
    """Return the contact's language if it is one of ours, else the list's."""
    for name in ("language", "locale"):
        value = attributes.get(name)
        if isinstance(value, str) and value[:2].lower() in ("it", "en"):
            return "it" if value[:2].lower() == "it" else "en"
    return fallback


def gather_filling(message: Message, circumstances: Circumstances, *, now: datetime) -> Filling:
    """Return what the message's template may read; `now` is product time."""
    zone = circumstances.attributes.get("timeZone")
    event: dict[str, Any] | None = message.values.get("event")
    return Filling(
        contact={
            **circumstances.attributes,
            "email": circumstances.email,
            "phone": circumstances.phone,
        },
        event=event,
        run=message.values.get("captured") or {},
        list={
            "name": circumstances.list_name,
            "sender_name": circumstances.sender_name,
            "sender_address": circumstances.sender_address,
        },
        locale=Locale(
            language=choose_language(circumstances.attributes, circumstances.language),
            time_zone=zone if isinstance(zone, str) and _is_zone(zone) else circumstances.time_zone,
            currency=circumstances.currency,
            now=now,
        ),
    )


def _is_zone(name: str) -> bool:
    return name in available_timezones()


def make_urls(
    message: Message,
    circumstances: Circumstances,
    *,
    public_url: str,
    keys: TokenKeys,
    positions: tuple[int, ...],
) -> PublicUrls:
    """Return the public addresses of a message; `positions` are the links that can be tracked.

    What the list does not track is left out, and nothing is tracked of who did not agree to anything yet.
    """
    asks = message.values.get(NOTICE) == "confirmation"
    follows = circumstances.tracks_clicks and not asks

    def url(purpose: Purpose, position: int | None = None) -> str:
        named = Named(message.workspace_id, message.bucket, message.id, position)
        return make_url(public_url, keys, purpose, named)

    return PublicUrls(
        unsubscribe=url(Purpose.UNSUBSCRIBE),
        preferences=url(Purpose.PREFERENCES),
        view_online=url(Purpose.VIEW),
        confirm=url(Purpose.CONFIRM) if asks else "",
        pixel=url(Purpose.PIXEL) if circumstances.tracks_opens and not asks else None,
        links={position: url(Purpose.CLICK, position) for position in positions} if follows else {},
    )


def make_email(
    message: Message,
    circumstances: Circumstances,
    rendered: Rendered,
    *,
    recipient: EmailAddress,
    sender: EmailAddress,
    unsubscribe_url: str,
    now: datetime,
) -> Email:
    """Return the email to assemble; transactional ones offer no way out of the list."""
    stream: UUID | None = message.journey_id
    return Email(
        message_id=message.id,
        workspace_id=message.workspace_id,
        list_id=message.list_id,
        list_name=circumstances.list_name,
        stream=stream.hex if stream is not None else "single",
        sender_name=circumstances.sender_name,
        sender_address=sender,
        reply_to=find_email_address(circumstances.reply_to),
        recipient=recipient,
        subject=rendered.subject,
        html=rendered.html,
        text=rendered.text,
        sent_at=now,
        unsubscribe_url=unsubscribe_url if message.message_class == "marketing" else None,
    )
