"""The step Wait: docs/reference/steps/wait.md."""

from percorso.journeys.graph import Wait
from percorso.journeys.model import EventArrived, Run, TimeDue
from percorso.journeys.schedule import end_of
from percorso.journeys.walk import Go, Hold, Move, Walk


class WaitPlan:
    """Hold the run for a time."""

    __slots__ = ("step",)

    def __init__(self, step: Wait) -> None:
        self.step = step

    def reach(self, walk: Walk) -> Move:
        """Hold until the period, begun now, has passed."""
        return Hold(due_at=end_of(self.step.period, since=walk.now, zone=walk.version.zone))

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Go on when the time has come."""
        return Go("next", self.step.next) if isinstance(input, TimeDue) else None
