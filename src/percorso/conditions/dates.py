"""Dates and date-times as JSON holds them: text, ISO or in a declared format; and amounts of time from now.

A date's year lies between 2 and 9998, so that no zone leads out of the calendar. A date-time without an offset
is of the subject's zone; a local time that occurs twice is the first, one that does not exist is counted on
with the offset from before the change.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from percorso.conditions.model import Unit

PLACES: Final = ("year", "month", "day", "hour", "minute", "second", "fraction", "zone")
"""What a format may hold, in the order in which `DateFormat.places` says where."""

LEAP_YEAR: Final = 2000
"""Stands in for the year of a date that has none, so that 29 February can be read."""


class DateFormat(msgspec.Struct, frozen=True):
    """A format, ready: `pattern` matches the whole text (Python and PostgreSQL alike); `places` are group
    numbers in the order of PLACES, 0 for what the format does not hold."""

    pattern: str
    places: tuple[int, ...]

    @property
    def has_year(self) -> bool:
        """Whether dates in this format say their year."""
        return self.places[0] > 0

    @property
    def has_time(self) -> bool:
        """Whether they say an hour."""
        return self.places[3] > 0


ISO_DATE: Final = DateFormat("([0-9]{4})-([0-9]{2})-([0-9]{2})", (1, 2, 3, 0, 0, 0, 0, 0))
"""RFC 3339 full-date."""
ISO_DATETIME: Final = DateFormat(
    "([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.]([0-9]{1,9}))?)?"
    "([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?",
    (1, 2, 3, 4, 5, 6, 7, 8),
)
"""RFC 3339 date-time; seconds and offset may be missing."""

_TOKENS: Final = re.compile(r"YYYY|yyyy|MM?|DD?|dd?|HH?|hh?|mm|ss|S{1,9}|TZD|T|[^A-Za-z0-9]")
_GROUPS: Final[dict[str, tuple[str, str]]] = {
    "YYYY": ("year", "([0-9]{4})"),
    "yyyy": ("year", "([0-9]{4})"),
    "MM": ("month", "([0-9]{2})"),
    "M": ("month", "([0-9]{1,2})"),
    "mm": ("minute", "([0-9]{2})"),
    "ss": ("second", "([0-9]{2})"),
    "TZD": ("zone", "([Zz]|[+-][0-9]{2}:?[0-9]{2})"),
    **dict.fromkeys(("DD", "dd"), ("day", "([0-9]{2})")),
    **dict.fromkeys(("D", "d"), ("day", "([0-9]{1,2})")),
    **dict.fromkeys(("HH", "hh"), ("hour", "([0-9]{2})")),
    **dict.fromkeys(("H", "h"), ("hour", "([0-9]{1,2})")),
}


@lru_cache(maxsize=500)
def compile_format(text: str) -> DateFormat:
    """Return the format written with `yyyy MM dd HH mm ss SSS TZD` (or `YYYY DD hh`), as MailUp writes it.

    A single `d`, `M` or `H` takes one or two digits. Raises ValueError with the reason.
    """
    if not 0 < len(text) <= 40:
        raise ValueError("it is empty or longer than 40 characters")
    pattern, found, position = "", list[str](), 0
    while position < len(text):
        match = _TOKENS.match(text, position)
        if match is None:
            raise ValueError(f"{text[position]!r} means nothing in a format")
        part = match[0]
        place, group = (
            ("fraction", f"([0-9]{{{len(part)}}})") if part[0] == "S" else _GROUPS.get(part, ("", ""))
        )
        if place in found:
            raise ValueError(f"the {place} stands twice")
        if place:
            found.append(place)
        # A bracket is the one way to take a character literally that Python and PostgreSQL share.
        pattern += group or (f"[{part}]" if part not in "^\\[]-" else f"\\{part}")
        position = match.end()
    if "month" not in found or "day" not in found:
        raise ValueError("it lacks the day or the month")
    return DateFormat(pattern, tuple(found.index(place) + 1 if place in found else 0 for place in PLACES))


def list_formats(declared: str | None, *, date_only: bool) -> tuple[DateFormat, ...]:
    """Return the formats in which data is read, first match wins: the declared one, then ISO.

    The left side of a test is read in the first alone. A moment cannot be read in a format without an hour.
    """
    iso = ISO_DATE if date_only else ISO_DATETIME
    if declared is None:
        return (iso,)
    format = compile_format(declared)
    return (format, iso) if date_only or format.has_time else (iso,)


@lru_cache(maxsize=500)
def _compiled(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern)


def _read_parts(text: Any, format: DateFormat) -> list[str | None] | None:
    if type(text) is not str:
        return None
    match = _compiled(format.pattern).fullmatch(text)
    if match is None:
        return None
    return [match[place] if place else None for place in format.places]


def _read_day(parts: list[str | None]) -> date | None:
    year = LEAP_YEAR if parts[0] is None else int(parts[0])
    if not 2 <= year <= 9998:
        return None
    try:
        return date(year, int(parts[1] or 0), int(parts[2] or 0))
    except ValueError:
        return None


def read_date(value: Any, format: DateFormat) -> date | None:
    """Return the date written in a text, or None; the time of day, if the format has one, is left out."""
    parts = _read_parts(value, format)
    return None if parts is None else _read_day(parts)


def _read_offset(text: str) -> timedelta | None:
    if text in "Zz":
        return timedelta(0)
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 15 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if text[0] == "-" else offset


def read_instant(value: Any, format: DateFormat, time_zone: str) -> datetime | None:
    """Return the moment written in a text as an aware UTC datetime, or None. Digits after a µs are dropped."""
    parts = _read_parts(value, format)
    if parts is None:
        return None
    day = _read_day(parts)
    hour, minute, second = (int(part or 0) for part in parts[3:6])
    if day is None or hour > 23 or minute > 59 or second > 59:
        return None
    microsecond = int((parts[6] or "").ljust(6, "0")[:6])
    local = datetime(day.year, day.month, day.day, hour, minute, second, microsecond)  # noqa: DTZ001
    if parts[7] is None:
        return to_instant(local, time_zone)
    offset = _read_offset(parts[7])
    return None if offset is None else local.replace(tzinfo=timezone(offset)).astimezone(UTC)


def to_instant(local: datetime, time_zone: str) -> datetime:
    """Return the moment of a local time: the first of two, and counted on where it does not exist."""
    return local.replace(tzinfo=ZoneInfo(time_zone), fold=0).astimezone(UTC)


def local_date(instant: datetime, time_zone: str) -> date:
    """Return the calendar day of a moment in a zone."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def shift_date(day: date, amount: int, unit: Unit) -> date:
    """Return the day this many days, weeks, months or years on; the last of the month where it is shorter."""
    if unit == "days":
        return day + timedelta(days=amount)
    if unit == "weeks":
        return day + timedelta(weeks=amount)
    months = day.year * 12 + day.month - 1 + (amount if unit == "months" else 12 * amount)
    year, month = divmod(months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - timedelta(days=1)).day))


def midnight(day: date, time_zone: str) -> datetime:
    """Return the moment at which a day begins in a zone."""
    return to_instant(datetime.combine(day, datetime.min.time()), time_zone)


def reach_instant(now: datetime, amount: int, unit: Unit, time_zone: str) -> datetime:
    """Return the bound of a window that lies this much from `now`; it never goes back while `now` goes on.

    Months and years lead to the same time since midnight of the day by the calendar; where the month is shorter, to
    that month's end.
    """
    if unit not in ("months", "years"):
        return now + timedelta(**{unit: amount})
    today = local_date(now, time_zone)
    day = shift_date(today, amount, unit)
    end = midnight(shift_date(day, 1, "days"), time_zone)
    if day.day != today.day:
        return end
    return min(midnight(day, time_zone) + (now - midnight(today, time_zone)), end)


class Span(msgspec.Struct, frozen=True):
    """What a relative test admits: from `low` to `high`, None where there is no bound; `on_day`: local days."""

    low: Any
    high: Any
    with_low: bool
    with_high: bool
    on_day: bool = False


def find_span(
    operator: str,
    *,
    kind: Literal["date", "datetime"],
    amount: int,
    unit: Unit,
    now: datetime,
    time_zone: str,
) -> Span:
    """Return what `exactly | less_than | more_than … before | after now` admits, at `now`, in a zone.

    For dates, days are counted from today. For date-times *less than N* is N times the unit from now;
    *exactly N* days and more compares calendar days; exactly N minutes or hours is that minute or hour.
    """
    sign = -1 if "_before_" in operator else 1
    by_day = kind == "date" or (operator.startswith("exactly") and unit not in ("minutes", "hours"))
    here: Any = local_date(now, time_zone) if by_day else now

    def reach(count: int) -> Any:
        return (
            shift_date(here, sign * count, unit)
            if by_day
            else reach_instant(here, sign * count, unit, time_zone)
        )

    there = reach(amount)
    if operator.startswith("exactly"):
        if by_day:
            return Span(there, there, with_low=True, with_high=True, on_day=kind == "datetime")
        beyond = reach(amount + 1)
        if sign < 0:
            return Span(beyond, there, with_low=False, with_high=True)
        return Span(there, beyond, with_low=True, with_high=False)
    if operator.startswith("more_than"):
        if sign < 0:
            return Span(None, there, with_low=False, with_high=False)
        return Span(there, None, with_low=False, with_high=False)
    if sign < 0:
        return Span(there, here, with_low=False, with_high=True)
    return Span(here, there, with_low=True, with_high=False)


def is_anniversary(day: date, today: date) -> bool:
    """Whether day and month are today's; 29 February is honoured on the 28th of a common year."""
    if (day.month, day.day) == (today.month, today.day):
        return True
    return (
        (day.month, day.day) == (2, 29) and (today.month, today.day) == (2, 28) and is_common_year(today.year)
    )


def is_common_year(year: int) -> bool:
    """Whether a year has no 29 February."""
    return year % 4 != 0 or (year % 100 == 0 and year % 400 != 0)
