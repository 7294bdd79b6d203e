"""Identities in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
