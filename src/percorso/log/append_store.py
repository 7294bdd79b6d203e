"""Writing the log: heads held, facts and seen message ids copied in, room for them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of
from percorso.log.rows import FACT_COLUMNS
from percorso.log.store import Head

_queries: Final = load_queries("percorso.log")
_PIECE_BYTES: Final = 64 * 1024


SeenKey = tuple[int, str]
"""(bucket of the message id, message id)."""


class UnderLock(msgspec.Struct, frozen=True):
    """What is true while the heads are held."""

    product_at: datetime
    rate: float
    """How fast product time goes; 0: it stands still."""
    has_month: bool
    """Whether facts of this month have a partition."""
    moved: dict[UUID, UUID]
    """Contacts that were merged into others."""
    erased: frozenset[UUID] = frozenset()
    """Contacts that were erased: nothing may be said of them any more."""


async def lock_heads(
    connection: Connection, buckets: Sequence[int], *, received_at: datetime
) -> dict[int, Head]:
    """Return the heads of these buckets, locked in ascending order until the transaction ends."""
    rows = await _queries.fetch(connection, "lock_heads", buckets=buckets, received_at=received_at)
    return {row["bucket"]: Head(*row) for row in rows}


async def take_offsets(
    connection: Connection, counts: Mapping[int, int], *, received_at: datetime
) -> dict[int, Head]:
    """Return the heads after taking so many offsets of each bucket, locked until the transaction ends."""
    rows = await _queries.fetch(
        connection,
        "take_offsets",
        buckets=list(counts),
        counts=list(counts.values()),
        received_at=received_at,
    )
    return {row["bucket"]: Head(*row) for row in rows}


async def read_under_lock(connection: Connection, contact_ids: Sequence[UUID]) -> UnderLock:
    """Return product time and who of these contacts has moved; call it after `lock_heads`."""
    rows = await _queries.fetch(
        connection, "read_under_lock", buckets=[bucket_of(id) for id in contact_ids], contact_ids=contact_ids
    )
    return UnderLock(
        product_at=rows[0]["product_at"],
        rate=rows[0]["rate"],
        has_month=rows[0]["has_month"],
        moved={
            row["contact_id"]: row["into_contact_id"] for row in rows if row["into_contact_id"] is not None
        },
        erased=frozenset(row["contact_id"] for row in rows if row["is_erased"]),
    )


async def list_moved(connection: Connection, contact_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return where those of these contacts that were merged were merged into."""
    rows = await _queries.fetch(
        connection, "list_moved", buckets=[bucket_of(id) for id in contact_ids], contact_ids=contact_ids
    )
    return {row["contact_id"]: row["into_contact_id"] for row in rows}


async def advance_heads(connection: Connection, heads: Sequence[Head]) -> None:
    """Write the heads of buckets that this transaction has locked."""
    await _queries.execute(
        connection,
        "advance_heads",
        buckets=[head.bucket for head in heads],
        offsets=[head.offset for head in heads],
        received_at=[head.received_at for head in heads],
    )


async def _in_pieces(data: bytes) -> AsyncIterator[bytes]:
    # Larger pieces are copied into memory that is fetched from the system each time.
    for start in range(0, len(data), _PIECE_BYTES):
        yield data[start : start + _PIECE_BYTES]


async def copy_facts(connection: Connection, data: bytes) -> None:
    """Store the facts of `rows.encode_rows`."""
    await connection.copy_to_table("facts", source=_in_pieces(data), columns=FACT_COLUMNS, format="binary")


async def record_seen(
    connection: Connection,
    workspace_id: UUID,
    keys: Sequence[SeenKey],
    *,
    since: date,
    today: date,
) -> list[int]:
    """Record the message ids as received today, and return the indexes of those received since a day before.

    Each stands once in one call. Waits for transactions that record the same ids.
    """
    rows = await _queries.fetch(
        connection,
        "record_seen",
        workspace_id=workspace_id,
        buckets=[bucket for bucket, _ in keys],
        message_ids=[message_id for _, message_id in keys],
        since=since,
        today=today,
        until=today + timedelta(days=1),
    )
    return [row["place"] - 1 for row in rows]


async def has_seen(
    connection: Connection, workspace_id: UUID, keys: Sequence[SeenKey], *, days: Sequence[date]
) -> bool:
    """Whether any of the message ids was received on one of these days."""
    found = await _queries.fetch_value(
        connection,
        "has_seen",
        workspace_id=workspace_id,
        buckets=[bucket for bucket, _ in keys],
        message_ids=[message_id for _, message_id in keys],
        days=days,
    )
    return bool(found)


async def has_partitions(connection: Connection, *, month: date, day: date) -> bool:
    """Whether there is room for facts of this month and message ids of this day."""
    return bool(await _queries.fetch_value(connection, "has_partitions", month=month, day=day))


async def ensure_month(connection: Connection, month: date) -> None:
    """Make room for the facts of a month; repeating does nothing."""
    await _queries.fetch_value(connection, "ensure_month", month=month)


async def ensure_week(connection: Connection, day: date) -> None:
    """Make room for the message ids of a day's week; repeating does nothing."""
    await _queries.fetch_value(connection, "ensure_week", day=day)


async def list_weeks(connection: Connection) -> list[date]:
    """Return the Mondays of the weeks that seen has room for, oldest first."""
    return [row["monday"] for row in await _queries.fetch(connection, "list_weeks")]


async def drop_week(connection: Connection, monday: date) -> None:
    """Drop the message ids of a week; repeating does nothing. Raises LOCK_BUSY after half a second."""
    await _queries.execute(connection, "limit_wait")
    await _queries.fetch_value(connection, "drop_week", monday=monday)
