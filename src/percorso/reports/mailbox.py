"""The embedded mailbox and the rejected list as the screens show them."""

from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import msgspec
from selectolax.lexbor import LexborHTMLParser

from percorso.channels.push.model import PushContent, read_push
from percorso.consent.records import Channel
from percorso.db import Connection, Record
from percorso.reports.cursors import PAGE, read_cursor, write_cursor
from percorso.reports.errors import NotFoundError
from percorso.reports.model import (
    MailDetail,
    MailPage,
    MailSummary,
    RejectedCall,
    RejectedPage,
)
from percorso.reports.store import like_pattern, queries

_PREVIEW = 140


class _Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What a stored message is made of; `push` is empty for all else."""

    text: str | None
    html: str | None = None
    headers: list[tuple[str, str]] = []
    push: PushContent = PushContent(title="", body="")


async def list_mail(
    connection: Connection,
    workspace_id: UUID,
    *,
    channel: Channel | None = None,
    q: str | None = None,
    cursor: str | None = None,
) -> MailPage:
    """Return a page of the mailbox, the newest first."""
    before = read_cursor(cursor, tuple[datetime, UUID])
    rows = await queries.fetch(
        connection,
        "list_mail",
        workspace_id=workspace_id,
        channel=channel,
        pattern=like_pattern(q),
        before_at=before[0] if before else None,
        before_id=before[1] if before else None,
        size=PAGE + 1,
    )
    shown = rows[:PAGE]
    items: list[MailSummary] = []
    for row in shown:
        part = _read(row)
        items.append(MailSummary(**_common(row), preview=_preview(part.html, part.text)))
    return MailPage(
        items=items,
        next_cursor=write_cursor((shown[-1]["received_at"], shown[-1]["id"])) if len(rows) > PAGE else None,
    )


async def get_mail(connection: Connection, workspace_id: UUID, mail_id: UUID) -> MailDetail:
    """Return one message of the mailbox; raises NotFoundError."""
    row = await queries.fetch_row(connection, "get_mail", workspace_id=workspace_id, id=mail_id)
    if row is None:
        raise NotFoundError("message")
    part = _read(row)
    return MailDetail(
        **_common(row),
        preview=_preview(part.html, part.text),
        html=part.html,
        text=part.text,
        link=part.push.link or None,
        image=part.push.image or None,
        headers=part.headers,
        raw=bytes(row["raw"]).decode("utf-8", "replace"),
        dkim=None,
    )


async def list_rejected(
    connection: Connection, workspace_id: UUID, *, cursor: str | None = None
) -> RejectedPage:
    """Return a page of rejected calls, the newest first."""
    before = read_cursor(cursor, tuple[datetime, UUID])
    rows = await queries.fetch(
        connection,
        "list_rejected",
        workspace_id=workspace_id,
        before_at=before[0] if before else None,
        before_id=before[1] if before else None,
        size=PAGE + 1,
    )
    shown = rows[:PAGE]
    return RejectedPage(
        items=[RejectedCall(**dict(row)) for row in shown],
        next_cursor=write_cursor((shown[-1]["received_at"], shown[-1]["id"])) if len(rows) > PAGE else None,
    )


async def get_rejected(connection: Connection, workspace_id: UUID, id: UUID) -> RejectedCall:
    """Return one rejected call; raises NotFoundError."""
    row = await queries.fetch_row(connection, "find_rejected", workspace_id=workspace_id, id=id)
    if row is None:
        raise NotFoundError("rejected event")
    return RejectedCall(**dict(row))


def _common(row: Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "channel": row["channel"],
        "received_at": row["received_at"],
        "from_": row["sender"],
        "to": row["recipient"],
        "subject": row["subject"],
    }


def _read(row: Record) -> _Parts:
    """Return the parts of a stored message; an SMS is its text, a push its text and where it leads."""
    raw = bytes(row["raw"])
    if row["channel"] == "sms":
        return _Parts(text=raw.decode("utf-8", "replace"))
    if row["channel"] == "push":
        push = read_push(raw)
        return _Parts(text=push.body, push=push)
    headers, html, text = parse_mail(raw)
    return _Parts(text=text, html=html, headers=headers)


def parse_mail(raw: bytes) -> tuple[list[tuple[str, str]], str | None, str | None]:
    """Return headers, HTML and text of an email; None where it has no such part. Never raises for odd bytes.

    The encoded words of headers are read; the message's source keeps them as they came.
    """
    message = message_from_bytes(raw, policy=policy.default)
    # The lines one by one: a header that the parser of messages would stumble over is shown too.
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", "replace")
    headers: list[tuple[str, str]] = []
    for line in head.split("\n"):
        if line[:1] in (" ", "\t") and headers:
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {line.strip()}")
        elif ":" in line:
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
    decoded = [(name, _decode(value)) for name, value in headers]
    return decoded, _part(message, "html"), _part(message, "plain")


def _decode(value: str) -> str:
    """Return a header's value with its encoded words (RFC 2047) read; as it came where they cannot be."""
    if "=?" not in value:
        return value
    try:
        return str(make_header(decode_header(value))) or value
    except (MessageError, LookupError, ValueError):
        return value


def _part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    if part is None:
        return None
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return None
    try:
        return payload.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return payload.decode("utf-8", "replace")


def _preview(html: str | None, text: str | None) -> str:
    """Return the first words of a message, on one line."""
    if not text and html:
        body = LexborHTMLParser(html).body
        text = body.text(separator=" ") if body else ""
    return " ".join((text or "").split())[:_PREVIEW]
