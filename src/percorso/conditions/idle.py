"""Conditions of no effect: always true or never true, whatever the contact."""

from collections.abc import Iterator
from decimal import Decimal
from math import floor
from typing import Any, cast

import msgspec

from percorso.conditions.check_past import is_empty_window, list_parts
from percorso.conditions.faults import Fault
from percorso.conditions.measures import compare
from percorso.conditions.model import (
    All,
    AnyOf,
    Condition,
    Happened,
    Leaf,
    MessageTest,
    Not,
    Test,
    Value,
    Window,
)
from percorso.conditions.operators import OPERATORS


def list_idle(tree: Condition) -> Iterator[Fault]:
    """Give a warning for each condition without effect; the tree is sound otherwise.

    Found are empty groups, empty ranges and lists, a test beside its own "not" form, and number or text tests
    of one group that leave nothing. Other contradictions are not looked for.
    """
    yield from _list_idle(tree, "")


def _list_idle(node: Condition, where: str) -> Iterator[Fault]:
    if isinstance(node, Test):
        yield from _list_idle_test(node, where)
    elif isinstance(node, Not):
        yield from _list_idle(node.condition, f"{where}.condition" if where else "condition")
    elif not isinstance(node, All | AnyOf):
        yield from _list_idle_leaf(node, where)
    else:
        if not node.conditions:
            yield _warn("always_true" if isinstance(node, All) else "always_false", where, "no_conditions")
        for position, condition in enumerate(node.conditions):
            below = f"conditions.{position}"
            yield from _list_idle(condition, f"{where}.{below}" if where else below)
        yield from _list_contradictions(node, where)


def _list_idle_leaf(leaf: Leaf, where: str) -> Iterator[Fault]:
    for place, part in list_parts(leaf):
        yield from _list_idle(part, f"{where}.{place}" if where else place)
    window: Window | None = getattr(leaf, "window", None)
    if window is not None and is_empty_window(window):
        # Nothing lies in it: counts are none, a first fact is missing, and that may be what is asked for.
        yield _warn("without_effect", where, "empty_window")
    if isinstance(leaf, MessageTest) and leaf.counted == "every":
        return
    if isinstance(leaf, MessageTest) or (
        isinstance(leaf, Happened) and leaf.measure in ("count", "distinct")
    ):
        yield from _list_idle_count(leaf, where)


def _list_idle_count(leaf: Happened | MessageTest, where: str) -> Iterator[Fault]:
    """Give a warning where every count, or none, compares so: counts are whole and not negative."""
    operands = [operand.value for operand in leaf.operands if isinstance(operand, Value)]
    if len(operands) != len(leaf.operands):
        return
    tried = {
        count for value in operands for count in (floor(value), floor(value) + 1, 0, max(0, floor(value) - 1))
    }
    compared = tuple(Decimal(repr(value)) for value in operands)
    outcomes = {compare(leaf.operator, count, compared) for count in tried if count >= 0}
    if len(outcomes) == 1:
        holds = outcomes.pop()
        yield _warn("always_true" if holds else "always_false", where, "any_count" if holds else "no_count")


def _warn(code: str, where: str, detail: str, path: str = "") -> Fault:
    return Fault(code, where, "warning", {"detail": detail, "path": path})


def _constants(test: Test) -> list[Any] | None:
    values = [operand.value for operand in test.operands if isinstance(operand, Value)]
    return values if len(values) == len(test.operands) else None


def _list_idle_test(test: Test, where: str) -> Iterator[Fault]:
    constants = _constants(test)
    if not constants:
        return
    negates = OPERATORS[test.type][test.operator].negates
    positive = negates or test.operator
    first: Any = constants[0]
    if positive == "between" and _is_empty_range(test, constants):
        yield _warn("always_false", where, "empty_range")
    elif first == [] and positive in ("one_of", "contains_any"):
        yield _warn("always_true" if negates else "always_false", where, "empty_list")
    elif first == "" and negates and positive == "contains":
        yield _warn("always_false", where, "empty_text")


def _is_empty_range(test: Test, constants: list[Any]) -> bool:
    low, high = constants
    # Date-times may have different offsets; only dates and numbers compare as they are written.
    return test.type in ("number", "date") and low > high


def _list_contradictions(group: All | AnyOf, where: str) -> Iterator[Fault]:
    tests = [condition for condition in group.conditions if isinstance(condition, Test)]
    for test in tests:
        negates = OPERATORS[test.type][test.operator].negates
        if negates and msgspec.structs.replace(test, operator=negates) in tests:
            if isinstance(group, All):
                yield _warn("always_false", where, "excluding", test.path)
            else:
                yield _warn("always_true", where, "exhausting", test.path)
    if isinstance(group, All):
        for path in _list_excluding(tests):
            yield _warn("always_false", where, "excluding", path)


def _list_excluding(tests: list[Test]) -> Iterator[str]:
    """Give the paths of which number tests leave no number, or texts are asked to equal two values."""
    ranges: dict[tuple[str, str], list[Test]] = {}
    for test in tests:
        if _constants(test) and (test.type == "number" or (test.type, test.operator) == ("text", "equals")):
            ranges.setdefault((test.source, test.path), []).append(test)
    for (_, path), same in ranges.items():
        texts = {str(cast("list[Any]", _constants(test))[0]).lower() for test in same if test.type == "text"}
        numbers = [test for test in same if test.type == "number"]
        if len(texts) > 1 or (texts and numbers) or _leave_nothing(numbers):
            yield path


def _leave_nothing(tests: list[Test]) -> bool:
    low, high = (float("-inf"), 0), (float("inf"), 0)
    for test in tests:
        first, *rest = cast("list[float]", _constants(test))
        if test.operator in ("equals", "at_least", "between"):
            low = max(low, (first, 0))
        if test.operator == "more_than":
            low = max(low, (first, 1))
        if test.operator in ("equals", "at_most"):
            high = min(high, (first, 0))
        if test.operator == "less_than":
            high = min(high, (first, -1))
        if test.operator == "between":
            high = min(high, (rest[0], 0))
    return low > high
