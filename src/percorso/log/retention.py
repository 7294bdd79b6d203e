"""How long facts are kept: whole months go when every workspace's time for them has passed, or one workspace's part."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.db import Connection, Database, load_queries
from percorso.db.away import LOCK_BUSY
from percorso.log import store
from percorso.log.partitions import next_month

_AT_ONCE: Final = 5_000
_queries: Final = load_queries("percorso.log")


class Emptying(msgspec.Struct, frozen=True):
    """A bucket that still holds facts of a workspace received before `until`, which were kept long enough."""

    bucket: int
    workspace_id: UUID
    until: datetime


def kept_since(now: datetime, *, months: int) -> datetime:
    """Return the beginning of the first month that is still kept: a fact is kept for at least `months` months."""
    number = now.year * 12 + now.month - 1 - months
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)


def list_past_months(months: list[date], *, first_kept: datetime) -> list[date]:
    """Return the months that end before the first one that is kept."""
    return [month for month in months if next_month(month) <= first_kept.date()]


async def drop_old_months(database: Database, now: datetime) -> list[date]:
    """Drop the months of facts whose longest retention has passed, and return them, oldest first.

    A month that a cursor has not passed, or that somebody reads, is dropped the next time.
    """
    async with database.connection() as connection:
        kept = await _read_retentions(connection)
        found = await _queries.fetch(connection, "list_months")
    if not kept:
        return []
    first_kept = kept_since(now, months=max(kept.values()))
    dropped: list[date] = []
    for month in list_past_months([row["month"] for row in found], first_kept=first_kept):
        try:
            async with database.transaction("log.partitions") as connection:
                await _queries.execute(connection, "limit_wait")
                if not await _queries.fetch_value(
                    connection, "is_applied", until=_start_of(next_month(month))
                ):
                    break
                await _queries.fetch_value(connection, "drop_month", month=month)
        except LOCK_BUSY:
            # Somebody reads it; appends must not queue up behind us meanwhile.
            continue
        dropped.append(month)
    return dropped


async def empty_old_facts(database: Database, now: datetime) -> int:
    """Delete the facts of workspaces that keep them shorter than others, and return how many went.

    Bucket by bucket under the cursor's lock, a few thousand a transaction; what is done stays done.
    """
    async with database.connection() as connection:
        kept = await _read_retentions(connection)
        longest = max(kept.values(), default=0)
        untils = {id: kept_since(now, months=months) for id, months in kept.items() if months < longest}
        rows = await _queries.fetch(
            connection, "list_emptyings", workspace_ids=list(untils), untils=list(untils.values())
        )
    deleted = 0
    for row in rows:
        deleted += await _empty(database, Emptying(row["bucket"], row["workspace_id"], row["until"]))
    return deleted


async def _empty(database: Database, emptying: Emptying) -> int:
    deleted = 0
    while True:
        async with database.transaction("log.empty") as connection:
            cursor = await store.wait_for_cursor(connection, emptying.bucket)
            count = await _queries.execute(
                connection,
                "delete_old_facts",
                bucket=emptying.bucket,
                workspace_id=emptying.workspace_id,
                until=emptying.until,
                offset=cursor.offset,
                maximum=_AT_ONCE,
            )
            deleted += count
            if count < _AT_ONCE:
                await _queries.execute(
                    connection,
                    "record_emptied",
                    bucket=emptying.bucket,
                    workspace_id=emptying.workspace_id,
                    until=emptying.until,
                )
                return deleted


async def read_kept_since(connection: Connection, bucket: int) -> tuple[date | None, Mapping[UUID, date]]:
    """Return since which day a bucket has all facts (None: since the first), and the same of emptied workspaces."""
    first = await _queries.fetch_value(connection, "find_first_kept", bucket=bucket)
    rows = await _queries.fetch(connection, "list_emptied", bucket=bucket)
    untils = {row["workspace_id"]: row["until"].date() for row in rows}
    return first, {id: max(until, first) if first is not None else until for id, until in untils.items()}


async def _read_retentions(connection: Connection) -> dict[UUID, int]:
    rows = await _queries.fetch(connection, "list_retentions")
    return {row["id"]: row["events_kept_months"] for row in rows}


def _start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
