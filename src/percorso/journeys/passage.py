"""A run on its way from step to step in one call of the engine, until it holds or ends. Pure."""

from typing import Final

import msgspec

from percorso.conditions.model import Verdict
from percorso.journeys.door import is_at_door
from percorso.journeys.graph import Outcome
from percorso.journeys.model import CancelMessage, Count, Decision, Run, TraceEntry
from percorso.journeys.steps.end import COMPLETED
from percorso.journeys.walk import Finish, Go, Hold, Move, Walk

TOO_MANY_ROUNDS: Final = "too_many_rounds"
"""Why a run ended that went round a loop more often than its version allows."""

STEP_MISSING: Final = "step_missing"
"""Why a run ended whose version has no such step; checked graphs cannot lead here."""


class Passage:
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
        if isinstance(move, Hold):
            return self._hold_on(move)
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
                return self.hold(move)
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

    def hold(self, move: Hold) -> Decision:
        """Hold at the step that was reached just now."""
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
            messages=walk.messages,
            rounds=self.rounds,
            traced=self.run.traced + len(self.trace),
        )
        return self._decide(run)

    def _hold_on(self, move: Hold) -> Decision:
        """Hold at the step where the run stands, until another moment or for other facts; it is the same visit."""
        walk = self.walk
        run = msgspec.structs.replace(
            self.run,
            due_at=move.due_at,
            awaits=move.awaits,
            message_id=move.message_id,
            captured=walk.captured,
            messages=walk.messages,
        )
        return self._decide(run)

    def _decide(self, run: Run) -> Decision:
        walk = self.walk
        return Decision(run, tuple(walk.effects), tuple(self.trace), tuple(self.counts), tuple(walk.further))

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
        if is_at_door(self.run):
            # It never entered: it is neither inside nor out.
            self.counts.append(Count("refused", "", reason))
        else:
            self.counts.append(Count("exited", walk.step, reason))
        self.trace.append(
            TraceEntry(step=walk.step, visit=walk.visit, at=walk.now, outcome=reason, judged=judged)
        )
        return self._ended(outcome, reason)

    def _ended(self, outcome: Outcome, reason: str) -> Decision:
        walk = self.walk
        if not is_at_door(self.run):
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
            messages={},
            rounds=self.rounds,
            traced=self.run.traced + len(self.trace),
            ended_at=walk.now,
            outcome=outcome,
            reason=reason,
        )
        return self._decide(run)
