"""The bytes of an email, read back by two parsers that are not ours."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast
from uuid import UUID

import dkim
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.channels.email.mime import Email, clean_header, encode_quoted_printable, render_email
from percorso.kit.email_address import parse_email_address

EMAIL = Email(
    message_id=UUID(int=0xABC),
    workspace_id=UUID(int=1),
    list_id=UUID(int=2),
    list_name="Novità",
    stream=UUID(int=3).hex,
    sender_name="Bottega, Milano",
    sender_address=parse_email_address("ciao@bottega.example.com"),
    reply_to=parse_email_address("aiuto@bottega.example.com"),
    recipient=parse_email_address("maria@example.com"),
    subject="Ciao Maria",
    html="<p>Ciao Maria</p>",
    text="Ciao Maria",
    sent_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    unsubscribe_url="https://news.example.com/u/" + "A" * 75,
)
EXPECTED = b"""\
From: "Bottega, Milano"
 <ciao@bottega.example.com>
To: <maria@example.com>
Reply-To: <aiuto@bottega.example.com>
Subject: Ciao Maria
Date: Mon, 02 Mar 2026 09:00:00 +0000
Message-ID: <00000000000000000000000000000abc@bottega.example.com>
List-Unsubscribe: <https://news.example.com/u/%b>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
List-Id: =?utf-8?b?Tm92aXTDoA==?=
 <00000000000000000000000000000002.bottega.example.com>
Precedence: bulk
Feedback-ID: 00000000000000000000000000000003:00000000000000000000000000000002:percorso:00000000000000000000000000000001
MIME-Version: 1.0
Content-Type: multipart/alternative;
 boundary="=_00000000000000000000000000000abc"

--=_00000000000000000000000000000abc
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Ciao Maria

--=_00000000000000000000000000000abc
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Ciao Maria</p>

--=_00000000000000000000000000000abc--
""".replace(b"\n", b"\r\n") % (b"A" * 75)  # fmt: skip

NAMES = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post",
    "List-Id", "Precedence", "Feedback-ID", "MIME-Version", "Content-Type",
]  # fmt: skip

ATTACKS = [
    "x\r\nBcc: eve@example.com",
    "x\nBcc: eve@example.com",
    "x\rBcc: eve@example.com",
    "x\u2028Bcc: eve@example.com\u2029\u0085Bcc: e@e.it",
    "=?utf-8?q?x=0D=0ABcc=3A_eve=40example.com?=",
    "=?utf-8?b?eA0KQmNjOiBldmVAZXhhbXBsZS5jb20=?=",
    "x\x00\x0b\x0c\x1c\x1d\x1e",
    "\u202eoof",
    '"; <eve@example.com>, "',
    "a\\",
    '"',
    "x" * 5000,
    "è" * 3000,
    " " * 3000 + "x",
    "\ud800",
    "",
]


def parse(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(raw, policy=policy.default))


def read_headers(raw: bytes) -> list[tuple[str, str]]:
    """Return the headers as dkimpy reads them, unfolded: a parser that shares nothing with the standard library."""
    headers, _ = dkim.rfc822_parse(raw)
    return [(name.decode(), re.sub(r"\r\n[ \t]", " ", value.decode()).strip()) for name, value in headers]


def check_bytes(raw: bytes) -> None:
    """Assert what RFC 5322 and 5321 ask of the bytes themselves."""
    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    assert re.search(rb"(?<!\r)\n|\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", raw) is None
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    body_lines = raw.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert max(map(len, body_lines)) <= 78
    head = raw.partition(b"\r\n\r\n")[0]
    assert all(line.strip() for line in head.split(b"\r\n"))


def test_an_email_is_these_bytes() -> None:
    assert render_email(EMAIL) == EXPECTED


def test_two_other_parsers_read_what_was_meant() -> None:
    raw = render_email(EMAIL)
    check_bytes(raw)
    message = parse(raw)
    assert message["From"].addresses[0].display_name == "Bottega, Milano"
    assert message["From"].addresses[0].addr_spec == "ciao@bottega.example.com"
    assert [a.addr_spec for a in message["To"].addresses] == ["maria@example.com"]
    assert message["List-Id"] == "Novità <00000000000000000000000000000002.bottega.example.com>"
    assert message["Date"].datetime == EMAIL.sent_at
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert [name for name, _ in read_headers(raw)] == NAMES


def test_a_transactional_email_offers_no_way_out_of_a_list() -> None:
    raw = render_email(msgspec.structs.replace(EMAIL, unsubscribe_url=None))
    names = [name for name, _ in read_headers(raw)]
    assert [name for name in names if name.startswith("List-")] == []
    assert "Auto-Submitted" in names


def read_parts(raw: bytes) -> tuple[str, str]:
    message = parse(raw)
    parts = [cast(Any, message.get_body((kind,))) for kind in ("plain", "html")]
    plain, html = (part.get_payload(decode=True).decode().replace("\r\n", "\n") for part in parts)
    return plain, html


@pytest.mark.parametrize("attack", ATTACKS)
def test_data_in_a_header_is_one_header(attack: str) -> None:
    email = msgspec.structs.replace(
        EMAIL,
        subject=attack,
        sender_name=attack,
        list_name=attack,
        unsubscribe_url=f"https://x/u/{ascii(attack)[:700]}",
    )
    raw = render_email(email)
    check_bytes(raw)
    assert [name for name, _ in read_headers(raw)] == NAMES
    message = parse(raw)
    assert list(message.keys()) == NAMES
    assert [a.addr_spec for a in message["From"].addresses] == ["ciao@bottega.example.com"]
    assert b"\r\nBcc" not in raw
    again = parse(message.as_bytes())
    assert "Bcc" not in again


@given(st.text(max_size=400))
def test_any_subject_and_sender_come_back_clean_and_whole(text: str) -> None:
    raw = render_email(msgspec.structs.replace(EMAIL, subject=text, sender_name=text, list_name=text))
    check_bytes(raw)
    assert [name for name, _ in read_headers(raw)] == NAMES
    message = parse(raw)
    assert str(message["Subject"] or "").split() == clean_header(text).split()
    assert [a.addr_spec for a in message["From"].addresses] == ["ciao@bottega.example.com"]


@given(st.text(max_size=2000), st.text(max_size=2000))
def test_any_body_comes_back_as_it_was(text: str, html: str) -> None:
    raw = render_email(msgspec.structs.replace(EMAIL, text=text, html=html))
    check_bytes(raw)

    def kept(body: str) -> str:
        lines = re.sub(r"\r\n|\r", "\n", body)
        clean = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "", lines)
        return clean if clean.endswith("\n") else clean + "\n"

    assert read_parts(raw) == (kept(text), kept(html))


def test_no_body_can_hold_the_boundary() -> None:
    boundary = f"--=_{EMAIL.message_id.hex}"
    raw = render_email(msgspec.structs.replace(EMAIL, text=f"{boundary}--\n", html=boundary))
    assert raw.count(boundary.encode()) == 3
    assert read_parts(raw) == (f"{boundary}--\n", f"{boundary}\n")


def test_a_lone_dot_and_trailing_spaces_survive() -> None:
    encoded = encode_quoted_printable("a \n.\nb\t\n")
    assert encoded == b"a=20\r\n=2E\r\nb=09\r\n"
