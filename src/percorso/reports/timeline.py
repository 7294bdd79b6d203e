"""A contact's timeline: facts and traces in one order, with the words of the journeys; and a run's trace."""

from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

import msgspec

from percorso.db import Connection, Record
from percorso.kit.ids import bucket_of
from percorso.reports.contacts import find_contact, to_run
from percorso.reports.cursors import PAGE, read_cursor, write_cursor
from percorso.reports.errors import NotFoundError
from percorso.reports.judged import list_judged_conditions
from percorso.reports.model import (
    Judged,
    MessageNote,
    RunTrace,
    TimelineItem,
    TimelineKind,
    TimelinePage,
    TraceItem,
)
from percorso.reports.store import NamedGraph, list_graphs, queries
from percorso.reports.words import contact_name, path_name, step_name

_LAST: Final = "~"
"""Comes after all ranks, which begin with a letter."""

_KINDS: dict[str, TimelineKind] = {
    "event": "event",
    "coupon": "event",
    "message": "message",
    "status": "status",
    "profile": "profile",
    "moved": "profile",
    "run": "run",
    "erasure": "profile",
    "control": "event",
    "group": "belonging",
    "segment": "belonging",
}
"""Which line of the timeline a fact of each kind is."""

Graphs = dict[tuple[UUID, int], NamedGraph]


async def list_timeline(
    connection: Connection,
    workspace_id: UUID,
    contact_id: UUID,
    *,
    as_of: datetime | None = None,
    cursor: str | None = None,
) -> TimelinePage:
    """Return a page of a contact's timeline, the newest first: what was received up to `as_of`; None: all.

    Raises NotFoundError. Needs a snapshot.
    """
    contact = await find_contact(connection, workspace_id, contact_id)
    before = read_cursor(cursor, tuple[datetime, str])
    if before is None and as_of is not None:
        before = (as_of, _LAST)
    where = {
        "bucket": bucket_of(contact.id),
        "contact_id": contact.id,
        "workspace_id": workspace_id,
        "before_at": before[0] if before else None,
        "before_rank": before[1] if before else None,
        "size": PAGE + 1,
    }
    facts = await queries.fetch(connection, "list_facts_of_contact", **where)
    traces = await queries.fetch(connection, "list_traces_of_contact", **where)
    rows = sorted([*facts, *traces], key=lambda row: (row["at"], row["rank"]), reverse=True)
    shown = rows[:PAGE]
    graphs = await list_graphs(connection, workspace_id, {pair for row in shown if (pair := _version(row))})
    notes = await _list_notes(connection, workspace_id, bucket_of(contact.id), shown)
    names = await _list_names(connection, workspace_id, shown)
    return TimelinePage(
        items=[
            _from_trace(row, graphs) if "entry" in row else _from_fact(row, graphs, notes, names)
            for row in shown
        ],
        next_cursor=write_cursor((shown[-1]["at"], shown[-1]["rank"])) if len(rows) > PAGE else None,
    )


async def get_trace(connection: Connection, workspace_id: UUID, run_id: UUID) -> RunTrace:
    """Return a run and what was judged in it, in order; raises NotFoundError."""
    run = await queries.fetch_row(connection, "get_run", id=run_id, workspace_id=workspace_id)
    if run is None:
        raise NotFoundError("run")
    pair = (run["journey_id"], run["version"])
    graphs = await list_graphs(connection, workspace_id, [pair])
    graph = graphs.get(pair)
    entries = await queries.fetch(
        connection, "list_traces_of_run", bucket=run["bucket"], run_id=run_id, workspace_id=workspace_id
    )
    return RunTrace(
        run=to_run(run, graph),
        contact_id=run["contact_id"],
        contact_name=contact_name(run["attributes"]) or run["email"] or "",
        entries=[_to_entry(row["at"], row["entry"], graph) for row in entries],
    )


def _version(row: Record) -> tuple[UUID, int] | None:
    """Return (journey, version) that a row of the timeline is about, None if it is about none."""
    if "entry" in row:
        return row["journey_id"], row["version"]
    properties = row["properties"]
    journey_id, version = _uuid(properties.get("journeyId")), properties.get("version")
    return (journey_id, version) if journey_id and isinstance(version, int) else None


async def _list_notes(
    connection: Connection, workspace_id: UUID, bucket: int, rows: list[Record]
) -> dict[UUID, MessageNote]:
    ids = {
        message_id
        for row in rows
        if "entry" not in row and (message_id := _uuid(row["properties"].get("messageId")))
    }
    if not ids:
        return {}
    found = await queries.fetch(
        connection, "list_messages", bucket=bucket, ids=list(ids), workspace_id=workspace_id
    )
    return {row["id"]: MessageNote(**dict(row)) for row in found}


async def _list_names(connection: Connection, workspace_id: UUID, rows: list[Record]) -> dict[UUID, str]:
    """Return what the groups and segments are called that the rows tell of; a deleted group keeps its name."""
    ids = {id for row in rows if "entry" not in row and (id := _find_place(row["properties"]))}
    if not ids:
        return {}
    found = await queries.fetch(connection, "list_place_names", ids=list(ids), workspace_id=workspace_id)
    return {row["id"]: row["name"] for row in found}


def _find_place(properties: dict[str, Any]) -> UUID | None:
    return _uuid(properties.get("groupId")) or _uuid(properties.get("segmentId"))


def _from_fact(
    row: Record, graphs: Graphs, notes: dict[UUID, MessageNote], names: dict[UUID, str]
) -> TimelineItem:
    properties = cast("dict[str, Any]", row["properties"])
    kind = _KINDS[row["kind"]]
    place = _find_place(properties)
    if kind == "belonging" and place is not None and place in names:
        properties = {**properties, "name": names[place]}
    pair = _version(row)
    graph = graphs.get(pair) if pair else None
    step = properties.get("step") if isinstance(properties.get("step"), str) else None
    message_id = _uuid(properties.get("messageId"))
    return TimelineItem(
        at=row["at"],
        occurred_at=row["occurred_at"],
        kind=kind,
        name=row["name"],
        properties=properties,
        journey_id=pair[0] if graph and pair else None,
        journey_name=graph.name if graph else None,
        run_id=_uuid(properties.get("runId")) if graph else None,
        step=step if graph else None,
        step_name=step_name(graph.graph, step) if graph and step else None,
        message=notes.get(message_id) if message_id else None,
    )


def _from_trace(row: Record, graphs: Graphs) -> TimelineItem:
    graph = graphs.get((row["journey_id"], row["version"]))
    entry = _to_entry(row["at"], row["entry"], graph)
    return TimelineItem(
        at=row["at"],
        occurred_at=row["at"],
        kind="trace",
        name=entry.outcome or entry.path or "",
        properties={"path": entry.path, "outcome": entry.outcome},
        journey_id=row["journey_id"],
        journey_name=graph.name if graph else None,
        run_id=row["run_id"],
        step=entry.step,
        step_name=entry.step_name,
        path_name=entry.path_name,
        why=entry.judged,
        conditions=entry.conditions,
    )


def _to_entry(at: datetime, entry: dict[str, Any], graph: NamedGraph | None) -> TraceItem:
    steps = graph.graph if graph else None
    judged = msgspec.convert(entry.get("judged", []), list[Judged])
    return TraceItem(
        at=at,
        step=entry["step"],
        step_name=step_name(steps, entry["step"]),
        path=entry.get("path"),
        path_name=path_name(steps, entry["step"], entry.get("path")),
        outcome=entry.get("outcome"),
        judged=judged,
        conditions=list_judged_conditions(steps, entry["step"], [one.test for one in judged]),
    )


def _uuid(value: Any) -> UUID | None:
    """Return the id in a property, None if it holds none: properties of events are the sender's."""
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
