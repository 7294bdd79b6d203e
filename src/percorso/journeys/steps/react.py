"""The step React to an event: docs/reference/steps/react.md."""

from percorso.conditions.model import Verdict
from percorso.journeys.early import counts_for
from percorso.journeys.graph import React
from percorso.journeys.judging import Compiler
from percorso.journeys.model import EventArrived, Run, TimeDue
from percorso.journeys.schedule import end_of
from percorso.journeys.values import capture_values
from percorso.journeys.walk import Go, Hold, Move, Walk


class ReactPlan:
    """Hold until the next event that meets the condition, then go on at once."""

    __slots__ = ("judge", "paths", "step")

    def __init__(self, step: React, compiler: Compiler) -> None:
        self.step = step
        self.judge = compiler.judge(step.condition)
        self.paths = compiler.paths(step.paths)

    def reach(self, walk: Walk) -> Move:
        """Hold until the event, at most until the limit."""
        due_at = end_of(self.step.limit, since=walk.now, zone=walk.zone)
        return Hold(due_at=due_at, awaits=(self.step.event,))

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Judge the event and go on, or keep waiting; after the limit take the default path."""
        if isinstance(input, TimeDue):
            return Go("default", self.step.default, "limit")
        if input.name != self.step.event:
            return None
        if not counts_for(run, input):
            return None
        subject = walk.subject(input.properties)
        if not self.judge.holds(subject):
            return None
        judged = list(self.judge.explain(subject))
        if not self.paths:
            return self._take(walk, input, "next", self.step.next, judged)
        for path, judge in self.paths:
            judged.extend(judge.explain(subject))
            if judge.holds(subject):
                return self._take(walk, input, path.id, path.to, judged)
        if self.step.unmatched == "keep_waiting":
            return None
        return self._take(walk, input, "default", self.step.default, judged)

    def _take(self, walk: Walk, event: EventArrived, path: str, to: str | None, judged: list[Verdict]) -> Go:
        # Captured after judging: paths compare with what was captured before under the same name.
        walk.event = event.properties
        capture_values(walk, self.step.captures)
        return Go(path, to, judged=tuple(judged))
