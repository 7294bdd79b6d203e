"""How many events of each name came on each day: counted behind the log, a stretch at a time.

A follower of its own, because the worker passes over events in which nothing is interested, and intake must not
count. What is shown is as of the last round, seconds old.
"""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.db import Connection, Database, load_queries

_queries: Final = load_queries("percorso.contacts.events")

STRETCH: Final = 20_000
"""Offsets of one bucket that a round looks through."""
NAMES: Final = 1_000
"""Names of a workspace that are counted apart; the rest count together, under no name."""
DAYS: Final = 30
"""Days that are shown."""
_SAMPLED: Final = 500
_SAMPLES: Final = 4


class EventDay(msgspec.Struct, frozen=True):
    """How many events of a name were received on a day (UTC)."""

    name: str
    day: date
    value: int


async def count_events(database: Database) -> int:
    """Count what came since the last round, and return how many offsets were looked through.

    Only one process counts; another leaves it at that. Repeating counts nothing twice.
    """
    looked = 0
    while True:
        async with database.transaction("contacts.count_events") as connection:
            held = await _queries.fetch_value(connection, "claim_counting", bucket=0)
            done = 0 if held is None else await _count_round(connection)
        looked += done
        if not done:
            return looked


async def _count_round(connection: Connection) -> int:
    spans = await _queries.fetch(connection, "list_uncounted", stretch=STRETCH)
    if not spans:
        return 0
    buckets, until = [row[0] for row in spans], [row[2] for row in spans]
    counted = await _queries.fetch(
        connection, "count_stretch", buckets=buckets, after=[row[1] for row in spans], until=until
    )
    await _add(connection, [(row[0], row[1], row[2], row[3]) for row in counted])
    await _queries.execute(connection, "move_event_day_cursors", buckets=buckets, until=until)
    return sum(row[2] - row[1] for row in spans)


async def _add(connection: Connection, counted: list[tuple[UUID, str, date, int]]) -> None:
    if not counted:
        return
    known = await _queries.fetch(
        connection, "list_counted_names", workspace_ids=list({row[0] for row in counted})
    )
    names: dict[UUID, set[str]] = {}
    for workspace_id, name in known:
        names.setdefault(workspace_id, set()).add(name)
    days: dict[tuple[UUID, str, date], int] = {}
    for workspace_id, name, day, value in sorted(counted, key=lambda row: (row[0], row[2], -row[3], row[1])):
        apart = names.setdefault(workspace_id, set())
        if name not in apart:
            if len(apart) < NAMES:
                apart.add(name)
            else:
                name = ""
        days[workspace_id, name, day] = days.get((workspace_id, name, day), 0) + value
    await _queries.execute(
        connection,
        "add_event_days",
        workspace_ids=[key[0] for key in days],
        names=[key[1] for key in days],
        days=[key[2] for key in days],
        values=list(days.values()),
    )


async def list_event_days(
    connection: Connection, workspace_id: UUID, *, today: date, name: str | None = None
) -> list[EventDay]:
    """Return how many events came on each of the last 30 days, of one name or of all, in order."""
    rows = await _queries.fetch(
        connection,
        "list_event_days",
        workspace_id=workspace_id,
        since=today - timedelta(days=DAYS - 1),
        name=name,
    )
    return [EventDay(*row) for row in rows]


async def sample_events(connection: Connection, workspace_id: UUID, name: str) -> list[dict[str, Any]]:
    """Return the properties of some of the newest events of a name; the price does not grow with the log."""
    rows = await _queries.fetch(
        connection, "sample_events", workspace_id=workspace_id, name=name, stretch=_SAMPLED, size=_SAMPLES
    )
    return [row[0] for row in rows]
