"""The step Leave another journey: docs/reference/steps/leave_journey.md."""

from typing import Final
from uuid import UUID

from percorso.journeys.graph import LeaveJourney
from percorso.journeys.model import EventArrived, Run, TakeOut, TimeDue
from percorso.journeys.walk import Go, Move, Walk

TAKEN_OUT: Final = "taken_out"
"""Why a run ended that another journey's step took its contact out of."""


class LeaveJourneyPlan:
    """Take the contact out of another journey, and go on at once."""

    __slots__ = ("journey_id", "step")

    def __init__(self, step: LeaveJourney) -> None:
        self.step = step
        self.journey_id = UUID(step.journey_id)

    def reach(self, walk: Walk) -> Move:
        """Ask that the contact's runs there end with the step's outcome."""
        walk.further.append(TakeOut(self.journey_id, self.step.outcome))
        return Go("next", self.step.next)

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Return None: no run holds here."""
        return None
