"""What one more fact can do to a verdict: most of what happens cannot change what is true already. Pure.

Who ordered once has ordered for ever, and somebody who ordered today is not one of those who did not for 60 days: the next
order need not be held against either.
"""

from collections.abc import Iterator
from typing import Final, Literal

from percorso.conditions.model import All, AnyOf, Condition, Happened, Not, PastLeaf, Test
from percorso.conditions.needs import find_needs, list_past_leaves

Growth = Literal[-1, 0, 1]
"""1: one more fact can only make the verdict true; -1: only false; 0: either."""

_RISING: Final = {"at_least": 1, "more_than": 1, "at_most": -1, "less_than": -1}
_COUNTED: Final = frozenset({"count", "distinct"})


def list_growth(tree: Condition, time_zone: str) -> dict[str, Growth]:
    """Return by the key of each need what one more of its facts can do to the verdict, at that moment and at any later one.

    Nothing else changes meanwhile. Counts only grow with facts, whatever the window is and whatever `where` asks; of sums,
    of the first and last and of sequences nothing is said.
    """
    found: dict[str, Growth] = {}
    for leaf, sign in _list_signed(tree, 1):
        for need in find_needs(leaf, time_zone):
            growth = _find_growth(leaf, sign)
            found[need.key] = growth if found.get(need.key, growth) == growth else 0
    return found


def _find_growth(leaf: PastLeaf, sign: int) -> Growth:
    if not isinstance(leaf, Happened) or leaf.measure not in _COUNTED:
        return 0
    rising = sign * _RISING.get(leaf.operator, 0)
    return 1 if rising > 0 else -1 if rising < 0 else 0


def _list_signed(tree: Condition, sign: int) -> Iterator[tuple[PastLeaf, int]]:
    """Yield the leaves that look back, each with -1 where an odd number of "not" stands before it."""
    match tree:
        case All(conditions) | AnyOf(conditions):
            for condition in conditions:
                yield from _list_signed(condition, sign)
        case Not(condition):
            yield from _list_signed(condition, -sign)
        case Test():
            return
        case _:
            for leaf in list_past_leaves(tree):
                yield leaf, sign
