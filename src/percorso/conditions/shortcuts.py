"""The commonest questions about what happened, judged without a step too many. Pure.

Most segments ask how often something happened, ever or in the last N days, against a fixed number; a worker asks it
at every fact that matters. What is given here says the very same as the general way does: the laws of the conditions
and of their moments hold for both.
"""

from bisect import bisect_left
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil, floor
from operator import attrgetter, eq, ge, gt, le, lt, ne
from typing import Any, Final

from percorso.conditions.model import Ago, Happened, Subject, Value, Window
from percorso.conditions.needs import Need, split_where
from percorso.conditions.past import Past
from percorso.conditions.scalars import read_number

_Pasts = Callable[[Subject], tuple[tuple[Need, Past], ...]]
_Measure = Callable[[Subject, Past], Any]

_STEP: Final = timedelta(microseconds=1)
_UNITS: Final = frozenset({"minutes", "hours", "days", "weeks"})
_LONGEST: Final = timedelta(days=36_500)
"""Beyond a hundred years the general way watches for the end of the calendar."""

_RELATIONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "equals": eq,
    "not_equals": ne,
    "less_than": lt,
    "at_most": le,
    "more_than": gt,
    "at_least": ge,
}
_BOUNDS: Final = frozenset({"at_least", "more_than", "at_most", "less_than"})
_TALLIES: Final[dict[str, Callable[[Past], Any]]] = {"count": attrgetter("count"), "sum": attrgetter("total")}
_at = attrgetter("at")


def shorten_judging(leaf: Happened, pasts: _Pasts) -> Callable[[Subject], bool] | None:
    """Return the judge of a count, or of a sum over all time, against a fixed number; None for other questions."""
    relation, limit = _RELATIONS.get(leaf.operator), _read_limit(leaf)
    measure = _shorten_measure(leaf)
    if relation is None or limit is None or measure is None:
        return None

    def judge(subject: Subject) -> bool:
        return relation(measure(subject, pasts(subject)[0][1]), limit)

    return judge


def shorten_turning(leaf: Happened, pasts: _Pasts) -> Callable[[Subject], datetime | None] | None:
    """Return what gives the moment from which enough facts have left a window of the last N; None for other windows.

    Of a count against a bound these are as many as bring it below; else already the first that leaves may turn the verdict.
    """
    length = _find_length(leaf.window)
    if length is None:
        return None
    least = _find_least(leaf)

    def find_turn(subject: Subject) -> datetime | None:
        kept, now = pasts(subject)[0][1].kept, subject.now
        if not kept:
            return None
        leaving = bisect_left(kept, now - length + _STEP, key=_at)
        if least is not None and kept[-1].at <= now:
            leaving = len(kept) - least if len(kept) - leaving >= least else len(kept)
        try:
            return kept[leaving].at + length if leaving < len(kept) else None
        except OverflowError:
            return None

    return find_turn


def _find_least(leaf: Happened) -> int | None:
    """Return the number of facts below which the verdict is another one; None where no such number is known."""
    limit = _read_limit(leaf)
    if leaf.measure != "count" or limit is None or leaf.operator not in _BOUNDS:
        return None
    least = ceil(limit) if leaf.operator in ("at_least", "less_than") else floor(limit) + 1
    return least if least >= 1 else None


def _read_limit(leaf: Happened) -> Decimal | int | None:
    if len(leaf.operands) != 1 or not isinstance(operand := leaf.operands[0], Value):
        return None
    number = read_number(operand.value)
    return Decimal(repr(number)) if isinstance(number, float) else number


def _shorten_measure(leaf: Happened) -> _Measure | None:
    if split_where(leaf.pattern)[1] is not None:
        return None
    if not isinstance(leaf.window, Ago):
        tally = _TALLIES.get(leaf.measure)
        return None if tally is None else lambda _subject, past: tally(past)
    length = _find_length(leaf.window)
    if leaf.measure != "count" or length is None:
        return None

    def count(subject: Subject, past: Past) -> int:
        kept, now = past.kept, subject.now
        if not kept:
            return 0
        end = len(kept) if kept[-1].at <= now else bisect_left(kept, now + _STEP, key=_at)
        return end - bisect_left(kept, now - length + _STEP, 0, end, key=_at)

    return count


def _find_length(window: Window) -> timedelta | None:
    """Return how long a window of the last N minutes to weeks is, None for every other window."""
    if not isinstance(window, Ago) or window.operator != "less_than" or window.unit not in _UNITS:
        return None
    try:
        length = timedelta(**{window.unit: window.amount})
    except OverflowError:
        return None
    return length if timedelta(0) < length <= _LONGEST else None
