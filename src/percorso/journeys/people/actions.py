"""What can be done with those inside a journey: each is part of one transaction. Whoever calls has checked the permission."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.journeys import store
from percorso.journeys.actions import check_plan, get_journey, get_next_graph
from percorso.journeys.compile import compile_version
from percorso.journeys.definition import Journey, convert_graph
from percorso.journeys.errors import ChangedMeanwhileError, RunEndedError, UnknownRunError, UnknownStepError
from percorso.journeys.faults import JourneyError
from percorso.journeys.graph import Graph, Outcome
from percorso.journeys.people.control import NOBODY, Errand, send_errand
from percorso.journeys.people.inside import BY_HAND, RUN_MOVED, RUN_REMOVED, Ask, InsidePlan
from percorso.journeys.people.since import Basis, ChangedSince, list_changed, make_basis
from percorso.journeys.people.standing import Foreseen, Place, foresee
from percorso.journeys.people.store import (
    RunFound,
    Whom,
    count_late,
    count_reached,
    count_standing,
    find_run,
)
from percorso.journeys.upgrade import upgrade_graph
from percorso.journeys.version import Version
from percorso.workspaces.holidays import NO_DAYS, list_calendars
from percorso.workspaces.store import list_lists


class Preview(msgspec.Struct, frozen=True):
    """What publishing would make of those inside, as they stood at a moment: `number` is what the version would be.

    `overs` are how many would go on at once, of those whose wait would be reckoned anew.
    """

    number: int
    at: datetime
    people: list[Foreseen]
    overs: Mapping[Place, int]
    basis: Basis


class LatePeople(msgspec.Struct, frozen=True):
    """How many wait at each step for a message that could have left by now."""

    at: datetime
    steps: dict[str, int]


async def preview_publishing(
    connection: Connection,
    workspace_id: UUID,
    journey_id: UUID,
    plan: InsidePlan,
    *,
    again: int | None = None,
) -> Preview:
    """Return what publishing so would make of those inside; nothing is changed. Raises what publishing raises.

    What only the workspace knows to be wrong (templates, groups) is left to publishing.
    """
    journey = await get_journey(connection, workspace_id, journey_id)
    return await preview_graph(connection, journey, await get_next_graph(connection, journey, again), plan)


async def preview_graph(connection: Connection, journey: Journey, graph: Graph, plan: InsidePlan) -> Preview:
    """Return what publishing this graph so would make of those inside the journey; raises what publishing raises."""
    check_plan(plan, graph)
    workspace_id, journey_id = journey.workspace_id, journey.id
    now = await read_product_time(connection)
    people = await count_standing(connection, workspace_id, journey_id)
    new = await _compile(connection, journey, (journey.version or 0) + 1, graph)
    versions = await _compile_all(connection, journey, {place.version for place in people})
    foreseen = foresee(people, versions, new, plan, now)
    moments = {Place(one.version, one.step): one.over_since for one in foreseen if one.over_since is not None}
    overs = await count_reached(connection, workspace_id, journey_id, moments)
    return Preview(new.number, now, foreseen, overs, make_basis(graph, people))


async def list_changed_since(
    connection: Connection, workspace_id: UUID, journey_id: UUID, basis: Basis, *, again: int | None = None
) -> list[ChangedSince]:
    """Return where another number stands than in the preview, before publishing.

    Raises ChangedMeanwhileError where another graph would be published than the one that was previewed.
    """
    journey = await get_journey(connection, workspace_id, journey_id)
    graph = await get_next_graph(connection, journey, again)
    present = make_basis(graph, await count_standing(connection, workspace_id, journey_id))
    if present.graph != basis.graph:
        raise ChangedMeanwhileError
    return list_changed(basis, present)


async def count_late_people(connection: Connection, workspace_id: UUID, journey_id: UUID) -> LatePeople:
    """Return whom resuming asks about: who waits for a message that could have left by now; raises UnknownJourneyError."""
    journey = await get_journey(connection, workspace_id, journey_id)
    now = await read_product_time(connection)
    return LatePeople(now, await count_late(connection, workspace_id, journey.id, now=now))


async def move_run(
    connection: Connection, workspace_id: UUID, run_id: UUID, step: str, *, by: str
) -> RunFound:
    """Let a contact who is inside go on from a step of the newest version, if it still stands where it stands now.

    A job asks for it. Raises UnknownRunError, RunEndedError, UnknownStepError.
    """
    run = await _get_inside(connection, workspace_id, run_id)
    ask = await _ask_to_move(connection, workspace_id, run.journey_id, step, by)
    await send_errand(connection, workspace_id, _errand(RUN_MOVED, ask, Whom(run_ids=(run_id,))))
    return run


async def remove_run(
    connection: Connection, workspace_id: UUID, run_id: UUID, *, outcome: Outcome = "neutral", by: str
) -> RunFound:
    """Let a contact leave the journey, if it still stands where it stands now. A job asks for it.

    Raises UnknownRunError, RunEndedError.
    """
    run = await _get_inside(connection, workspace_id, run_id)
    ask = Ask(run.journey_id, NOBODY, reason=BY_HAND, outcome=outcome, by=by)
    await send_errand(connection, workspace_id, _errand(RUN_REMOVED, ask, Whom(run_ids=(run_id,))))
    return run


async def move_people(
    connection: Connection, workspace_id: UUID, journey_id: UUID, step: str, *, to: str, by: str
) -> UUID:
    """Let all who stand at a step go on from another, of the newest version; return the job's id.

    Who has moved on before its turn is left alone. Raises UnknownJourneyError, UnknownStepError.
    """
    ask = await _ask_to_move(connection, workspace_id, journey_id, to, by)
    return await send_errand(connection, workspace_id, _errand(RUN_MOVED, ask, Whom(step=step)))


async def remove_people(
    connection: Connection,
    workspace_id: UUID,
    journey_id: UUID,
    step: str,
    *,
    outcome: Outcome = "neutral",
    by: str,
) -> UUID:
    """Let all who stand at a step leave the journey; return the job's id. Raises UnknownJourneyError."""
    journey = await get_journey(connection, workspace_id, journey_id)
    ask = Ask(journey.id, NOBODY, reason=BY_HAND, outcome=outcome, by=by)
    return await send_errand(connection, workspace_id, _errand(RUN_REMOVED, ask, Whom(step=step)))


def _errand(name: str, ask: Ask, whom: Whom) -> Errand:
    return Errand(ask.journey_id, name, ask, whom, as_it_stands=True)


async def _ask_to_move(
    connection: Connection, workspace_id: UUID, journey_id: UUID, step: str, by: str
) -> Ask:
    journey = await get_journey(connection, workspace_id, journey_id)
    number = journey.version
    found = None
    if number is not None:
        found = await store.find_graph(connection, workspace_id, journey_id, number)
    if found is None or number is None or step not in convert_graph(upgrade_graph(found)).steps:
        raise UnknownStepError(step)
    return Ask(journey_id, NOBODY, version=number, step=step, by=by)


async def _get_inside(connection: Connection, workspace_id: UUID, run_id: UUID) -> RunFound:
    run = await find_run(connection, workspace_id, run_id)
    if run is None:
        raise UnknownRunError(run_id)
    if run.state == "ended":
        raise RunEndedError
    return run


async def _compile_all(connection: Connection, journey: Journey, numbers: set[int]) -> dict[int, Version]:
    """Return these versions; one that can be compiled no more is left out: who is in it stays."""
    versions: dict[int, Version] = {}
    for number in sorted(numbers):
        graph = await store.find_graph(connection, journey.workspace_id, journey.id, number)
        try:
            read = convert_graph(upgrade_graph(graph))
            versions[number] = await _compile(connection, journey, number, read)
        except JourneyError:
            continue
    return versions


async def _compile(connection: Connection, journey: Journey, number: int, graph: Graph) -> Version:
    lists = await list_lists(connection, journey.workspace_id)
    zone = next(row["time_zone"] for row in lists if row["id"] == journey.list_id)
    days = (await list_calendars(connection, [journey.workspace_id])).get(journey.workspace_id, NO_DAYS)
    return compile_version(journey.id, number, graph, zone, journey.list_id, own_days=days)
