"""Making a workspace have the journey that a file says."""

from typing import Any, Final
from uuid import UUID

from percorso.db import Connection
from percorso.journeys import store
from percorso.journeys.actions import (
    activate_journey,
    create_journey,
    get_journey,
    publish_journey,
    update_journey,
)
from percorso.journeys.definition import Journey, convert_graph
from percorso.journeys.files import JourneyFile
from percorso.journeys.portable import list_references, resolve_references
from percorso.workspaces.store import list_lists

MOST: Final = 1_000
"""Journeys listed at most."""


async def apply_journey(
    connection: Connection, workspace_id: UUID, written: JourneyFile, *, activate: bool
) -> Journey:
    """Make the workspace have this journey, published; one that says the same already is left as it is."""
    templates, pools = list_references(written.graph)
    known = await store.list_ids_by_name(connection, workspace_id, templates=templates, pools=pools)
    graph = resolve_references(written.graph, *known)
    found = await find_by_name(connection, workspace_id, written.name)
    if found is None:
        lists = await list_lists(connection, workspace_id)
        found = await create_journey(
            connection,
            workspace_id,
            # A file names no list: the workspace's first one is meant, whatever others are called.
            list_id=min(lists, key=lambda row: row["created_at"])["id"],
            name=written.name,
            description=written.description,
            tags=written.tags,
            draft=graph,
        )
    elif not await _says_the_same(connection, found, written, graph):
        found = await update_journey(
            connection,
            workspace_id,
            found.id,
            description=written.description,
            tags=written.tags,
            draft=graph,
        )
    if found.draft is not None:
        await publish_journey(connection, workspace_id, found.id)
        found = await get_journey(connection, workspace_id, found.id)
    if activate and found.state == "ready":
        await activate_journey(connection, workspace_id, found.id)
    return await get_journey(connection, workspace_id, found.id)


async def _says_the_same(
    connection: Connection, journey: Journey, written: JourneyFile, graph: dict[str, Any]
) -> bool:
    present = journey.draft
    if present is None and journey.version is not None:
        present = await store.find_graph(connection, journey.workspace_id, journey.id, journey.version)
    if present is None or (journey.description, tuple(journey.tags)) != (written.description, written.tags):
        return False
    return convert_graph(present) == convert_graph(graph)


async def find_by_name(connection: Connection, workspace_id: UUID, name: str) -> Journey | None:
    """Return the journey of exactly this name, not archived; None if there is none."""
    found = await store.search_journeys(
        connection, workspace_id, pattern=search_pattern(name), tags=None, states=None, maximum=MOST
    )
    return next((one for one in found if one.name == name and one.state != "archived"), None)


def search_pattern(search: str) -> str:
    """Return the LIKE pattern of what contains this text, its own signs taken as they are."""
    escaped = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
