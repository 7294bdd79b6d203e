"""The step Experiment: docs/reference/steps/experiment.md."""

from percorso.journeys.check_ways import HOLD_OUT
from percorso.journeys.graph import Experiment
from percorso.journeys.model import EventArrived, Run, TimeDue
from percorso.journeys.steps.split import choose_share
from percorso.journeys.walk import Go, Move, Walk
from percorso.kit.ids import derive_share


class ExperimentPlan:
    """A split that is measured, with people held out of it; once it has a winner, all others take that path."""

    __slots__ = ("step",)

    def __init__(self, step: Experiment) -> None:
        self.step = step

    def reach(self, walk: Walk) -> Move:
        """Go on by the hold-out, the winner, or the path that the run's hash falls to."""
        held = self.step.hold_out
        if held is not None:
            # Of the contact and the journey, so that nobody held out once is let in by another entry.
            chance = derive_share("hold_out", walk.contact_id, walk.version.journey_id)
            if chance * 100 < held.percent:
                return Go(HOLD_OUT, held.to)
        winner = walk.version.winners.get(walk.step)
        for path in self.step.paths:
            if path.id == winner:
                return Go(path.id, path.to, "winner")
        path = choose_share(self.step.paths, derive_share("experiment", walk.run_id, walk.step))
        return Go(path.id, path.to)

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Return None: no run holds here."""
        return None
