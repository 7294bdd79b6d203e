"""When a date field lets a contact in: same day, so much before or after, once or every year (spec 3.3). Pure.

A date without a time means the start's hour in the journey's zone. 29 February is honoured on the 28th of common years.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from percorso.conditions.dates import (
    ISO_DATETIME,
    DateFormat,
    compile_format,
    is_common_year,
    read_date,
    read_instant,
)
from percorso.journeys.graph import DateStart, Offset
from percorso.journeys.moments import formats_of, read_time
from percorso.journeys.schedule import resolve_local

LATE: Final = timedelta(hours=24)
"""A date written so late that its moment lies within this lets the contact in at once (spec 3.3)."""

COMMON_FORMATS: Final = (
    "yyyy-MM-dd", "dd/MM/yyyy", "MM/dd/yyyy", "dd-MM-yyyy", "dd.MM.yyyy", "yyyy/MM/dd", "yyyyMMdd", "dd/MM", "MM/dd",
    "dd/MM/yyyy HH:mm", "dd/MM/yyyy HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss",
)  # fmt: skip
"""Formats looked for in a field whose format nobody declared; ISO date-times are known anyway."""


class Occurrence(msgspec.Struct, frozen=True):
    """A moment at which a date lets a contact in; `on` is the day, or anniversary, that it is about."""

    at: datetime
    on: date


class FormatShare(msgspec.Struct, frozen=True):
    """How many of the values that are there are written in a format."""

    format: str
    count: int


class FormatsFound(msgspec.Struct, frozen=True):
    """The formats found in a field, the commonest first; how many values fit none, how many are empty."""

    shares: tuple[FormatShare, ...]
    unfit: int
    empty: int


class _Read(msgspec.Struct, frozen=True):
    """What a value says: a local day, and its time of day, None: it has none; `instant`: the moment itself."""

    day: date
    clock: time | None
    instant: datetime | None


def list_occurrences(
    start: DateStart, value: Any, since: datetime, until: datetime, zone: ZoneInfo
) -> list[Occurrence]:
    """Return the moments after `since`, up to `until`, at which this value of the field lets a contact in."""
    read = _read(start, value, zone)
    if read is None:
        return []
    if not start.yearly:
        found = [_occurrence(start, read, read.day, zone)]
    else:
        years = range(since.astimezone(zone).year - 11, until.astimezone(zone).year + 12)
        found = [_occurrence(start, read, _anniversary(read.day, year), zone) for year in years]
    return [one for one in found if one is not None and since < one.at <= until]


def next_occurrence(start: DateStart, value: Any, after: datetime, zone: ZoneInfo) -> Occurrence | None:
    """Return the first moment after `after` at which this value lets a contact in; None: none any more."""
    read = _read(start, value, zone)
    if read is None:
        return None
    if not start.yearly:
        one = _occurrence(start, read, read.day, zone)
        return one if one is not None and one.at > after else None
    first = after.astimezone(zone).year
    for year in range(first - 11, first + 13):
        one = _occurrence(start, read, _anniversary(read.day, year), zone)
        if one is not None and one.at > after:
            return one
    return None


def decide_written(start: DateStart, value: Any, written_at: datetime, zone: ZoneInfo) -> Occurrence | None:
    """Return the moment that a value written now came too late for, by 24 hours at most: the contact enters at once."""
    found = list_occurrences(start, value, written_at - LATE - timedelta(microseconds=1), written_at, zone)
    return found[-1] if found else None


def _read(start: DateStart, value: Any, zone: ZoneInfo) -> _Read | None:
    for format in formats_of(start.format):
        if format.has_time:
            instant = read_time(value, format, zone)
            if instant is not None:
                local = instant.astimezone(zone)
                return _Read(local.date(), local.time(), instant)
        else:
            day = read_date(value, format)
            if day is not None:
                return _Read(day, None, None)
    return None


def _anniversary(day: date, year: int) -> date:
    if (day.month, day.day) == (2, 29) and is_common_year(year):
        return date(year, 2, 28)
    return day.replace(year=year)


def _occurrence(start: DateStart, read: _Read, on: date, zone: ZoneInfo) -> Occurrence | None:
    offset = start.offset or Offset(0, "days", "after")
    amount = offset.amount if offset.direction == "after" else -offset.amount
    clock = read.clock or time.fromisoformat(start.at)
    try:
        if offset.unit == "hours":
            same = read.instant is not None and not start.yearly
            moment = (
                read.instant if same and read.instant else resolve_local(datetime.combine(on, clock), zone)
            )
            return Occurrence(moment + timedelta(hours=amount), on)
        if amount == 0 and read.instant is not None and not start.yearly:
            return Occurrence(read.instant, on)
        day = on + timedelta(days=amount)
        return Occurrence(resolve_local(datetime.combine(day, clock), zone), on)
    except OverflowError:
        return None


def subscription_moment(days: int, since: datetime, zone: ZoneInfo) -> datetime:
    """Return when a subscription start lets in who subscribed at `since`: at the same local time, `days` later."""
    if days == 0:
        return since
    local = since.astimezone(zone).replace(tzinfo=None, fold=0)
    return resolve_local(local + timedelta(days=days), zone)


def find_formats(values: Iterable[Any], declared: Iterable[str] = ()) -> FormatsFound:
    """Return in which formats values of a field are written: each counts for the first that it fits.

    Tried are the declared ones, then those in which most values of the field can be read.
    """
    texts: list[Any] = []
    empty = 0
    for value in values:
        if value is None or value == "":
            empty += 1
        else:
            texts.append(value)
    known = {text: compile_format(text) for text in dict.fromkeys((*declared, *COMMON_FORMATS))}
    fits = {text: sum(_fits(value, format) for value in texts) for text, format in known.items()}
    preferred = list(declared)
    order = sorted(known, key=lambda text: (text not in preferred, -fits[text]))
    counts = dict.fromkeys((*order, "ISO"), 0)
    unfit = 0
    for value in texts:
        for name in _names_that_fit(value, order, known):
            counts[name] += 1
            break
        else:
            unfit += 1
    shares = [FormatShare(name, count) for name, count in counts.items() if count]
    return FormatsFound(tuple(sorted(shares, key=lambda share: -share.count)), unfit, empty)


def _names_that_fit(value: Any, order: list[str], known: dict[str, DateFormat]) -> Iterator[str]:
    for name in order:
        if _fits(value, known[name]):
            yield name
    if _fits(value, ISO_DATETIME):
        yield "ISO"


def _fits(value: Any, format: DateFormat) -> bool:
    if format.has_time:
        return read_instant(value, format, "UTC") is not None
    return read_date(value, format) is not None
