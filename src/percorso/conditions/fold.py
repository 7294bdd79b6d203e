"""Folding a fact into what is kept of a contact's past. Pure; the order of facts is that of the log."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import msgspec

from percorso.conditions.evaluate import compile_condition
from percorso.conditions.lowering import lower_simple
from percorso.conditions.measures import add_exactly, key_of, numbers_at, scalars_at
from percorso.conditions.model import Pattern, Subject, Unit
from percorso.conditions.needs import Need
from percorso.conditions.past import MAX_KEPT, OWN_PLACES, Kept, Past
from percorso.conditions.paths import parse_path, project_paths
from percorso.conditions.scalars import Lower
from percorso.log.model import Fact

Fold = Callable[[Past, Fact], Past]
"""Gives the past with the fact in it; the same past where the fact does not match."""

_LONGEST: Final = {"minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800, "months": 31 * 86400}
_YEAR: Final = 366 * 86400
_SLACK: Final = timedelta(days=3)
"""More than what a zone, a short month and a late run can move a bound by."""


def fold_past(need: Need, past: Past, fact: Fact, *, lower: Lower = lower_simple) -> Past:
    """Return a contact's past with this fact folded in; facts that do not match change nothing.

    `lower` is the database's lowering of letters. Every fact is folded once, carried ones of a merged contact too.
    """
    return _compile_once(need, lower)(past, fact)


def fold_history(need: Need, facts: Iterable[Fact], *, lower: Lower = lower_simple) -> Past:
    """Return the past over all of these facts, however many: what is read when a past has lost some."""
    return compile_history(need, lower=lower)(facts)


def compile_history(need: Need, *, lower: Lower = lower_simple) -> Callable[[Iterable[Fact]], Past]:
    """Return what gives the past over all facts, ready for many contacts; facts that do not match are passed over."""
    fold = compile_fold(need, lower=lower, limit=None)
    matches = compile_match(need, lower=lower)
    keep = _compile_keep(need)

    def fold_one_by_one(facts: Iterable[Fact]) -> Past:
        past = Past()
        for fact in facts:
            past = fold(past, fact)
        return past

    def sort_once(facts: Iterable[Fact]) -> Past:
        # One by one each would be put into a list that grows with all before it.
        found = [fact for fact in facts if matches(fact)]
        if not found:
            return Past()
        kept = sorted((keep(fact) for fact in found), key=_place)
        return trim_past(need, Past(kept=tuple(kept)), max(fact.received_at for fact in found))

    return sort_once if need.keep == "all" else fold_one_by_one


def trim_past(need: Need, past: Past, now: datetime) -> Past:
    """Return the past without what lies so far back that no window reaches it any more, at `now` or later."""
    if need.keep != "all" or not past.kept:
        return past
    since = find_since(need, now)
    if since is None or past.kept[0].at >= since:
        return past
    begin = bisect_left(past.kept, since, key=lambda fact: fact.at)
    return msgspec.structs.replace(past, kept=past.kept[begin:])


def find_since(need: Need, now: datetime) -> datetime | None:
    """Return a moment before which no fact matters to a need, at `now` or later; None: all of them do."""
    if need.lookback is None:
        return need.since
    return now - _reach(need.lookback.amount, need.lookback.unit)


@lru_cache(maxsize=1000)
def _reach(amount: int, unit: Unit) -> timedelta:
    """Return how far back at most the window of a need reaches."""
    return timedelta(seconds=amount * (_YEAR if unit == "years" else _LONGEST[unit])) + _SLACK


def compile_fold(need: Need, *, lower: Lower = lower_simple, limit: int | None = MAX_KEPT) -> Fold:
    """Return the function that folds facts for a need, ready for many; `limit` is how many facts are kept."""
    matches = compile_match(need, lower=lower)
    take = _compile_take(need, lower, limit)

    def fold(past: Past, fact: Fact) -> Past:
        return take(past, fact) if matches(fact) else past

    return fold


def compile_match(need: Need, *, lower: Lower = lower_simple) -> Callable[[Fact], bool]:
    """Return what says whether a fact counts for a need."""
    names = frozenset(need.pattern.events)
    contexts = frozenset(need.pattern.contexts)
    since, until = need.since, need.until
    where = None if need.pattern.where is None else compile_condition(need.pattern.where, lower=lower)
    zone = need.time_zone or "UTC"

    def matches(fact: Fact) -> bool:
        if fact.name not in names or (contexts and context_of(fact.context) not in contexts):
            return False
        if (since is not None and fact.occurred_at < since) or (
            until is not None and fact.occurred_at >= until
        ):
            return False
        return where is None or where(Subject({}, fact.properties, {}, fact.received_at, zone))

    return matches


def context_of(context: dict[str, Any] | None) -> str:
    """Return the context of a fact (`WEB`, `RETAIL` …), `OTHER` where none was sent."""
    name = context.get("type") if context else None
    return name if isinstance(name, str) else "OTHER"


def list_names(pattern: Pattern) -> frozenset[str]:
    """Return the names of facts that a pattern listens to."""
    return frozenset(pattern.events)


@lru_cache(maxsize=2000)
def _compile_by_key(key: str, lower: Lower, encoded: bytes) -> Fold:
    return compile_fold(msgspec.json.decode(encoded, type=Need), lower=lower)


def _compile_once(need: Need, lower: Lower) -> Fold:
    return _compile_by_key(need.key, lower, msgspec.json.encode(need))


def _compile_take(need: Need, lower: Lower, limit: int | None) -> Fold:
    if need.keep == "count":
        return lambda past, _fact: msgspec.structs.replace(past, count=past.count + 1)
    if need.keep == "numbers":
        return lambda past, fact: _take_numbers(past, numbers_at(fact.properties, need.path or ""))
    if need.keep == "distinct":
        return lambda past, fact: _take_distinct(past, fact, need.path or "", lower, limit)
    keep = _compile_keep(need)
    if need.keep == "all":
        return lambda past, fact: _take_all(need, past, keep(fact), fact.received_at, limit)

    def take_one(past: Past, fact: Fact) -> Past:
        if past.kept:
            found, place = past.kept[0], (fact.occurred_at, place_of(fact))
            if (place < (found.at, found.place)) != (need.keep == "first"):
                return past
        return msgspec.structs.replace(past, kept=(keep(fact),))

    return take_one


def _take_numbers(past: Past, numbers: list[Decimal]) -> Past:
    total, least, most = past.total, past.minimum, past.maximum
    for number in numbers:
        total = add_exactly(total, number)
        least = number if least is None or number < least else least
        most = number if most is None or number > most else most
    return msgspec.structs.replace(
        past,
        count=past.count + 1,
        total=total,
        numbers=past.numbers + len(numbers),
        minimum=least,
        maximum=most,
    )


def _take_distinct(past: Past, fact: Fact, path: str, lower: Lower, limit: int | None) -> Past:
    distinct = past.distinct
    for value in scalars_at(fact.properties, path):
        key = key_of(value, lower)
        if key is None or key in distinct:
            continue
        if limit is not None and len(distinct) >= limit:
            return msgspec.structs.replace(past, lost_until=fact.received_at)
        distinct = (*distinct, key)
    return past if distinct is past.distinct else msgspec.structs.replace(past, distinct=distinct)


def _take_all(need: Need, past: Past, fact: Kept, received_at: datetime, limit: int | None) -> Past:
    longer = list(past.kept)
    insort(longer, fact, key=_place)
    past = trim_past(need, msgspec.structs.replace(past, kept=tuple(longer)), received_at)
    kept = past.kept
    if limit is None or len(kept) <= limit:
        return past
    lost = kept[len(kept) - limit - 1].at
    lost_until = lost if past.lost_until is None else max(past.lost_until, lost)
    return msgspec.structs.replace(past, kept=kept[-limit:], lost_until=lost_until)


def _compile_keep(need: Need) -> Callable[[Fact], Kept]:
    paths = tuple(parse_path(path) for path in need.paths)
    return lambda fact: Kept(
        fact.occurred_at, place_of(fact), fact.name, project_paths(fact.properties, paths)
    )


def place_of(fact: Fact) -> int:
    """Return what orders a fact among those of its moment, see `Kept`."""
    return fact.offset + OWN_PLACES if fact.origin == "worker" else fact.offset


def _place(fact: Kept) -> tuple[datetime, int]:
    return fact.at, fact.place
