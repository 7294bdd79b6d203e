"""One contact's part of a batch: its facts and due runs in order of time. Pure: reads and writes nothing.

For each fact: fold it, then removals and goals and waits of the runs inside, then starts. What a decision
makes about the same contact is applied at once, before the contact's next fact.
"""

from collections.abc import Generator, Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.conditions.model import Subject
from percorso.contacts.fold import entered_before, is_carried
from percorso.contacts.shop.moments import next_moment, plan_moment
from percorso.journeys.door import is_at_door
from percorso.journeys.engine import enter, was_removed
from percorso.journeys.entry import RESTARTED, Ignore, Restart, context_name, decide_entry
from percorso.journeys.model import (
    ContactChanged,
    EventArrived,
    Removed,
    Run,
    TimeDue,
)
from percorso.journeys.steps.check_now import PLACES
from percorso.journeys.steps.webhook import ANSWERS
from percorso.journeys.version import Version
from percorso.journeys.walk import stand_in
from percorso.log.model import Fact
from percorso.segments.watch import NO_SEGMENTS
from percorso.worker.ahead import list_wanted
from percorso.worker.asked import Asked, is_ask
from percorso.worker.ledger import DEEPEST, BackgroundMissing
from percorso.worker.model import (
    Fill,
    WalkResult,
)
from percorso.worker.own_facts import (
    Cause,
    shop_fact,
)
from percorso.worker.starts import Starts

MERGED: Final = "merged"
"""Why a run ended whose contact turned out to be one that was in the same journey."""

SHOP: Final = -1
SEGMENT: Final = 0
RUN: Final = 1
START: Final = 2

Due = tuple[datetime, int, int, UUID]
"""What is due: when, of which kind, a segment's place in the order of reference, its id; in the order in which it is taken."""

_BREATH: Final = 20
"""Facts of one contact walked in one go."""


class Walk(Asked):
    """One contact walking through one batch of its bucket."""

    def walk(
        self, facts: Iterable[Fact], horizon: datetime | None, *, until_horizon: bool
    ) -> Generator[None, None, WalkResult]:
        """Return what `facts`, in order, and the runs due before `horizon` make of this contact.

        `until_horizon`: runs due exactly then are taken as well. Yields now and then on the way: one contact may have
        many facts. Raises BackgroundMissing and HistoryMissing.
        """
        stands_still = False
        for number, fact in enumerate(facts):
            if number and number % _BREATH == 0:
                yield
            self._take_due(fact.received_at, inclusive=False)
            self._apply(fact)
            stands_still = fact.kind == "moved"
        if horizon is not None and not stands_still:
            self._take_due(horizon, inclusive=until_horizon)
        return self._finish()

    def fill(self, fill: Fill) -> WalkResult:
        """Return what a control fact about a segment makes of this contact; raises what `walk` does.

        Nothing is due before it: it takes effect alone.
        """
        control, contact = fill.control, self._contact
        cause = Cause(
            control.workspace_id, self._contact_id, control.received_at, control.offset, control.depth
        )
        self._belonging.remember(fill.pasts)
        if contact is not None:
            watch = self._interest.watches.get(control.workspace_id, NO_SEGMENTS)
            turns = self._belonging.fill(watch, fill.segment_id, contact, control.received_at)
            why = control.properties.get("cause")
            self._turn(turns, cause, control.message_id, why=why if isinstance(why, str) else None)
            self._drain()
        return self._finish()

    def fail_run(self, run_id: UUID, error: str) -> WalkResult:
        """Return what it takes to end a run that cannot be advanced, at the moment when it was due."""
        run = self._runs[run_id]
        now = run.due_at or run.reached_at
        self._end_failed(run, error, Cause(self._workspace_id(run), self._contact_id, now, 0, 0))
        return self._finish()

    def take_over(self, runs: Iterable[Run], now: datetime, offset: int) -> WalkResult:
        """Return what comes of runs that were another's and are this contact's now.

        Of two runs in one journey with the same key the older stays; the other ends *merged*. The facts up to
        `offset` were the other's too, and the runs know them already.
        """
        assert self._contact is not None
        cause = Cause(self._contact.workspace_id, self._contact_id, now, offset, 0)
        for run in sorted(runs, key=lambda run: (run.entered_at, run.id)):
            coming = msgspec.structs.replace(run, contact_id=self._contact_id, reached_offset=offset)
            rival = next(
                (
                    inside
                    for inside in self._runs.values()
                    if (inside.journey_id, inside.key) == (run.journey_id, run.key)
                ),
                None,
            )
            if rival is not None and rival.entered_at > run.entered_at:
                self._advance(rival, Removed(MERGED), cause)
            self._keep(coming)
            if rival is not None and rival.entered_at <= run.entered_at:
                self._advance(coming, Removed(MERGED), cause)
        self._drain()
        return self._finish()

    def end_runs(self, reason: str, now: datetime, offset: int) -> WalkResult:
        """Return what it takes to end all runs of a contact that must be forgotten."""
        assert self._contact is not None
        cause = Cause(self._contact.workspace_id, self._contact_id, now, offset, 0)
        for run in list(self._runs.values()):
            self._advance(run, Removed(reason), cause)
        self._drain()
        return self._finish()

    def _finish(self) -> WalkResult:
        self._result.contact = self._contact
        self._result.memberships = self._belonging.memberships
        self._result.groups = self._belonging.groups
        self._result.members = self._belonging.count_members()
        self._result.pasts = self._belonging.pasts
        self._result.ungiven = self._belonging.ungiven
        self._result.segment_errors = self._belonging.errors
        return self._result

    def find_due(self, moment: datetime, *, inclusive: bool) -> Due | None:
        """Return what is taken first of what is due by then; at equal times the shop, segments in order of reference, runs, starts."""
        due: list[Due] = [
            (run.due_at, RUN, 0, run.id)
            for run in self._runs.values()
            if run.due_at is not None and (run.due_at < moment or (inclusive and run.due_at == moment))
        ]
        due += [
            (judge_at, SEGMENT, self._place(id), id)
            for judge_at, id in self._belonging.list_due()
            if judge_at < moment or (inclusive and judge_at == moment)
        ]
        due += [(due_at, START, 0, id) for due_at, id in self._list_moments(moment, inclusive=inclusive)]
        shop_due_at = self._contact.due_at if self._contact is not None else None
        if shop_due_at is not None and (shop_due_at < moment or (inclusive and shop_due_at == moment)):
            due.append((shop_due_at, SHOP, 0, self._contact_id))
        return min(due, default=None)

    def take_first_due(self, moment: datetime) -> WalkResult:
        """Return what comes of what is due first by then, and of nothing else; raises what `walk` does."""
        due = self.find_due(moment, inclusive=True)
        if due is not None:
            self._take(due)
        return self._finish()

    def _take_due(self, moment: datetime, *, inclusive: bool) -> None:
        while self._may_be_due(moment):
            due = self.find_due(moment, inclusive=inclusive)
            if due is None:
                self._belonging.look_ahead()
                return
            self._take(due)

    def _take(self, due: Due) -> None:
        due_at, kind, _, id = due
        if kind == SHOP:
            self._take_shop(due_at)
        elif kind == SEGMENT:
            self._take_membership(due_at, id)
        elif kind == START:
            self._take_moment(due_at, id)
        else:
            self._take_run(due_at, id)
        self._drain()

    def _may_be_due(self, moment: datetime) -> bool:
        """Whether anything may be due by then: most facts find nothing, and most of what is kept is not looked at."""
        soonest = self._belonging.soonest
        if soonest is not None and soonest <= moment:
            return True
        contact = self._contact
        if contact is not None and contact.due_at is not None and contact.due_at <= moment:
            return True
        if any(due.due_at <= moment for due in self._moments.values()):
            return True
        return any(run.due_at is not None and run.due_at <= moment for run in self._runs.values())

    def _take_run(self, due_at: datetime, run_id: UUID) -> None:
        run = self._runs[run_id]
        cause = Cause(self._workspace_id(run), self._contact_id, due_at, 0, 0)
        self._advance(run, TimeDue(), cause)
        if self._runs.get(run_id) is run:
            self._end_failed(run, "The engine left the run as it was when its moment came.", cause)

    def _take_shop(self, due_at: datetime) -> None:
        contact = self._contact
        assert contact is not None, "a contact was folded before its shop was judged"
        assert contact.shop is not None, "nothing else makes a contact due"
        zone = self._rules_of(contact.workspace_id).zone
        cause = Cause(contact.workspace_id, self._contact_id, due_at, 0, 0)
        for said in plan_moment(contact.shop, due_at, zone):
            self._record(shop_fact(cause, said))
        if self._contact is contact:
            # The workspace's calendar changed: this day begins at another moment now.
            self._contact = msgspec.structs.replace(contact, due_at=next_moment(contact.shop, zone))

    def _take_membership(self, due_at: datetime, segment_id: UUID) -> None:
        contact = self._contact
        if contact is None:
            self._belonging.forget(segment_id)
            return
        watch = self._interest.watches.get(contact.workspace_id, NO_SEGMENTS)
        turns = self._belonging.judge_due(watch, segment_id, contact, due_at)
        cause = Cause(contact.workspace_id, self._contact_id, due_at, 0, 0)
        self._turn(turns, cause, f"{segment_id}@{due_at.isoformat()}")

    def _place(self, segment_id: UUID) -> int:
        contact = self._contact
        watch = self._interest.watches.get(contact.workspace_id) if contact is not None else None
        return -1 if watch is None else watch.places.get(segment_id, -1)

    def _apply(self, fact: Fact) -> None:
        self._take_in(fact)
        self._drain()

    def _drain(self) -> None:
        while self._waiting:
            fact, is_change = self._waiting.popleft()
            self._act(fact, is_change=is_change)

    def _act(self, fact: Fact, *, is_change: bool) -> None:
        if fact.historical or fact.depth > DEEPEST:
            return
        is_named = fact.name in self._interest.names
        if not is_named and self._interest.judged_by is None:
            return
        cause = Cause(fact.workspace_id, self._contact_id, fact.received_at, fact.offset, fact.depth)
        if is_ask(fact):
            self._carry_out(fact, cause)
            return
        removed = self._judge_runs(fact, cause, is_change=is_change) if self._runs else set[UUID]()
        if not is_named:
            return
        if self._runs:
            removed |= self._move_runs(fact, cause)
        for starts in self._interest.starts.get((fact.workspace_id, fact.name), ()):
            # Where the contact stands is put together only for an event that could start something.
            if starts.could_start(fact.properties, context_name(fact.context), cause.now):
                self._start_all(starts, fact, cause, removed)

    def _judge_runs(self, fact: Fact, cause: Cause, *, is_change: bool) -> set[UUID]:
        """Judge removals and goals that are conditions by themselves, of the runs whose contact this fact changed.

        Return the journeys that it removed the contact from. What another journey listens to changes nothing here.
        """
        removed: set[UUID] = set()
        if self._interest.judged_by is None or not (is_change or fact.name in self._interest.judged_by):
            return removed
        offset = 0 if fact.origin == "worker" else fact.offset
        for run in sorted(self._runs.values(), key=lambda run: (run.entered_at, run.id)):
            version = self._interest.versions.get((run.journey_id, run.version))
            if version is None or version.judged_by is None:
                continue
            if is_change or fact.name in version.judged_by:
                decision = self._advance(run, ContactChanged(offset), cause)
                if decision is not None and was_removed(run, decision):
                    removed.add(run.journey_id)
        return removed

    def _move_runs(self, fact: Fact, cause: Cause) -> set[UUID]:
        """Let the runs that a fact concerns go on; return the journeys that it removed the contact from."""
        # What was made just now comes after all that stands, though its place in the log is still to be given.
        offset = 0 if fact.origin == "worker" else fact.offset
        event = EventArrived(fact.name, offset, fact.occurred_at, fact.properties, fact.context)
        removed: set[UUID] = set()
        for run in self._concerned(fact):
            # An earlier run's decision on this fact may have ended or moved this one.
            current = self._runs.get(run.id)
            if current is None:
                continue
            decision = self._advance(current, event, cause)
            if decision is not None and was_removed(current, decision):
                removed.add(current.journey_id)
        return removed

    def _concerned(self, fact: Fact) -> list[Run]:
        runs = self._runs
        if fact.kind in ("message", "coupon") or fact.name in PLACES or fact.name in ANSWERS:
            said = fact.properties.get("runId")
            run = runs.get(UUID(said)) if isinstance(said, str) else None
            return [] if run is None else [run]
        # A run that came over with this very fact has met it before.
        latest = fact.offset if is_carried(fact) else None
        return sorted(
            (
                run
                for run in runs.values()
                if self._listens(run, fact.name) and (latest is None or run.reached_offset < latest)
            ),
            key=lambda run: (run.entered_at, run.id),
        )

    def _listens(self, run: Run, name: str) -> bool:
        # A version that cannot be compiled hears nothing; its runs end failed when their moment comes.
        version = self._interest.versions.get((run.journey_id, run.version))
        return version is not None and name in version.names

    def _start_all(self, starts: Starts, fact: Fact, cause: Cause, removed: set[UUID]) -> None:
        context = context_name(fact.context)
        place = -1
        while True:
            attributes, groups = self._attributes(), self._belonging.groups_inside
            around = self._around(cause.now)
            subject = stand_in(around, attributes, fact.properties, {}, cause.now, starts.time_zone)
            for place in [met for met in starts.find_started(subject, context) if met > place]:
                version = starts.versions[place]
                self._start(version, fact, cause, subject, was_removed=version.journey_id in removed)
                if self._attributes() is not attributes or self._belonging.groups_inside is not groups:
                    # An entry changed the profile or the groups: what follows is judged by what it is now.
                    break
            else:
                return

    def _start(
        self, version: Version, fact: Fact, cause: Cause, subject: Subject, *, was_removed: bool
    ) -> None:
        if str(version.journey_id) in entered_before(fact):
            return
        if self._background is None or self._background.entries is None:
            raise BackgroundMissing(list_wanted(version, self._contact, version.graph.first))
        journey_id = version.journey_id
        entries = {**self._background.entries, **self._result.entries}
        memory = {key: at for (journey, key), at in entries.items() if journey == journey_id}
        inside = [run for run in self._runs.values() if run.journey_id == journey_id]
        entry = decide_entry(version, fact, subject, memory, inside, was_removed=was_removed)
        if isinstance(entry, Ignore):
            return
        if isinstance(entry, Restart):
            for run in entry.runs:
                self._advance(run, Removed(RESTARTED), cause)
        decision = enter(version, entry, fact, self._attributes(), cause.now, self._around(cause.now))
        if not is_at_door(decision.run):
            self._enter(decision.run, cause)
        self._settle(None, decision, cause)

    def _workspace_id(self, run: Run) -> UUID:
        del run
        assert self._contact is not None, "a run's contact was folded before the run began"
        return self._contact.workspace_id
