"""The bytes of one email, assembled without a mail library: this is the hottest path of a sending.

The tests read the bytes back with two other parsers. Everything that reaches a header is cleaned here, whatever was
cleaned before: a header is one line of printable characters, folded where it may be (trust §3).
"""

import re
from base64 import b64encode
from binascii import b2a_qp
from datetime import datetime
from email.utils import format_datetime
from uuid import UUID

import msgspec

from percorso.kit.email_address import EmailAddress, domain_of

_CONTROLS = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)
_SPACES = re.compile(r" {2,}")
_NEWLINES = re.compile(r"\r\n|\r|\n")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_ENCODED_WORD_BYTES = 45
"""So that an encoded word stays within 75 characters (RFC 2047 §2)."""


class Email(msgspec.Struct, frozen=True, kw_only=True):
    """One email, ready to be written: rendered text, and addresses that were parsed."""

    message_id: UUID
    workspace_id: UUID
    list_id: UUID
    list_name: str
    stream: str
    """What complaints are counted by (Feedback-ID): the journey's id, or a word."""
    sender_name: str
    sender_address: EmailAddress
    reply_to: EmailAddress | None
    recipient: EmailAddress
    subject: str
    html: str
    text: str
    sent_at: datetime
    unsubscribe_url: str | None
    """None for transactional messages, which offer no way out of a list (spec 4.1)."""


def clean_header(text: str) -> str:
    """Return `text` as one line: control, direction and line characters become one space."""
    return _SPACES.sub(" ", _CONTROLS.sub(" ", text)).strip()


def encode_words(text: str, *, first_line: int = 0) -> str:
    """Return cleaned header text as it is, or as encoded words (RFC 2047) if it holds more than plain ASCII.

    Text that looks like an encoded word is encoded too, so that nobody decodes a contact's data. `first_line` is the
    length already used on the line.
    """
    text = clean_header(text)
    if text.isascii() and "=?" not in text:
        return fold(text, first_line=first_line)
    words: list[str] = []
    piece = bytearray()
    limit = min(_ENCODED_WORD_BYTES, max(12, (76 - first_line - 12) * 3 // 4))
    for character in text:
        encoded = character.encode()
        if len(piece) + len(encoded) > limit:
            words.append(f"=?utf-8?b?{b64encode(piece).decode()}?=")
            piece, limit = bytearray(), _ENCODED_WORD_BYTES
        piece += encoded
    words.append(f"=?utf-8?b?{b64encode(piece).decode()}?=")
    return "\r\n ".join(words)


def fold(text: str, *, first_line: int = 0) -> str:
    """Return plain ASCII text folded at single spaces so that lines stay near 76 characters.

    A word without spaces is never cut unless it would break the 998 of RFC 5322 §2.1.1; then it is cut there.
    """
    lines: list[str] = []
    line, used = "", first_line
    for word in text.split(" "):
        while len(word) > 900:
            lines.append(f"{line} {word[:900]}" if line and used + len(line) + 901 < 998 else word[:900])
            word, line, used = word[900:], "", 0
        if line and used + len(line) + 1 + len(word) > 76:
            lines.append(line)
            line, used = word, 1
        else:
            line = f"{line} {word}" if line else word
    lines.append(line)
    return "\r\n ".join(lines)


def render_phrase(text: str, *, first_line: int = 0) -> str:
    """Return a display name: plain where it may be, quoted where it must be, else encoded words."""
    text = clean_header(text)
    if not text.isascii() or "=?" in text:
        return encode_words(text, first_line=first_line)
    if _ATOMS.fullmatch(text):
        return fold(text, first_line=first_line)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped[:900]}"'


def encode_quoted_printable(text: str) -> bytes:
    """Return `text` as quoted-printable UTF-8 with CRLF: pure ASCII, lines of at most 76, ending in CRLF."""
    clean = _NOT_TEXT.sub("", _NEWLINES.sub("\n", text))
    if not clean.endswith("\n"):
        clean += "\n"
    return b2a_qp(clean.encode(), istext=True).replace(b"\n", b"\r\n")


def message_id_of(message_id: UUID, sender_address: EmailAddress) -> str:
    """Return the Message-ID, the same for every copy of a message."""
    return f"<{message_id.hex}@{domain_of(sender_address)}>"


def _render_from(name: str, address: EmailAddress) -> str:
    phrase = render_phrase(name, first_line=6)
    return f"{phrase}\r\n <{address}>" if phrase else f"<{address}>"


def _list_headers(email: Email) -> list[str]:
    if email.unsubscribe_url is None:
        return ["Auto-Submitted: auto-generated"]
    phrase = render_phrase(email.list_name, first_line=9)
    return [
        f"List-Unsubscribe: <{clean_header(email.unsubscribe_url)}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"List-Id: {phrase}\r\n <{email.list_id.hex}.{domain_of(email.sender_address)}>",
        # RFC 3834 has no word for newsletters; this one keeps out-of-office answers away.
        "Precedence: bulk",
    ]


def render_email(email: Email) -> bytes:
    """Return the message as sent after DATA, without dot-stuffing and without the final dot: ends in CRLF."""
    # "=_" cannot occur in quoted-printable text, so no body can hold the boundary (RFC 2045 §6.7).
    boundary = f"=_{email.message_id.hex}"
    headers = [
        f"From: {_render_from(email.sender_name, email.sender_address)}",
        f"To: <{email.recipient}>",
        *([f"Reply-To: <{email.reply_to}>"] if email.reply_to else []),
        f"Subject: {encode_words(email.subject, first_line=9)}",
        f"Date: {format_datetime(email.sent_at)}",
        f"Message-ID: {message_id_of(email.message_id, email.sender_address)}",
        *_list_headers(email),
        f"Feedback-ID: {clean_header(email.stream)}:{email.list_id.hex}:percorso:{email.workspace_id.hex}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
    ]
    head = "\r\n".join(headers).encode("ascii")
    opening = f"\r\n--{boundary}\r\n".encode()
    part = b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%b"
    return b"".join(
        (
            head,
            b"\r\n",
            opening,
            part % (b"plain", encode_quoted_printable(email.text)),
            opening,
            part % (b"html", encode_quoted_printable(email.html)),
            f"\r\n--{boundary}--\r\n".encode(),
        )
    )
