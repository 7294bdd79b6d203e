"""The step End: docs/reference/steps/end.md."""

from percorso.journeys.graph import End
from percorso.journeys.model import EventArrived, Run, TimeDue
from percorso.journeys.moving import apply_group_change
from percorso.journeys.walk import Finish, Move, Walk

COMPLETED = "completed"
"""Why a run ended that came to its end."""


class EndPlan:
    """End the run with an outcome."""

    __slots__ = ("step",)

    def __init__(self, step: End) -> None:
        self.step = step

    def reach(self, walk: Walk) -> Move:
        """Finish with the outcome that the step states; before that, copy or move the contact into its group."""
        if self.step.group is not None:
            apply_group_change(walk, self.step.group)
        return Finish(self.step.outcome, COMPLETED)

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Return None: no run holds here."""
        return None
