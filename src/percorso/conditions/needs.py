"""What must be kept of a contact's facts so that a tree can be judged: needs, told apart by their key. Pure.

What `where` asks of the facts alone is decided when a fact is folded. What it asks of the profile, of a run or of
now is decided when the tree is judged; for that the facts themselves are kept, of their properties what is read.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, Literal

import msgspec

from percorso.conditions.messages import (
    MESSAGE_ID,
    Inside,
    Pairing,
    expand_journey,
    expand_message,
)
from percorso.conditions.model import (
    Ago,
    All,
    AnyOf,
    Attribute,
    Between,
    Captured,
    Condition,
    EventProperty,
    FirstOrLast,
    Followed,
    Happened,
    JourneyTest,
    MessageTest,
    Not,
    PastLeaf,
    Pattern,
    Period,
    Test,
    Window,
)
from percorso.conditions.operators import is_relative
from percorso.conditions.windows import find_bounds

Keep = Literal["count", "numbers", "distinct", "first", "last", "all"]
"""What a past keeps: how many; also sum and extremes of the numbers at `path`; the different scalars there; the
first or the last fact; all of them, at most MAX_KEPT."""

_FIXED: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""A window that does not move has the same bounds at any time."""


class Need(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What is kept of one contact's facts: those of `pattern` that occurred from `since` to before `until`.

    `paths` are what is kept of each fact's properties. Facts older than `lookback` may be dropped. `time_zone` is
    the zone in which `where` reads local times; empty where it reads none.
    """

    key: str
    pattern: Pattern
    keep: Keep
    path: str | None = None
    paths: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    lookback: Period | None = None
    time_zone: str = ""


Kernel = Happened | FirstOrLast | Followed | Pairing | Inside
"""A leaf that looks back, as patterns."""


def list_needs(tree: Condition, time_zone: str = "UTC") -> tuple[Need, ...]:
    """Return what a tree looks back on, each need once, in the order of the tree.

    `time_zone` is that of the subjects it will be judged against: fixed windows and local times depend on it.
    """
    found: dict[str, Need] = {}
    for leaf in list_past_leaves(tree):
        for need in find_needs(leaf, time_zone):
            found.setdefault(need.key, need)
    return tuple(found.values())


def list_past_leaves(tree: Condition) -> Iterator[PastLeaf]:
    """Yield the leaves that look back, in the order of the tree."""
    match tree:
        case All(conditions) | AnyOf(conditions):
            for condition in conditions:
                yield from list_past_leaves(condition)
        case Not(condition):
            yield from list_past_leaves(condition)
        case Happened() | FirstOrLast() | Followed() | MessageTest() | JourneyTest():
            yield tree
        case _:
            return


def expand(leaf: PastLeaf) -> Kernel:
    """Return a leaf as patterns."""
    if isinstance(leaf, MessageTest):
        return expand_message(leaf)
    return expand_journey(leaf) if isinstance(leaf, JourneyTest) else leaf


@lru_cache(maxsize=4000)
def _find_needs(encoded: bytes, time_zone: str) -> tuple[Need, ...]:
    kernel = expand(_LEAF.decode(encoded))
    match kernel:
        case Happened():
            return (_need_measure(kernel, time_zone),)
        case FirstOrLast():
            return (_need_one(kernel, time_zone),)
        case Followed():
            return _need_sequence(kernel, time_zone)
        case Pairing():
            kept = (MESSAGE_ID,)
            return (
                _need(kernel.sent, "all", kernel.sent_window, time_zone, paths=kept),
                _need(kernel.action, "all", kernel.action_window, time_zone, paths=kept),
            )
        case Inside():
            return (
                _need(kernel.entered, "count", None, time_zone),
                _need(kernel.exited, "count", None, time_zone),
            )


_LEAF: Final = msgspec.json.Decoder(PastLeaf)


def find_needs(leaf: PastLeaf, time_zone: str) -> tuple[Need, ...]:
    """Return the needs of one leaf: of a sequence and of paired messages two, in their order."""
    # Leaves may hold lists, which have no hash; their JSON has.
    return _find_needs(msgspec.json.encode(leaf), time_zone)


def split_where(pattern: Pattern) -> tuple[Pattern, Condition | None]:
    """Return the pattern that facts alone decide, and what is left to be judged later."""
    if pattern.where is None:
        return pattern, None
    parts = _conjuncts(pattern.where)
    settled = tuple(part for part in parts if not _is_open(part))
    left = tuple(part for part in parts if _is_open(part))
    where = All(settled) if settled else None
    return msgspec.structs.replace(pattern, where=where), All(left) if left else None


def list_tests(tree: Condition) -> Iterator[Test]:
    """Yield the tests of a tree that looks at one fact, in its order."""
    match tree:
        case All(conditions) | AnyOf(conditions):
            for condition in conditions:
                yield from list_tests(condition)
        case Not(condition):
            yield from list_tests(condition)
        case Test():
            yield tree
        case _:
            return


def _conjuncts(tree: Condition) -> tuple[Condition, ...]:
    if isinstance(tree, All):
        return tuple(part for condition in tree.conditions for part in _conjuncts(condition))
    return (tree,)


def _is_open(tree: Condition) -> bool:
    """Whether more than the fact is asked: the profile, a run, or now."""
    for test in list_tests(tree):
        if test.source != "event" or is_relative(test) or test.operator == "is_anniversary":
            return True
        if any(isinstance(operand, Captured | Attribute) for operand in test.operands):
            return True
    return False


def _list_paths(tree: Condition | None) -> Iterator[str]:
    for test in list_tests(tree) if tree is not None else ():
        if test.source == "event":
            yield test.path
        for operand in test.operands:
            if isinstance(operand, EventProperty):
                yield operand.path


def _need_measure(leaf: Happened, time_zone: str) -> Need:
    path = () if leaf.measure == "count" or leaf.path is None else (leaf.path,)
    if isinstance(leaf.window, Ago) or split_where(leaf.pattern)[1] is not None:
        return _need(leaf.pattern, "all", leaf.window, time_zone, paths=path)
    keep: Keep = "numbers"
    if leaf.measure in ("count", "distinct"):
        keep = leaf.measure
    return _need(leaf.pattern, keep, leaf.window, time_zone, path=path[0] if path else None)


def _need_one(leaf: FirstOrLast, time_zone: str) -> Need:
    keep: Keep = leaf.which
    # Of a window that moves on, the first fact is another one by and by; so is the last one of a day gone by.
    moves = isinstance(leaf.window, Ago) and (leaf.which == "first" or leaf.window.operator != "less_than")
    if moves or split_where(leaf.pattern)[1] is not None:
        keep = "all"
    return _need(leaf.pattern, keep, leaf.window, time_zone, paths=_list_paths(leaf.condition))


def _need_sequence(leaf: Followed, time_zone: str) -> tuple[Need, Need]:
    same = leaf.same
    first = _need(leaf.first, "all", leaf.window, time_zone, paths=(same.first,) if same else ())
    return first, _need(leaf.then, "all", None, time_zone, paths=(same.then,) if same else ())


def _need(
    pattern: Pattern,
    keep: Keep,
    window: Window | None,
    time_zone: str,
    *,
    path: str | None = None,
    paths: Iterable[str] = (),
) -> Need:
    settled, left = split_where(pattern)
    is_local = any(test.type in ("date", "datetime") for test in list_tests(settled.where or All()))
    bounds = find_bounds(window, _FIXED, time_zone) if isinstance(window, Between) else None
    need = Need(
        key="",
        pattern=settled,
        keep=keep,
        path=path,
        paths=tuple(dict.fromkeys((*paths, *_list_paths(left)))),
        since=bounds.low if bounds else None,
        until=bounds.high if bounds else None,
        lookback=_find_lookback(window) if keep == "all" else None,
        time_zone=time_zone if is_local else "",
    )
    digest = hashlib.blake2b(msgspec.json.encode(need), digest_size=16).hexdigest()
    return msgspec.structs.replace(need, key=digest)


def _find_lookback(window: Window | None) -> Period | None:
    """Return how far a moving window reaches, at least; None: without end."""
    if not isinstance(window, Ago) or window.operator == "more_than":
        return None
    return Period(window.amount + (window.operator == "exactly"), window.unit)
