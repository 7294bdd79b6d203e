"""Moments read from dates in data, and moved by so much before or after (spec 3.3, 3.5). Pure."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from percorso.conditions.dates import (
    ISO_DATE,
    ISO_DATETIME,
    DateFormat,
    compile_format,
    read_date,
    read_instant,
)
from percorso.journeys.graph import Duration
from percorso.journeys.schedule import add_calendar, resolve_local

_ANOTHER = "Etc/GMT+1"
"""A zone that differs from UTC at all times: a text that says its own offset means the same in both."""


def formats_of(declared: str | None) -> tuple[DateFormat, ...]:
    """Return the formats in which a field's dates are read: the declared one; ISO where none is."""
    return (ISO_DATE, ISO_DATETIME) if declared is None else (compile_format(declared),)


def read_time(value: Any, format: DateFormat, zone: ZoneInfo) -> datetime | None:
    """Return the moment written in a text with a time of day; without an offset it is local, settled as waits are."""
    instant = read_instant(value, format, "UTC")
    if instant is None or instant != read_instant(value, format, _ANOTHER):
        return None if instant is None else resolve_local(instant.replace(tzinfo=None), zone)
    return instant


def read_moment(value: Any, declared: str | None, at: str, zone: ZoneInfo) -> datetime | None:
    """Return the moment that a date means, at the time of day `at` where it says none; None: it is no date."""
    for format in formats_of(declared):
        if format.has_time:
            moment = read_time(value, format, zone)
            if moment is not None:
                return moment
        else:
            day = read_date(value, format)
            if day is not None:
                return resolve_local(datetime.combine(day, time.fromisoformat(at)), zone)
    return None


def shift(
    moment: datetime, amount: Duration, direction: Literal["before", "after"], zone: ZoneInfo
) -> datetime:
    """Return the moment so much earlier or later: minutes and hours exactly, the rest by the calendar of the zone."""
    sign = 1 if direction == "after" else -1
    if amount.unit in ("minutes", "hours"):
        return moment + timedelta(**{amount.unit: sign * amount.amount})
    local = moment.astimezone(zone).replace(tzinfo=None, fold=0)
    return resolve_local(add_calendar(local, sign * amount.amount, amount.unit), zone).astimezone(UTC)
