"""Answers to what a visit of a step asked for outside the contact's bucket."""

from percorso.journeys.model import EventArrived, Run


def is_answer(run: Run, event: EventArrived) -> bool:
    """Whether the fact answers what this very visit of the run asked for."""
    said = event.properties
    return (said.get("runId"), said.get("step"), said.get("visit")) == (str(run.id), run.step, run.visit)
