"""The step Check now: docs/reference/steps/check_now.md."""

from percorso.conditions.model import Verdict
from percorso.journeys.graph import CheckNow
from percorso.journeys.judging import Compiler
from percorso.journeys.model import EventArrived, Run, TimeDue
from percorso.journeys.walk import Go, Move, Walk


class CheckNowPlan:
    """Take the first path that holds, judged on the profile and the event last met."""

    __slots__ = ("paths", "step")

    def __init__(self, step: CheckNow, compiler: Compiler) -> None:
        self.step = step
        self.paths = compiler.paths(step.paths)

    def reach(self, walk: Walk) -> Move:
        """Go on at once by the first path that holds, else by the default."""
        subject = walk.subject(walk.event)
        judged: list[Verdict] = []
        for path, judge in self.paths:
            judged.extend(judge.explain(subject))
            if judge.holds(subject):
                return Go(path.id, path.to, judged=tuple(judged))
        return Go("default", self.step.default, judged=tuple(judged))

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Return None: no run holds here."""
        return None
