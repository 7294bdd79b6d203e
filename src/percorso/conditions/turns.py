"""Moments at which a stored moment begins or ceases to lie in a window that moves with now. Pure.

More are given than are needed, none is left out: whoever asks judges again at each.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from percorso.conditions.dates import local_date, midnight, shift_date
from percorso.conditions.evaluate_dates import compile_left
from percorso.conditions.model import Ago, Test, Unit, Value
from percorso.conditions.operators import is_relative

_STEP: Final = timedelta(microseconds=1)
"""Bounds may be included or left out: both the moment and the next one are given."""

_DAYS: Final = range(-5, 6)
"""Around a day counted by the calendar: short months and leap years move the bound by three days at most."""


def list_window_turns(window: Ago, at: datetime, time_zone: str) -> Iterator[datetime]:
    """Yield when a fact of this moment may enter or leave a window."""
    exactly = window.operator == "exactly"
    by_day = exactly and window.unit not in ("minutes", "hours")
    yield from _list_reached(at, window.amount, window.unit, time_zone, by_day=by_day)
    if exactly and not by_day:
        yield from _list_reached(at, window.amount + 1, window.unit, time_zone, by_day=False)


def list_test_turns(test: Test, value: Any, now: datetime, time_zone: str) -> Iterator[datetime]:
    """Yield when a test over this value may change its verdict."""
    if test.type not in ("date", "datetime"):
        return
    if test.operator == "is_anniversary":
        read = compile_left(test)(value, time_zone)
        if read is not None:
            day = local_date(read, time_zone) if isinstance(read, datetime) else read
            yield from _list_anniversaries(day, local_date(now, time_zone), time_zone)
    elif is_relative(test) and test.unit is not None and isinstance(test.operands[0], Value):
        read = compile_left(test)(value, time_zone)
        if read is None:
            return
        amount = int(test.operands[0].value)
        sign = 1 if "_before_" in test.operator else -1
        if isinstance(read, datetime):
            by_day = test.operator.startswith("exactly") and test.unit not in ("minutes", "hours")
            yield read
            yield read + _STEP
            for reached in (amount, amount + 1) if test.operator.startswith("exactly") else (amount,):
                yield from _list_reached(read, sign * reached, test.unit, time_zone, by_day=by_day)
        else:
            yield from _list_midnights(read, time_zone)
            yield from _list_midnights(_shift(read, sign * amount, test.unit), time_zone)


def _list_reached(
    at: datetime, amount: int, unit: Unit, time_zone: str, *, by_day: bool
) -> Iterator[datetime]:
    """Yield the moments from which `at` lies so far away."""
    if not by_day and unit not in ("months", "years"):
        turn = _add(at, timedelta(**{unit: amount}))
        if turn is not None:
            yield turn
            yield turn + _STEP
        return
    day = local_date(at, time_zone)
    since = at - midnight(day, time_zone)
    for turn in _list_midnights(_shift(day, amount, unit), time_zone):
        yield turn
        if not by_day:
            yield turn + since
            yield turn + since + _STEP


def _add(at: datetime, amount: timedelta) -> datetime | None:
    try:
        return at + amount
    except OverflowError:
        return None


def _shift(day: date, amount: int, unit: Unit) -> date | None:
    try:
        return shift_date(day, amount, unit)
    except (OverflowError, ValueError):
        # Beyond the calendar nothing changes any more.
        return None


def _list_midnights(day: date | None, time_zone: str) -> Iterator[datetime]:
    if day is None or not 2 < day.year < 9998:
        return
    for count in _DAYS:
        yield midnight(day + timedelta(days=count), time_zone)


def _list_anniversaries(day: date, today: date, time_zone: str) -> Iterator[datetime]:
    for year in (today.year, today.year + 1, today.year + 2):
        if year < 9998:
            near = date(year, day.month, min(day.day, 28))
            for count in range(5):
                yield midnight(near + timedelta(days=count), time_zone)
