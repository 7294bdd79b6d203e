"""Counting again: what the ledger of runs and messages adds up to, beside what the counters say (architecture §9.8)."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from percorso.db import Connection, Database, load_queries
from percorso.log import store as log
from percorso.log.retention import read_kept_since
from percorso.worker.counting import MESSAGE_COUNTERS
from percorso.worker.model import CountKey

_BUCKETS: Final = 256
_queries: Final = load_queries("percorso.worker")


class Difference(msgspec.Struct, frozen=True):
    """A counter that says something else than its ledger."""

    bucket: int
    workspace_id: UUID
    journey_id: UUID
    version: int
    step: str
    path: str
    name: str
    day: date
    counted: int
    recounted: int


class Recount(msgspec.Struct, frozen=True):
    """How many counters were compared, and which of them are wrong."""

    counters: int
    differences: list[Difference]


async def recount_all(database: Database, *, repair: bool = False) -> Recount:
    """Compare every counter with its ledger, bucket by bucket under the cursor's lock; `repair` writes what was found.

    Figures about messages are compared since the day from which all facts are kept. Repeating a repair finds nothing.
    """
    counters = 0
    differences: list[Difference] = []
    for bucket in range(_BUCKETS):
        async with database.transaction("worker.recount") as connection:
            found = await recount_bucket(connection, bucket)
            if repair and found.differences:
                await _set_counters(connection, bucket, found.differences)
        counters += found.counters
        differences += found.differences
    return Recount(counters, differences)


async def recount_bucket(connection: Connection, bucket: int) -> Recount:
    """Compare the counters of one bucket with its ledger; locks its cursor until the transaction ends."""
    cursor = await log.wait_for_cursor(connection, bucket)
    counted = await _read_counts(connection, "list_counters", bucket=bucket)
    recounted = await _recount(connection, bucket, offset=cursor.offset, contact_id=None)
    for key, value in (await _read_counts(connection, "list_erased_counts", bucket=bucket)).items():
        recounted[key] = recounted.get(key, 0) + value
    everything, by_workspace = await read_kept_since(connection, bucket)
    since = {key[0]: by_workspace.get(key[0], everything) for key in counted | recounted}
    return compare_counts(bucket, counted, recounted, since)


async def keep_counts(connection: Connection, cursor: log.Cursor, contact_id: UUID) -> None:
    """Keep what a contact was counted in, in this bucket, under nobody's name: its own rows are about to go."""
    counts = await _recount(connection, cursor.bucket, offset=cursor.offset, contact_id=contact_id)
    if counts:
        await _write_counts(connection, "add_erased_counts", cursor.bucket, counts)


async def _recount(
    connection: Connection, bucket: int, *, offset: int, contact_id: UUID | None
) -> dict[CountKey, int]:
    """Return what the ledger adds up to, of one contact if one is given."""
    counts = await _read_counts(connection, "recount_runs", bucket=bucket, contact_id=contact_id)
    return counts | await _read_counts(
        connection,
        "recount_messages",
        bucket=bucket,
        contact_id=contact_id,
        offset=offset,
        facts=list(MESSAGE_COUNTERS),
        names=list(MESSAGE_COUNTERS.values()),
    )


def compare_counts(
    bucket: int,
    counted: Mapping[CountKey, int],
    recounted: Mapping[CountKey, int],
    since: Mapping[UUID, date | None],
) -> Recount:
    """Return the counters that differ, in a stable order. Those of messages count from `since`, by workspace, on."""
    about_messages = set(MESSAGE_COUNTERS.values())
    keys = sorted(
        key
        for key in counted.keys() | recounted.keys()
        if key[5] not in about_messages or (first := since.get(key[0])) is None or key[6] >= first
    )
    differences = [
        Difference(bucket, *key, counted.get(key, 0), recounted.get(key, 0))
        for key in keys
        if counted.get(key, 0) != recounted.get(key, 0)
    ]
    return Recount(len(keys), differences)


async def _read_counts(connection: Connection, query: str, **parameters: object) -> dict[CountKey, int]:
    rows = await _queries.fetch(connection, query, **parameters)
    return {
        (
            row["workspace_id"],
            row["journey_id"],
            row["version"],
            row["step"],
            row["path"],
            row["name"],
            row["day"],
        ): row["value"]
        for row in rows
    }


async def _set_counters(connection: Connection, bucket: int, differences: list[Difference]) -> None:
    counts = {
        (
            found.workspace_id,
            found.journey_id,
            found.version,
            found.step,
            found.path,
            found.name,
            found.day,
        ): (found.recounted)
        for found in differences
    }
    await _write_counts(connection, "set_counters", bucket, counts)


async def _write_counts(
    connection: Connection, query: str, bucket: int, counts: Mapping[CountKey, int]
) -> None:
    keys = list(counts)
    await _queries.execute(
        connection,
        query,
        bucket=bucket,
        workspace_ids=[key[0] for key in keys],
        journey_ids=[key[1] for key in keys],
        versions=[key[2] for key in keys],
        steps=[key[3] for key in keys],
        paths=[key[4] for key in keys],
        names=[key[5] for key in keys],
        days=[key[6] for key in keys],
        values=list(counts.values()),
    )
