"""What one more fact can do to a verdict: counts only grow, and nothing is promised of anything else."""

from collections import Counter
from typing import Any

import msgspec
import pytest

from percorso.conditions import compile_condition, list_needs, lower_simple
from percorso.conditions.fold import compile_match
from percorso.conditions.growth import list_growth
from percorso.conditions.model import Ago, All, Condition, Happened, Not, Pattern, Value
from tests.conditions.generate import NOWS, ZONES
from tests.conditions.histories import Historian
from tests.conditions.population import WORKSPACE, see
from tests.conditions.test_moments import AHEAD, draw_leaf, list_tries

ORDERS = Pattern(("completedOrder",))


def _draw_leaf(historian: Historian, captured: dict[str, Any]) -> Any:
    if historian.pick(True, False, False):
        return draw_leaf(historian, captured)
    window = historian.any_window()
    operator = historian.pick("at_least", "more_than", "at_most", "less_than", "equals")
    return historian.happened(historian.pick("count", "distinct", "sum"), window, operator, captured)


def check_law(seed: int, *, trees: int) -> Counter[int]:
    """Let one more fact come to somebody, hold them against a tree then and later on, and count by what it could do."""
    seen: Counter[int] = Counter()
    for number in range(trees):
        now, zone = NOWS[(seed + number) % len(NOWS)], ZONES[number % len(ZONES)]
        historian = Historian(seed * 10_000 + number, now)
        captured: dict[str, Any] = {}
        leaves = [_draw_leaf(historian, captured) for _ in range(historian.pick(1, 1, 3))]
        tree: Condition = leaves[0] if len(leaves) == 1 else historian.tree(leaves)
        before = historian.person(historian.pick(0, 1, 3, 7), WORKSPACE)
        fact = historian.fact(before.id, WORKSPACE)
        after = msgspec.structs.replace(before, facts=(*before.facts, fact))
        growth = list_growth(tree, zone)
        grown = {growth[need.key] for need in list_needs(tree, zone) if compile_match(need)(fact)}
        if len(grown) != 1:
            continue
        (does,) = grown
        seen[does] += 1
        judge = compile_condition(tree)
        one, other = (
            see(person, [tree], lower_simple, now=now, zone=zone, captured=captured)
            for person in (before, after)
        )
        for moment in (now, *list_tries(historian, after, now, now + AHEAD)):
            if moment < now:
                continue
            was, holds = (judge(msgspec.structs.replace(who, now=moment)) for who in (one, other))
            assert holds == was or does == 0 or holds is (does > 0), (
                f"{tree!r}\nat {moment} in {zone}, with {fact!r}\n{before!r}"
            )
    return seen


def test_a_fact_does_no_more_than_is_said() -> None:
    seen = check_law(1, trees=2_000)
    assert min(seen[-1], seen[0], seen[1]) > 50, seen


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(2, 12))
def test_a_fact_does_no_more_than_is_said_for_many_seeds(seed: int) -> None:
    check_law(seed, trees=2_000)


@pytest.mark.parametrize(
    ("tree", "does"),
    [
        (Happened(ORDERS), 1),
        (Happened(ORDERS, Ago(7, "days"), operator="more_than", operands=(Value(3),)), 1),
        (Not(Happened(ORDERS, Ago(60, "days"))), -1),
        (Happened(ORDERS, operator="at_most", operands=(Value(3),)), -1),
        (Not(Happened(ORDERS, operator="less_than", operands=(Value(3),))), 1),
        (Happened(ORDERS, operator="equals", operands=(Value(3),)), 0),
        (Happened(ORDERS, measure="sum", path="amount.revenue"), 0),
    ],
)
def test_what_an_order_can_do(tree: Condition, does: int) -> None:
    (need,) = list_needs(tree)
    assert list_growth(tree, "UTC") == {need.key: does}


def test_a_fact_that_is_asked_for_in_both_ways_can_do_either() -> None:
    tree = All((Happened(ORDERS), Not(Happened(ORDERS))))
    (need,) = list_needs(tree)
    assert list_growth(tree, "UTC") == {need.key: 0}
