"""Rows of facts in PostgreSQL's binary COPY form (PostgreSQL manual, COPY, File Formats).

Made by hand because this is the hottest path: the driver's record encoder, the oracle in the tests, asks a
codec per column and cannot leave room for the offset, which is known only when the head is locked.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from struct import Struct
from typing import Final
from uuid import UUID

import msgspec

from percorso.log.model import FactDraft, FactKind, Origin

FACT_COLUMNS: Final = (
    "offset",
    "received_at",
    "bucket",
    "workspace_id",
    "contact_id",
    "kind",
    "name",
    "message_id",
    "occurred_at",
    "properties",
    "context",
    "origin",
    "historical",
    "depth",
)
"""The order in which a row's columns are written: what is known last comes first."""

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = b"\xff\xff"
_NULL: Final = b"\xff\xff\xff\xff"
_JSONB: Final = 1  # the version byte of jsonb's binary form

_pack_front = Struct(">hiqiqih").pack
_pack_people = Struct(">i16si16s").pack
_pack_length = Struct(">i").pack
_pack_moment = Struct(">iq").pack
_pack_document = Struct(">iB").pack


class Row(msgspec.Struct, gc=False):
    """A fact ready to be written as soon as its offset is known."""

    bucket: int
    contact_id: UUID | None
    body: bytes
    """All columns after the bucket."""


def to_microseconds(moment: datetime) -> int:
    """Return an aware moment as PostgreSQL counts it: microseconds since 2000."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def from_microseconds(count: int) -> datetime:
    """Return the moment that PostgreSQL counts so."""
    return _EPOCH + timedelta(microseconds=count)


@lru_cache(maxsize=4096)
def encode_label(kind: FactKind, name: str) -> bytes:
    """Return the two columns kind and name."""
    written = name.encode()
    return b"".join((_pack_length(len(kind)), kind.encode(), _pack_length(len(written)), written))


@lru_cache(maxsize=256)
def encode_tail(origin: Origin, historical: bool, depth: int) -> bytes:
    """Return the last three columns."""
    return b"".join(
        (
            _pack_length(len(origin)),
            origin.encode(),
            _pack_length(1),
            b"\1" if historical else b"\0",
            _pack_length(2),
            depth.to_bytes(2),
        )
    )


def encode_body(
    *,
    workspace_id: bytes,
    contact_id: bytes | None,
    label: bytes,
    message_id: bytes,
    occurred_us: int,
    properties: bytes,
    context: bytes | None,
    tail: bytes,
) -> bytes:
    """Return the columns of one fact after its bucket; ids as their 16 bytes, JSON as text."""
    return b"".join(
        (
            _pack_people(16, workspace_id, 16, contact_id)
            if contact_id is not None
            else _pack_length(16) + workspace_id + _NULL,
            label,
            _pack_length(len(message_id)),
            message_id,
            _pack_moment(8, occurred_us),
            _pack_document(len(properties) + 1, _JSONB),
            properties,
            _NULL if context is None else _pack_document(len(context) + 1, _JSONB) + context,
            tail,
        )
    )


def encode_draft(draft: FactDraft) -> Row:
    """Return the row of a draft."""
    return Row(
        draft.bucket,
        draft.contact_id,
        encode_body(
            workspace_id=draft.workspace_id.bytes,
            contact_id=None if draft.contact_id is None else draft.contact_id.bytes,
            label=encode_label(draft.kind, draft.name),
            message_id=draft.message_id.encode(),
            occurred_us=to_microseconds(draft.occurred_at),
            properties=draft.properties,
            context=draft.context,
            tail=encode_tail(draft.origin, draft.historical, draft.depth),
        ),
    )


def encode_rows(rows: Sequence[Row], offsets: Sequence[int], received_us: dict[int, int]) -> bytes:
    """Return the whole COPY of these facts, with their offsets and each bucket's moment of receipt."""
    pieces = [_SIGNATURE]
    for row, offset in zip(rows, offsets, strict=True):
        bucket = row.bucket
        pieces.append(_pack_front(14, 8, offset, 8, received_us[bucket], 2, bucket))
        pieces.append(row.body)
    pieces.append(_END)
    return b"".join(pieces)
