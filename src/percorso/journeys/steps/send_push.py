"""The step Send push: docs/reference/steps/send_push.md."""

from percorso.journeys.graph import SendPush
from percorso.journeys.steps.sending import SendPlan


def plan_send_push(step: SendPush) -> SendPlan:
    """Return the step, compiled."""
    return SendPlan(step)
