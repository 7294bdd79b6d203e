"""What is wrong with one start by itself (spec 3.3)."""

from collections.abc import Iterator
from typing import Final

from percorso.conditions.paths import parse_path
from percorso.journeys.already import find_already
from percorso.journeys.check_values import (
    check_event,
    check_format,
    check_id,
    check_number,
    check_offset,
    check_time,
    clip,
    find_format,
)
from percorso.journeys.faults import Fault
from percorso.journeys.graph import (
    ActivityStart,
    DateStart,
    EventStart,
    FieldChangeStart,
    FieldStart,
    GroupStart,
    PushedStart,
    SegmentStart,
    Start,
    SubscriptionStart,
)

MAXIMUM_DAYS_LATER: Final = 3_660
LAST_SENT: Final = 5
"""How many of the last messages sent an activity start may ask about."""

UNDONE: Final = frozenset({"not_opened", "not_clicked"})
"""What has not happened yet when a message is sent, whichever it is: only days say that it did not."""

_OF_EMAIL: Final = frozenset(
    {
        "sent", "delivered", "not_delivered", "bounced", "opened", "not_opened", "clicked", "not_clicked",
        "unsubscribed", "complained",
    }
)  # fmt: skip
_ACTIONS: Final = {
    "email": _OF_EMAIL,
    "sms": frozenset({"sent", "delivered", "not_delivered", "clicked", "not_clicked", "unsubscribed"}),
    "push": frozenset({"sent", "opened", "not_opened", "clicked", "not_clicked", "unsubscribed"}),
}


def check_start(at: str, start: Start) -> Iterator[Fault]:
    """Yield what is wrong with the start that stands at `at`, what its conditions read aside."""
    match start:
        case EventStart():
            yield from check_event(f"{at}.event", start.event)
        case DateStart():
            yield from _check_date(at, start)
        case SubscriptionStart():
            yield from _check_days(f"{at}.days", start.days)
        case FieldStart():
            yield from _check_filter(at, start)
        case FieldChangeStart():
            yield from _check_field(f"{at}.field", start.field)
            if start.before is not None and start.before == start.after:
                yield Fault("values_alike", f"{at}.after")
        case GroupStart():
            yield from check_id(f"{at}.groupId", start.group_id, "group_missing")
        case SegmentStart():
            yield from check_id(f"{at}.segmentId", start.segment_id, "segment_missing")
        case ActivityStart():
            yield from _check_activity(at, start)
        case PushedStart():
            return


def _check_date(at: str, start: DateStart) -> Iterator[Fault]:
    yield from _check_field(f"{at}.field", start.field)
    yield from check_time(f"{at}.at", start.at)
    yield from check_format(f"{at}.format", start.format)
    written = None if start.format is None else find_format(start.format)
    if written is not None and not written.has_year and not start.yearly:
        yield Fault("format_without_year", f"{at}.yearly", {"format": clip(start.format or "")})
    if start.offset is not None:
        yield from check_offset(f"{at}.offset", start.offset, start.format, units=("hours", "days"))


def _check_filter(at: str, start: FieldStart) -> Iterator[Fault]:
    if start.filter_id is None and start.condition is None:
        yield Fault("filter_missing", f"{at}.condition")
    elif start.filter_id is not None:
        yield from check_id(f"{at}.filterId", start.filter_id, "filter_missing")
        if start.condition is not None:
            yield Fault("filter_and_condition", f"{at}.condition")


def _check_activity(at: str, start: ActivityStart) -> Iterator[Fault]:
    given = [start.template_id is not None, start.last is not None, start.filter_id is not None]
    if sum(given) > 1:
        yield Fault("activity_twice", at)
    if start.template_id is not None:
        yield from check_id(f"{at}.templateId", start.template_id, "template_missing")
    if start.filter_id is not None:
        yield from check_id(f"{at}.filterId", start.filter_id, "filter_missing")
    elif start.action not in _ACTIONS[start.channel]:
        yield Fault("action_unknown", f"{at}.action", {"channel": start.channel})
    if start.filter_id is not None and start.days:
        yield Fault("filter_with_days", f"{at}.days")
    elif start.filter_id is None and start.action in UNDONE and not start.days:
        yield Fault("days_needed", f"{at}.days")
    if start.existing and find_already(start) is None:
        yield Fault("existing_impossible", f"{at}.existing")
    yield from check_number(f"{at}.last", start.last, 1, LAST_SENT)
    yield from _check_days(f"{at}.days", start.days)


def _check_days(at: str, days: int) -> Iterator[Fault]:
    if not 0 <= days <= MAXIMUM_DAYS_LATER:
        yield Fault("days_out_of_range", at, {"maximum": MAXIMUM_DAYS_LATER})


def _check_field(at: str, path: str) -> Iterator[Fault]:
    if not path:
        yield Fault("field_needed", at)
        return
    try:
        parse_path(path)
    except ValueError:
        yield Fault("path_malformed", at, {"path": clip(path)})
