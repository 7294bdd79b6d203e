"""Identities in the one form in which they are compared: pure."""

from functools import lru_cache
from typing import Final, Literal

import phonenumbers

from percorso.kit.email_address import find_email_address

IdentityKind = Literal["external_id", "user_id", "email", "phone", "device", "anonymous_id"]

Identity = tuple[str, str]
"""(kind, normalised value)."""

STRENGTH: Final[tuple[IdentityKind, ...]] = (
    "external_id", "user_id", "email", "phone", "device", "anonymous_id",
)  # fmt: skip
"""The kinds, strongest first (architecture §9.2)."""

STRONG: Final = frozenset[str]({"external_id", "user_id", "email", "phone"})
"""The kinds that make a contact known."""

MAXIMUM_BYTES: Final = 512
"""The longest value that fits its index."""


def is_identity_value(value: str) -> bool:
    """Whether the text can be an identity: not empty, at most 512 bytes, without NUL."""
    return bool(value) and "\0" not in value and len(value.encode()) <= MAXIMUM_BYTES


@lru_cache(maxsize=8192)
def normalise_email(text: str) -> str | None:
    """Return the address in lower case, None if Percorso would not write to it.

    The local part too: no receiver in use tells them apart, people do not type them alike.
    """
    address = find_email_address(text)
    return None if address is None else address.lower()


@lru_cache(maxsize=8192)
def normalise_phone(text: str) -> str | None:
    """Return the number in E.164, None if it is none or names no country."""
    text = text.strip()
    if text.startswith("00"):
        text = f"+{text[2:]}"
    if not text.startswith("+") or len(text) > 40:
        return None
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
