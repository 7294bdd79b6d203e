"""The twelve questions, each as a condition and as the name of the same question in SQL written for speed. Pure."""

from typing import Any, Final

import msgspec

from percorso.bench.segments.scene import Scene
from percorso.conditions.model import (
    Ago,
    All,
    AnyOf,
    Between,
    Condition,
    FirstOrLast,
    Followed,
    Happened,
    Membership,
    MessageScope,
    MessageTest,
    Not,
    Operand,
    Pattern,
    Period,
    Source,
    StatusTest,
    Test,
    Value,
    ValueType,
)


class Question(msgspec.Struct, frozen=True):
    """A question: what it is called, and the tree."""

    name: str
    tree: Condition


BY_HAND: Final = {
    "women of a city, not VIP": "by_hand_profile",
    "ordered in the last 30 days": "by_hand_recent",
    "ordered, but not in the last 90 days": "by_hand_lapsed",
    "5 products viewed in the last 90 days": "by_hand_often",
    "spent 500 in a year": "by_hand_spent",
    "ordered at a store, lives in a city": "by_hand_local",
    "last order over 150": "by_hand_last",
    "cart, then order within a week": "by_hand_then",
    "none of the last 5 emails opened": "by_hand_unopened",
    "in a group, or 3 different products in 30 days": "by_hand_either",
    "average order of a quarter 100 or more": "by_hand_average",
    "subscribed, active in 60 days but not in 14": "by_hand_cooling",
}
"""The query of each question in queries.sql."""


def list_questions(scene: Scene) -> list[Question]:
    """Return the questions in the order of BY_HAND."""
    trees = (*_list_simple(), *_list_composed(scene))
    return [Question(name, tree) for name, tree in zip(BY_HAND, trees, strict=True)]


def _list_simple() -> list[Condition]:
    return [
        All(
            (
                _test("attribute", "address.city", "text", "equals", "city 40"),
                _test("attribute", "gender", "text", "equals", "f"),
                _test("attribute", "tags.manual", "list", "contains_none", ["vip"]),
            )
        ),
        _did("completedOrder", days=30),
        All((_did("completedOrder"), Not(_did("completedOrder", days=90)))),
        _did("viewedProduct", days=90, at_least=5),
        Happened(_pattern("completedOrder"), measure="sum", path="amount.revenue", operands=_values(500)),
        All(
            (
                _test("attribute", "address.city", "text", "equals", "City 40"),
                Happened(
                    _pattern("completedOrder", _test("event", "storeCode", "text", "equals", "Store 3")),
                    Ago(180, "days"),
                ),
            )
        ),
        FirstOrLast(
            "last",
            _pattern("completedOrder"),
            _test("event", "amount.revenue", "number", "more_than", 150),
        ),
        Followed(
            _pattern("addedProduct"), _pattern("completedOrder"), Period(7, "days"), window=Ago(60, "days")
        ),
    ]


def _list_composed(scene: Scene) -> list[Condition]:
    return [
        MessageTest("email", "not_opened", MessageScope(last=5), counted="every"),
        AnyOf(
            (
                Membership("group", scene.group_id),
                Happened(
                    _pattern("viewedProduct"),
                    Ago(30, "days"),
                    "distinct",
                    "sku",
                    operands=_values(3),
                ),
            )
        ),
        Happened(
            _pattern("completedOrder"),
            Between("2026-04-01", "2026-06-30"),
            "average",
            "amount.revenue",
            operands=_values(100),
        ),
        All(
            (
                StatusTest("email", "subscribed", scene.list_id),
                _did("viewedProduct", days=60),
                Not(_did("viewedProduct", days=14)),
            )
        ),
    ]


def _values(*values: float) -> tuple[Operand, ...]:
    return tuple(Value(value) for value in values)


def _pattern(event: str, where: Condition | None = None) -> Pattern:
    return Pattern((event,), where=where)


def _test(source: Source, path: str, type: ValueType, operator: str, value: Any) -> Test:
    return Test(source, path, type, operator, (Value(value),))


def _did(event: str, *, days: int | None = None, at_least: int = 1) -> Happened:
    pattern, operands = _pattern(event), _values(at_least)
    return (
        Happened(pattern, operands=operands)
        if days is None
        else Happened(pattern, Ago(days, "days"), operands=operands)
    )
