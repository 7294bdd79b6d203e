"""The one strict email address: what is stored, put into headers, and said to a server, byte for byte the same.

Strict on purpose: no quoted local parts, no comments, no address literals, no letters beyond ASCII before the @.
Mail libraries disagree on those, and one of them would write to a mailbox other than the stored one (trust §3).
"""

import re
from typing import NewType

import idna

EmailAddress = NewType("EmailAddress", str)
"""An address that `parse_email_address` gave back: ASCII, without white space, quotes, commas or angle brackets."""

MAXIMUM_LENGTH = 254
"""RFC 5321 §4.5.3.1.3: a path is at most 256 octets, its angle brackets included."""

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class EmailAddressError(ValueError):
    """A text is not an address that Percorso writes to; the message says why."""

    code = "email_address"


def parse_email_address(text: str) -> EmailAddress:
    """Return the address written in `text`, its domain in lower-case ASCII; raises EmailAddressError.

    The local part is kept as written: only its owner's server knows whether case matters (RFC 5321 §2.4).
    Parsing what was parsed gives the same.
    """
    local, at, domain = text.strip(" ").rpartition("@")
    if not at:
        raise EmailAddressError("An email address has an @.")
    if len(local) > 64 or not _LOCAL.fullmatch(local):
        raise EmailAddressError("The part before the @ holds what Percorso does not write to.")
    address = f"{local}@{_parse_domain(domain)}"
    if len(address) > MAXIMUM_LENGTH:
        raise EmailAddressError(f"An email address has at most {MAXIMUM_LENGTH} characters.")
    return EmailAddress(address)


def find_email_address(text: str | None) -> EmailAddress | None:
    """Return the address written in `text`, or None where there is none that Percorso writes to."""
    try:
        return parse_email_address(text or "")
    except EmailAddressError:
        return None


def domain_of(address: EmailAddress) -> str:
    """Return the part after the @."""
    return address.rpartition("@")[2]


def _parse_domain(text: str) -> str:
    if text.isascii():
        domain = text.lower()
    else:
        try:
            domain = idna.encode(text, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            raise EmailAddressError("The part after the @ is no domain.") from None
    labels = domain.split(".")
    if len(domain) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise EmailAddressError("The part after the @ is no domain.")
    if labels[-1].isdigit():
        raise EmailAddressError("The part after the @ is a number, not a domain.")
    return domain
