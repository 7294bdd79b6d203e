"""What is wrong with what holds for the whole journey (spec 3.7)."""

from collections.abc import Iterator
from typing import Final

from percorso.journeys.calendars import is_calendar
from percorso.journeys.check_values import (
    check_day,
    check_id,
    check_number,
    check_period,
    check_time,
    clip,
    read_day,
)
from percorso.journeys.faults import Fault
from percorso.journeys.graph import (
    DateStart,
    Duration,
    Graph,
    Offset,
    React,
    Sending,
    UntilDate,
    Wait,
    WaitAfterMessage,
    WaitThenCheck,
)

MAXIMUM_GROUPS: Final = 100
MAXIMUM_EXCEPTIONS: Final = 1_000
_EXACT: Final = ("minutes", "hours")


def check_options(graph: Graph) -> Iterator[Fault]:
    """Yield what is wrong with the options of the graph, what its filters read aside."""
    options = graph.options
    for at, groups in (("includeGroups", options.include_groups), ("excludeGroups", options.exclude_groups)):
        yield from check_number(f"options.{at}", len(groups), 0, MAXIMUM_GROUPS)
        for position, group in enumerate(groups):
            yield from check_id(f"options.{at}[{position}]", group, "group_missing")
            if at == "excludeGroups" and group in options.include_groups:
                yield Fault("group_both", f"options.{at}[{position}]")
    yield from check_number("options.filters", len(options.filters), 0, MAXIMUM_GROUPS)
    yield from check_period("options.messageWait", options.message_wait)
    yield from check_number("options.entries", options.entries, 1, 10**12)
    yield from check_number("options.entriesPerDay", options.entries_per_day, 1, 10**12)
    yield from check_number("options.priority", options.priority, -1_000, 1_000)
    yield from check_number("options.ceiling", options.ceiling, 1, 1_000)
    yield from check_number("options.foreseen", options.foreseen, 1, 10**6)
    if options.ceiling is not None and options.foreseen is None:
        yield Fault("foreseen_missing", "options.foreseen")
    yield from _check_sending(options.sending)
    if options.sending.at is not None and (found := find_hour_based(graph)) is not None:
        yield Fault("hour_based", found)


def _check_sending(sending: Sending) -> Iterator[Fault]:
    at = "options.sending"
    if sending.at is not None:
        yield from check_time(f"{at}.at", sending.at)
    quiet = sending.not_between
    if quiet is not None:
        yield from check_time(f"{at}.notBetween.since", quiet.since)
        yield from check_time(f"{at}.notBetween.until", quiet.until)
        if quiet.since == quiet.until:
            yield Fault("hours_empty", f"{at}.notBetween")
        elif sending.at is not None and is_between(sending.at, quiet.since, quiet.until):
            yield Fault("time_while_quiet", f"{at}.at", {"time": clip(sending.at)})
    days = [(f"{at}.{name}", day) for name, day in (
        ("activeFrom", sending.active_from), ("activeUntil", sending.active_until)) if day is not None]  # fmt: skip
    for place, day in days:
        yield from check_day(place, day)
    if len(days) == 2 and all(read_day(day) for _, day in days) and days[0][1] >= days[1][1]:
        yield Fault("window_empty", f"{at}.activeUntil")
    if len(sending.except_dates) > MAXIMUM_EXCEPTIONS:
        yield Fault("too_many", f"{at}.exceptDates", {"maximum": MAXIMUM_EXCEPTIONS, "what": "dates"})
    for position, day in enumerate(sending.except_dates[:MAXIMUM_EXCEPTIONS]):
        yield from check_day(f"{at}.exceptDates[{position}]", day, yearly=True)
    if len(set(sending.except_weekdays)) == 7:
        yield Fault("weekdays_all", f"{at}.exceptWeekdays")
    if sending.holidays is not None and not is_calendar(sending.holidays):
        yield Fault("holidays_unknown", f"{at}.holidays", {"code": clip(sending.holidays)})


def is_between(time: str, since: str, until: str) -> bool:
    """Whether a time of day lies from `since` to before `until`, over midnight where that is the earlier one."""
    return since <= time < until if since < until else time >= since or time < until


def find_hour_based(graph: Graph) -> str | None:
    """Return where the graph counts hours or minutes (L7), None if it nowhere does."""
    for position, start in enumerate(graph.starts):
        if isinstance(start, DateStart) and _counts_hours(start.offset):
            return f"starts[{position}].offset"
    for id, step in graph.steps.items():
        match step:
            case Wait(period=period, until=until):
                if _counts_hours(period) or (isinstance(until, UntilDate) and _counts_hours(until.offset)):
                    return f"steps.{id}"
            case WaitThenCheck(period=period) | WaitAfterMessage(period=period) | React(limit=period):
                if _counts_hours(period):
                    return f"steps.{id}"
            case _:
                continue
    return None


def _counts_hours(amount: Duration | Offset | None) -> bool:
    return amount is not None and amount.unit in _EXACT
