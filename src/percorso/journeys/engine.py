"""The engine: what an entry, an event or a moment makes of a run.

Pure: no clock, no chance, no reading or writing. `now` is the fact's `received_at` or the run's `due_at`,
never the wall clock, so a late worker decides what a punctual one would have. Ids are derived: repeating
arrives at the same ones.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from percorso.conditions.model import Subject, Verdict
from percorso.journeys.entry import Enter, Restart
from percorso.journeys.graph import Outcome
from percorso.journeys.model import (
    CancelMessage,
    Count,
    Decision,
    EventArrived,
    Input,
    Removed,
    Run,
    TimeDue,
    TraceEntry,
)
from percorso.journeys.removal import LEFT_LIST, UNSUBSCRIBED, find_exit, has_left_list
from percorso.journeys.steps.end import COMPLETED
from percorso.journeys.values import capture_values
from percorso.journeys.version import Version
from percorso.journeys.walk import Finish, Go, Hold, Keep, Move, Walk
from percorso.kit.ids import derive_id
from percorso.log.model import Fact

TOO_MANY_ROUNDS = "too_many_rounds"
"""Why a run ended that went round a loop more often than its version allows."""

STEP_MISSING = "step_missing"
"""Why a run ended whose version has no such step; checked graphs cannot lead here."""

_REMOVING = ("removed: ", "goal: ")


def enter(
    version: Version,
    entry: Enter | Restart,
    fact: Fact,
    attributes: dict[str, Any],
    now: datetime,
    around: Subject | None = None,
) -> Decision:
    """Return the run that begins with `fact`, walked until it holds or ends, and what must be done.

    `around` tells where the contact stands at this moment: segments, groups, statuses, what it did.

    The runs of a Restart are ended by the caller first: `advance(version, run, Removed(RESTARTED), …)`.
    """
    assert fact.contact_id is not None
    run = Run(
        id=derive_run_id(version.journey_id, fact.contact_id, fact),
        journey_id=version.journey_id,
        version=version.number,
        contact_id=fact.contact_id,
        key=entry.key,
        state="waiting",
        step=None,
        visit=0,
        entered_at=now,
        reached_at=now,
        reached_offset=fact.offset,
        caused_at=fact.occurred_at,
        event=fact.properties,
        began_at=fact.occurred_at,
    )
    walk = Walk(version, run, attributes, now, around)
    start = entry.start
    judged = start.judge.explain(walk.subject(walk.event))
    capture_values(walk, start.captures)
    passage = _Passage(walk, run)
    passage.trace.append(
        TraceEntry(step="", visit=0, at=now, path=start.id, outcome="entered", judged=judged)
    )
    passage.counts.append(Count("entered"))
    return passage.go_to(version.graph.first)


def advance(
    version: Version,
    run: Run,
    input: Input,
    attributes: dict[str, Any],
    now: datetime,
    around: Subject | None = None,
) -> Decision:
    """Return what `input` makes of `run`, and what must be done besides.

    Give every waiting run of the contact each event whose name is in `version.names`, and `TimeDue` when its
    `due_at` has come. What does not concern the run leaves it as it was (`decision.run is run`).
    """
    if run.state == "ended" or run.step is None:
        return Decision(run)
    if isinstance(input, Removed):
        return _Passage(Walk(version, run, attributes, now, around), run).cancel(input.outcome, input.reason)
    if isinstance(input, TimeDue):
        if run.due_at is None or run.due_at > now:
            return Decision(run)
        # A worker that comes late decides what a punctual one would have.
        now = caused_at = run.due_at
        offset = max(run.reached_offset, input.offset)
    else:
        if input.name in version.exits or input.name == LEFT_LIST:
            ended = _leave(version, run, input, attributes, now, around)
            if ended is not None:
                return ended
        if input.name not in run.awaits:
            return Decision(run)
        caused_at, offset = input.occurred_at, max(run.reached_offset, input.offset)
    walk = Walk(version, run, attributes, now, around)
    plan = version.steps.get(run.step)
    if plan is None:
        return _Passage(walk, run).finish("neutral", STEP_MISSING)
    move = plan.resume(walk, run, input)
    if move is None:
        return Decision(run)
    if isinstance(move, Keep):
        return Decision(msgspec.structs.replace(run, seen=(*run.seen, move.event)))
    passage = _Passage(walk, run)
    passage.caused_at, passage.offset = caused_at, offset
    return passage.follow(move)


def _leave(
    version: Version,
    run: Run,
    event: EventArrived,
    attributes: dict[str, Any],
    now: datetime,
    around: Subject | None,
) -> Decision | None:
    """Return the end of the run, if the event is a removal, a goal, or takes the contact off the list."""
    walk = Walk(version, run, attributes, now, around)
    subject = walk.subject(event.properties)
    found = find_exit(version, run, event, subject)
    if found is not None:
        return _Passage(walk, run).cancel(found.outcome, found.reason, found.judge.explain(subject))
    if has_left_list(version, run, event):
        return _Passage(walk, run).cancel("neutral", UNSUBSCRIBED)
    return None


def was_removed(before: Run, decision: Decision) -> bool:
    """Whether a removal or goal ended the run in this decision: then the same event is no entry."""
    after = decision.run
    if before.state == "ended" or after.state != "ended" or after.reason is None:
        return False
    return after.reason.startswith(_REMOVING)


def derive_run_id(journey_id: UUID, contact_id: UUID, fact: Fact) -> UUID:
    """Return the id of the run that this fact starts.

    The moment belongs to it: after the seven days in which `message_id` is deduplicated it may come again.
    """
    return derive_id("run", journey_id, contact_id, fact.message_id, fact.received_at.isoformat())


class _Passage:
    """One call's way through the steps, until the run holds or ends."""

    __slots__ = ("caused_at", "counts", "offset", "rounds", "run", "trace", "walk")

    def __init__(self, walk: Walk, run: Run) -> None:
        self.walk = walk
        self.run = run
        self.caused_at = run.caused_at
        self.offset = run.reached_offset
        self.rounds = run.rounds
        self.trace: list[TraceEntry] = []
        self.counts: list[Count] = []

    def follow(self, move: Move) -> Decision:
        """Return the decision that begins with leaving the present step by `move`."""
        if isinstance(move, Finish):
            return self.finish(move.outcome, move.reason, move.judged)
        assert isinstance(move, Go)
        self._note(move)
        return self.go_to(move.to) if move.to is not None else self._stop()

    def go_to(self, step: str) -> Decision:
        """Return the decision that begins with arriving at `step`."""
        walk = self.walk
        target: str | None = step
        while target is not None:
            plan = walk.version.steps.get(target)
            walk.step = target
            walk.visit += 1
            self.counts.append(Count("entered", target))
            if plan is None:
                return self.finish("neutral", STEP_MISSING)
            if self._is_beyond_rounds(target):
                return self.finish("neutral", TOO_MANY_ROUNDS)
            move = plan.reach(walk)
            if isinstance(move, Hold):
                return self._hold(move)
            if isinstance(move, Finish):
                return self.finish(move.outcome, move.reason, move.judged)
            assert isinstance(move, Go)
            self._note(move)
            target = move.to
        return self._stop()

    def _is_beyond_rounds(self, step: str) -> bool:
        if step not in self.walk.version.loops:
            return False
        rounds = self.rounds.get(step, 0) + 1
        self.rounds = {**self.rounds, step: rounds}
        return rounds > self.walk.version.graph.rounds

    def _note(self, move: Go) -> None:
        walk = self.walk
        self.counts.append(Count("left", walk.step, move.path))
        self.trace.append(
            TraceEntry(
                step=walk.step,
                visit=walk.visit,
                at=walk.now,
                path=move.path,
                outcome=move.outcome,
                judged=move.judged,
            )
        )

    def _hold(self, move: Hold) -> Decision:
        walk = self.walk
        run = msgspec.structs.replace(
            self.run,
            step=walk.step,
            visit=walk.visit,
            reached_at=walk.now,
            reached_offset=self.offset,
            caused_at=self.caused_at,
            due_at=move.due_at,
            awaits=move.awaits,
            captured=walk.captured,
            event=walk.event,
            seen=(),
            message_id=move.message_id,
            rounds=self.rounds,
            traced=self.run.traced + len(self.trace),
        )
        return Decision(run, tuple(walk.effects), tuple(self.trace), tuple(self.counts))

    def _stop(self) -> Decision:
        """End where a path leads nowhere: the step was left, so the exit is counted at none."""
        self.counts.append(Count("exited", "", COMPLETED))
        return self._ended("neutral", COMPLETED)

    def cancel(self, outcome: Outcome, reason: str, judged: tuple[Verdict, ...] = ()) -> Decision:
        """Return the decision that ends the run from outside its step; a message not yet marked is cancelled."""
        if self.run.message_id is not None:
            self.walk.effects.append(CancelMessage(self.run.message_id, reason))
        return self.finish(outcome, reason, judged)

    def finish(self, outcome: Outcome, reason: str, judged: tuple[Verdict, ...] = ()) -> Decision:
        """Return the decision that ends the run at the step where it stands."""
        walk = self.walk
        self.counts.append(Count("exited", walk.step, reason))
        self.trace.append(
            TraceEntry(step=walk.step, visit=walk.visit, at=walk.now, outcome=reason, judged=judged)
        )
        return self._ended(outcome, reason)

    def _ended(self, outcome: Outcome, reason: str) -> Decision:
        walk = self.walk
        self.counts.append(Count("ended", "", outcome))
        run = msgspec.structs.replace(
            self.run,
            state="ended",
            step=None,
            visit=walk.visit,
            due_at=None,
            awaits=(),
            captured=walk.captured,
            event=walk.event,
            seen=(),
            message_id=None,
            rounds=self.rounds,
            traced=self.run.traced + len(self.trace),
            ended_at=walk.now,
            outcome=outcome,
            reason=reason,
        )
        return Decision(run, tuple(walk.effects), tuple(self.trace), tuple(self.counts))
