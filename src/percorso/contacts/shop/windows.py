"""Days of a shop's calendar: which of them the windows hold, and when one leaves them. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

MONTH: Final = timedelta(days=30)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def day_of(moment: datetime, zone: str) -> date:
    """Return the day of the workspace's calendar on which the moment lies."""
    if zone == "UTC" and moment.tzinfo is UTC:
        return moment.date()
    return moment.astimezone(_zone(zone)).date()


@lru_cache(maxsize=4_096)
def begin_of(day: date, zone: str) -> datetime:
    """Return the moment at which the day begins there."""
    return datetime.combine(day, time(), _zone(zone)).astimezone(UTC)


def leaves_month(day: date) -> date:
    """Return the first day on which the last 30 days hold the day no more."""
    return day + MONTH


def leaves_year(day: date) -> date:
    """Return the first day on which the last 12 months hold the day no more: the same day a year later.

    A 29 February stays until the first of March.
    """
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def keep_year(days: Mapping[str, int], judged_on: date) -> dict[str, int]:
    """Return the days that the last 12 months still hold and of which something is left."""
    return {day: amount for day, amount in days.items() if amount and _leaves(day)[1] > judged_on}


def sum_month(days: Mapping[str, int], judged_on: date) -> int:
    """Return the sum of the last 30 days, `judged_on` being the last of them."""
    return sum(amount for day, amount in days.items() if _leaves(day)[0] > judged_on)


def next_change(days: Mapping[str, int], judged_on: date) -> date | None:
    """Return the next day on which a window loses a day of which something is left, None if there is none."""
    first: date | None = None
    for day, amount in days.items():
        month, year = _leaves(day)
        if amount and year > judged_on:
            leaving = month if month > judged_on else year
            first = leaving if first is None or leaving < first else first
    return first


@lru_cache(maxsize=4_096)
def _leaves(day: str) -> tuple[date, date]:
    """Return the first day on which the last 30 days, and the last 12 months, hold this ISO day no more."""
    known = date.fromisoformat(day)
    return leaves_month(known), leaves_year(known)
