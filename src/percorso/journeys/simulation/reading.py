"""From JSON to a scenario, and when its happenings happen: everything wrong with it named at once. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from percorso.journeys.check_steps import RESERVED_EVENTS
from percorso.journeys.check_values import check_event, check_period, clip
from percorso.journeys.decode import list_unreadable
from percorso.journeys.door import DOOR, is_limited
from percorso.journeys.faults import Fault, JourneyError
from percorso.journeys.graph import SENDING_STEPS, AssignCoupon, CheckNow, Step, Webhook
from percorso.journeys.schedule import end_of, resolve_local
from percorso.journeys.simulation.scenario import (
    MOST_HAPPENINGS,
    EventHappens,
    GroupHappens,
    Happens,
    MessageHappens,
    Scenario,
    SegmentHappens,
    StartHappens,
    SubscriptionHappens,
)
from percorso.journeys.version import Version

_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 2200

_SENT: Final = frozenset({"sent", "skipped", "failed", "unknown", "nothing"})
_ENDS: Final[tuple[tuple[Any, frozenset[str]], ...]] = (
    (SENDING_STEPS, _SENT),
    (AssignCoupon, frozenset({"assigned", "none_left", "nothing"})),
    (Webhook, frozenset({"answered", "failed", "nothing"})),
    (CheckNow, frozenset({"taken", "full", "nothing"})),
)


class ScenarioError(JourneyError):
    """The scenario cannot be simulated; `faults` names everything that is wrong with it, at once."""

    code = "scenario_invalid"

    def __init__(self, faults: list[Fault]) -> None:
        said = " ".join(f"{fault.at}: {fault.message}" if fault.at else fault.message for fault in faults)
        super().__init__(f"This cannot be simulated: {said}")
        self.faults = tuple(faults)


def decode_scenario(value: Any) -> Scenario:
    """Return the scenario in decoded JSON, well-formed and not yet checked; raises ScenarioError."""
    faults = list(list_unreadable("", value, Scenario))
    if faults:
        raise ScenarioError(faults)
    return msgspec.convert(value, Scenario)


def read_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the moment written as ISO text, local in `zone` where it says no offset; None: it is no such moment."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not _FIRST_YEAR <= read.year <= _LAST_YEAR:
        return None
    return resolve_local(read, zone) if read.tzinfo is None else read.astimezone(UTC)


def plan_moments(scenario: Scenario, zone: ZoneInfo) -> Iterator[tuple[datetime, Happens]]:
    """Yield when each happening of a checked scenario happens, in the order in which they are written."""
    moment = read_moment(scenario.begins, zone)
    assert moment is not None
    for happening in scenario.happens:
        if happening.at is not None:
            moment = read_moment(happening.at, zone)
            assert moment is not None
        elif happening.after is not None:
            moment = end_of(happening.after, since=moment, zone=zone)
        yield moment, happening


def check_scenario(version: Version, scenario: Scenario, at: str = "") -> list[Fault]:
    """Return everything that keeps the scenario from being simulated with this version; places begin with `at`."""
    return [
        msgspec.structs.replace(fault, at=f"{at}.{fault.at}".strip("."))
        for fault in _list_faults(version, scenario)
    ]


def _list_faults(version: Version, scenario: Scenario) -> Iterator[Fault]:
    begins = read_moment(scenario.begins, version.zone)
    if begins is None:
        yield Fault("moment_invalid", "begins", {"moment": clip(scenario.begins)})
    if scenario.until is not None:
        yield from check_period("until", scenario.until)
    for name in ("groups", "segments"):
        for position, id in enumerate(getattr(scenario.contact, name)):
            yield from _check_id(f"contact.{name}[{position}]", id)
    if len(scenario.happens) > MOST_HAPPENINGS:
        yield Fault("too_many", "happens", {"maximum": MOST_HAPPENINGS, "what": "happenings"})
    for position, happening in enumerate(scenario.happens[:MOST_HAPPENINGS]):
        place = f"happens[{position}]"
        yield from _check_when(place, happening, begins, version.zone)
        yield from _check_happening(place, happening, version)
    for id, answer in scenario.answers.items():
        step = version.graph.steps.get(id)
        place = f"answers.{clip(id)}"
        if id == DOOR and is_limited(version):
            if answer.ends not in ("taken", "full", "nothing"):
                yield Fault("answer_unfit", f"{place}.ends", {"step": id, "answer": answer.ends})
        elif step is None:
            yield Fault("step_unknown", place, {"step": clip(id)})
        elif answer.ends not in _ends_of(step):
            yield Fault("answer_unfit", f"{place}.ends", {"step": id, "answer": answer.ends})
        if answer.after is not None:
            yield from check_period(f"{place}.after", answer.after)


def _ends_of(step: Step) -> frozenset[str]:
    return next((ends for kinds, ends in _ENDS if isinstance(step, kinds)), frozenset[str]())


def _check_when(place: str, happening: Happens, begins: datetime | None, zone: ZoneInfo) -> Iterator[Fault]:
    if happening.at is not None and happening.after is not None:
        yield Fault("at_and_after", place)
    if happening.after is not None:
        yield from check_period(f"{place}.after", happening.after)
    if happening.at is not None:
        moment = read_moment(happening.at, zone)
        if moment is None:
            yield Fault("moment_invalid", f"{place}.at", {"moment": clip(happening.at)})
        elif begins is not None and moment < begins:
            yield Fault("moment_before", f"{place}.at", {"moment": clip(happening.at)})


def _check_happening(place: str, happening: Happens, version: Version) -> Iterator[Fault]:
    match happening:
        case EventHappens(event=name, occurred_at=occurred_at):
            yield from check_event(f"{place}.event", name)
            if name in RESERVED_EVENTS:
                yield Fault("event_reserved", f"{place}.event", {"event": name})
            if occurred_at is not None and read_moment(occurred_at, version.zone) is None:
                yield Fault("moment_invalid", f"{place}.occurredAt", {"moment": clip(occurred_at)})
        case StartHappens(start=id):
            if all(start.id != id for start in version.graph.starts):
                yield Fault("start_unknown", f"{place}.start", {"start": clip(id)})
        case MessageHappens(step=id):
            step = version.graph.steps.get(id)
            if step is None:
                yield Fault("step_unknown", f"{place}.step", {"step": clip(id)})
            elif not isinstance(step, SENDING_STEPS):
                yield Fault("step_sends_nothing", f"{place}.step", {"step": id})
        case GroupHappens(group_id=id):
            yield from _check_id(f"{place}.groupId", id)
        case SegmentHappens(segment_id=id):
            yield from _check_id(f"{place}.segmentId", id)
        case SubscriptionHappens(list_id=id) if id is not None:
            yield from _check_id(f"{place}.listId", id)
        case _:
            return


def _check_id(place: str, id: str) -> Iterator[Fault]:
    try:
        UUID(id)
    except ValueError:
        yield Fault("id_unreadable", place, {"id": clip(id)})
