"""Calendar arithmetic: when a duration ends, in a journey's zone (spec 3.7).

Minutes and hours are exact. Days, weeks, months and years are of the calendar: the same local time later,
the last day where a month is shorter. A local time that does not exist on the day clocks go forward is the
first valid instant after it; one that occurs twice is the first.
"""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from percorso.conditions.model import Unit
from percorso.journeys.graph import Duration

MAXIMUM_DAYS: Final = 3_660
"""No wait is longer than ten years."""

_EXACT: Final = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}
_DAYS: Final = {"days": 1, "weeks": 7}
_MONTHS: Final = {"months": 1, "years": 12}
_SHORTEST: Final[dict[Unit, timedelta]] = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    # The day on which clocks go forward.
    "days": timedelta(hours=23),
    "weeks": timedelta(days=7, hours=-1),
    "months": timedelta(days=28, hours=-1),
    "years": timedelta(days=365, hours=-1),
}

_LONGEST: Final[dict[Unit, timedelta]] = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "weeks": timedelta(days=7),
    "months": timedelta(days=31),
    "years": timedelta(days=366),
}


@lru_cache(maxsize=1024)
def get_zone(time_zone: str) -> ZoneInfo:
    """Return the zone of this IANA name; raises ValueError or ZoneInfoNotFoundError if there is none."""
    return ZoneInfo(time_zone)


def find_zone(name: object) -> ZoneInfo | None:
    """Return the zone of this name as a contact's field holds it, None if it names none."""
    if not isinstance(name, str) or not name or not name.isascii():
        return None
    try:
        return get_zone(name)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None


def check_duration(duration: Duration) -> Literal["duration_too_short", "duration_too_long"] | None:
    """Return the code of what is wrong with the duration, None if nothing is."""
    if duration.amount < 1:
        return "duration_too_short"
    # The first comparison keeps the second from overflowing.
    if duration.amount > MAXIMUM_DAYS * 24 * 60 or shortest(duration) > timedelta(days=MAXIMUM_DAYS):
        return "duration_too_long"
    return None


def shortest(duration: Duration) -> timedelta:
    """Return the least real time that `duration` can take in any zone (a day may have 23 hours)."""
    return _SHORTEST[duration.unit] * duration.amount


def longest(unit: Unit) -> timedelta:
    """Return the most calendar time that one of `unit` takes: what it may lie apart, counted in days of 24 hours."""
    return _LONGEST[unit]


def resolve_local(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of the naive local time `local` in `zone`."""
    before = local.replace(tzinfo=zone, fold=0)
    instant = before.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    return _first_instant_after_gap(local, zone)


def _first_instant_after_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which clocks went forward over `local`, found by halving to the second."""
    # In a gap, fold=1 reads with the offset after the change and lands before it, fold=0 the other way round.
    low = local.replace(tzinfo=zone, fold=1, microsecond=0).astimezone(UTC)
    high = local.replace(tzinfo=zone, fold=0, microsecond=0).astimezone(UTC) + timedelta(seconds=1)
    after = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high


def _add_months(local: datetime, months: int) -> datetime:
    """Return the same day and time `months` later, or the last day of a shorter month."""
    index = local.year * 12 + local.month - 1 + months
    year, month = divmod(index, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)


def end_of(duration: Duration, *, since: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which `duration`, begun at `since`, has passed."""
    exact = _EXACT.get(duration.unit)
    if exact is not None:
        return since + exact * duration.amount
    local = since.astimezone(zone).replace(tzinfo=None, fold=0)
    return resolve_local(add_calendar(local, duration.amount, duration.unit), zone)


def add_calendar(local: datetime, amount: int, unit: Unit) -> datetime:
    """Return the local time so many days, weeks, months or years on (or back, where `amount` is negative)."""
    days = _DAYS.get(unit)
    if days is not None:
        return local + timedelta(days=days * amount)
    return _add_months(local, _MONTHS[unit] * amount)


def local_year(moment: datetime, zone: ZoneInfo) -> int:
    """Return the calendar year of `moment` in `zone`."""
    return moment.astimezone(zone).year
