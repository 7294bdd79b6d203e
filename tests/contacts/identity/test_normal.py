"""Identities in one form."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.contacts.identity import normal
from percorso.contacts.identity.normal import is_identity_value, normalise_email, normalise_phone


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        ("  ada@example.com ", "ada@example.com"),
        ("ada+news@münchen.example.com", "ada+news@xn--mnchen-3ya.example.com"),
        ("ada", None),
        ("ada@localhost", None),
        ("a da@example.com", None),
        ("ada@example.com\r\nBcc: x@example.com", None),
        ('"quoted"@example.com', None),
        ("@example.com", None),
        ("", None),
    ],
)
def test_an_email_is_compared_in_lower_case(text: str, email: str | None) -> None:
    assert normalise_email(text) == email


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+39 333 123 4567", "+393331234567"),
        ("0039 (333) 123-4567", "+393331234567"),
        ("+1 202 555 0143", "+12025550143"),
        ("333 123 4567", None),
        ("+39", None),
        ("+999999999999999999999", None),
        ("call me", None),
        ("", None),
    ],
)
def test_a_phone_is_compared_in_e164(text: str, phone: str | None) -> None:
    assert normalise_phone(text) == phone


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    for normalise in (normalise_email, normalise_phone):
        once = normalise(text)
        assert once is None or normalise(once) == once


@pytest.mark.parametrize(
    ("value", "fits"), [("u1", True), ("è" * 256, True), ("è" * 257, False), ("", False), ("a\0b", False)]
)
def test_an_identity_fits_its_index(value: str, fits: bool) -> None:
    assert is_identity_value(value) is fits


CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def list_examples() -> list[str]:
    """A number of each kind of each country."""
    numbers = [
        phonenumbers.example_number_for_type(region, kind)
        for code in CODES
        for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
        if region != "001"
        for kind in range(11)
    ]
    numbers += [phonenumbers.example_number_for_non_geo_entity(code) for code in CODES]
    return [
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        for number in numbers
        if number is not None
    ]


def is_as_parsed(text: str) -> bool:
    return normalise_phone.__wrapped__(text) == normal._parse_phone(text)  # pyright: ignore[reportPrivateUsage]


def test_the_quick_look_at_a_phone_says_what_the_library_says_of_every_country() -> None:
    examples = list_examples()
    assert len(examples) > 1_000
    assert [text for text in examples if not is_as_parsed(text)] == []
    quick = sum(normal._is_plain(text) for text in examples)  # pyright: ignore[reportPrivateUsage]
    assert quick > len(examples) // 2


@given(code=st.sampled_from(CODES), digits=st.text("0123456789", min_size=1, max_size=16))
def test_the_quick_look_at_a_phone_says_what_the_library_says(code: int, digits: str) -> None:
    assert is_as_parsed(f"+{code}{digits}")
