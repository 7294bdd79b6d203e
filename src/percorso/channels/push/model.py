"""A push as it is handed over, and as the embedded mailbox keeps it. Pure."""

from uuid import UUID

import msgspec


class PushContent(msgspec.Struct, frozen=True, kw_only=True):
    """What a device shows: `link` is opened by tapping it, `image` is the address of a picture; each may be empty."""

    title: str
    body: str
    link: str = ""
    image: str = ""


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """One push: `recipient` is a device's token, `sender` whose notification it is."""

    message_id: UUID
    workspace_id: UUID
    sender: str
    recipient: str
    content: PushContent


def write_push(content: PushContent) -> bytes:
    """Return the content as the mailbox keeps it."""
    return msgspec.json.encode(content)


def read_push(raw: bytes) -> PushContent:
    """Return what the mailbox kept; what is no push reads as its own text."""
    try:
        return msgspec.json.decode(raw, type=PushContent)
    except msgspec.MsgspecError:
        return PushContent(title="", body=raw.decode("utf-8", "replace"))
