"""The step Check now: docs/reference/steps/check_now.md."""

from typing import Final

from percorso.conditions.model import Verdict
from percorso.journeys.answers import is_answer
from percorso.journeys.graph import CheckNow, Path
from percorso.journeys.judging import Compiler
from percorso.journeys.model import EventArrived, RequestPlace, Run, TimeDue
from percorso.journeys.walk import Go, Hold, Move, Walk

PLACES: Final = ("placeTaken", "placesFull")
"""Asking for one of a path's places is answered by exactly one of these facts; both say the `path`."""


class CheckNowPlan:
    """Take the first path that holds, judged on the profile and the event last met."""

    __slots__ = ("paths", "step")

    def __init__(self, step: CheckNow, compiler: Compiler) -> None:
        self.step = step
        self.paths = compiler.paths(step.paths)

    def reach(self, walk: Walk) -> Move:
        """Go on by the first path that holds, else by the default; where it has places, first ask for one."""
        subject = walk.subject(walk.event)
        judged: list[Verdict] = []
        for path, judge in self.paths:
            judged.extend(judge.explain(subject))
            if judge.holds(subject):
                if path.places is not None:
                    walk.further.append(RequestPlace(walk.step, walk.visit, path.id, path.places))
                    return Hold(awaits=PLACES)
                return Go(path.id, path.to, judged=tuple(judged))
        return Go("default", self.step.default, judged=tuple(judged))

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Go on by the path of the place taken; where none was left, by the path for that, or the default."""
        if isinstance(input, TimeDue) or input.name not in PLACES or not is_answer(run, input):
            return None
        path = next((path for path in self.step.paths if path.id == input.properties.get("path")), None)
        if path is None:
            return Go("default", self.step.default)
        if input.name == "placeTaken":
            return Go(path.id, path.to)
        if path.full is None:
            return Go("default", self.step.default, "full")
        return Go(full_of(path), path.full, "full")


def full_of(path: Path) -> str:
    """Return the id of the way out for those who come after a path's last place; no path's own id has a dot."""
    return f"{path.id}.full"
