"""Durations in a zone, counted in the plainest way."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo


def add(moment: datetime, period: dict[str, Any], zone: ZoneInfo) -> datetime:
    """Return the moment at which a period begun at `moment` is over: exact below days, else by the calendar."""
    amount, unit = period["amount"], period["unit"]
    if unit in ("minutes", "hours"):
        return moment + timedelta(**{unit: amount})
    local = moment.astimezone(zone).replace(tzinfo=None)
    if unit in ("days", "weeks"):
        return first_moment(local + timedelta(**{unit: amount}), zone)
    year, month = local.year, local.month
    for _ in range(amount * (12 if unit == "years" else 1)):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    day = min(local.day, monthrange(year, month)[1])
    return first_moment(local.replace(year=year, month=month, day=day), zone)


def first_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment at which clocks in the zone show `local`, or have passed over it.

    Clocks are looked at every minute, from before any offset there is.
    """
    moment = (local - timedelta(hours=15)).replace(tzinfo=UTC)
    while True:
        shown = moment.astimezone(zone).replace(tzinfo=None)
        if shown == local:
            return moment
        if shown > local:
            # Passed over: the clock went forward within this minute, at its beginning.
            return moment.replace(second=0, microsecond=0)
        moment += timedelta(minutes=1)
