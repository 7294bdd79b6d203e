"""The next moment at which a verdict may change although nothing happens. Pure.

Between two moments at which something enters or leaves a moving window, a verdict stays. So the moments are gathered
from what is kept, and the tree is judged at each until its verdict is another one, or the patience is over: a moment
given too early costs one more judging, one given too late would be wrong.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec

from percorso.conditions.check import check_condition
from percorso.conditions.evaluate import compile_tree, list_leaves
from percorso.conditions.evaluate_past import compile_pasts
from percorso.conditions.lowering import lower_simple
from percorso.conditions.messages import Pairing
from percorso.conditions.model import (
    Ago,
    Condition,
    FirstOrLast,
    Followed,
    Happened,
    Leaf,
    Pattern,
    StandingLeaf,
    Subject,
    Test,
)
from percorso.conditions.needs import Need, expand, list_tests, split_where
from percorso.conditions.operators import is_relative
from percorso.conditions.past import Past
from percorso.conditions.paths import compile_reader
from percorso.conditions.scalars import Lower
from percorso.conditions.shortcuts import shorten_turning
from percorso.conditions.turns import list_test_turns, list_window_turns
from percorso.conditions.unread import list_windows
from percorso.conditions.windows import find_bounds

NextMoment = Callable[[Subject], datetime | None]


class Ahead(msgspec.Struct, frozen=True):
    """Moments at which a verdict may change; beyond `until` there may be others (None: there are none)."""

    turns: Iterable[datetime]
    until: datetime | None = None


Turns = Callable[[Subject], Ahead]

_END: Final = datetime(9800, 1, 1, tzinfo=UTC)
"""No moment is given beyond: amounts of time would lead out of the calendar."""
_PATIENCE: Final = 50
"""So many moments are tried before one is given at which the verdict is still the same."""
_AHEAD: Final = 60
"""Of so many kept facts, the next to enter or leave a window, the moments are gathered at a time."""


def next_moment(tree: Condition, subject: Subject, *, lower: Lower = lower_simple) -> datetime | None:
    """Return a moment after `subject.now` up to which the verdict stays as it is, or None if it stays for ever.

    At that moment it may be another one. Nothing happens meanwhile: profile, pasts and memberships stand still.
    """
    find_next = compile_next_moment(tree, lower=lower)
    return None if find_next is None else find_next(subject)


def compile_next_moment(tree: Condition, *, lower: Lower = lower_simple) -> NextMoment | None:
    """Return what gives the next moment, ready for many subjects; None where time never changes a verdict.

    Raises ConditionError with every fault of the tree.
    """
    check_condition(tree)
    turns = [found for leaf in list_leaves(tree) for found in _compile_turns(leaf)]
    if not turns:
        return None
    judge = compile_tree(tree, lower)

    def find_next(subject: Subject) -> datetime | None:
        ahead = [turns_of(subject) for turns_of in turns]
        until = min((found.until for found in ahead if found.until is not None), default=None)
        waiting = sorted({turn for found in ahead for turn in found.turns if subject.now < turn < _END})
        holds = judge(subject)
        for tried, turn in enumerate(waiting):
            if until is not None and turn >= until:
                return until
            if tried == _PATIENCE or judge(msgspec.structs.replace(subject, now=turn)) != holds:
                return turn
        return until

    return find_next


def compile_first_turn(tree: Condition) -> NextMoment | None:
    """Return what gives the next moment at which anything that a tree asks for turns, whether or not the verdict does.

    Never later than `next_moment`, and found without judging. None where time changes nothing. Raises ConditionError.
    """
    check_condition(tree)
    shortcuts: list[NextMoment] = []
    turns: list[Turns] = []
    for leaf in list_leaves(tree):
        shortcut = _shorten(leaf)
        if shortcut is None:
            turns += _compile_turns(leaf, ahead=1)
        else:
            shortcuts.append(shortcut)
    if not turns and not shortcuts:
        return None

    def find_first(subject: Subject) -> datetime | None:
        first: datetime | None = None
        for find_turn in shortcuts:
            turn = find_turn(subject)
            if turn is not None and subject.now < turn < _END and (first is None or turn < first):
                first = turn
        for turns_of in turns:
            ahead = turns_of(subject)
            for turn in ahead.turns:
                if subject.now < turn < _END and (first is None or turn < first):
                    first = turn
            if ahead.until is not None and (first is None or ahead.until < first):
                first = ahead.until
        return first

    return find_first


def _shorten(leaf: Leaf) -> NextMoment | None:
    """Return what gives the first turn of a leaf that only its window moves, None for other leaves."""
    if not isinstance(leaf, Happened) or split_where(leaf.pattern)[1] is not None:
        return None
    return shorten_turning(leaf, compile_pasts(leaf))


def _compile_turns(leaf: Leaf, ahead: int = _AHEAD) -> list[Turns]:
    if isinstance(leaf, StandingLeaf):
        return []
    if isinstance(leaf, Test):
        return [_compile_test_turns(leaf)] if _moves(leaf) else []
    kernel = expand(leaf)
    patterns: tuple[Pattern, ...] = ()
    if isinstance(kernel, Happened | FirstOrLast):
        patterns = (kernel.pattern,)
    elif isinstance(kernel, Followed):
        patterns = (kernel.first, kernel.then)
    elif isinstance(kernel, Pairing):
        patterns = (kernel.sent, kernel.action)
    windows = list_windows(leaf)
    tests: list[tuple[Test, ...]] = []
    for pattern in patterns:
        left = split_where(pattern)[1]
        asked = list(list_tests(left)) if left is not None else []
        asked += list_tests(kernel.condition) if isinstance(kernel, FirstOrLast) else []
        tests.append(tuple(test for test in asked if _moves(test)))
    pasts = compile_pasts(leaf)
    turns: list[Turns] = []
    for place, (window, moving) in enumerate(zip(windows[: len(patterns)], tests, strict=True)):
        if isinstance(window, Ago):
            turns.append(_compile_window_turns(pasts, place, window, ahead))
        turns.extend(_compile_kept_turns(pasts, place, test) for test in moving)
    return turns


Pasts = Callable[[Subject], tuple[tuple[Need, Past], ...]]


def _moves(test: Test) -> bool:
    return is_relative(test) or test.operator == "is_anniversary"


def _compile_test_turns(test: Test) -> Turns:
    read = compile_reader(test.source, test.path)
    return lambda subject: Ahead(list_test_turns(test, read(subject), subject.now, subject.time_zone))


def _compile_kept_turns(pasts: Pasts, place: int, test: Test) -> Turns:
    """Return the turns of a test inside another condition, over every fact that it could be asked of."""
    read = compile_reader(test.source, test.path)

    def list_turns(subject: Subject) -> Iterator[datetime]:
        if test.source != "event":
            yield from list_test_turns(test, read(subject), subject.now, subject.time_zone)
            return
        for fact in pasts(subject)[place][1].kept:
            value = read(msgspec.structs.replace(subject, event=fact.properties))
            yield from list_test_turns(test, value, subject.now, subject.time_zone)

    return lambda subject: Ahead(list_turns(subject))


def _compile_window_turns(pasts: Pasts, place: int, window: Ago, ahead: int) -> Turns:
    def find_turns(subject: Subject) -> Ahead:
        kept = pasts(subject)[place][1].kept
        bounds = find_bounds(window, subject.now, subject.time_zone)
        # Both bounds only go on: facts leave and enter a window in order of time.
        edges = [edge for edge in (bounds.low, bounds.high) if edge is not None]
        turns: list[datetime] = []
        until: datetime | None = None
        for edge in edges:
            begin = bisect_left(kept, edge, key=lambda fact: fact.at)
            for number, fact in enumerate(kept[begin : begin + ahead + 1]):
                found = list_window_turns(window, fact.at, subject.time_zone)
                future = [turn for turn in found if turn > subject.now]
                turns += future
                if number == ahead and future:
                    until = min(future) if until is None else min(until, *future)
        return Ahead(turns, until)

    return find_turns
