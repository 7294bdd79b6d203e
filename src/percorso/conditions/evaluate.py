"""The Python evaluator: a tree becomes closures over one contact, one event, one run.

Everything that does not depend on the subject is done when compiling: this runs for every event.
"""

import operator as compare
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, cast

import msgspec

from percorso.conditions.check import check_condition
from percorso.conditions.evaluate_dates import compile_date_test
from percorso.conditions.evaluate_past import PastJudge, compile_past, show_reading
from percorso.conditions.evaluate_standing import compile_standing
from percorso.conditions.like import compile_like
from percorso.conditions.lowering import lower_simple
from percorso.conditions.model import (
    All,
    AnyOf,
    Condition,
    FirstOrLast,
    Leaf,
    Not,
    PastLeaf,
    StandingLeaf,
    Subject,
    Test,
    Value,
    Verdict,
)
from percorso.conditions.operators import OPERATORS
from percorso.conditions.paths import Reader, compile_absence, compile_operand, compile_reader
from percorso.conditions.scalars import (
    Lower,
    item_keys,
    read_number,
    read_text,
    read_written_number,
    text_keys,
)

Judge = Callable[[Subject], bool]
"""Says whether a condition holds for a subject."""


class Explanation(msgspec.Struct, frozen=True):
    """Whether the whole tree holds, and the verdict of each of its tests, in order, none left out."""

    holds: bool
    verdicts: tuple[Verdict, ...]


def compile_condition(tree: Condition, *, lower: Lower = lower_simple) -> Judge:
    """Return the function that judges subjects; raises ConditionError with every fault of the tree."""
    check_condition(tree)
    return compile_tree(tree, lower)


def compile_tree(tree: Condition, lower: Lower) -> Judge:
    """Return the function that judges subjects by a tree that is checked already."""
    return _compile(tree, lambda leaf: compile_leaf(leaf, lower))


def compile_explanation(tree: Condition, *, lower: Lower = lower_simple) -> Callable[[Subject], Explanation]:
    """Return the function that explains: the same outcome as `compile_condition`, with each value read."""
    check_condition(tree)
    explained = [_compile_verdict(leaf, lower) for leaf in list_leaves(tree)]
    judge = compile_tree(tree, lower)

    def explain_subject(subject: Subject) -> Explanation:
        return Explanation(judge(subject), tuple(verdict(subject) for verdict in explained))

    return explain_subject


def explain(tree: Condition, subject: Subject, *, lower: Lower = lower_simple) -> Explanation:
    """Return the outcome and every verdict, for one subject."""
    return compile_explanation(tree, lower=lower)(subject)


def list_leaves(tree: Condition) -> list[Leaf]:
    """Return the leaves of a tree, in its order."""
    if isinstance(tree, Not):
        return list_leaves(tree.condition)
    if isinstance(tree, All | AnyOf):
        return [leaf for condition in tree.conditions for leaf in list_leaves(condition)]
    return [tree]


def _compile(tree: Condition, compile_one: Callable[[Leaf], Judge]) -> Judge:
    if isinstance(tree, Not):
        return _compile_not(_compile(tree.condition, compile_one))
    if not isinstance(tree, All | AnyOf):
        return compile_one(tree)
    judges = tuple(_compile(condition, compile_one) for condition in tree.conditions)
    if len(judges) == 1:
        return judges[0]
    return _compile_all(judges) if isinstance(tree, All) else _compile_any(judges)


def _compile_not(judge: Judge) -> Judge:
    return lambda subject: not judge(subject)


def _compile_all(judges: tuple[Judge, ...]) -> Judge:
    def judge_all(subject: Subject) -> bool:
        # A loop: a generator costs more than most tests.
        for judge in judges:  # noqa: SIM110
            if not judge(subject):
                return False
        return True

    return judge_all


def _compile_any(judges: tuple[Judge, ...]) -> Judge:
    def judge_any(subject: Subject) -> bool:
        for judge in judges:  # noqa: SIM110
            if judge(subject):
                return True
        return False

    return judge_any


def _compile_verdict(test: Leaf, lower: Lower) -> Callable[[Subject], Verdict]:
    if isinstance(test, StandingLeaf):
        return _explain_standing(test)
    if not isinstance(test, Test):
        return _explain_past(test, compile_past(test, lower, lambda tree: compile_tree(tree, lower)))
    read = compile_reader(test.source, test.path)
    operands = [compile_operand(operand) for operand in test.operands]
    judge = compile_test(test, lower)

    def give_verdict(subject: Subject) -> Verdict:
        compared = tuple(operand(subject) for operand in operands)
        return Verdict(test=test, read=read(subject), compared=compared, verdict=judge(subject))

    return give_verdict


def _explain_standing(leaf: StandingLeaf) -> Callable[[Subject], Verdict]:
    read, wanted = compile_standing(leaf)

    def give_verdict(subject: Subject) -> Verdict:
        found = read(subject)
        return Verdict(test=leaf, read=found, compared=(wanted,), verdict=found == wanted)

    return give_verdict


def _explain_past(leaf: PastLeaf, past: PastJudge) -> Callable[[Subject], Verdict]:
    def give_verdict(subject: Subject) -> Verdict:
        read, compared = past.read(subject), tuple(operand(subject) for operand in past.operands)
        said = () if isinstance(leaf, FirstOrLast) else compared
        return Verdict(test=leaf, read=show_reading(read), compared=said, verdict=past.holds(read, compared))

    return give_verdict


def compile_leaf(leaf: Leaf, lower: Lower) -> Judge:
    """Return the judge of one leaf, already checked."""
    if isinstance(leaf, Test):
        return compile_test(leaf, lower)
    if isinstance(leaf, StandingLeaf):
        read, wanted = compile_standing(leaf)
        return lambda subject: read(subject) == wanted
    past = compile_past(leaf, lower, lambda tree: compile_tree(tree, lower))
    return past.shortcut or past.judge


def compile_test(test: Test, lower: Lower) -> Judge:
    """Return the judge of one test, already checked. A "not" form is true whenever its positive is false."""
    positive = OPERATORS[test.type][test.operator].negates
    if positive is not None:
        return _compile_not(compile_test(msgspec.structs.replace(test, operator=positive), lower))
    read = compile_reader(test.source, test.path)
    operands = [compile_operand(operand) for operand in test.operands]
    if test.type in ("date", "datetime"):
        return compile_date_test(test, read, operands)
    return _COMPILERS[test.type](test, read, operands, None if test.case_sensitive else lower)


def _compile_any_type(test: Test, read: Reader, _operands: list[Reader], _lower: Lower | None) -> Judge:
    is_absent = compile_absence(test.source, test.path)
    if test.operator == "is_null":
        return is_absent

    def is_empty(subject: Subject) -> bool:
        value = read(subject)
        if value is None:
            return not is_absent(subject)
        return type(value) in (str, list, dict) and not value

    return is_empty


def _compile_boolean(test: Test, read: Reader, _operands: list[Reader], _lower: Lower | None) -> Judge:
    wanted = test.operator == "is_true"
    return lambda subject: read(subject) is wanted


_TEXT: Final[dict[str, Callable[[str, Any], bool]]] = {
    "equals": compare.eq,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "contains": compare.contains,
    "one_of": lambda text, texts: text in texts,
}


def _compile_text(test: Test, read: Reader, operands: list[Reader], lower: Lower | None) -> Judge:
    def fold(value: Any) -> str | None:
        return None if type(value) is not str else lower(value) if lower else value

    if test.operator == "like":
        like = compile_like(cast("str", fold(cast("Value", test.operands[0]).value)))
        return _compile_unary(read, fold, like)
    if test.operator == "one_of":
        return _compile_binary(
            test, read, operands, fold, lambda value: text_keys(value, lower), _TEXT["one_of"]
        )
    if lower is None:
        fold = read_text
    return _compile_binary(test, read, operands, fold, fold, _TEXT[test.operator])


_NUMBER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "equals": compare.eq,
    "less_than": compare.lt,
    "at_most": compare.le,
    "more_than": compare.gt,
    "at_least": compare.ge,
    "length_equals": compare.eq,
    "length_at_least": compare.ge,
    "length_at_most": compare.le,
}


def _compile_number(test: Test, read: Reader, operands: list[Reader], _lower: Lower | None) -> Judge:
    mark = test.format

    def read_any_number(value: Any) -> Any:
        number = read_number(value)
        if number is None:
            return read_written_number(value, mark or ".")
        # A decimal and a float would compare by the float's binary value.
        return Decimal(repr(number)) if type(number) is float else number

    reading = read_number if mark is None else read_any_number
    if test.operator != "between":
        return _compile_binary(test, read, operands, reading, reading, _NUMBER[test.operator])
    low = _compile_binary(test, read, operands[:1], reading, reading, compare.ge)
    high = _compile_binary(test, read, operands[1:], reading, reading, compare.le, position=1)
    return lambda subject: low(subject) and high(subject)


def _compile_list(test: Test, read: Reader, operands: list[Reader], lower: Lower | None) -> Judge:
    if test.operator.startswith("length"):
        return _compile_binary(test, read, operands, _length, read_number, _NUMBER[test.operator])

    def keys(value: Any) -> frozenset[Any] | None:
        return item_keys(value, lower) if type(value) is list else None

    def operand_keys(value: Any) -> frozenset[Any] | None:
        return item_keys(value, lower)

    if test.operator == "contains_all":
        return _compile_binary(test, read, operands, keys, operand_keys, _hold_items)
    return _compile_binary(test, read, operands, keys, operand_keys, _share_items)


def _length(value: Any) -> int | None:
    return len(cast("list[Any]", value)) if type(value) is list else None


def _hold_items(items: frozenset[Any], wanted: frozenset[Any]) -> bool:
    return items >= wanted


def _share_items(items: frozenset[Any], wanted: frozenset[Any]) -> bool:
    return not items.isdisjoint(wanted)


_COMPILERS: Final[dict[str, Callable[[Test, Reader, list[Reader], Lower | None], Judge]]] = {
    "any": _compile_any_type,
    "boolean": _compile_boolean,
    "text": _compile_text,
    "number": _compile_number,
    "list": _compile_list,
}


def _compile_unary(read: Reader, fold: Callable[[Any], Any], holds: Callable[[Any], bool]) -> Judge:
    def judge(subject: Subject) -> bool:
        value = fold(read(subject))
        return value is not None and holds(value)

    return judge


def _compile_binary(
    test: Test,
    read: Reader,
    operands: list[Reader],
    fold: Callable[[Any], Any],
    fold_operand: Callable[[Any], Any],
    relation: Callable[[Any, Any], bool],
    *,
    position: int = 0,
) -> Judge:
    """Return the judge of a relation between two values; false when either is missing or ill-typed."""
    operand = test.operands[position]
    if isinstance(operand, Value):
        wanted = fold_operand(operand.value)

        def judge_constant(subject: Subject) -> bool:
            value = fold(read(subject))
            return value is not None and relation(value, wanted)

        return judge_constant if wanted is not None else lambda _subject: False
    read_operand = operands[0]

    def judge_dynamic(subject: Subject) -> bool:
        value = fold(read(subject))
        if value is None:
            return False
        other = fold_operand(read_operand(subject))
        return other is not None and relation(value, other)

    return judge_dynamic
