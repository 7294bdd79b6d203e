"""What the mailbox shows: a line of the list, and one item opened."""

from datetime import datetime
from uuid import UUID

import msgspec

from percorso.channels.push.model import PushContent
from percorso.consent.records import Channel


class MailLine(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the list. `received_at` is product time; `message_id` is None for what is not ours."""

    id: UUID
    channel: Channel
    received_at: datetime
    sender: str
    recipient: str
    subject: str
    message_id: UUID | None


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One item opened: headers in the order they came, parts as text, and the bytes as they arrived.

    `html` is what a stranger wrote: show it in a sandboxed frame only. For SMS only `text` is filled, for push
    `text` and `push`.
    """

    line: MailLine
    headers: tuple[tuple[str, str], ...]
    html: str
    text: str
    raw: bytes
    push: PushContent | None = None
