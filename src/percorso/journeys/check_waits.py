"""What is wrong with waits: for a time, until a moment, for what becomes of a message."""

from collections.abc import Iterator
from typing import Final

from percorso.journeys.check_values import check_format, check_offset, check_period, check_time
from percorso.journeys.faults import Fault
from percorso.journeys.graph import (
    SENDING_STEPS,
    Graph,
    SendEmail,
    SendPush,
    SendSms,
    Step,
    UntilDate,
    UntilTime,
    Wait,
    WaitAfterMessage,
)
from percorso.journeys.message_facts import NEGATIVE
from percorso.journeys.shape import followers_of, reachable_from

_UNITS: Final = ("minutes", "hours", "days", "weeks", "months")
_ANYWHERE: Final = frozenset({"sent"})
_OF_CHANNEL: Final[dict[type[Step], frozenset[str]]] = {
    SendEmail: frozenset(
        {"opened", "clicked", "opened_or_clicked", "not_opened", "not_clicked", "not_opened_or_clicked"}
    ),
    SendSms: frozenset({"clicked", "not_clicked", "delivered", "not_delivered"}),
    SendPush: frozenset({"opened", "clicked", "opened_or_clicked", "not_opened", "not_opened_or_clicked"}),
}
_CHANNELS: Final[dict[type[Step], str]] = {SendEmail: "email", SendSms: "sms", SendPush: "push"}


def check_wait(at: str, step: Wait) -> Iterator[Fault]:
    """Yield what is wrong with a Wait."""
    if (step.period is None) == (step.until is None):
        yield Fault("period_or_until", at)
    if step.period is not None:
        yield from check_period(f"{at}.period", step.period)
    if isinstance(step.until, UntilTime):
        yield from check_time(f"{at}.until.at", step.until.at)
    if isinstance(step.until, UntilDate):
        yield from check_time(f"{at}.until.at", step.until.at)
        yield from check_format(f"{at}.until.format", step.until.format)
        if step.until.offset is not None:
            yield from check_offset(f"{at}.until.offset", step.until.offset, step.until.format, units=_UNITS)


def check_wait_after_message(at: str, step: WaitAfterMessage) -> Iterator[Fault]:
    """Yield what is wrong with a message wait by itself."""
    if step.period is not None:
        yield from check_period(f"{at}.period", step.period)
    elif step.reaction in NEGATIVE:
        yield Fault("period_needed", f"{at}.period")
    if step.maximum is not None:
        yield from check_period(f"{at}.maximum", step.maximum)


def check_messages_waited_for(graph: Graph) -> Iterator[Fault]:
    """Yield message waits without a message: none is sent before, the one named is not, or it is of another channel."""
    followers = followers_of(graph)
    for id, step in graph.steps.items():
        if not isinstance(step, WaitAfterMessage):
            continue
        before = sends_before(graph, id, followers)
        at = f"steps.{id}"
        if step.message is None:
            if not before:
                yield Fault("message_nowhere", f"{at}.message")
            waited = before
        elif step.message not in before:
            yield Fault("message_not_before", f"{at}.message", {"step": step.message[:80]})
            continue
        else:
            waited = [step.message]
        for kind in dict.fromkeys(type(graph.steps[send]) for send in waited):
            if step.reaction not in _ANYWHERE and step.reaction not in _OF_CHANNEL[kind]:
                yield Fault("message_of_other_channel", f"{at}.reaction", {"channel": _CHANNELS[kind]})


def sends_before(graph: Graph, step: str, followers: dict[str, tuple[str, ...]]) -> list[str]:
    """Return the Send steps from which the step can be reached, in the order of the graph."""
    return [
        id
        for id, other in graph.steps.items()
        if isinstance(other, SENDING_STEPS) and step in reachable_from(followers[id], followers)
    ]
