"""The mailbox's table: what arrived goes in, lists and opened items come out."""

import re
from collections.abc import Sequence
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Final, Literal, cast
from uuid import UUID, uuid4

from percorso.channels.email.mime import clean_header
from percorso.channels.mailbox.model import Mail, MailLine
from percorso.channels.push.model import Push, read_push, write_push
from percorso.channels.sms.model import Sms
from percorso.consent.records import Channel
from percorso.db import Connection, Record, load_queries

queries: Final = load_queries("percorso.channels.mailbox")

_OUR_ID = re.compile(r"<([0-9a-f]{32})@[^<>\s]+>")
_PARSER = BytesParser(policy=policy.default)


def parse_mail(raw: bytes) -> EmailMessage:
    """Return what the standard library reads from the bytes; headers may still hold what it decoded wrongly."""
    return _PARSER.parsebytes(raw)


def _find_id(text: str, pattern: re.Pattern[str]) -> UUID | None:
    found = pattern.fullmatch(text)
    return UUID(hex=found[1]) if found else None


def read_owner(message: EmailMessage) -> tuple[UUID | None, UUID | None]:
    """Return the workspace and message that an email names itself, None where it is not one of ours."""
    message_id = _find_id(str(message.get("Message-ID", "")).strip(), _OUR_ID)
    stream = str(message.get("Feedback-ID", "")).strip()
    return _find_id(stream, re.compile(r".*:percorso:([0-9a-f]{32})")), message_id


async def record_email(
    connection: Connection,
    *,
    sender: str,
    recipient: str,
    raw: bytes,
    received_at: datetime,
    mail_id: UUID | None = None,
) -> UUID:
    """Keep an email as it arrived and return its id in the mailbox; repeating it with its `mail_id` changes nothing."""
    message = parse_mail(raw)
    workspace_id, message_id = read_owner(message)
    mail_id = mail_id or uuid4()
    await queries.execute(
        connection,
        "insert_mail",
        id=mail_id,
        workspace_id=workspace_id,
        channel="email",
        received_at=received_at,
        sender=sender,
        recipient=recipient,
        subject=clean_header(str(message.get("Subject", ""))),
        message_id=message_id,
        raw=raw,
    )
    return mail_id


async def record_direct(connection: Connection, load: Sms | Push, *, received_at: datetime) -> UUID:
    """Keep an SMS or a push and return its id in the mailbox."""
    mail_id = uuid4()
    is_push = isinstance(load, Push)
    await queries.execute(
        connection,
        "insert_mail",
        id=mail_id,
        workspace_id=load.workspace_id,
        channel="push" if is_push else "sms",
        received_at=received_at,
        sender=load.sender,
        recipient=load.recipient,
        subject=load.content.title if is_push else "",
        message_id=load.message_id,
        raw=write_push(load.content) if is_push else load.text.encode(),
    )
    return mail_id


async def list_mail(
    connection: Connection,
    workspace_id: UUID,
    *,
    channel: Channel | None = None,
    recipient: str | None = None,
    before: MailLine | None = None,
    size: int = 50,
) -> list[MailLine]:
    """Return one page, newest first, after the line `before`."""
    rows = await queries.fetch(
        connection,
        "list_mail",
        workspace_id=workspace_id,
        channel=channel,
        recipient=recipient,
        before_at=before.received_at if before else None,
        before_id=before.id if before else None,
        size=size,
    )
    return [_to_line(row) for row in rows]


async def find_mail(connection: Connection, workspace_id: UUID, mail_id: UUID) -> Mail | None:
    """Return one item opened, or None where the workspace has none such."""
    row = await queries.fetch_row(connection, "find_mail", workspace_id=workspace_id, id=mail_id)
    if row is None:
        return None
    raw: bytes = row["raw"]
    line = _to_line(row)
    if line.channel == "sms":
        return Mail(line=line, headers=(), html="", text=raw.decode(errors="replace"), raw=raw)
    if line.channel == "push":
        push = read_push(raw)
        return Mail(line=line, headers=(), html="", text=push.body, raw=raw, push=push)
    message = parse_mail(raw)
    headers = tuple((name, clean_header(str(value))) for name, value in message.items())
    return Mail(
        line=line,
        headers=headers,
        html=_read_part(message, "html"),
        text=_read_part(message, "plain"),
        raw=raw,
    )


def _read_part(message: EmailMessage, kind: Literal["html", "plain"]) -> str:
    part = cast(EmailMessage | None, message.get_body(preferencelist=(kind,)))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset("utf-8"), "replace").replace("\r\n", "\n")
    except LookupError:
        return payload.decode("utf-8", "replace")


def _to_line(row: Record) -> MailLine:
    return MailLine(
        id=row["id"],
        channel=row["channel"],
        received_at=row["received_at"],
        sender=row["sender"],
        recipient=row["recipient"],
        subject=row["subject"],
        message_id=row["message_id"],
    )


async def delete_mail(connection: Connection, message_ids: Sequence[UUID]) -> None:
    """Make what arrived of these messages go."""
    if message_ids:
        await queries.execute(connection, "delete_mail", message_ids=list(message_ids))
