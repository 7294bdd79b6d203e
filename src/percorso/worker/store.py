"""The worker's own tables, read and written by the set: runs, entries, traces, counters, states of journeys."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.db import Connection, Record, load_queries
from percorso.journeys.memory import pack_memory, unpack_memory
from percorso.journeys.model import Run
from percorso.kit.ids import bucket_of
from percorso.worker.interest import JourneyState, VersionKey
from percorso.worker.model import CountKey, EntryKey, Template, TraceRow

_queries: Final = load_queries("percorso.worker")
_encode: Final = msgspec.json.Encoder().encode

_RUN_COLUMNS: Final = (
    "bucket", "id", "workspace_id", "journey_id", "version", "contact_id", "key", "state", "step", "visit",
    "entered_at", "reached_at", "due_at", "awaits", "message_id", "memory", "ended_at", "outcome", "reason",
)  # fmt: skip
_TRACE_COLUMNS: Final = ("bucket", "contact_id", "run_id", "number", "workspace_id", "at", "entry")


class Work(msgspec.Struct, frozen=True):
    """A bucket where something is to do: how many facts it is behind, and when its first run is due."""

    bucket: int
    behind: int
    due_at: datetime | None


class DueRun(msgspec.Struct, frozen=True):
    """A run that is due, and whose it is."""

    bucket: int
    contact_id: UUID
    id: UUID
    due_at: datetime


class StoredVersion(msgspec.Struct, frozen=True):
    """A version as published; `graph` is its JSON."""

    journey_id: UUID
    number: int
    graph: str
    list_id: UUID
    time_zone: str
    workspace_id: UUID


async def find_work(connection: Connection, now: datetime) -> list[Work]:
    """Return the buckets with facts not applied yet or runs due by `now`, ascending."""
    return [Work(*row) for row in await _queries.fetch(connection, "find_work", now=now)]


async def count_due(connection: Connection, now: datetime, *, most: int) -> int:
    """Return how many runs, memberships and starts are due by `now`; `most` of each are counted in a bucket."""
    return int(await _queries.fetch_value(connection, "count_due", now=now, most=most))


async def keep_transaction(connection: Connection) -> None:
    """Tell the database that this transaction is at work, and let others of this process work."""
    await _queries.fetch_value(connection, "keep_transaction")


async def list_due(connection: Connection, horizons: Mapping[int, datetime], *, maximum: int) -> list[DueRun]:
    """Return at most `maximum` runs per bucket that are due at its horizon or before, oldest first."""
    if not horizons:
        return []
    rows = await _queries.fetch(
        connection,
        "list_due",
        buckets=list(horizons),
        horizons=list(horizons.values()),
        maximum=maximum,
    )
    return [DueRun(*row) for row in rows]


async def load_runs(connection: Connection, contact_ids: Sequence[UUID]) -> dict[UUID, list[Run]]:
    """Return the waiting runs of these contacts, by contact."""
    rows = await _queries.fetch(
        connection, "load_runs", buckets=[bucket_of(id) for id in contact_ids], contact_ids=contact_ids
    )
    runs: dict[UUID, list[Run]] = {}
    for row in rows:
        run = _run(row)
        runs.setdefault(run.contact_id, []).append(run)
    return runs


async def load_entries(
    connection: Connection, contact_ids: Sequence[UUID]
) -> dict[UUID, dict[EntryKey, datetime]]:
    """Return when these contacts last entered which journey under which key."""
    rows = await _queries.fetch(
        connection, "load_entries", buckets=[bucket_of(id) for id in contact_ids], contact_ids=contact_ids
    )
    entries: dict[UUID, dict[EntryKey, datetime]] = {id: {} for id in contact_ids}
    for contact_id, journey_id, key, entered_at in rows:
        entries[contact_id][journey_id, key] = entered_at
    return entries


async def insert_runs(connection: Connection, runs: Sequence[tuple[UUID, Run]]) -> None:
    """Write runs that began, given with their workspace."""
    if not runs:
        return
    records = [
        (
            bucket_of(run.contact_id),
            run.id,
            workspace_id,
            run.journey_id,
            run.version,
            run.contact_id,
            run.key,
            run.state,
            run.step if run.state == "waiting" else None,
            run.visit,
            run.entered_at,
            run.reached_at,
            run.due_at,
            run.awaits,
            run.message_id,
            msgspec.Raw(pack_memory(run)),
            run.ended_at,
            run.outcome,
            run.reason,
        )
        for workspace_id, run in runs
    ]
    await connection.copy_records_to_table("runs", records=records, columns=_RUN_COLUMNS)


async def update_runs(connection: Connection, runs: Sequence[Run]) -> None:
    """Write what became of runs that began in earlier batches."""
    if not runs:
        return
    await _queries.execute(
        connection,
        "update_runs",
        buckets=[bucket_of(run.contact_id) for run in runs],
        ids=[run.id for run in runs],
        versions=[run.version for run in runs],
        states=[run.state for run in runs],
        steps=[run.step if run.state == "waiting" else None for run in runs],
        visits=[run.visit for run in runs],
        reached_ats=[run.reached_at for run in runs],
        due_ats=[run.due_at for run in runs],
        awaits=["\x1f".join(run.awaits) for run in runs],
        message_ids=[run.message_id for run in runs],
        memories=[msgspec.Raw(pack_memory(run)) for run in runs],
        ended_ats=[run.ended_at for run in runs],
        outcomes=[run.outcome for run in runs],
        reasons=[run.reason for run in runs],
    )


async def upsert_entries(
    connection: Connection, entries: Sequence[tuple[UUID, UUID, EntryKey, datetime]]
) -> None:
    """Remember entries, given as (workspace, contact, (journey, key), entered_at)."""
    if not entries:
        return
    await _queries.execute(
        connection,
        "upsert_entries",
        buckets=[bucket_of(contact_id) for _, contact_id, _, _ in entries],
        contact_ids=[contact_id for _, contact_id, _, _ in entries],
        journey_ids=[journey_id for _, _, (journey_id, _), _ in entries],
        keys=[key for _, _, (_, key), _ in entries],
        workspace_ids=[workspace_id for workspace_id, _, _, _ in entries],
        entered_ats=[entered_at for _, _, _, entered_at in entries],
    )


async def insert_traces(connection: Connection, traces: Sequence[TraceRow]) -> None:
    """Write entries of traces."""
    if not traces:
        return
    records = [
        (
            bucket_of(row.contact_id),
            row.contact_id,
            row.run_id,
            row.number,
            row.workspace_id,
            row.entry.at,
            msgspec.Raw(_encode(row.entry)),
        )
        for row in traces
    ]
    await connection.copy_records_to_table("traces", records=records, columns=_TRACE_COLUMNS)


async def add_counters(connection: Connection, counts: Mapping[tuple[int, CountKey], int]) -> None:
    """Add these figures, by bucket and what is counted."""
    if not counts:
        return
    keys = list(counts)
    await _queries.execute(
        connection,
        "add_counters",
        buckets=[bucket for bucket, _ in keys],
        workspace_ids=[key[0] for _, key in keys],
        journey_ids=[key[1] for _, key in keys],
        versions=[key[2] for _, key in keys],
        steps=[key[3] for _, key in keys],
        paths=[key[4] for _, key in keys],
        names=[key[5] for _, key in keys],
        days=[key[6] for _, key in keys],
        values=list(counts.values()),
    )


async def load_states(connection: Connection, buckets: Sequence[int]) -> dict[int, dict[UUID, JourneyState]]:
    """Return what these buckets know of journeys."""
    states: dict[int, dict[UUID, JourneyState]] = {bucket: {} for bucket in buckets}
    for row in await _queries.fetch(connection, "load_states", buckets=buckets):
        states[row["bucket"]][row["journey_id"]] = JourneyState(
            row["journey_id"],
            row["workspace_id"],
            row["version"],
            tuple(row["versions"]),
            row["state"],
            row["offset"],
            tuple((number, step, path) for number, step, path in row["winners"]),
        )
    return states


async def upsert_states(connection: Connection, states: Sequence[tuple[int, JourneyState]]) -> None:
    """Write what control facts made of journeys, by bucket."""
    rows: list[dict[str, Any]] = [
        {
            "bucket": bucket,
            "journey_id": journey.journey_id,
            "workspace_id": journey.workspace_id,
            "version": journey.version,
            "versions": list(journey.versions),
            "state": journey.state,
            "offset": journey.offset,
            "winners": journey.winners,
        }
        for bucket, journey in states
    ]
    if rows:
        await _queries.execute_many(connection, "upsert_states", rows)


async def load_versions(connection: Connection, keys: Sequence[VersionKey]) -> list[StoredVersion]:
    """Return published versions; those that do not exist are left out."""
    rows = await _queries.fetch(
        connection,
        "load_versions",
        journey_ids=[journey_id for journey_id, _ in keys],
        numbers=[number for _, number in keys],
    )
    return [StoredVersion(*row) for row in rows]


async def list_deleted_groups(connection: Connection) -> frozenset[UUID]:
    """Return the groups that are out of use: nobody joins them any more."""
    return frozenset(row["id"] for row in await _queries.fetch(connection, "list_deleted_groups"))


async def list_templates(connection: Connection) -> dict[UUID, Template]:
    """Return all templates, as far as planning needs them."""
    return {row[0]: Template(*row) for row in await _queries.fetch(connection, "list_templates")}


async def list_entry_nodes(connection: Connection) -> dict[UUID, UUID]:
    """Return the node that takes the writes, by workspace."""
    return {row[0]: row[1] for row in await _queries.fetch(connection, "list_entry_nodes")}


def _run(row: Record) -> Run:
    memory = unpack_memory(row[12].encode())
    return Run(
        id=row[0],
        journey_id=row[1],
        version=row[2],
        contact_id=row[3],
        key=row[4],
        state="waiting",
        step=row[5],
        visit=row[6],
        entered_at=row[7],
        reached_at=row[8],
        due_at=row[9],
        awaits=tuple(row[10]),
        message_id=row[11],
        caused_at=memory.caused_at,
        reached_offset=memory.reached_offset,
        captured=memory.captured,
        event=memory.event,
        seen=memory.seen,
        began_at=memory.began_at,
        rounds=memory.rounds,
        traced=memory.traced,
        messages=dict(memory.messages),
    )
