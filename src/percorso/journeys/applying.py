"""Making a workspace have the journey that a file says."""

from typing import Any, Final
from uuid import UUID

from percorso.db import Connection
from percorso.journeys import store
from percorso.journeys.actions import (
    activate_journey,
    create_journey,
    get_journey,
    update_journey,
)
from percorso.journeys.approving import Person, publish_or_propose
from percorso.journeys.compile import compile_version
from percorso.journeys.definition import Journey, convert_graph
from percorso.journeys.errors import UnknownVersionError
from percorso.journeys.files import JourneyFile
from percorso.journeys.graph import Graph
from percorso.journeys.people.inside import FINISH, InsidePlan
from percorso.journeys.portable import list_references, replace_references, resolve_references
from percorso.journeys.simulation.expectation import decode_tests
from percorso.journeys.simulation.trial import Trial, try_tests
from percorso.journeys.trying import FailedTestsError
from percorso.kit.ids import derive_id
from percorso.workspaces.store import list_lists

MOST: Final = 1_000
"""Journeys listed at most."""


def try_file(written: JourneyFile, time_zone: str) -> list[Trial]:
    """Return what came of the tests that a file carries; raises what its graph and its tests raise.

    Names of templates, pools and groups stand for ids made up for them: no workspace is asked.
    """
    if not written.tests:
        return []
    graph = convert_graph(replace_references(written.graph))
    version = compile_version(derive_id("tried", written.name), 1, graph, time_zone, derive_id("tried list"))
    return try_tests(version, decode_tests(written.tests))


async def plan_journey(
    connection: Connection, workspace_id: UUID, written: JourneyFile
) -> tuple[Journey | None, Graph | None, Graph]:
    """Return the journey that a file would change, its graph as it stands (None: there is none), and the new one."""
    templates, pools = list_references(written.graph)
    known = await store.list_ids_by_name(connection, workspace_id, templates=templates, pools=pools)
    graph = convert_graph(resolve_references(written.graph, *known))
    found = await find_by_name(connection, workspace_id, written.name)
    present = None if found is None else await find_present(connection, found)
    return found, None if present is None else convert_graph(present), graph


async def find_versions(
    connection: Connection, journey: Journey, since: int | None, until: int | None
) -> tuple[Graph, Graph]:
    """Return two graphs of a journey: of the versions named; else the newest version, and the draft.

    Raises UnknownVersionError. A journey without a draft is as its newest version says.
    """
    before = await _get_graph(connection, journey, since or journey.version)
    if until is None and journey.draft is not None:
        return before, convert_graph(journey.draft)
    return before, await _get_graph(connection, journey, until or journey.version)


async def _get_graph(connection: Connection, journey: Journey, number: int | None) -> Graph:
    graph = None
    if number is not None and 0 < number <= (journey.version or 0):
        graph = await store.find_graph(connection, journey.workspace_id, journey.id, number)
    if graph is None:
        raise UnknownVersionError(number)
    return convert_graph(graph)


async def find_time_zone(connection: Connection, workspace_id: UUID) -> str:
    """Return the zone in which a file's journey would run: that of the workspace's first list."""
    return (await _get_first_list(connection, workspace_id))["time_zone"]


async def _get_first_list(connection: Connection, workspace_id: UUID) -> dict[str, Any]:
    # A file names no list: the workspace's first one is meant, whatever others are called.
    lists = await list_lists(connection, workspace_id)
    return min(lists, key=lambda row: row["created_at"])


async def find_present(connection: Connection, journey: Journey) -> dict[str, Any] | None:
    """Return the JSON of a journey's draft, else of its newest version; None where it has neither."""
    if journey.draft is not None or journey.version is None:
        return journey.draft
    return await store.find_graph(connection, journey.workspace_id, journey.id, journey.version)


async def apply_journey(
    connection: Connection,
    workspace_id: UUID,
    written: JourneyFile,
    *,
    activate: bool,
    by: Person,
    plan: InsidePlan = FINISH,
) -> Journey:
    """Make the workspace have this journey, published (proposed, where a second person approves); one that says the same already is left as it is.

    `plan` says what becomes of those inside.
    Raises FailedTestsError, and changes nothing, where tests that it carries fail.
    """
    first = await _get_first_list(connection, workspace_id)
    trials = try_file(written, first["time_zone"])
    if any(trial.mismatches for trial in trials):
        raise FailedTestsError(trials)
    templates, pools = list_references(written.graph)
    known = await store.list_ids_by_name(connection, workspace_id, templates=templates, pools=pools)
    graph = resolve_references(written.graph, *known)
    found = await find_by_name(connection, workspace_id, written.name)
    if found is None:
        found = await create_journey(
            connection,
            workspace_id,
            list_id=first["id"],
            name=written.name,
            description=written.description,
            tags=written.tags,
            draft=graph,
            tests=written.tests,
        )
    elif not await _says_the_same(connection, found, written, graph):
        found = await update_journey(
            connection,
            workspace_id,
            found.id,
            description=written.description,
            tags=written.tags,
            draft=graph,
            tests=written.tests,
        )
    if found.draft is not None:
        await publish_or_propose(connection, workspace_id, found.id, by=by, plan=plan)
        found = await get_journey(connection, workspace_id, found.id)
    if activate and found.state == "ready":
        await activate_journey(connection, workspace_id, found.id)
    return await get_journey(connection, workspace_id, found.id)


async def _says_the_same(
    connection: Connection, journey: Journey, written: JourneyFile, graph: dict[str, Any]
) -> bool:
    present = await find_present(connection, journey)
    said = (written.description, written.tags, written.tests)
    if present is None or (journey.description, tuple(journey.tags), tuple(journey.tests)) != said:
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
