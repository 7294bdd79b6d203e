"""What is wrong with a tree, all of it at once: faults that stop it, and conditions without effect."""

from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

import msgspec

from percorso.conditions.codec import MAX_DEPTH
from percorso.conditions.dates import (
    ISO_DATE,
    ISO_DATETIME,
    compile_format,
    read_date,
    read_instant,
)
from percorso.conditions.errors import ConditionError
from percorso.conditions.faults import Fault, Severity
from percorso.conditions.idle import list_idle
from percorso.conditions.like import parse_like
from percorso.conditions.model import (
    Attribute,
    Captured,
    Condition,
    EventProperty,
    Not,
    PastLeaf,
    Source,
    StandingLeaf,
    Test,
    Value,
)
from percorso.conditions.operators import OPERATORS, OperandKind, Operator, find_operator
from percorso.conditions.paths import MAX_LENGTH, MAX_NAMES, is_list_path, parse_path
from percorso.conditions.scalars import item_keys, read_number, read_text, text_keys

MAX_CONDITIONS: Final = 100
"""Tests in one tree, at most."""
MAX_YEARS: Final = 100
"""An amount of time, at most."""

_YEARLY: Final = {
    "minutes": 527_040,
    "hours": 8_784,
    "days": 366,
    "weeks": 53,
    "months": 12,
    "years": 1,
}


def list_faults(
    tree: Condition,
    *,
    captured_names: Collection[str] | None = None,
    known_paths: Collection[tuple[Source, str]] | None = None,
) -> tuple[Fault, ...]:
    """Return everything wrong with a tree, in its order; empty if nothing is.

    `captured_names` are what the run can have captured, `known_paths` the attributes and event properties
    that exist; None: any name will do.
    """
    tests, faults = _walk(tree)
    if len(tests) > MAX_CONDITIONS:
        faults.append(Fault("too_many", "", arguments={"count": len(tests), "limit": MAX_CONDITIONS}))
    for where, test in tests:
        faults.extend(_list_test_faults(where, test))
        faults.extend(_list_unknown(where, test, captured_names, known_paths))
    if not faults:
        faults.extend(list_idle(tree))
    return tuple(faults)


def check_condition(
    tree: Condition,
    *,
    captured_names: Collection[str] | None = None,
    known_paths: Collection[tuple[Source, str]] | None = None,
) -> None:
    """Raise ConditionError with every fault that keeps a tree from being compiled; warnings pass."""
    faults = list_faults(tree, captured_names=captured_names, known_paths=known_paths)
    errors = tuple(fault for fault in faults if fault.severity == "error")
    if errors:
        raise ConditionError(errors)


def _walk(tree: Condition) -> tuple[list[tuple[str, Test]], list[Fault]]:
    """Return every test with where it stands, without recursing: the tree may be of any depth."""
    tests: list[tuple[str, Test]] = []
    faults: list[Fault] = []
    waiting: list[tuple[str, Condition, int]] = [("", tree, 0)]
    while waiting:
        where, node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            return [], [Fault("too_deep", "", arguments={"limit": MAX_DEPTH})]
        if isinstance(node, Test):
            tests.append((where, node))
        elif isinstance(node, PastLeaf | StandingLeaf):
            faults.append(
                Fault("not_supported_yet", where, arguments={"kind": msgspec.to_builtins(node)["kind"]})
            )
        elif isinstance(node, Not):
            waiting.append((_below(where, "condition"), node.condition, depth + 1))
        else:
            waiting.extend(
                (_below(where, f"conditions.{position}"), condition, depth + 1)
                for position, condition in reversed(list(enumerate(node.conditions)))
            )
            if len(tests) + len(waiting) > 100 * MAX_CONDITIONS:
                count = {"count": len(tests) + len(waiting), "limit": MAX_CONDITIONS}
                return [], [Fault("too_many", "", arguments=count)]
    return tests, faults


def _below(where: str, what: str) -> str:
    return f"{where}.{what}" if where else what


def _list_test_faults(where: str, test: Test) -> Iterator[Fault]:
    if test.source != "captured":
        yield from _list_path_faults(where, test.path)
        if test.type not in ("list", "any") and is_list_path(test.path):
            yield Fault("path_is_list", where, arguments={"path": test.path, "type": test.type})
    elif not test.path:
        yield Fault("path_empty", where)
    operator = find_operator(test)
    if operator is None:
        known = ", ".join(OPERATORS[test.type])
        yield Fault(
            "operator_unknown",
            where,
            arguments={"operator": test.operator, "type": test.type, "known": known},
        )
        return
    yield from _list_format_faults(where, test, operator)
    yield from _list_unit_faults(where, test, operator)
    if len(test.operands) != len(operator.operands):
        yield Fault(
            "operand_count",
            where,
            arguments={
                "operator": test.operator,
                "expected": len(operator.operands),
                "found": len(test.operands),
            },
        )
        return
    for position, kind in enumerate(operator.operands):
        yield from _list_operand_faults(_below(where, f"operands.{position}"), test, kind, position)


def _list_path_faults(where: str, path: str) -> Iterator[Fault]:
    if not _is_storable(path):
        yield Fault("text_not_storable", where)
        return
    try:
        parse_path(path)
    except ValueError as error:
        code = f"path_{error}"
        limit = MAX_LENGTH if code == "path_too_long" else MAX_NAMES
        yield Fault(code, where, arguments={"path": path, "limit": limit})


def _list_format_faults(where: str, test: Test, operator: Operator) -> Iterator[Fault]:
    if test.format is None:
        return
    if test.type == "number":
        if test.format not in (".", ","):
            detail = "a number written as text has a point or a comma"
            yield Fault("format_malformed", where, arguments={"format": test.format, "detail": detail})
        return
    if test.type not in ("date", "datetime"):
        yield Fault("format_needless", where, arguments={"type": test.type})
        return
    try:
        format = compile_format(test.format)
    except ValueError as error:
        yield Fault("format_malformed", where, arguments={"format": test.format, "detail": str(error)})
        return
    named = {"format": test.format, "operator": test.operator}
    if (operator.needs_year or test.type == "datetime") and not format.has_year:
        yield Fault("format_without_year", where, arguments=named)
    if test.type == "datetime" and not format.has_time:
        yield Fault("format_without_time", where, arguments=named)


def _list_unit_faults(where: str, test: Test, operator: Operator) -> Iterator[Fault]:
    if "amount" not in operator.operands:
        if test.unit is not None:
            yield Fault("unit_needless", where, arguments={"operator": test.operator})
    elif test.unit is None:
        yield Fault("unit_missing", where, arguments={"operator": test.operator})
    elif test.type == "date" and test.unit in ("minutes", "hours"):
        yield Fault("unit_too_small", where)


def _list_operand_faults(where: str, test: Test, kind: OperandKind, position: int) -> Iterator[Fault]:
    operand = test.operands[position]
    if isinstance(operand, Value):
        yield from _list_constant_faults(where, test, kind, operand.value)
    elif kind in ("amount", "pattern"):
        expected = EXPECTED[kind]
        yield Fault(
            "operand_not_constant", where, arguments={"operator": test.operator, "expected": expected}
        )
    elif isinstance(operand, Attribute | EventProperty):
        yield from _list_path_faults(where, operand.path)
        if is_list_path(operand.path) and kind not in ("texts", "scalars"):
            yield Fault("path_is_list", where, arguments={"path": operand.path, "type": kind})


EXPECTED: Final[dict[OperandKind, str]] = {
    "text": "a text",
    "texts": "a list of texts",
    "pattern": "a pattern",
    "number": "a number",
    "date": "a date (YYYY-MM-DD)",
    "datetime": "a date and time (RFC 3339)",
    "scalars": "a list of texts, numbers or booleans",
    "amount": "a whole number",
}
"""What an operand should have been, in words."""


def _list_constant_faults(where: str, test: Test, kind: OperandKind, value: Any) -> Iterator[Fault]:
    if not _is_storable(value):
        yield Fault("text_not_storable", where)
    elif not _FITS[kind](value):
        found = type(value).__name__ if value is not None else "nothing"
        if isinstance(value, str | int | float):
            found = repr(value)[:60]
        arguments = {"operator": test.operator, "expected": EXPECTED[kind], "found": found}
        yield Fault("operand_type", where, arguments=arguments)
    elif kind == "amount" and test.unit is not None and value > MAX_YEARS * _YEARLY[test.unit]:
        yield Fault("amount_too_large", where, arguments={"limit": MAX_YEARS})


def _is_storable(value: Any) -> bool:
    """Whether PostgreSQL can hold the texts in a value: no NUL, no lone surrogate."""
    if isinstance(value, list):
        return all(_is_storable(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(value, str):
        return True
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def _is_pattern(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parse_like(value)
    except ValueError:
        return False
    return True


def _is_number(value: Any) -> bool:
    # Beyond this a jsonb number cannot be compared with it in PostgreSQL either.
    number = read_number(value)
    return number is not None and abs(number) < 10**300


def _is_list(value: Any, keys: Callable[[Any, None], frozenset[Any] | None]) -> bool:
    found = keys(value, None)
    return found is not None and (not isinstance(value, list) or all(keys(item, None) for item in value))  # pyright: ignore[reportUnknownVariableType]


_FITS: Final[dict[OperandKind, Callable[[Any], bool]]] = {
    "text": lambda value: read_text(value) is not None,
    "texts": lambda value: _is_list(value, text_keys),
    "pattern": _is_pattern,
    "number": _is_number,
    "date": lambda value: read_date(value, ISO_DATE) is not None,
    "datetime": lambda value: read_instant(value, ISO_DATETIME, "UTC") is not None,
    "scalars": lambda value: _is_list(value, item_keys),
    "amount": lambda value: type(value) is int and value >= 0,
}


def _list_unknown(
    where: str,
    test: Test,
    captured_names: Collection[str] | None,
    known_paths: Collection[tuple[Source, str]] | None,
) -> Iterator[Fault]:
    read: list[tuple[Source, str]] = [(test.source, test.path)]
    for operand in test.operands:
        if isinstance(operand, Captured):
            read.append(("captured", operand.name))
        elif isinstance(operand, Attribute):
            read.append(("attribute", operand.path))
        elif isinstance(operand, EventProperty):
            read.append(("event", operand.path))
    for source, path in read:
        if source == "captured":
            if captured_names is not None and path not in captured_names:
                yield Fault("captured_unknown", where, arguments={"name": path})
        elif known_paths is not None and (source, path) not in known_paths:
            severity: Severity = "warning"
            yield Fault("path_unknown", where, severity, {"path": path})
