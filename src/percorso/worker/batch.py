"""One batch: up to 64 buckets read, walked and written in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.conditions.evaluate_past import NO_PAST
from percorso.consent.gate import Standing
from percorso.consent.standing import StandingRequest, read_standings
from percorso.contacts.fold import is_newer_event
from percorso.contacts.model import Contact
from percorso.contacts.store import load_contacts, read_last_events
from percorso.db import Connection, Database
from percorso.db.clock import read_product_time
from percorso.journeys.model import Run
from percorso.kit.ids import bucket_of
from percorso.log import store as log
from percorso.log.model import Fact
from percorso.log.store import Head
from percorso.segments.membership_store import list_due_among
from percorso.worker import store
from percorso.worker.ahead import find_entered, list_wanted, want_when_due
from percorso.worker.belonging import HistoryMissing
from percorso.worker.catalog import Catalog
from percorso.worker.filling import list_fills, load_stands
from percorso.worker.history import ask_whole, fold_pasts, look_back
from percorso.worker.interest import is_quiet
from percorso.worker.ledger import BackgroundMissing
from percorso.worker.model import NOWHERE, Background, Fill, StandingKey, Stands, WalkResult
from percorso.worker.moment_store import Moments, load_moments
from percorso.worker.reading import Limits, Slice, read_due, read_slices
from percorso.worker.walk import Walk
from percorso.worker.writing import Touch, write_batch

_ROUNDS: Final = 20

_UNREAD: Final = Background(None, {})

_BREATH: Final = 200
"""Contacts walked without a word to the database, and without letting the process's heart beat."""


class BatchDone(msgspec.Struct, frozen=True):
    """What a batch did: buckets held, facts that mattered, contacts looked at, offsets passed."""

    buckets: int = 0
    facts: int = 0
    contacts: int = 0
    offsets: int = 0


class _Task(msgspec.Struct):
    """One contact's walk to be made."""

    contact_id: UUID
    part: Slice
    facts: list[Fact]
    wanted: set[StandingKey] = msgspec.field(default_factory=set[StandingKey])
    background: Background | None = None
    history: dict[str, datetime] = msgspec.field(default_factory=dict[str, datetime])
    fill: Fill | None = None


async def apply_batch(
    database: Database, catalog: Catalog, buckets: Sequence[int], limits: Limits
) -> BatchDone:
    """Apply the next facts and due runs of these buckets; those that another worker holds are left out."""
    async with database.transaction("worker.read_heads") as connection:
        heads = {head.bucket: head for head in await log.read_heads(connection, buckets)}
        now = await read_product_time(connection)
    async with database.transaction("worker.apply") as connection:
        return await _apply(connection, catalog, buckets, heads, now, limits)


async def _apply(
    connection: Connection,
    catalog: Catalog,
    buckets: Sequence[int],
    heads: dict[int, Head],
    now: datetime,
    limits: Limits,
) -> BatchDone:
    cursors = await log.lock_cursors(connection, buckets)
    if not cursors:
        return BatchDone()
    slices = await read_slices(connection, catalog, cursors, heads, now, limits)
    due = await read_due(connection, slices, limits)
    given_up = await log.list_set_aside(connection, cursors)
    tasks = _list_tasks(slices, due, given_up)
    fills = await list_fills(connection, catalog, slices, given_up, maximum=limits.filled)
    results: list[WalkResult] = []
    touches: list[Touch] = []
    if tasks or fills:
        await catalog.refresh(connection)
        tasks += [_Task(fill.contact_id, part, [], fill=fill) for part, fill in fills]
        runs = await store.load_runs(connection, [task.contact_id for task in tasks])
        quiet = await _list_quiet(connection, tasks, due, runs)
        touches, walking = await _touch(connection, tasks, quiet)
        ids = [task.contact_id for task in walking]
        contacts = await load_contacts(connection, ids)
        stands = await load_stands(connection, ids) if fills or _asks_stands(walking) else {}
        stands |= await look_back(connection, [(task.contact_id, task.part) for task in walking], stands)
        moments: Moments = await load_moments(connection, ids) if _looks_out(slices) else {}
        results = await _walk_all(connection, catalog, walking, contacts, runs, stands, moments)
    await write_batch(connection, catalog, slices, results, touches, now=now)
    return BatchDone(
        buckets=len(slices),
        facts=sum(len(part.facts) for part in slices),
        contacts=len(results) + len(touches),
        offsets=sum(max(0, part.until - part.cursor.offset) for part in slices),
    )


def _looks_out(slices: Iterable[Slice]) -> bool:
    """Whether any bucket looks for starts."""
    return any(part.interest.lookouts for part in slices)


def _asks_stands(walking: Iterable[_Task]) -> bool:
    """Whether anything asks where these contacts stand: a segment, a journey's condition, a group to be left."""
    return any(
        task.part.interest.watches
        or task.part.interest.asks_groups
        or any(fact.kind == "group" for fact in task.facts)
        for task in walking
    )


async def _list_quiet(
    connection: Connection, tasks: list[_Task], due: dict[int, set[UUID]], runs: dict[UUID, list[Run]]
) -> list[_Task]:
    """Return the tasks of contacts for whom nothing can come of their facts, and nothing is due before them."""
    quiet = [
        task
        for task in tasks
        if task.facts
        and task.contact_id not in runs
        and task.contact_id not in due.get(task.part.cursor.bucket, ())
        and is_quiet(task.part.interest, task.facts)
    ]
    unsure = [task for task in quiet if not task.part.knows_due]
    waited = await list_due_among(
        connection, [(task.contact_id, task.facts[-1].received_at) for task in unsure]
    )
    return [task for task in quiet if task.contact_id not in waited] if waited else quiet


async def _touch(
    connection: Connection, tasks: list[_Task], quiet: list[_Task]
) -> tuple[list[Touch], list[_Task]]:
    """Return what the quiet contacts' newest events change, and who must be walked: the others, and new ones."""
    if not quiet:
        return [], tasks
    known = await read_last_events(connection, [task.contact_id for task in quiet])
    spared: set[UUID] = set()
    touches: list[Touch] = []
    for task in quiet:
        if task.contact_id not in known:
            continue
        spared.add(task.contact_id)
        last_event_at, offset = known[task.contact_id], 0
        for fact in task.facts:
            if is_newer_event(last_event_at, fact.occurred_at):
                last_event_at, offset = fact.occurred_at, fact.offset
        if offset:
            touches.append((task.contact_id, last_event_at, offset))
    return touches, [task for task in tasks if task.contact_id not in spared]


def _list_tasks(
    slices: Iterable[Slice], due: dict[int, set[UUID]], given_up: set[tuple[int, int]]
) -> list[_Task]:
    tasks: list[_Task] = []
    for part in slices:
        bucket = part.cursor.bucket
        by_contact: dict[UUID, list[Fact]] = {}
        for fact in part.facts:
            if fact.contact_id is not None and (bucket, fact.offset) not in given_up:
                by_contact.setdefault(fact.contact_id, []).append(fact)
        for contact_id in due.get(bucket, ()):
            by_contact.setdefault(contact_id, [])
        tasks += [_Task(contact_id, part, facts) for contact_id, facts in by_contact.items()]
    return tasks


async def _walk_all(
    connection: Connection,
    catalog: Catalog,
    tasks: list[_Task],
    contacts: dict[UUID, Contact],
    runs: dict[UUID, list[Run]],
    stands: dict[UUID, Stands],
    moments: Moments,
) -> list[WalkResult]:
    """Walk each contact; those that lack background or history walk again when it was read for all of them."""
    results: list[WalkResult] = []
    rounds = 0
    await _read_ahead(connection, tasks, contacts, runs)
    while rounds < _ROUNDS:
        missing: list[_Task] = []
        unread: list[_Task] = []
        for number, task in enumerate(tasks, 1):
            if number % _BREATH == 0:
                await store.keep_transaction(connection)
            walk = Walk(
                task.contact_id,
                contacts.get(task.contact_id),
                runs.get(task.contact_id, ()),
                task.part.interest,
                node_ids=catalog.node_ids,
                templates=catalog.templates,
                deleted_groups=catalog.deleted_groups,
                background=task.background,
                rules=catalog.rules,
                stands=stands.get(task.contact_id, NOWHERE),
                moments=moments.get(task.contact_id, {}),
            )
            try:
                results.append(await _walk(connection, walk, task))
            except BackgroundMissing as error:
                task.wanted |= error.wanted
                missing.append(task)
            except HistoryMissing as error:
                task.history = error.wanted | task.history
                unread.append(task)
        if not missing and not unread:
            return results
        await _read_background(connection, missing)
        stands |= await _read_histories(connection, unread, stands)
        # Each time a history is read one more need is known, so that ends by itself.
        rounds += not unread
        tasks = missing + unread
    raise RuntimeError("Contacts asked for ever more of their background.")


async def _walk(connection: Connection, walk: Walk, task: _Task) -> WalkResult:
    if task.fill is not None:
        return walk.fill(task.fill)
    if task.part.is_standing and task.part.horizon is not None:
        return walk.take_first_due(task.part.horizon)
    steps = walk.walk(task.facts, task.part.horizon, until_horizon=task.part.is_whole)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return done.value
        await store.keep_transaction(connection)


async def _read_histories(
    connection: Connection,
    tasks: Sequence[_Task],
    stands: Mapping[UUID, Stands],
) -> dict[UUID, Stands]:
    """Return how these contacts stand, with all facts of the needs that they want them of."""
    asked = [
        ask_whole(task.contact_id, task.part.cursor.offset, task.part.interest, task.history)
        for task in tasks
    ]
    pasts = await fold_pasts(connection, asked, is_whole=True)
    return {
        task.contact_id: msgspec.structs.replace(
            stands.get(task.contact_id, NOWHERE),
            whole=dict.fromkeys(task.history, NO_PAST) | pasts.get(task.contact_id, {}),
        )
        for task in tasks
    }


async def _read_ahead(
    connection: Connection,
    tasks: Sequence[_Task],
    contacts: Mapping[UUID, Contact],
    runs: Mapping[UUID, list[Run]],
) -> None:
    """Read what walks will surely ask for: those of runs that are due, and of contacts who met a start."""
    going: list[_Task] = []
    entering: list[_Task] = []
    for task in tasks:
        part, contact = task.part, contacts.get(task.contact_id)
        if part.horizon is not None and task.contact_id in runs:
            task.wanted |= want_when_due(part.interest, contact, runs[task.contact_id], part.horizon)
        version = find_entered(part.state, part.interest, task.facts)
        if version is not None:
            task.wanted |= list_wanted(version, contact, version.graph.first)
            entering.append(task)
        elif task.wanted:
            going.append(task)
    await _read_background(connection, entering)
    await _read_background(connection, going, entering=False)


async def _read_background(connection: Connection, tasks: Sequence[_Task], *, entering: bool = True) -> None:
    """Give the tasks what they want to know; `entering`: when they entered journeys, too."""
    fresh = [
        task for task in tasks if entering and (task.background is None or task.background.entries is None)
    ]
    entries = await store.load_entries(connection, [task.contact_id for task in fresh]) if fresh else {}
    asked: list[tuple[UUID, StandingKey]] = [
        (task.contact_id, key)
        for task in tasks
        for key in sorted(task.wanted, key=str)
        if task.background is None or key not in task.background.standings
    ]
    standings = await _read_standings(connection, asked)
    for task in tasks:
        known = task.background or _UNREAD
        task.background = Background(
            entries.get(task.contact_id, known.entries),
            {**known.standings, **standings.get(task.contact_id, {})},
        )


async def _read_standings(
    connection: Connection, asked: Sequence[tuple[UUID, StandingKey]]
) -> dict[UUID, dict[StandingKey, Standing]]:
    if not asked:
        return {}
    requests = [
        StandingRequest(bucket_of(contact_id), contact_id, list_id, channel, address)
        for contact_id, (list_id, channel, address) in asked
    ]
    found: dict[UUID, dict[StandingKey, Standing]] = {}
    for (contact_id, key), standing in zip(asked, await read_standings(connection, requests), strict=True):
        found.setdefault(contact_id, {})[key] = standing
    return found
