"""Keeping experiments: begun by publishing, measured by the worker, decided once."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from percorso.conditions.evaluate import compile_condition
from percorso.conditions.model import Subject
from percorso.conditions.scalars import Lower
from percorso.conditions.store import read_lowering
from percorso.db import Connection, Database
from percorso.db.clock import Clock, read_clock, read_product_time
from percorso.journeys import store as journeys
from percorso.journeys.check_ways import HOLD_OUT
from percorso.journeys.control import announce
from percorso.journeys.experiments import store
from percorso.journeys.experiments.model import (
    DECIDED,
    Kept,
    Measured,
    Visit,
    add_measured,
    count_visits,
    find_winner,
    is_same,
    list_experiments,
)
from percorso.journeys.graph import Experiment, Graph
from percorso.journeys.schedule import get_zone
from percorso.journeys.upgrade import read_graph
from percorso.kit.ids import BUCKETS
from percorso.workspaces.audit import record_audit

BY_ITSELF: Final = "journey"
"""Whom the audit names that decided."""

PAUSE: Final = timedelta(hours=1)
"""How long after a measuring the next one is, in product time."""

_PIECE: Final = 2_000
"""Contacts whose goals are read at once."""


async def begin_experiments(
    connection: Connection,
    workspace_id: UUID,
    journey_id: UUID,
    number: int,
    before: Graph | None,
    graph: Graph,
) -> dict[str, str]:
    """Let the experiments of a version begin that `before`, the version until now, did not have so; return who has won of the others.

    The caller holds the journey's lock.
    """
    now = await read_product_time(connection)
    old = {} if before is None else list_experiments(before)
    new = list_experiments(graph)
    kept = {one.step: one for one in await store.list_experiments(connection, journey_id)}
    await store.keep_experiments(connection, journey_id, new)
    winners: dict[str, str] = {}
    for step, experiment in new.items():
        one = kept.get(step)
        if one is None or step not in old or not is_same(old[step], experiment):
            await store.begin_experiment(connection, workspace_id, journey_id, step, since=number, now=now)
        elif one.winner is not None:
            winners[step] = one.winner
    return winners


async def measure_experiments(database: Database) -> int:
    """Measure the experiments that are due, and decide those that have a winner; return how many were measured."""
    async with database.connection() as connection:
        due = await store.list_due(connection, now=await read_product_time(connection))
        lower = await read_lowering(connection) if due else None
    for kept in due:
        assert lower is not None, "read where anything is due"
        await _measure(database, kept, lower)
    return len(due)


async def _measure(database: Database, kept: Kept, lower: Lower) -> None:
    began = await _read_clock(database)
    async with database.connection() as connection:
        published = await journeys.find_published(connection, kept.workspace_id, kept.journey_id)
        since = await store.find_since(connection, kept)
    step = None if published is None else list_experiments(read_graph(published.graph)).get(kept.step)
    if published is None or step is None:
        return
    zone = get_zone(published.time_zone)
    measured = Measured({}, None)
    for bucket in range(BUCKETS):
        async with database.connection() as connection:
            part = await _measure_bucket(connection, bucket, kept, step, since, began.product_at, zone, lower)
        measured = add_measured(measured, part)
    took = (await _read_clock(database)).real_at - began.real_at
    async with database.transaction("journeys.experiment") as connection:
        await _settle(connection, kept, step, measured, began.product_at, zone, took)


async def _read_clock(database: Database) -> Clock:
    async with database.connection() as connection:
        return await read_clock(connection)


async def _measure_bucket(
    connection: Connection,
    bucket: int,
    kept: Kept,
    step: Experiment,
    since: datetime,
    now: datetime,
    zone: ZoneInfo,
    lower: Lower,
) -> Measured:
    paths = [path.id for path in step.paths] + ([HOLD_OUT] if step.hold_out else [])
    by_contact: defaultdict[UUID, list[Visit]] = defaultdict(list)
    for visit in await store.list_visits(connection, bucket, kept, paths, since=since):
        by_contact[visit.contact_id].append(visit)
    measured = Measured({}, None)
    contact_ids = list(by_contact)
    for place in range(0, len(contact_ids), _PIECE):
        piece = contact_ids[place : place + _PIECE]
        goals = await _list_goals(connection, bucket, piece, step, since, now, zone, lower)
        visits = [visit for id in piece for visit in by_contact[id]]
        measured = add_measured(measured, count_visits(step, visits, goals, now, zone))
    return measured


async def _list_goals(
    connection: Connection,
    bucket: int,
    contact_ids: list[UUID],
    step: Experiment,
    since: datetime,
    now: datetime,
    zone: ZoneInfo,
    lower: Lower,
) -> dict[UUID, list[datetime]]:
    """Return when each contact came to the goal; the profile is judged as it is now."""
    condition = step.goal.condition
    holds = None if condition is None else compile_condition(condition, lower=lower)
    goals: defaultdict[UUID, list[datetime]] = defaultdict(list)
    for done in await store.list_goals(connection, bucket, contact_ids, step.goal.event, since=since):
        subject = Subject(done.attributes, done.properties, {}, now, zone.key)
        if holds is None or holds(subject):
            goals[done.contact_id].append(done.at)
    return goals


async def _settle(
    connection: Connection,
    kept: Kept,
    step: Experiment,
    measured: Measured,
    now: datetime,
    zone: ZoneInfo,
    took: timedelta,
) -> None:
    """Write what was measured, and decide where the rule finds a winner that was not found before."""
    journey = await journeys.lock_journey(connection, kept.workspace_id, kept.journey_id)
    if journey is None:
        return
    # A journey of many runs is read from end to end: that is to be seldom enough to cost next to nothing.
    next_at = now + max(PAUSE, 100 * took)
    await store.record_measured(connection, kept, measured, now=now, next_at=next_at)
    winner = find_winner(step, measured, now, zone)
    if winner is None or not await store.record_winner(connection, kept, winner, now=now):
        return
    await announce(
        connection, kept.workspace_id, kept.journey_id, DECIDED, since=kept.since, step=kept.step, path=winner
    )
    clock = await read_clock(connection)
    await record_audit(
        connection,
        kept.workspace_id,
        caller=BY_ITSELF,
        action="journey.experiment_decided",
        subject=str(kept.journey_id),
        detail={"step": kept.step, "path": winner},
        at=clock.real_at,
    )
