"""Reading the log: heads, cursors, the next facts, and what was set aside."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.db import Connection, Record, load_queries
from percorso.kit.ids import bucket_of
from percorso.log.model import Fact

_queries: Final = load_queries("percorso.log")
_decode: Final = msgspec.json.Decoder().decode


class Head(msgspec.Struct, frozen=True):
    """The last offset given in a bucket, and when it was received; nothing later counts as received before."""

    bucket: int
    offset: int
    received_at: datetime


class Cursor(msgspec.Struct, frozen=True):
    """How far a bucket is applied. `control_offset` is the last control fact that took effect."""

    bucket: int
    offset: int
    received_at: datetime
    control_offset: int


class Span(msgspec.Struct, frozen=True):
    """A stretch of one bucket's log: after one offset, until another; `since` no fact of it is older."""

    bucket: int
    after: int
    until: int
    since: datetime


async def lock_cursors(connection: Connection, buckets: Sequence[int]) -> list[Cursor]:
    """Return the cursors of those buckets that nobody else holds, locked, in ascending order."""
    rows = await _queries.fetch(connection, "lock_cursors", buckets=buckets)
    return [_cursor(row) for row in rows]


async def get_cursor(connection: Connection, bucket: int) -> Cursor:
    """Return where the bucket stands, unlocked."""
    (row,) = await _queries.fetch(connection, "get_cursor", bucket=bucket)
    return _cursor(row)


async def has_applied(connection: Connection, offsets: Mapping[int, int]) -> bool:
    """Whether the worker has applied each of these buckets up to its offset."""
    return await _queries.fetch_value(
        connection, "has_applied", buckets=list(offsets), offsets=list(offsets.values())
    )


async def wait_for_cursor(connection: Connection, bucket: int) -> Cursor:
    """Return the bucket's cursor, locked, after waiting for whoever held it."""
    (row,) = await _queries.fetch(connection, "wait_for_cursor", bucket=bucket)
    return _cursor(row)


async def move_cursors(connection: Connection, cursors: Sequence[Cursor], *, advanced_at: datetime) -> None:
    """Make the cursors stand where these say; the caller holds their locks."""
    await _queries.execute(
        connection,
        "move_cursors",
        buckets=[cursor.bucket for cursor in cursors],
        offsets=[cursor.offset for cursor in cursors],
        received_ats=[cursor.received_at for cursor in cursors],
        control_offsets=[cursor.control_offset for cursor in cursors],
        advanced_at=advanced_at,
    )


async def read_heads(connection: Connection, buckets: Sequence[int]) -> list[Head]:
    """Return the heads, locked in ascending order until the transaction ends: keep it short."""
    rows = await _queries.fetch(connection, "read_heads", buckets=buckets)
    return [Head(row[0], row[1], _moment(row[2])) for row in rows]


async def read_facts(
    connection: Connection, spans: Sequence[Span], *, names: Sequence[str], maximum: int
) -> list[Fact]:
    """Return at most `maximum` facts that matter per span, in order within each bucket.

    Left out are events of other names than `names` and the worker's own facts.
    """
    rows = await _queries.fetch(
        connection,
        "read_facts",
        buckets=[span.bucket for span in spans],
        after=[span.after for span in spans],
        until=[span.until for span in spans],
        since=[span.since for span in spans],
        names=names,
        maximum=maximum,
    )
    return [to_fact(row) for row in rows]


async def read_received_at(connection: Connection, spans: Sequence[Span]) -> dict[int, datetime]:
    """Return per bucket when the last fact of its span was received."""
    rows = await _queries.fetch(
        connection,
        "read_received_at",
        buckets=[span.bucket for span in spans],
        offsets=[span.until for span in spans],
        since=[span.since for span in spans],
    )
    return {row["bucket"]: row["received_at"] for row in rows}


async def read_tail(connection: Connection, bucket: int, contact_id: UUID) -> list[Fact]:
    """Return the contact's facts that lie beyond the cursor, in order, without the worker's own."""
    rows = await _queries.fetch(connection, "read_tail", bucket=bucket, contact_id=contact_id)
    return [to_fact(row) for row in rows]


async def read_history(connection: Connection, bucket: int, contact_id: UUID, *, until: int) -> list[Fact]:
    """Return all facts of the contact up to offset `until`, in order."""
    rows = await _queries.fetch(connection, "read_history", bucket=bucket, contact_id=contact_id, until=until)
    return [to_fact(row) for row in rows]


async def read_named(
    connection: Connection,
    contacts: Sequence[tuple[UUID, int]],
    *,
    names: Sequence[str],
    since: datetime | None = None,
) -> list[Fact]:
    """Return the facts of these names, of contacts given with the offset up to which their bucket is applied.

    In order within each bucket; what the worker itself made is among them. `since`: those received before are left out.
    """
    rows = await _queries.fetch(
        connection,
        "read_named",
        buckets=[bucket_of(contact_id) for contact_id, _ in contacts],
        contact_ids=[contact_id for contact_id, _ in contacts],
        untils=[until for _, until in contacts],
        names=names,
        since=since,
    )
    return [to_fact(row) for row in rows]


async def has_message(connection: Connection, bucket: int, contact_id: UUID, message_id: str) -> bool:
    """Whether one of the contact's facts was sent under this message id."""
    return await _queries.fetch_value(
        connection, "has_message", bucket=bucket, contact_id=contact_id, message_id=message_id
    )


async def list_set_aside(connection: Connection, cursors: Sequence[Cursor]) -> set[tuple[int, int]]:
    """Return (bucket, offset) of the facts beyond these cursors that were given up."""
    rows = await _queries.fetch(
        connection,
        "list_set_aside",
        buckets=[cursor.bucket for cursor in cursors],
        after=[cursor.offset for cursor in cursors],
    )
    return {(row["bucket"], row["offset"]) for row in rows}


async def count_try(
    connection: Connection,
    *,
    bucket: int,
    id: UUID,
    offset: int,
    run_id: UUID | None,
    segment_id: UUID | None,
    due_at: datetime | None,
    contact_id: UUID | None,
    workspace_id: UUID,
    error: str,
) -> tuple[int, bool]:
    """Record one more try of this fact, run or moment by itself; return the tries, and whether it was given up before."""
    ((tries, is_given_up),) = await _queries.fetch(
        connection,
        "count_try",
        bucket=bucket,
        id=id,
        offset=offset,
        run_id=run_id,
        segment_id=segment_id,
        due_at=due_at,
        contact_id=contact_id,
        workspace_id=workspace_id,
        error=error,
    )
    return tries, is_given_up


async def set_aside(connection: Connection, *, bucket: int, id: UUID, set_aside_at: datetime) -> None:
    """Give up what was tried under `id`; it stays listed with its error."""
    await _queries.execute(connection, "set_aside", bucket=bucket, id=id, set_aside_at=set_aside_at)


async def forget_tries(connection: Connection, *, bucket: int, id: UUID) -> None:
    """Take what went through after all from the list."""
    await _queries.execute(connection, "forget_tries", bucket=bucket, id=id)


def _moment(moment: datetime) -> datetime:
    """Return the moment, aware also where the database says -infinity, which the driver gives as naive."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _cursor(row: Record) -> Cursor:
    return Cursor(row[0], row[1], _moment(row[2]), row[3])


@lru_cache(maxsize=4096)
def _decode_context(context: str) -> dict[str, Any]:
    # A browser says the same with every event; nobody changes what was decoded.
    return _decode(context)


def to_fact(row: Record) -> Fact:
    """Return the fact of a row that names all columns in the order of `Fact`, its JSON as text."""
    values: list[Any] = list(row)
    values[9] = _decode(values[9])
    context = values[10]
    values[10] = None if context is None else _decode_context(context)
    return Fact(*values)
