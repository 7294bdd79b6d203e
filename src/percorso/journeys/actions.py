"""What can be done with journeys: each is part of one transaction. Whoever calls has checked the permission."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.journeys import store
from percorso.journeys.carried import list_uncarried
from percorso.journeys.ceilings import count_most
from percorso.journeys.check import check_graph
from percorso.journeys.control import announce, is_announcing
from percorso.journeys.copying import copy_templates, hold_templates
from percorso.journeys.definition import Journey, Verb, convert_graph, may_be
from percorso.journeys.errors import (
    ChangedMeanwhileError,
    NothingToPublishError,
    PeopleInsideError,
    StillAskingError,
    UnknownJourneyError,
    UnknownListError,
    UnknownStepError,
    UnknownVersionError,
    UnreadableGraphError,
    WrongStateError,
)
from percorso.journeys.experiments.actions import begin_experiments
from percorso.journeys.experiments.store import keep_experiments
from percorso.journeys.failing import find_failure
from percorso.journeys.faults import Fault, GraphError
from percorso.journeys.graph import SENDING_STEPS, AssignCoupon, Graph, SendSms, channel_of
from percorso.journeys.people.control import NOBODY, Errand, is_asking, send_errand
from percorso.journeys.people.inside import (
    FINISH,
    REMOVED_LATE,
    RUN_REMOVED,
    STEP_SKIPPED,
    Ask,
    InsidePlan,
    Late,
)
from percorso.journeys.people.store import Whom
from percorso.journeys.reads import list_groups, list_journeys, list_segments
from percorso.journeys.surroundings import list_errors
from percorso.journeys.trying import FailedTestsError, check_readable, try_journey
from percorso.journeys.upgrade import upgrade_graph
from percorso.messages.ceilings.store import delete_ceiling, forget_reached, write_ceiling


async def get_journey(connection: Connection, workspace_id: UUID, journey_id: UUID) -> Journey:
    """Return the journey; raises UnknownJourneyError."""
    journey = await store.find_journey(connection, workspace_id, journey_id)
    if journey is None:
        raise UnknownJourneyError(journey_id)
    return journey


async def create_journey(
    connection: Connection,
    workspace_id: UUID,
    *,
    list_id: UUID,
    name: str,
    description: str = "",
    tags: Sequence[str] = (),
    draft: Any = None,
    tests: Sequence[dict[str, Any]] = (),
    id: UUID | None = None,
) -> Journey:
    """Return a new journey in state draft; with a given `id`, repeating returns the one that was made.

    `draft` is a graph as JSON values, and may be incomplete; `tests` are those that it carries. Raises UnknownListError,
    UnreadableGraphError, ScenarioError.
    """
    if not await store.has_list(connection, workspace_id, list_id):
        raise UnknownListError(list_id)
    if draft is not None:
        convert_graph(draft)
    check_readable(tests)
    journey_id = id or uuid4()
    present = await read_product_time(connection)
    await store.insert_journey(
        connection,
        id=journey_id,
        workspace_id=workspace_id,
        list_id=list_id,
        name=name,
        description=description,
        tags=tags,
        draft=draft,
        tests=tests,
        present=present,
    )
    return await get_journey(connection, workspace_id, journey_id)


async def update_journey(
    connection: Connection,
    workspace_id: UUID,
    journey_id: UUID,
    *,
    name: str | None = None,
    description: str | None = None,
    tags: Sequence[str] | None = None,
    list_id: UUID | None = None,
    draft: Any = None,
    tests: Sequence[dict[str, Any]] | None = None,
    read_at: datetime | None = None,
) -> Journey:
    """Change what is given and return the journey; the version that runs stays as it is.

    `read_at` is the `modified_at` that the caller last saw: raises ChangedMeanwhileError if it is another.
    """
    journey = await _lock(connection, workspace_id, journey_id, "edited")
    if read_at is not None and journey.modified_at != read_at:
        raise ChangedMeanwhileError
    if draft is not None:
        convert_graph(draft)
    if tests is not None:
        check_readable(tests)
    if list_id is not None and not await store.has_list(connection, workspace_id, list_id):
        raise UnknownListError(list_id)
    changed = msgspec.structs.replace(
        journey,
        name=journey.name if name is None else name,
        description=journey.description if description is None else description,
        tags=journey.tags if tags is None else list(tags),
        list_id=list_id or journey.list_id,
        draft=journey.draft if draft is None else draft,
        tests=journey.tests if tests is None else list(tests),
    )
    await store.save_journey(connection, changed, present=await read_product_time(connection))
    return await get_journey(connection, workspace_id, journey_id)


async def list_faults(connection: Connection, journey: Journey, graph: Graph) -> list[Fault]:
    """Return everything that keeps the graph from being published as a version of this journey."""
    faults = [*check_graph(graph), *list_uncarried(graph)]
    unknown = {fault.at for fault in faults}
    templates = {at: named for at, named in _list_templates(graph) if at not in unknown}
    pools = {
        f"steps.{id}.poolId": step.pool_id
        for id, step in graph.steps.items()
        if isinstance(step, AssignCoupon) and f"steps.{id}.poolId" not in unknown
    }
    kinds = await store.list_template_kinds(
        connection, journey.workspace_id, [UUID(id) for id, _ in templates.values()]
    )
    for at, (id, channel) in templates.items():
        kind = kinds.get(UUID(id))
        if kind is None:
            faults.append(Fault("template_unknown", at))
        elif kind != channel:
            faults.append(Fault("template_of_other_kind", at))
    known = await store.list_pool_ids(connection, journey.workspace_id, [UUID(id) for id in pools.values()])
    faults.extend(Fault("pool_unknown", at) for at, id in pools.items() if UUID(id) not in known)
    faults.extend(await _list_unknown(connection, journey, graph, unknown))
    sms = next((id for id, step in graph.steps.items() if isinstance(step, SendSms)), None)
    if sms is not None:
        sender = await store.find_sms_sender(connection, journey.workspace_id, journey.list_id)
        if not sender:
            faults.append(Fault("sms_sender_missing", f"steps.{sms}"))
    told = {(fault.code, fault.at) for fault in faults}
    errors = await list_errors(connection, journey, graph)
    return faults + [fault for fault in errors if (fault.code, fault.at) not in told]


async def _list_unknown(
    connection: Connection, journey: Journey, graph: Graph, faulty: set[str]
) -> list[Fault]:
    """Return the groups, segments and journeys that the graph names and the workspace lacks, and the journey itself."""
    groups = [(at, UUID(id)) for at, id in list_groups(graph) if at not in faulty]
    journeys = [(at, UUID(id)) for at, id in list_journeys(graph) if at not in faulty]
    known = await store.list_group_ids(connection, journey.workspace_id, [id for _, id in groups])
    faults = [Fault("group_unknown", at) for at, id in groups if id not in known]
    segments = [(at, UUID(id)) for at, id in list_segments(graph) if at not in faulty]
    known = await store.list_segment_ids(connection, journey.workspace_id, [id for _, id in segments])
    faults += [Fault("segment_unknown", at) for at, id in segments if id not in known]
    known = await store.list_journey_ids(connection, journey.workspace_id, [id for _, id in journeys])
    for at, id in journeys:
        if id == journey.id:
            faults.append(Fault("journey_itself", at))
        elif id not in known:
            faults.append(Fault("journey_unknown", at))
    return faults


def _list_templates(graph: Graph) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield where a template is named, its id, and the channel that it must be of."""
    for id, step in graph.steps.items():
        if isinstance(step, SENDING_STEPS):
            channel = channel_of(step)
            yield f"steps.{id}.templateId", (step.template_id, channel)
            for position, variant in enumerate(step.variants):
                yield f"steps.{id}.variants[{position}].templateId", (variant.template_id, channel)


async def publish_journey(
    connection: Connection,
    workspace_id: UUID,
    journey_id: UUID,
    *,
    plan: InsidePlan = FINISH,
    again: int | None = None,
    copies: bool = False,
    by: str | None = None,
) -> int:
    """Make the draft an immutable version and return its number; every bucket is told by a job.

    Later entries get this one; what becomes of those inside, `plan` says. `again` publishes the graph of that version
    instead, and leaves the draft as it is. A template that another journey sends keeps it from being published; with
    `copies` the version sends a copy, which is made. Raises FailedTestsError where tests that the journey carries fail, ScenarioError
    where they do not fit it, GraphError with all faults, NothingToPublishError,
    UnknownVersionError, UnknownStepError.
    """
    journey = await _lock(connection, workspace_id, journey_id, "published")
    graph = await get_next_graph(connection, journey, again)
    await hold_templates(connection, journey, graph)
    if copies:
        graph = await copy_templates(connection, journey, graph)
    faults = await list_faults(connection, journey, graph)
    if faults:
        raise GraphError(faults)
    check_plan(plan, graph)
    if again is None:
        # What is published again passed the tests that it had.
        trials = await try_journey(connection, journey, graph, journey.tests)
        if any(trial.mismatches for trial in trials):
            raise FailedTestsError(trials)
    number = (journey.version or 0) + 1
    present = await read_product_time(connection)
    before = await _read_newest(connection, journey)
    await store.insert_version(connection, journey_id, number, graph, present=present)
    await store.record_published(
        connection, workspace_id, journey_id, number, keeps_draft=again is not None, present=present
    )
    most, is_on = count_most(graph.options), journey.state == "active"
    await write_ceiling(connection, workspace_id, journey_id, most, forgets=is_on)
    said: dict[str, Any] = {"version": number}
    winners = await begin_experiments(connection, workspace_id, journey_id, number, before, graph)
    if winners:
        said["winners"] = winners
    if plan.then != "finish" and journey.version is not None:
        said["inside"] = msgspec.to_builtins(plan)
        said |= {} if by is None else {"by": by}
    await announce(connection, workspace_id, journey_id, "journeyPublished", **said)
    return number


async def get_next_graph(connection: Connection, journey: Journey, again: int | None = None) -> Graph:
    """Return the graph that would be published next: the draft, or that of the version to be published again.

    Raises NothingToPublishError, UnknownVersionError.
    """
    if again is None:
        if journey.draft is None:
            raise NothingToPublishError
        return convert_graph(journey.draft)
    if again == journey.version:
        raise NothingToPublishError
    return await _read_version(connection, journey, again)


async def _read_newest(connection: Connection, journey: Journey) -> Graph | None:
    """Return the graph of the newest version; None: there is none, or this release cannot read it."""
    try:
        return None if journey.version is None else await _read_version(connection, journey, journey.version)
    except UnreadableGraphError:
        return None


async def _read_version(connection: Connection, journey: Journey, number: int) -> Graph:
    found = await store.find_graph(connection, journey.workspace_id, journey.id, number)
    if found is None:
        raise UnknownVersionError(number)
    return convert_graph(upgrade_graph(found))


def check_plan(plan: InsidePlan, graph: Graph) -> None:
    """Raise UnknownStepError where the plan sends somebody to a step that the graph does not have."""
    for step in plan.steps.values():
        if step not in graph.steps:
            raise UnknownStepError(step)


async def activate_journey(connection: Connection, workspace_id: UUID, journey_id: UUID) -> None:
    """Switch the journey on: contacts enter its newest version from the moment their bucket has heard."""
    journey = await _lock(connection, workspace_id, journey_id, "activated")
    await _change_state(connection, journey, "active", "journeyActivated", activated=True)


async def pause_journey(connection: Connection, workspace_id: UUID, journey_id: UUID) -> None:
    """Stop entries and sends; waits go on counting, removals and goals act. Couriers obey at the next mark."""
    journey = await _lock(connection, workspace_id, journey_id, "paused")
    await _change_state(connection, journey, "paused", "journeyPaused")


async def resume_journey(
    connection: Connection,
    workspace_id: UUID,
    journey_id: UUID,
    *,
    late: Late = "send",
    by: str | None = None,
) -> None:
    """Let contacts enter and messages leave again; `late` says what becomes of those whose time passed meanwhile.

    send: their messages leave now, unless they are too late. skip: they go on without. remove: they leave the journey.
    For the latter two it stays paused until a job has told each of them, so that no courier is faster; raises
    StillAskingError while it does. Raises GraphError with what is gone where it could go on for nobody. One that reached
    its ceiling may send as many again.
    """
    journey = await _lock(connection, workspace_id, journey_id, "resumed")
    if faults := await find_failure(connection, workspace_id, journey_id):
        raise GraphError(faults)
    if await is_asking(connection, journey_id):
        raise StillAskingError
    if late == "send":
        await forget_reached(connection, journey_id)
        await _change_state(connection, journey, "active", "journeyResumed")
        return
    name = STEP_SKIPPED if late == "skip" else RUN_REMOVED
    ask = Ask(journey_id, NOBODY, reason=REMOVED_LATE, by=by)
    errand = Errand(journey_id, name, ask, Whom(late=True), as_it_stands=True, resumes=True)
    await send_errand(connection, workspace_id, errand)


async def archive_journey(connection: Connection, workspace_id: UUID, journey_id: UUID) -> None:
    """Put the journey away: nobody enters it any more, and nothing brings it back."""
    journey = await _lock(connection, workspace_id, journey_id, "archived")
    await _change_state(connection, journey, "archived", "journeyArchived")


async def delete_journey(connection: Connection, workspace_id: UUID, journey_id: UUID) -> None:
    """Delete a journey that nobody is inside; raises PeopleInsideError, and WrongStateError while it is on."""
    journey = await _lock(connection, workspace_id, journey_id, "deleted")
    inside = await store.count_inside(connection, workspace_id, journey_id)
    if inside or await is_announcing(connection, journey.id) or await is_asking(connection, journey.id):
        raise PeopleInsideError(inside)
    await delete_ceiling(connection, journey_id)
    await keep_experiments(connection, journey_id, ())
    await store.delete_journey(connection, workspace_id, journey_id)


async def _change_state(
    connection: Connection, journey: Journey, state: Any, fact: str, *, activated: bool = False
) -> None:
    present = await read_product_time(connection)
    await store.record_state(
        connection, journey.workspace_id, journey.id, state, activated=activated, present=present
    )
    if journey.version is not None:
        await announce(connection, journey.workspace_id, journey.id, fact, version=journey.version)


async def _lock(connection: Connection, workspace_id: UUID, journey_id: UUID, verb: Verb) -> Journey:
    journey = await store.lock_journey(connection, workspace_id, journey_id)
    if journey is None:
        raise UnknownJourneyError(journey_id)
    if not may_be(verb, journey.state):
        raise WrongStateError(verb, journey.state)
    return journey
