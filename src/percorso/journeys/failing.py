"""The state *failed*: a journey that can go on for nobody stands still like a paused one, and goes on when that is mended.

Looked at from time to time by the worker; each journey in a transaction of its own, under its row's lock, so that what is told
to the buckets and what the row says commit together. Why it stands still is not kept: it is what is gone now.
"""

from uuid import UUID

from percorso.db import Connection, Database
from percorso.db.clock import read_product_time
from percorso.journeys import store
from percorso.journeys.control import announce
from percorso.journeys.faults import Fault
from percorso.journeys.standstill import find_standstill, list_gone, list_needed
from percorso.journeys.upgrade import read_graph


async def watch_journeys(database: Database) -> int:
    """Let journeys that can go on for nobody fail, and those that can again go on; return how many changed."""
    async with database.connection() as connection:
        running = await store.list_running(connection)
    changed = 0
    for published in running:
        async with database.connection() as connection:
            gone = await _find(connection, published)
        if bool(gone) != (published.state == "failed"):
            changed += await _settle(database, published.workspace_id, published.journey_id)
    return changed


async def find_failure(connection: Connection, workspace_id: UUID, journey_id: UUID) -> list[Fault]:
    """Return why the newest version of a journey can go on for nobody, nothing where it can."""
    found = await store.find_published(connection, workspace_id, journey_id)
    return [] if found is None else await _find(connection, found)


async def _settle(database: Database, workspace_id: UUID, journey_id: UUID) -> bool:
    """Look once more under the journey's lock, and make its state what it should be; return whether it was another."""
    async with database.transaction("journeys.watch") as connection:
        journey = await store.lock_journey(connection, workspace_id, journey_id)
        if journey is None or journey.state not in ("active", "failed"):
            return False
        fails = bool(await find_failure(connection, workspace_id, journey_id))
        if fails == (journey.state == "failed"):
            return False
        present = await read_product_time(connection)
        state = "failed" if fails else "active"
        await store.record_state(
            connection, workspace_id, journey_id, state, activated=False, present=present
        )
        # To a bucket it is paused: nobody enters, waits go on, removals and goals act.
        name = "journeyPaused" if fails else "journeyResumed"
        await announce(connection, workspace_id, journey_id, name, version=journey.version)
        return True


async def _find(connection: Connection, published: store.Published) -> list[Fault]:
    graph = read_graph(published.graph)
    ids = {template_id for _, template_id, _ in list_needed(graph)}
    if not ids:
        return []
    workspace_id = published.workspace_id
    kinds = await store.list_template_kinds(connection, workspace_id, [UUID(id) for id in sorted(ids)])
    sender = await store.find_sms_sender(connection, workspace_id, published.list_id)
    gone = list_gone(graph, {str(id): kind for id, kind in kinds.items()}, has_sms_sender=bool(sender))
    return find_standstill(graph, gone)
