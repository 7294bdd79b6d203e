"""One strict address: what is parsed is what is said to a server."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from percorso.kit.email_address import EmailAddressError, domain_of, find_email_address, parse_email_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("maria@example.com", "maria@example.com"),
        ("Maria.Rossi+news@Example.COM", "Maria.Rossi+news@example.com"),
        ("  a@b.it ", "a@b.it"),
        ("o'hara@example.com", "o'hara@example.com"),
        ("a@perché.it", "a@xn--perch-fsa.it"),
        ("a@EXAMPLE.xn--p1ai", "a@example.xn--p1ai"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
    ],
)
def test_an_address_is_given_back_as_it_is_said(text: str, address: str) -> None:
    assert parse_email_address(text) == address
    assert parse_email_address(address) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "maria",
        "@example.com",
        "maria@",
        "maria@localhost",
        "maria@example",
        "maria@-a.it",
        "maria@a..it",
        "maria@1.2.3.4",
        "maria@[1.2.3.4]",
        '"maria rossi"@example.com',
        '"a,b"@example.com',
        "a,b@example.com",
        "a b@example.com",
        ".a@example.com",
        "a..b@example.com",
        "a@b@example.com",
        "a(comment)@example.com",
        "<a@example.com>",
        "Maria <a@example.com>",
        "a@example.com>\r\nRCPT TO:<eve@example.com",
        "a\r\n@example.com",
        "a@exa\nmple.com",
        "a\x00@example.com",
        "è@example.com",
        "a@example.com\u2028",
        "\ta@example.com",
        "a" * 65 + "@example.com",
        "a@" + "b" * 64 + ".it",
        "a@" + ".".join(["b" * 60] * 5) + ".it",
        "a@ex\ud800.it",
    ],
)
def test_what_servers_disagree_on_is_no_address(text: str) -> None:
    with pytest.raises(EmailAddressError):
        parse_email_address(text)
    assert find_email_address(text) is None


@given(st.text(max_size=80) | st.from_regex(r"[^@\s]{1,20}@[a-z0-9.-]{1,20}", fullmatch=True))
def test_an_address_that_is_taken_is_harmless_and_known_to_another_library(text: str) -> None:
    address = find_email_address(text)
    if address is None:
        return
    assert address.isascii()
    assert not set(address) & set('\r\n\t "(),:;<>[]\\\x00')
    assert parse_email_address(address) == address
    assert domain_of(address) == address.split("@")[1]
    try:
        known = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        # It refuses reserved domains, which are addresses all the same.
        assert "special-use" in str(error) or "domain" in str(error)  # noqa: PT017
    else:
        assert known.ascii_email == address
