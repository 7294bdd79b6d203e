"""Identities in the one form in which they are compared: pure."""

import re
from functools import cache, lru_cache
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
    return text if _is_plain(text) else _parse_phone(text)


def _is_plain(text: str) -> bool:
    """Whether parsing this text would give it back: digits only, of a possible length, behind no national prefix.

    The library takes 13 µs for what most files and shops send, and a test holds this to it.
    """
    digits = text[1:]
    if not (digits.isascii() and digits.isdigit()):
        return False
    for length in (1, 2, 3):
        form = _find_form(digits[:length])
        if form is not None:
            lengths, prefix = form
            national = digits[length:]
            return len(national) in lengths and (prefix is None or prefix.match(national) is None)
    return False


@cache
def _find_form(code: str) -> tuple[frozenset[int], "re.Pattern[str] | None"] | None:
    """Return how long numbers of a country's code are and what may stand before them; None if it is nobody's."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code)) if code else None
    if regions is None:
        return None
    region = phonenumbers.region_code_for_country_code(int(code))
    metadata = (
        phonenumbers.PhoneMetadata.metadata_for_nongeo_region(int(code))
        if region == "001"
        else phonenumbers.PhoneMetadata.metadata_for_region(region)
    )
    lengths = (
        () if metadata is None or metadata.general_desc is None else metadata.general_desc.possible_length
    )
    prefix = None if metadata is None else metadata.national_prefix_for_parsing
    return frozenset(lengths), None if prefix is None else re.compile(prefix)


def _parse_phone(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
