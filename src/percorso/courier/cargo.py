"""What a slot carries: a claimed message, rendered and assembled. Pure."""

from datetime import datetime

import msgspec

from percorso.channels.email.mime import render_email
from percorso.channels.email.smtp import Letter
from percorso.channels.push.model import Push, PushContent
from percorso.channels.sms.model import Sms
from percorso.content.errors import RenderFaultError
from percorso.content.model import PublicUrls, Rendered
from percorso.content.render import CompiledTemplate, render_message
from percorso.content.tokens import TokenKeys
from percorso.kit.email_address import EmailAddress, find_email_address
from percorso.messages.actions import Marked
from percorso.messages.circumstances import (
    Circumstances,
    find_address,
    gather_filling,
    make_email,
    make_urls,
)
from percorso.messages.model import Message
from percorso.messages.result import Change


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed message with all that is needed to carry it, or the change that keeps it from leaving."""

    message: Message
    circumstances: Circumstances
    compiled: CompiledTemplate | None
    hold: Change | None
    now: datetime
    leaves_before: datetime | None = None
    """Until when its journey's hours let it leave; None: at any time."""


class Cargo(msgspec.Struct, frozen=True, kw_only=True):
    """What is handed over, and what its mark says."""

    load: Letter | Sms | Push
    marked: Marked


def load_cargo(ready: Ready, compiled: CompiledTemplate, *, public_url: str, keys: TokenKeys) -> Cargo:
    """Return the message rendered and assembled; raises RenderFaultError, whatever it was that cannot be filled."""
    message, around = ready.message, ready.circumstances
    urls = make_urls(message, around, public_url=public_url, keys=keys, positions=compiled.tracked)
    rendered = render_message(compiled, gather_filling(message, around, now=ready.now), urls)
    address = find_address(message, around) or ""
    try:
        load = _make_load(ready, rendered, urls, address)
    except (ValueError, OverflowError) as error:
        raise RenderFaultError(f"{type(error).__name__}: {error}") from None
    marked = Marked(
        message=message,
        address=address,
        subject=rendered.subject,
        rendered=msgspec.structs.asdict(rendered),
        template_version=compiled.version.number,
        leaves_before=ready.leaves_before,
    )
    return Cargo(load=load, marked=marked)


def _make_load(ready: Ready, rendered: Rendered, urls: PublicUrls, address: str) -> Letter | Sms | Push:
    """Return what is handed over on the message's channel; raises ValueError, OverflowError, RenderFaultError."""
    match ready.message.channel:
        case "email":
            return _make_letter(ready, rendered, urls, EmailAddress(address))
        case "sms":
            return _make_sms(ready, rendered, address)
        case "push":
            return _make_push(ready, rendered, address)


def _make_push(ready: Ready, rendered: Rendered, address: str) -> Push:
    return Push(
        message_id=ready.message.id,
        workspace_id=ready.message.workspace_id,
        sender=ready.circumstances.sender_name,
        recipient=address,
        content=PushContent(
            title=rendered.subject, body=rendered.text, link=rendered.link, image=rendered.image
        ),
    )


def _make_sms(ready: Ready, rendered: Rendered, address: str) -> Sms:
    around = ready.circumstances
    return Sms(
        message_id=ready.message.id,
        workspace_id=ready.message.workspace_id,
        sender=around.sms_sender or around.sender_name[:11],
        recipient=address,
        text=rendered.text,
    )


def _make_letter(ready: Ready, rendered: Rendered, urls: PublicUrls, recipient: EmailAddress) -> Letter:
    sender = find_email_address(ready.circumstances.sender_address)
    if sender is None:
        raise RenderFaultError("The list's sender address is not one that Percorso writes from.")
    email = make_email(
        ready.message,
        ready.circumstances,
        rendered,
        recipient=recipient,
        sender=sender,
        unsubscribe_url=urls.unsubscribe,
        now=ready.now,
    )
    return Letter(sender, recipient, render_email(email))
