"""The kinds of steps, one file each; their names are the same in the web application and the reference."""

from collections.abc import Iterator

from percorso.journeys.graph import (
    AssignCoupon,
    CheckNow,
    End,
    React,
    SendEmail,
    SendSms,
    Step,
    UpdateContact,
    Wait,
    WaitThenCheck,
)
from percorso.journeys.judging import Compiler
from percorso.journeys.steps.assign_coupon import AssignCouponPlan
from percorso.journeys.steps.check_now import CheckNowPlan
from percorso.journeys.steps.end import EndPlan
from percorso.journeys.steps.react import ReactPlan
from percorso.journeys.steps.send_email import plan_send_email
from percorso.journeys.steps.send_sms import plan_send_sms
from percorso.journeys.steps.update_contact import UpdateContactPlan
from percorso.journeys.steps.wait import WaitPlan
from percorso.journeys.steps.wait_then_check import WaitThenCheckPlan
from percorso.journeys.version import StepPlan


def compile_step(step: Step, compiler: Compiler) -> StepPlan:
    """Return the step, compiled."""
    match step:
        case SendEmail():
            return plan_send_email(step)
        case SendSms():
            return plan_send_sms(step)
        case Wait():
            return WaitPlan(step)
        case CheckNow():
            return CheckNowPlan(step, compiler)
        case WaitThenCheck():
            return WaitThenCheckPlan(step, compiler)
        case React():
            return ReactPlan(step, compiler)
        case UpdateContact():
            return UpdateContactPlan(step)
        case AssignCoupon():
            return AssignCouponPlan(step)
        case End():
            return EndPlan(step)


def ways_out(step: Step) -> Iterator[tuple[str, str, str | None]]:
    """Yield each way out of the step: its path id, where it stands in the step, and the next step's id."""
    match step:
        case CheckNow() | WaitThenCheck():
            yield from _paths(step)
            yield "default", "default", step.default
        case React():
            yield from _paths(step)
            if not step.paths:
                yield "next", "next", step.next
            yield "default", "default", step.default
        case AssignCoupon():
            yield "next", "next", step.next
            yield "none_left", "noneLeft", step.none_left
        case End():
            return
        case SendEmail() | SendSms() | Wait() | UpdateContact():
            yield "next", "next", step.next


def _paths(step: CheckNow | WaitThenCheck | React) -> Iterator[tuple[str, str, str | None]]:
    for position, path in enumerate(step.paths):
        yield path.id, f"paths[{position}].to", path.to
