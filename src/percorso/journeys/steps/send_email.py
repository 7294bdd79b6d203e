"""The step Send email: docs/reference/steps/send_email.md."""

from percorso.journeys.graph import SendEmail
from percorso.journeys.steps.sending import SendPlan


def plan_send_email(step: SendEmail) -> SendPlan:
    """Return the step, compiled."""
    return SendPlan(step)
