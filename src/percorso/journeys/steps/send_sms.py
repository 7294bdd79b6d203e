"""The step Send SMS: docs/reference/steps/send_sms.md."""

from percorso.journeys.graph import SendSms
from percorso.journeys.steps.sending import SendPlan


def plan_send_sms(step: SendSms) -> SendPlan:
    """Return the step, compiled."""
    return SendPlan(step)
