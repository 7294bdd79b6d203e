"""Windows as bounds: which moments they admit, at `now`, in a zone. Pure."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

import msgspec

from percorso.conditions.dates import (
    ISO_DATE,
    ISO_DATETIME,
    find_span,
    midnight,
    read_date,
    read_instant,
    shift_date,
)
from percorso.conditions.model import Ago, Anytime, Between, Window


class Bounds(msgspec.Struct, frozen=True):
    """The moments from `low`, included, to `high`, left out; None: open on that side."""

    low: datetime | None = None
    high: datetime | None = None


_STEP: Final = timedelta(microseconds=1)
"""Moments are told apart by microseconds, here and in PostgreSQL."""


def find_bounds(window: Window, now: datetime, time_zone: str) -> Bounds:
    """Return which moments a window admits at `now`."""
    match window:
        case Anytime():
            return Bounds()
        case Between(since, until):
            return _find_fixed(since, until, time_zone)
        case Ago(amount, unit, operator):
            return _find_moving(amount, unit, operator, now, time_zone)


def read_bound(text: str, time_zone: str) -> date | datetime | None:
    """Return the day or the moment that one side of a window is written as, or None for what is neither."""
    day = read_date(text, ISO_DATE)
    return day if day is not None else read_instant(text, ISO_DATETIME, time_zone)


@lru_cache(maxsize=2000)
def _find_fixed(since: str | None, until: str | None, time_zone: str) -> Bounds:
    low = None if since is None else read_bound(since, time_zone)
    high = None if until is None else read_bound(until, time_zone)
    if isinstance(low, date) and not isinstance(low, datetime):
        low = midnight(low, time_zone)
    if isinstance(high, datetime):
        high += _STEP
    elif high is not None:
        high = midnight(shift_date(high, 1, "days"), time_zone)
    return Bounds(low, high)


@lru_cache(maxsize=2000)
def _find_moving(amount: int, unit: str, operator: str, now: datetime, time_zone: str) -> Bounds:
    span = find_span(
        f"{operator}_before_now",
        kind="datetime",
        amount=amount,
        unit=unit,  # pyright: ignore[reportArgumentType]
        now=now,
        time_zone=time_zone,
    )
    if span.on_day:
        return Bounds(midnight(span.low, time_zone), midnight(shift_date(span.low, 1, "days"), time_zone))
    low = span.low if span.low is None or span.with_low else span.low + _STEP
    high = span.high if span.high is None or not span.with_high else span.high + _STEP
    return Bounds(low, high)
