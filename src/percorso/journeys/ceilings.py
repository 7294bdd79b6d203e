"""A journey that was about to send more than its ceiling pauses itself and asks (spec 3.7).

Couriers count and keep messages back (`messages.ceilings`); here the journey is paused, in a transaction of its own, under its
row's lock: its state, the job that tells the buckets and the audit's line commit together. Somebody who lets it go on
has said yes to as many messages again.
"""

from typing import Final
from uuid import UUID

from percorso.db import Connection, Database
from percorso.db.clock import read_clock
from percorso.journeys import store
from percorso.journeys.control import announce
from percorso.journeys.faults import Fault
from percorso.journeys.graph import Options
from percorso.messages.ceilings.model import find_most
from percorso.messages.ceilings.store import find_ceiling, list_reached
from percorso.workspaces.audit import record_audit

BY_ITSELF: Final = "journey"
"""Whom the audit names that paused the journey."""


async def pause_reached(database: Database) -> int:
    """Pause the journeys that reached their ceiling; return how many were."""
    async with database.connection() as connection:
        reached = await list_reached(connection)
    paused = 0
    for journey_id, workspace_id in reached:
        paused += await _pause(database, workspace_id, journey_id)
    return paused


async def find_question(connection: Connection, journey_id: UUID) -> Fault | None:
    """Return what a journey asks that paused itself, None where it asks nothing."""
    ceiling = await find_ceiling(connection, journey_id)
    if ceiling is None or ceiling.reached_at is None or ceiling.day is None:
        return None
    values = {"most": ceiling.most, "counted": ceiling.counted, "day": ceiling.day.isoformat()}
    return Fault("ceiling_reached", "options.ceiling", values)


def count_most(options: Options) -> int | None:
    """Return how many messages in a day the options let the journey send before it asks; None: it never does."""
    if options.ceiling is None or options.foreseen is None:
        return None
    return find_most(options.ceiling, options.foreseen)


async def _pause(database: Database, workspace_id: UUID, journey_id: UUID) -> bool:
    """Look once more under the journey's lock, and pause it; return whether it was on."""
    async with database.transaction("journeys.ceiling") as connection:
        journey = await store.lock_journey(connection, workspace_id, journey_id)
        ceiling = await find_ceiling(connection, journey_id)
        if journey is None or journey.state != "active" or ceiling is None or ceiling.reached_at is None:
            return False
        clock = await read_clock(connection)
        await store.record_state(
            connection, workspace_id, journey_id, "paused", activated=False, present=clock.product_at
        )
        await announce(connection, workspace_id, journey_id, "journeyPaused", version=journey.version)
        await record_audit(
            connection,
            workspace_id,
            caller=BY_ITSELF,
            action="journey.paused_itself",
            subject=str(journey_id),
            detail={"most": ceiling.most, "counted": ceiling.counted},
            at=clock.real_at,
        )
        return True
