"""The holiday calendar of a workspace: days of its own on which journeys that say so send nothing (spec 3.7)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.db import Connection
from percorso.workspaces.audit import record_audit
from percorso.workspaces.store import queries

MOST_DAYS: Final = 1_000
"""How many days a calendar may hold."""

NO_DAYS: Final = frozenset[date]()


class Holiday(msgspec.Struct, frozen=True):
    """A day on which nothing is sent, and what it is called."""

    day: date
    name: str


async def list_holidays(connection: Connection, workspace_id: UUID) -> list[Holiday]:
    """Return the calendar of a workspace by day."""
    rows = await queries.fetch(connection, "list_holiday_days", workspace_id=workspace_id)
    return [Holiday(row["day"], row["name"]) for row in rows]


async def set_holidays(
    connection: Connection, workspace_id: UUID, days: Sequence[Holiday], *, caller: str, present: datetime
) -> None:
    """Make these the calendar of the workspace; of one day given twice the last name stays. Told to the audit.

    Journeys follow it from then on, also with messages that are planned already.
    """
    named = {holiday.day: holiday.name for holiday in days}
    await queries.execute(connection, "delete_holiday_days", workspace_id=workspace_id)
    await queries.execute(
        connection,
        "insert_holiday_days",
        workspace_id=workspace_id,
        days=list(named),
        names=list(named.values()),
    )
    await record_audit(
        connection,
        workspace_id,
        caller=caller,
        action="holidays.changed",
        subject=str(workspace_id),
        detail={"days": len(named)},
        at=present,
    )


async def list_calendars(
    connection: Connection, workspace_ids: Iterable[UUID] | None = None
) -> Mapping[UUID, frozenset[date]]:
    """Return the days of these workspaces' calendars, or of all; those without one are left out."""
    asked = None if workspace_ids is None else sorted(set(workspace_ids))
    found: dict[UUID, set[date]] = {}
    for row in await queries.fetch(connection, "list_calendars", workspace_ids=asked):
        found.setdefault(row["workspace_id"], set()).add(row["day"])
    return {workspace_id: frozenset(days) for workspace_id, days in found.items()}
