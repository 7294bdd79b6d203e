"""Reading what a backtest walks through, and what production made of it: one short function per query."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.backtest.told import TOLD
from percorso.db import Connection, load_queries
from percorso.journeys.model import TraceEntry
from percorso.kit.ids import bucket_of
from percorso.log.model import Fact
from percorso.log.store import to_fact

_queries: Final = load_queries("percorso.backtest")
_decode_entry: Final = msgspec.json.Decoder(TraceEntry).decode

CONTROLS: Final = (
    "journeyPublished",
    "journeyActivated",
    "journeyResumed",
    "journeyPaused",
    "journeyArchived",
)


class Place(msgspec.Struct, frozen=True):
    """How far the contacts of a bucket are read: behind this fact of this contact."""

    contact_id: UUID = UUID(int=0)
    offset: int = 0


class Scope(msgspec.Struct, frozen=True):
    """What is read: a workspace's facts received before a moment, events of these names alone."""

    workspace_id: UUID
    until: datetime
    names: Sequence[str]


class FoundJourney(msgspec.Struct, frozen=True):
    """A journey's workspace, the version that contacts enter, None before the first, and its list's time zone."""

    workspace_id: UUID
    version: int | None
    time_zone: str


class RecordedRun(msgspec.Struct, frozen=True):
    """A run as production keeps it."""

    id: UUID
    contact_id: UUID
    version: int
    key: str
    state: str
    step: str | None
    visit: int
    entered_at: datetime
    reached_at: datetime
    due_at: datetime | None
    awaits: tuple[str, ...]
    message_id: UUID | None
    ended_at: datetime | None
    outcome: str | None
    reason: str | None
    captured: dict[str, Any]


class RecordedMessage(msgspec.Struct, frozen=True):
    """A message as production planned it."""

    id: UUID
    run_id: UUID
    step: str
    visit: int
    planned_at: datetime


async def find_journey(connection: Connection, workspace_id: UUID, journey_id: UUID) -> FoundJourney | None:
    """Return what a backtest asks of a journey; None: the workspace has none of this id."""
    rows = await _queries.fetch(connection, "find_journey", workspace_id=workspace_id, journey_id=journey_id)
    return FoundJourney(*rows[0]) if rows else None


async def list_told_buckets(connection: Connection) -> dict[int, int]:
    """Return how far each bucket is applied, of those that hold anything, ascending."""
    return {row["bucket"]: row["offset"] for row in await _queries.fetch(connection, "list_told_buckets")}


async def read_journey_controls(connection: Connection, bucket: int, until: datetime) -> list[Fact]:
    """Return the control facts about journeys that a bucket has applied, in order."""
    rows = await _queries.fetch(
        connection, "read_journey_controls", bucket=bucket, names=list(CONTROLS), until=until
    )
    return [to_fact(row) for row in rows]


async def read_contacts_facts(
    connection: Connection, bucket: int, offset: int, after: Place, scope: Scope, *, maximum: int
) -> list[Fact]:
    """Return at most `maximum` facts of the contacts behind `after`, contact by contact, applied up to the offset."""
    rows = await _queries.fetch(
        connection,
        "read_contacts_facts",
        bucket=bucket,
        offset=offset,
        after_contact=after.contact_id,
        after_offset=after.offset,
        workspace_id=scope.workspace_id,
        until=scope.until,
        names=scope.names,
        told=sorted(TOLD),
        maximum=maximum,
    )
    return [to_fact(row) for row in rows]


async def read_facts_of(
    connection: Connection, contact_ids: Sequence[UUID], scope: Scope
) -> dict[UUID, list[Fact]]:
    """Return the facts of these contacts, each one's in order."""
    rows = await _queries.fetch(
        connection,
        "read_facts_of",
        buckets=[bucket_of(id) for id in contact_ids],
        contact_ids=contact_ids,
        until=scope.until,
        names=scope.names,
        told=sorted(TOLD),
    )
    found: dict[UUID, list[Fact]] = {}
    for row in rows:
        found.setdefault(row["contact_id"], []).append(to_fact(row))
    return found


async def list_gone_over(connection: Connection, contact_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these contacts who are others by now, with all that was theirs."""
    rows = await _queries.fetch(
        connection,
        "list_gone_over",
        buckets=[bucket_of(id) for id in contact_ids],
        contact_ids=contact_ids,
    )
    return {row["contact_id"] for row in rows}


async def read_recorded_runs(
    connection: Connection, contact_ids: Sequence[UUID], journey_id: UUID, until: datetime
) -> list[RecordedRun]:
    """Return the runs of these contacts that entered a journey before a moment."""
    rows = await _queries.fetch(
        connection,
        "read_recorded_runs",
        buckets=[bucket_of(id) for id in contact_ids],
        contact_ids=contact_ids,
        journey_id=journey_id,
        until=until,
    )
    found: list[RecordedRun] = []
    for row in rows:
        values: list[Any] = list(row)
        values[10] = tuple(values[10])
        values[15] = values[15] or {}
        found.append(RecordedRun(*values))
    return found


async def read_recorded_traces(
    connection: Connection, runs: Sequence[RecordedRun]
) -> dict[UUID, list[TraceEntry]]:
    """Return the traces of these runs, each in order."""
    rows = await _queries.fetch(
        connection,
        "read_recorded_traces",
        buckets=[bucket_of(run.contact_id) for run in runs],
        run_ids=[run.id for run in runs],
    )
    found: dict[UUID, list[TraceEntry]] = {}
    for row in rows:
        found.setdefault(row["run_id"], []).append(_decode_entry(row["entry"].encode()))
    return found


async def read_recorded_messages(
    connection: Connection, contact_ids: Sequence[UUID], journey_id: UUID
) -> dict[UUID, list[RecordedMessage]]:
    """Return the messages that a journey planned for these contacts, by run."""
    rows = await _queries.fetch(
        connection,
        "read_recorded_messages",
        buckets=[bucket_of(id) for id in contact_ids],
        contact_ids=contact_ids,
        journey_id=journey_id,
    )
    found: dict[UUID, list[RecordedMessage]] = {}
    for row in rows:
        message = RecordedMessage(*row)
        found.setdefault(message.run_id, []).append(message)
    return found
