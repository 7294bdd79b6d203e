"""The kinds of steps, one file each; their names are the same in the web application and the reference."""

from collections.abc import Iterator

from percorso.journeys.check_ways import HOLD_OUT
from percorso.journeys.graph import (
    AssignCoupon,
    CheckNow,
    End,
    Experiment,
    LeaveJourney,
    React,
    SendEmail,
    SendPush,
    SendSms,
    Split,
    StartJourney,
    Step,
    UntilDate,
    UpdateContact,
    Wait,
    WaitAfterMessage,
    WaitThenCheck,
    Webhook,
)
from percorso.journeys.judging import Compiler
from percorso.journeys.steps.assign_coupon import AssignCouponPlan
from percorso.journeys.steps.check_now import CheckNowPlan, full_of
from percorso.journeys.steps.end import EndPlan
from percorso.journeys.steps.experiment import ExperimentPlan
from percorso.journeys.steps.leave_journey import LeaveJourneyPlan
from percorso.journeys.steps.react import ReactPlan
from percorso.journeys.steps.send_email import plan_send_email
from percorso.journeys.steps.send_push import plan_send_push
from percorso.journeys.steps.send_sms import plan_send_sms
from percorso.journeys.steps.split import SplitPlan
from percorso.journeys.steps.start_journey import StartJourneyPlan
from percorso.journeys.steps.update_contact import UpdateContactPlan
from percorso.journeys.steps.wait import WaitPlan
from percorso.journeys.steps.wait_after_message import OTHERWISE, WaitAfterMessagePlan
from percorso.journeys.steps.wait_then_check import WaitThenCheckPlan
from percorso.journeys.steps.webhook import FAILED, WebhookPlan
from percorso.journeys.version import StepPlan


def compile_step(step: Step, compiler: Compiler) -> StepPlan:
    """Return the step, compiled."""
    match step:
        case SendEmail():
            return plan_send_email(step)
        case SendSms():
            return plan_send_sms(step)
        case SendPush():
            return plan_send_push(step)
        case Webhook():
            return WebhookPlan(step)
        case Wait():
            return WaitPlan(step)
        case WaitAfterMessage():
            return WaitAfterMessagePlan(step)
        case CheckNow():
            return CheckNowPlan(step, compiler)
        case WaitThenCheck():
            return WaitThenCheckPlan(step, compiler)
        case React():
            return ReactPlan(step, compiler)
        case Split():
            return SplitPlan(step)
        case Experiment():
            return ExperimentPlan(step)
        case UpdateContact():
            return UpdateContactPlan(step)
        case AssignCoupon():
            return AssignCouponPlan(step)
        case StartJourney():
            return StartJourneyPlan(step)
        case LeaveJourney():
            return LeaveJourneyPlan(step)
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
        case Split() | Experiment():
            yield from _shares(step)
        case AssignCoupon():
            yield "next", "next", step.next
            yield "none_left", "noneLeft", step.none_left
        case Webhook():
            yield "next", "next", step.next
            yield FAILED, "failed", step.failed
        case WaitAfterMessage():
            yield "next", "next", step.next
            if step.unmet == "otherwise":
                yield OTHERWISE, "otherwise", step.otherwise
        case Wait():
            yield "next", "next", step.next
            if isinstance(step.until, UntilDate) and step.without_date == "default":
                yield "default", "default", step.default
        case End():
            return
        case SendEmail() | SendSms() | SendPush() | UpdateContact() | StartJourney() | LeaveJourney():
            yield "next", "next", step.next


def _paths(step: CheckNow | WaitThenCheck | React) -> Iterator[tuple[str, str, str | None]]:
    for position, path in enumerate(step.paths):
        yield path.id, f"paths[{position}].to", path.to
        if path.full is not None:
            yield full_of(path), f"paths[{position}].full", path.full


def _shares(step: Split | Experiment) -> Iterator[tuple[str, str, str | None]]:
    for position, path in enumerate(step.paths):
        yield path.id, f"paths[{position}].to", path.to
    if isinstance(step, Experiment) and step.hold_out is not None:
        yield HOLD_OUT, "holdOut.to", step.hold_out.to
