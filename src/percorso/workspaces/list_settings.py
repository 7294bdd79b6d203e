"""What a list is set to, and what may be set: pure."""

import re
from typing import Final, Literal
from uuid import UUID
from zoneinfo import available_timezones

import msgspec

from percorso.kit.email_address import EmailAddressError, domain_of, find_email_address, parse_email_address
from percorso.workspaces.errors import ListFaultError
from percorso.workspaces.model import Language

OptIn = Literal["single", "double"]
"""single: who asks is subscribed. double: who asks is pending until they confirm (double opt-in)."""

Warned = Literal["free_mailbox", "domain_waits"]
"""What may keep email of a list from arriving.

free_mailbox: the sender's domain belongs to a provider of mailboxes, whose DMARC policy has others refuse our email.
domain_waits: the sender's own domain takes no email from us at present, so answers and bounces are in doubt.
"""

FREE_MAILBOXES: Final = frozenset(
    {
        "aol.com",
        "gmail.com",
        "gmx.com",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "hotmail.it",
        "icloud.com",
        "libero.it",
        "live.com",
        "live.it",
        "me.com",
        "msn.com",
        "outlook.com",
        "outlook.it",
        "proton.me",
        "protonmail.com",
        "tim.it",
        "tin.it",
        "virgilio.it",
        "yahoo.com",
        "yahoo.it",
        "ymail.com",
    }
)
"""Domains of providers of mailboxes: nobody can publish a key of ours there."""

_ALIAS: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ._&'-]{1,11}")
"""GSM 03.40 §9.1.2.5: an alphanumeric sender has at most eleven characters of the GSM alphabet."""
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,6}")
"""A number in E.164, or a short code."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_LONGEST: Final = 100


class ListSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A list as its owner sets it up."""

    name: str
    sender_name: str
    sender_address: str
    reply_to: str | None = None
    """None: replies go to the sender."""
    sms_sender: str | None = None
    """None: the list sends no SMS."""
    time_zone: str
    language: Language
    opt_in: OptIn = "single"
    tracks_opens: bool = True
    tracks_clicks: bool = True
    confirmation_template_id: UUID | None = None
    """None: Percorso's own text."""
    welcome_template_id: UUID | None = None
    has_welcome: bool = False
    """Whether the first notification goes out, once per contact, after subscribing or confirming."""


def tidy_settings(settings: ListSettings) -> ListSettings:
    """Return the settings as they are kept; raises ListFaultError with every setting at fault.

    Spaces around texts go, addresses get the form that is written to, and an empty optional text is none.
    """
    tidy = msgspec.structs.replace(
        settings,
        name=settings.name.strip(),
        sender_name=settings.sender_name.strip(),
        sender_address=find_email_address(settings.sender_address) or settings.sender_address.strip(),
        reply_to=find_email_address(settings.reply_to) or (settings.reply_to or "").strip() or None,
        sms_sender=(settings.sms_sender or "").strip() or None,
    )
    faults = [
        (part, sentence)
        for part, sentence in (
            ("name", _say_text(tidy.name)),
            ("senderName", _say_text(tidy.sender_name)),
            ("senderAddress", _say_address(tidy.sender_address)),
            ("replyTo", _say_address(tidy.reply_to) if tidy.reply_to is not None else None),
            ("smsSender", _say_sms_sender(tidy.sms_sender) if tidy.sms_sender is not None else None),
            ("timeZone", None if tidy.time_zone in available_timezones() else NO_ZONE),
            ("welcomeTemplateId", WELCOME_NEEDED if _lacks_welcome(tidy) else None),
        )
        if sentence is not None
    ]
    if faults:
        raise ListFaultError(tuple(faults))
    return tidy


NO_ZONE: Final = "There is no such time zone. Write it like Europe/Rome."
"""Of a zone that IANA does not know."""
WELCOME_NEEDED: Final = "Choose the template of the first notification before it is switched on."
"""Of a welcome without a template."""


def _lacks_welcome(settings: ListSettings) -> bool:
    return settings.has_welcome and settings.welcome_template_id is None


def _say_text(text: str) -> str | None:
    if not text:
        return "It is needed."
    if len(text) > _LONGEST:
        return f"It has more than {_LONGEST} characters."
    return "It holds characters that cannot be shown." if _CONTROL.search(text) else None


def _say_address(address: str) -> str | None:
    try:
        parse_email_address(address)
    except EmailAddressError as error:
        return str(error)
    return None


def _say_sms_sender(sender: str) -> str | None:
    if _ALIAS.fullmatch(sender) or _NUMBER.fullmatch(sender):
        return None
    return "It is a name of at most 11 letters and digits, a number like +390212345, or a short code."


def list_warnings(sender_address: str, *, waiting_domains: frozenset[str]) -> list[Warned]:
    """Return what may keep email from this sender from arriving; it is kept all the same."""
    address = find_email_address(sender_address)
    if address is None:
        return []
    domain = domain_of(address)
    warnings: list[Warned] = []
    if domain in FREE_MAILBOXES:
        warnings.append("free_mailbox")
    if domain in waiting_domains:
        warnings.append("domain_waits")
    return warnings
