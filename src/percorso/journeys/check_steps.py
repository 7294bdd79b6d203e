"""What is wrong with one step by itself."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from percorso.conditions.model import Value
from percorso.conditions.paths import parse_path
from percorso.intake.vocabulary import RESERVED
from percorso.journeys.check_values import (
    check_capture_names,
    check_event,
    check_id,
    check_ids,
    check_number,
    check_period,
    clip,
    is_name,
)
from percorso.journeys.check_waits import check_wait, check_wait_after_message
from percorso.journeys.check_ways import check_experiment, check_split
from percorso.journeys.faults import Fault
from percorso.journeys.graph import (
    AssignCoupon,
    Change,
    CheckNow,
    End,
    Experiment,
    GroupMove,
    LeaveJourney,
    Path,
    React,
    SendEmail,
    SendPush,
    SendSms,
    SendStep,
    Split,
    StartJourney,
    Step,
    UpdateContact,
    Wait,
    WaitAfterMessage,
    WaitThenCheck,
    Webhook,
)
from percorso.journeys.schedule import check_duration, shortest

RESERVED_PATHS: Final = frozenset(
    {"default", "next", "none_left", "failed", "otherwise", "hold_out", "moved"}
)
"""Path ids that counters and traces use for the ways out that have no id of their own."""

RESERVED_EVENTS: Final = RESERVED | {"campaignSubscribed", "campaignUnsubscribed", "campaignOptinRequested"}
"""Facts that a journey cannot record: those that Percorso alone makes, and statuses, which a step cannot change so."""

MAXIMUM_PATHS: Final = 50
MAXIMUM_CHANGES: Final = 100
MAXIMUM_VARIANTS: Final = 50
MAXIMUM_VALUES: Final = 100
MAXIMUM_PLACES: Final = 10_000_000
MAXIMUM_URL: Final = 2_000

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\Z")

_ATTRIBUTE: Final = re.compile(r"[^.\[\]\x00]{1,100}(\.[^.\[\]\x00]{1,100}){0,9}\Z")


def is_pause(step: Step) -> bool:
    """Whether a loop through this step is allowed: a wait of at least an hour, a message wait, or a React."""
    if isinstance(step, React | WaitAfterMessage):
        return True
    if isinstance(step, Wait | WaitThenCheck) and step.period is not None:
        return check_duration(step.period) is None and shortest(step.period) >= timedelta(hours=1)
    return False


def check_step(at: str, step: Step) -> Iterator[Fault]:
    """Yield what is wrong with the step that stands at `at`, its targets and what it reads aside."""
    match step:
        case SendEmail() | SendSms() | SendPush():
            yield from _check_send(at, step)
        case Webhook():
            yield from _check_webhook(at, step)
        case Wait():
            yield from check_wait(at, step)
        case WaitAfterMessage():
            yield from check_wait_after_message(at, step)
        case CheckNow():
            yield from _check_paths(at, step.paths, places=True)
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
        case Split():
            yield from check_split(at, step)
        case Experiment():
            yield from check_experiment(at, step)
        case UpdateContact():
            yield from _check_update(at, step)
        case AssignCoupon():
            yield from check_id(f"{at}.poolId", step.pool_id, "pool_missing")
            if not is_name(step.capture):
                yield Fault("name_invalid", f"{at}.capture", {"name": clip(step.capture)})
        case StartJourney():
            yield from check_id(f"{at}.journeyId", step.journey_id, "journey_missing")
            yield from _check_values(at, step.values)
        case LeaveJourney():
            yield from check_id(f"{at}.journeyId", step.journey_id, "journey_missing")
        case End():
            if step.group is not None:
                yield from check_group_change(f"{at}.group", step.group)


def check_group_change(at: str, change: GroupMove) -> Iterator[Fault]:
    """Yield what is wrong with joining, leaving or moving between groups."""
    yield from check_id(f"{at}.groupId", change.group_id, "group_missing")
    if change.action == "move":
        yield from check_id(f"{at}.fromGroupId", change.from_group_id, "group_missing")


def _check_send(at: str, step: SendStep) -> Iterator[Fault]:
    yield from check_id(f"{at}.templateId", step.template_id, "template_missing")
    if step.too_late is not None:
        yield from check_period(f"{at}.tooLate", step.too_late)
    if len(step.variants) > MAXIMUM_VARIANTS:
        yield Fault("too_many", f"{at}.variants", {"maximum": MAXIMUM_VARIANTS, "what": "variants"})
    seen: set[str] = set()
    for position, variant in enumerate(step.variants):
        place = f"{at}.variants[{position}]"
        yield from check_id(f"{place}.templateId", variant.template_id, "template_missing")
        if not _LANGUAGE.match(variant.language):
            yield Fault("language_invalid", f"{place}.language", {"language": clip(variant.language)})
        elif variant.language.lower() in seen:
            yield Fault("language_twice", f"{place}.language", {"language": variant.language})
        seen.add(variant.language.lower())


def _check_webhook(at: str, step: Webhook) -> Iterator[Fault]:
    if not is_callable_url(step.url):
        yield Fault("url_invalid", f"{at}.url", {"url": clip(step.url)})
    yield from _check_values(at, step.values)
    yield from check_capture_names(at, [capture.name for capture in step.captures])
    for position, capture in enumerate(step.captures):
        try:
            parse_path(capture.path)
        except ValueError:
            place = f"{at}.captures[{position}].path"
            yield Fault("path_malformed", place, {"path": clip(capture.path)})
    if step.limit is not None:
        yield from check_period(f"{at}.limit", step.limit)


def is_callable_url(url: str) -> bool:
    """Whether a webhook may call this address, as far as the text says: http or https, a host, nobody's password."""
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= MAXIMUM_URL
    return (
        plain
        and port_is_fine
        and parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and "@" not in parts.netloc
    )


def _check_values(at: str, values: Mapping[str, Any]) -> Iterator[Fault]:
    yield from check_number(f"{at}.values", len(values), 0, MAXIMUM_VALUES)
    for name in values:
        if not is_name(name):
            yield Fault("name_invalid", f"{at}.values.{clip(name)}", {"name": clip(name)})


def _check_paths(at: str, paths: tuple[Path, ...], *, places: bool = False) -> Iterator[Fault]:
    if not paths:
        yield Fault("paths_missing", f"{at}.paths")
    if len(paths) > MAXIMUM_PATHS:
        yield Fault("too_many", f"{at}.paths", {"maximum": MAXIMUM_PATHS, "what": "paths"})
    yield from check_ids(f"{at}.paths", [path.id for path in paths])
    for position, path in enumerate(paths):
        if path.id in RESERVED_PATHS:
            yield Fault("id_invalid", f"{at}.paths[{position}].id", {"id": path.id})
        if not places and (path.places is not None or path.full is not None):
            yield Fault("places_not_here", f"{at}.paths[{position}].places")
        yield from check_number(f"{at}.paths[{position}].places", path.places, 1, MAXIMUM_PLACES)
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
    if not step.changes and not step.events and not step.groups:
        yield Fault("changes_missing", f"{at}.changes")
    if len(step.changes) + len(step.events) + len(step.groups) > MAXIMUM_CHANGES:
        yield Fault("too_many", f"{at}.changes", {"maximum": MAXIMUM_CHANGES, "what": "changes"})
    for position, change in enumerate(step.changes):
        yield from _check_change(f"{at}.changes[{position}]", change)
    for position, moved in enumerate(step.groups):
        yield from check_group_change(f"{at}.groups[{position}]", moved)
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
