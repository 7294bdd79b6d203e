"""When messages may leave: the next moment at which a journey's options allow it (spec 3.7). Pure.

Judged by what the clock on the wall says in a zone, so that it also holds in an hour that occurs twice. A day that is
excluded is so from its midnight to the next.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from percorso.journeys.calendars import list_holidays
from percorso.journeys.check_values import read_day
from percorso.journeys.graph import Sending
from percorso.journeys.schedule import resolve_local

DAYS_AHEAD: Final = 4 * 366
"""How far ahead an allowed moment is looked for: every weekday and every date lies in it."""

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY: Final = timedelta(days=1)


class Allowed(msgspec.Struct, frozen=True):
    """When messages may leave, read from the options; with nothing said: always.

    `quiet` is from the first time to before the second; over midnight where that is the earlier one.
    """

    at: time | None = None
    quiet: tuple[time, time] | None = None
    active_from: date | None = None
    active_until: date | None = None
    dates: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()
    weekdays: frozenset[int] = frozenset()
    calendar: str | None = None

    @property
    def is_always(self) -> bool:
        """Whether no moment is excluded."""
        return self == _ALWAYS


_ALWAYS: Final = Allowed()


def compile_sending(sending: Sending, own: frozenset[date] = frozenset()) -> Allowed:
    """Return when messages may leave by these options, which have been checked; `own` is the workspace's calendar."""
    quiet = sending.not_between
    return Allowed(
        at=None if sending.at is None else time.fromisoformat(sending.at),
        quiet=None if quiet is None else (time.fromisoformat(quiet.since), time.fromisoformat(quiet.until)),
        active_from=None if sending.active_from is None else date.fromisoformat(sending.active_from),
        active_until=None if sending.active_until is None else date.fromisoformat(sending.active_until),
        dates=frozenset(date.fromisoformat(day) for day in sending.except_dates if len(day) > 5)
        | (own if sending.own_holidays else frozenset[date]()),
        yearly=frozenset(
            (day.month, day.day)
            for text in sending.except_dates
            if len(text) == 5 and (day := read_day(text, yearly=True)) is not None
        ),
        weekdays=frozenset(WEEKDAYS.index(day) for day in sending.except_weekdays),
        calendar=sending.holidays,
    )


def is_day_allowed(allowed: Allowed, day: date) -> bool:
    """Whether messages may leave on this day at all."""
    if allowed.active_from is not None and day < allowed.active_from:
        return False
    if allowed.active_until is not None and day >= allowed.active_until:
        return False
    if day in allowed.dates or (day.month, day.day) in allowed.yearly or day.weekday() in allowed.weekdays:
        return False
    return allowed.calendar is None or day not in list_holidays(allowed.calendar, day.year)


def is_within(allowed: Allowed, moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the journey lets contacts in at this moment: from its first day to before its last."""
    day = moment.astimezone(zone).date()
    if allowed.active_from is not None and day < allowed.active_from:
        return False
    return allowed.active_until is None or day < allowed.active_until


def is_quiet(allowed: Allowed, clock: time) -> bool:
    """Whether nothing may leave at this time of day."""
    if allowed.quiet is None:
        return False
    since, until = allowed.quiet
    return since <= clock < until if since < until else clock >= since or clock < until


def is_allowed(allowed: Allowed, moment: datetime, zone: ZoneInfo) -> bool:
    """Whether a message may leave at this moment; with a fixed time of day: at its one moment of the day."""
    local = moment.astimezone(zone)
    if not is_day_allowed(allowed, local.date()) or is_quiet(allowed, local.time()):
        return False
    return allowed.at is None or moment == resolve_local(datetime.combine(local.date(), allowed.at), zone)


def next_allowed(allowed: Allowed, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first moment, `moment` or later, at which a message may leave; None: there is none any more."""
    if allowed.is_always or is_allowed(allowed, moment, zone):
        return moment
    day = moment.astimezone(zone).date()
    if allowed.active_from is not None and day < allowed.active_from:
        day = allowed.active_from
    last = day + timedelta(days=DAYS_AHEAD)
    while day <= last and (allowed.active_until is None or day < allowed.active_until):
        if is_day_allowed(allowed, day):
            for candidate in _candidates(allowed, day, zone):
                if candidate >= moment and is_allowed(allowed, candidate, zone):
                    return candidate
        day += _DAY
    return None


def next_departure(allowed: Allowed, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when a message planned before may be handed over, `moment` or later; None: never any more.

    What was planned for the journey's time of day and could not leave then may leave during the rest of that day.
    """
    later = allowed if allowed.at is None else msgspec.structs.replace(allowed, at=None)
    return moment if is_allowed(later, moment, zone) else next_allowed(allowed, moment, zone)


def find_end(allowed: Allowed, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """Return until when messages that may be handed over at `moment` may go on to be; None: for ever.

    No later than the first moment at which they may not, but perhaps one at which they still may: so much is certain
    without looking at other days.
    """
    if allowed.is_always:
        return None
    day = moment.astimezone(zone).date()
    following = resolve_local(datetime.combine(day + _DAY, time()), zone)
    found = {following}
    if allowed.quiet is not None:
        since = datetime.combine(day, allowed.quiet[0])
        found.add(resolve_local(since, zone))
        found.add(since.replace(tzinfo=zone, fold=1).astimezone(UTC))
        changed = _find_change(resolve_local(datetime.combine(day, time()), zone), following, zone)
        if changed is not None:
            found.add(changed)
    return min(end for end in found if end > moment)


def _candidates(allowed: Allowed, day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield, in order, the moments of a day at which it may begin to be allowed."""
    midnight = resolve_local(datetime.combine(day, time()), zone)
    if allowed.at is not None:
        yield resolve_local(datetime.combine(day, allowed.at), zone)
        return
    found = {midnight}
    if allowed.quiet is not None:
        until = datetime.combine(day, allowed.quiet[1])
        found.add(resolve_local(until, zone))
        # The hour may come twice, and the clock may jump out of the quiet hours.
        found.add(until.replace(tzinfo=zone, fold=1).astimezone(UTC))
        following = resolve_local(datetime.combine(day + _DAY, time()), zone)
        changed = _find_change(midnight, following, zone)
        if changed is not None:
            found.add(changed)
    yield from sorted(found)


def _find_change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when clocks change between two moments, found by halving to the second; None if they do not."""
    before = low.astimezone(zone).utcoffset()
    if high.astimezone(zone).utcoffset() == before:
        return None
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def next_time_of_day(at: time, weekdays: frozenset[int], moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment, `moment` or later, at which clocks say `at` on one of these weekdays (empty: any)."""
    day = moment.astimezone(zone).date()
    while True:
        found = resolve_local(datetime.combine(day, at), zone)
        if found >= moment and (not weekdays or day.weekday() in weekdays):
            return found
        day += _DAY
