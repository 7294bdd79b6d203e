"""The step Split: docs/reference/steps/split.md."""

from collections.abc import Sequence

from percorso.journeys.graph import RandomPath, Split
from percorso.journeys.model import EventArrived, Run, TimeDue
from percorso.journeys.walk import Go, Move, Walk
from percorso.kit.ids import derive_share


def choose_share(paths: Sequence[RandomPath], chance: float) -> RandomPath:
    """Return the path that a number in [0, 1) falls to, each path taking its part of their sum."""
    left = chance * sum(path.percent for path in paths)
    for path in paths:
        left -= path.percent
        if left < 0:
            return path
    return paths[-1]


class SplitPlan:
    """Send runs along random paths, by percentages; the same run always along the same one."""

    __slots__ = ("step",)

    def __init__(self, step: Split) -> None:
        self.step = step

    def reach(self, walk: Walk) -> Move:
        """Go on by the path that the run's hash falls to."""
        path = choose_share(self.step.paths, derive_share("split", walk.run_id, walk.step))
        return Go(path.id, path.to)

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Return None: no run holds here."""
        return None
