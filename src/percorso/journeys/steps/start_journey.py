"""The step Start another journey: docs/reference/steps/start_journey.md."""

from uuid import UUID

from percorso.journeys.graph import StartJourney
from percorso.journeys.model import EventArrived, HandOver, Run, TimeDue
from percorso.journeys.values import read_operands
from percorso.journeys.walk import Go, Move, Walk


class StartJourneyPlan:
    """Let the contact into another journey, and go on at once."""

    __slots__ = ("journey_id", "step")

    def __init__(self, step: StartJourney) -> None:
        self.step = step
        self.journey_id = UUID(step.journey_id)

    def reach(self, walk: Walk) -> Move:
        """Hand over with the values as they are now."""
        values = read_operands(walk, self.step.values)
        walk.further.append(HandOver(self.journey_id, values, walk.step, walk.visit))
        return Go("next", self.step.next)

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Return None: no run holds here."""
        return None
