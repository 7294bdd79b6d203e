"""The question at switching on (spec 3.3): of each start that people may meet already, how many do, and whether they enter."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.journeys import store
from percorso.journeys.actions import get_journey
from percorso.journeys.already import find_already, is_included
from percorso.journeys.check import check_graph
from percorso.journeys.definition import Journey, convert_graph
from percorso.journeys.errors import NothingToPublishError
from percorso.journeys.existing import count_existing
from percorso.journeys.faults import GraphError
from percorso.journeys.graph import Graph
from percorso.journeys.patience import find_in_time
from percorso.journeys.upgrade import upgrade_graph
from percorso.workspaces.store import list_lists


class ExistingAtStart(msgspec.Struct, frozen=True):
    """How many meet a start already and never entered the journey; None: to count them takes too long.

    `included`: whether they enter when it is switched on, as the start says.
    """

    start: str
    included: bool
    people: int | None


class ExistingPeople(msgspec.Struct, frozen=True):
    """Who meets the starts of a version (None: of the draft) already, at a moment; starts that nobody can are left out."""

    at: datetime
    version: int | None
    starts: list[ExistingAtStart]


async def count_existing_people(
    connection: Connection,
    workspace_id: UUID,
    journey_id: UUID,
    *,
    of: Literal["draft", "version"] | None = None,
) -> ExistingPeople:
    """Return who would meet the starts at once; by default of the draft, or of the newest version where there is none.

    Somebody who meets two starts is counted for each. Raises NothingToPublishError where there is no such graph, and
    GraphError with what is wrong with the draft.
    """
    journey = await get_journey(connection, workspace_id, journey_id)
    is_draft = of == "draft" or (of is None and journey.draft is not None)
    graph = await _get_graph(connection, journey, is_draft=is_draft)
    if faults := list(check_graph(graph)):
        raise GraphError(faults)
    lists = await list_lists(connection, workspace_id)
    time_zone = next(row["time_zone"] for row in lists if row["id"] == journey.list_id)
    now = await read_product_time(connection)
    found: list[ExistingAtStart] = []
    for start in graph.starts:
        if find_already(start) is None:
            continue
        people = await find_in_time(
            connection,
            lambda start=start: count_existing(
                connection, workspace_id, journey_id, start, now=now, time_zone=time_zone
            ),
        )
        found.append(ExistingAtStart(start.id, is_included(start), people))
    return ExistingPeople(now, None if is_draft else journey.version, found)


async def _get_graph(connection: Connection, journey: Journey, *, is_draft: bool) -> Graph:
    if is_draft:
        if journey.draft is None:
            raise NothingToPublishError
        return convert_graph(journey.draft)
    if journey.version is None:
        raise NothingToPublishError
    found = await store.find_graph(connection, journey.workspace_id, journey.id, journey.version)
    return convert_graph(upgrade_graph(found))
