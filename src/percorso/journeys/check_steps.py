"""What is wrong with one step by itself."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from percorso.conditions.model import Value
from percorso.journeys.faults import Fault
from percorso.journeys.graph import (
    AssignCoupon,
    Change,
    CheckNow,
    Duration,
    Path,
    React,
    SendEmail,
    SendSms,
    Step,
    UpdateContact,
    Wait,
    WaitThenCheck,
)
from percorso.journeys.schedule import MAXIMUM_DAYS, check_duration, shortest

RESERVED_PATHS: Final = frozenset({"default", "next", "none_left"})
"""Path ids that counters and traces use for the ways out that have no id of their own."""

RESERVED_EVENTS: Final = frozenset(
    {
        "contactUpdated", "contactMoved", "campaignSubscribed", "campaignUnsubscribed", "campaignOptinRequested",
        "messagePlanned", "campaignSent", "messageSkipped", "messageFailed", "messageUnknown", "campaignOpened",
        "campaignLinkClicked", "campaignBounced", "couponAssigned", "couponPoolEmpty", "journeyEntered",
        "journeyExited", "journeyPublished", "journeyActivated", "journeyPaused", "journeyResumed",
        "journeyArchived",
    }
)  # fmt: skip
"""Facts that Percorso alone makes: a journey cannot record them."""

MAXIMUM_PATHS: Final = 50
MAXIMUM_CHANGES: Final = 100
MAXIMUM_EVENT_NAME: Final = 200

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_ATTRIBUTE: Final = re.compile(r"[^.\[\]\x00]{1,100}(\.[^.\[\]\x00]{1,100}){0,9}\Z")


def clip(text: str) -> str:
    """Return the text short enough to be named in a sentence."""
    return text if len(text) <= 80 else f"{text[:79]}…"


def is_id(id: str) -> bool:
    """Whether the text can be the id of a step, start, removal, goal or path."""
    return _ID.match(id) is not None


def is_pause(step: Step) -> bool:
    """Whether a loop through this step is allowed: a wait of at least an hour, or a React."""
    if isinstance(step, React):
        return True
    if isinstance(step, Wait | WaitThenCheck):
        return check_duration(step.period) is None and shortest(step.period) >= timedelta(hours=1)
    return False


def check_ids(at: str, ids: list[str]) -> Iterator[Fault]:
    """Yield what is wrong with ids that must differ from each other."""
    seen: set[str] = set()
    for position, id in enumerate(ids):
        if not is_id(id):
            yield Fault("id_invalid", f"{at}[{position}].id", {"id": clip(id)})
        elif id in seen:
            yield Fault("id_twice", f"{at}[{position}].id", {"id": id})
        seen.add(id)


def check_event(at: str, name: str) -> Iterator[Fault]:
    """Yield what is wrong with the name of an event."""
    if not name.strip():
        yield Fault("event_missing", at)
    elif len(name) > MAXIMUM_EVENT_NAME:
        yield Fault("event_too_long", at, {"maximum": MAXIMUM_EVENT_NAME})


def check_period(at: str, period: Duration) -> Iterator[Fault]:
    """Yield what is wrong with a duration."""
    code = check_duration(period)
    if code is not None:
        yield Fault(code, at, {"maximum": MAXIMUM_DAYS})


def check_capture_names(at: str, names: list[str]) -> Iterator[Fault]:
    """Yield what is wrong with the names under which something is captured."""
    for position, name in enumerate(names):
        if not _NAME.match(name):
            yield Fault("name_invalid", f"{at}.captures[{position}].name", {"name": clip(name)})


def check_step(at: str, step: Step) -> Iterator[Fault]:
    """Yield what is wrong with the step that stands at `at`, its targets and what it reads aside."""
    match step:
        case SendEmail() | SendSms():
            yield from _check_uuid("template_missing", f"{at}.templateId", step.template_id)
            if step.too_late is not None:
                yield from check_period(f"{at}.tooLate", step.too_late)
        case Wait():
            yield from check_period(f"{at}.period", step.period)
        case CheckNow():
            yield from _check_paths(at, step.paths)
            yield from _check_path_events(at, step.paths, allowed=None)
        case WaitThenCheck():
            yield from check_period(f"{at}.period", step.period)
            yield from _check_paths(at, step.paths)
            for position, path in enumerate(step.paths):
                if path.event is not None:
                    yield from check_event(f"{at}.paths[{position}].event", path.event)
        case React():
            yield from check_event(f"{at}.event", step.event)
            yield from check_period(f"{at}.limit", step.limit)
            if step.paths:
                yield from _check_paths(at, step.paths)
                yield from _check_path_events(at, step.paths, allowed=step.event)
        case UpdateContact():
            yield from _check_update(at, step)
        case AssignCoupon():
            yield from _check_uuid("pool_missing", f"{at}.poolId", step.pool_id)
            if not _NAME.match(step.capture):
                yield Fault("name_invalid", f"{at}.capture", {"name": clip(step.capture)})
        case _:
            return


def _check_uuid(code: Literal["template_missing", "pool_missing"], at: str, value: str) -> Iterator[Fault]:
    try:
        UUID(value)
    except ValueError:
        yield Fault(code, at)


def _check_paths(at: str, paths: tuple[Path, ...]) -> Iterator[Fault]:
    if not paths:
        yield Fault("paths_missing", f"{at}.paths")
    if len(paths) > MAXIMUM_PATHS:
        yield Fault("too_many", f"{at}.paths", {"maximum": MAXIMUM_PATHS, "what": "paths"})
    yield from check_ids(f"{at}.paths", [path.id for path in paths])
    for position, path in enumerate(paths):
        if path.id in RESERVED_PATHS:
            yield Fault("id_invalid", f"{at}.paths[{position}].id", {"id": path.id})
    always = next((n for n, path in enumerate(paths) if path.condition is None and path.event is None), None)
    if always is not None:
        before = clip(paths[always].name or paths[always].id)
        for position in range(always + 1, len(paths)):
            name = clip(paths[position].name or paths[position].id)
            yield Fault("path_never_taken", f"{at}.paths[{position}]", {"path": name, "before": before})


def _check_path_events(at: str, paths: tuple[Path, ...], *, allowed: str | None) -> Iterator[Fault]:
    for position, path in enumerate(paths):
        if path.event is not None and path.event != allowed:
            yield Fault("event_not_here", f"{at}.paths[{position}].event")


def _check_update(at: str, step: UpdateContact) -> Iterator[Fault]:
    if not step.changes and not step.events:
        yield Fault("changes_missing", f"{at}.changes")
    if len(step.changes) + len(step.events) > MAXIMUM_CHANGES:
        yield Fault("too_many", f"{at}.changes", {"maximum": MAXIMUM_CHANGES, "what": "changes"})
    for position, change in enumerate(step.changes):
        yield from _check_change(f"{at}.changes[{position}]", change)
    for position, recorded in enumerate(step.events):
        place = f"{at}.events[{position}].event"
        yield from check_event(place, recorded.event)
        if recorded.event in RESERVED_EVENTS:
            yield Fault("event_reserved", place, {"event": recorded.event})


def _check_change(at: str, change: Change) -> Iterator[Fault]:
    if not _ATTRIBUTE.match(change.path):
        yield Fault("path_malformed", f"{at}.path", {"path": clip(change.path)})
    if change.action != "clear" and change.operand is None:
        yield Fault("value_missing", f"{at}.operand")
    if change.action in ("add", "subtract") and isinstance(change.operand, Value):
        constant = change.operand.value
        if not isinstance(constant, int | float) or isinstance(constant, bool):
            yield Fault("value_not_a_number", f"{at}.operand")
