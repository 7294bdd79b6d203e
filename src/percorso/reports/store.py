"""The named queries of reports, and what several of them need."""

import asyncio
import time
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.db import Connection, Database, load_queries
from percorso.db.clock import read_clock
from percorso.reports.model import ClockReading

queries: Final = load_queries("percorso.reports")

PATIENCE_SECONDS: Final = 2.0
"""How long a list waits for the worker before it shows what there is."""
_PROBE_SECONDS: Final = 0.05


class NamedGraph(msgspec.Struct, frozen=True):
    """A version's graph as stored, with its journey's name."""

    name: str
    graph: dict[str, Any]


async def read_as_of(connection: Connection) -> datetime:
    """Return the moment that counters stand for: now, or where the bucket that is furthest behind stands."""
    clock = await read_clock(connection)
    (row,) = await queries.fetch(connection, "get_applied_until")
    behind = row["behind_since"]
    if behind is None or behind.year <= 1:
        return clock.product_at
    return min(behind, clock.product_at)


async def await_applied(database: Database, *, patience_seconds: float = PATIENCE_SECONDS) -> datetime | None:
    """Wait until all that was stored by now is applied, and return None; or after a while the moment reached.

    So a list that is asked for after a write shows it (architecture §3). Costs one query when nothing is behind.
    """
    async with database.connection() as connection:
        behind = await queries.fetch(connection, "list_behind")
    if not behind:
        return None
    seen = {"buckets": [row["bucket"] for row in behind], "offsets": [row["offset"] for row in behind]}
    deadline = time.monotonic() + patience_seconds
    while True:
        async with database.connection() as connection:
            if not await queries.fetch_value(connection, "count_behind", **seen):
                return None
            if time.monotonic() >= deadline:
                return await read_as_of(connection)
        await asyncio.sleep(_PROBE_SECONDS)


async def get_clock_reading(connection: Connection) -> ClockReading:
    """Return product time and its rate."""
    clock = await read_clock(connection)
    return ClockReading(product_at=clock.product_at, rate=clock.rate)


async def list_graphs(
    connection: Connection, workspace_id: UUID, wanted: Collection[tuple[UUID, int]]
) -> dict[tuple[UUID, int], NamedGraph]:
    """Return the graphs of (journey, version), with the journeys' names."""
    pairs = sorted(set(wanted))
    if not pairs:
        return {}
    rows = await queries.fetch(
        connection,
        "list_graphs",
        workspace_id=workspace_id,
        journey_ids=[journey_id for journey_id, _ in pairs],
        versions=[version for _, version in pairs],
    )
    return {(row["id"], row["number"]): NamedGraph(row["name"], row["graph"]) for row in rows}


def like_pattern(text: str | None) -> str | None:
    """Return the ILIKE pattern for "contains `text`", None for no text."""
    cleaned = (text or "").replace("\x00", "").strip()
    if not cleaned:
        return None
    escaped = cleaned.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"
