"""Which events count for a step that a run holds at (spec 3.5, architecture §9.4)."""

from percorso.journeys.model import EventArrived, Run


def counts_for(run: Run, event: EventArrived) -> bool:
    """Whether the event arrived after the run reached its step, and did not occur before what brought it there.

    An event that a step of some run recorded just now has no place in the log yet, offset 0, and says whose it
    is (`context.runId`). It comes after all that other runs reached, but before whatever its own run reached
    in the same decision.
    """
    if event.occurred_at < run.caused_at:
        return False
    if event.offset == 0:
        return event.context is None or event.context.get("runId") != str(run.id)
    return event.offset > run.reached_offset
