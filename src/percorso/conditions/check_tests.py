"""What is wrong with one test: its path, operator, operands, unit and format."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from percorso.conditions.dates import (
    ISO_DATE,
    ISO_DATETIME,
    compile_format,
    read_date,
    read_instant,
)
from percorso.conditions.faults import Fault
from percorso.conditions.like import parse_like
from percorso.conditions.model import Attribute, EventProperty, Test, Value
from percorso.conditions.operators import OPERATORS, OperandKind, Operator, find_operator
from percorso.conditions.paths import MAX_LENGTH, MAX_NAMES, is_list_path, parse_path
from percorso.conditions.scalars import item_keys, read_number, read_text, text_keys

MAX_YEARS: Final = 100
"""An amount of time, at most."""

YEARLY: Final = {
    "minutes": 527_040,
    "hours": 8_784,
    "days": 366,
    "weeks": 53,
    "months": 12,
    "years": 1,
}
"""How many of each unit a year has, at most."""


def below(where: str, what: str) -> str:
    """Return the place of a part inside another."""
    return f"{where}.{what}" if where else what


def list_test_faults(where: str, test: Test) -> Iterator[Fault]:
    """Yield what is wrong with one test."""
    if test.source != "captured":
        yield from list_path_faults(where, test.path)
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
        yield from _list_operand_faults(below(where, f"operands.{position}"), test, kind, position)


def list_path_faults(where: str, path: str) -> Iterator[Fault]:
    """Yield what is wrong with a path."""
    if not is_storable(path):
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
        yield from list_path_faults(where, operand.path)
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
    if not is_storable(value):
        yield Fault("text_not_storable", where)
    elif not _FITS[kind](value):
        found = type(value).__name__ if value is not None else "nothing"
        if isinstance(value, str | int | float):
            found = repr(value)[:60]
        arguments = {"operator": test.operator, "expected": EXPECTED[kind], "found": found}
        yield Fault("operand_type", where, arguments=arguments)
    elif kind == "amount" and test.unit is not None and value > MAX_YEARS * YEARLY[test.unit]:
        yield Fault("amount_too_large", where, arguments={"limit": MAX_YEARS})


def is_storable(value: Any) -> bool:
    """Whether PostgreSQL can hold the texts in a value: no NUL, no lone surrogate."""
    if isinstance(value, list):
        return all(is_storable(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
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
