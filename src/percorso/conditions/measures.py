"""What is counted, summed and told apart in the properties of facts: exact, as PostgreSQL's numeric is. Pure."""

from decimal import Context, Decimal
from typing import Any, Final, cast

import msgspec

from percorso.conditions.paths import is_list_path, parse_path, read_path
from percorso.conditions.scalars import Lower, item_key, read_number

_EXACT: Final = Context(prec=5000)
"""Wide enough that no sum of JSON numbers is ever rounded."""


def scalars_at(properties: dict[str, Any], path: str) -> list[Any]:
    """Return the value at a path as a list of one, or the items of the list there; nothing where there is none."""
    value = read_path(properties, parse_path(path))
    if value is None:
        return []
    if is_list_path(path):
        return cast("list[Any]", value)
    return [value]


def numbers_at(properties: dict[str, Any], path: str) -> list[Decimal]:
    """Return the numbers at a path, exact."""
    found: list[Decimal] = []
    for value in scalars_at(properties, path):
        number = read_number(value)
        if number is not None:
            found.append(Decimal(repr(number)) if isinstance(number, float) else Decimal(number))
    return found


def add_exactly(first: Decimal, second: Decimal) -> Decimal:
    """Return the sum, unrounded."""
    return _EXACT.add(first, second)


def multiply_exactly(first: Decimal, second: Decimal) -> Decimal:
    """Return the product, unrounded."""
    return _EXACT.multiply(first, second)


def key_of(value: Any, lower: Lower) -> str | None:
    """Return what equal scalars have in common as text, None for what is no scalar."""
    key = item_key(value, lower)
    if key is None or isinstance(key, tuple):
        return None if key is None else f"boolean:{value}"
    if isinstance(key, str):
        return f"text:{key}"
    # A zero has no sign: -0.0 and 0 are equal.
    return f"number:{Decimal(key).normalize(_EXACT) or 0}"


class Average(msgspec.Struct, frozen=True):
    """The average of numbers, kept undivided so that comparing it is exact."""

    total: Decimal
    numbers: int


def compare(operator: str, value: Any, operands: tuple[Decimal | None, ...]) -> bool:
    """Whether a measure compares so with numbers; a missing one compares with nothing."""
    if operator == "not_equals":
        return not compare("equals", value, operands)
    if value is None or any(operand is None for operand in operands):
        return False
    left = value.total if isinstance(value, Average) else value
    numbers = value.numbers if isinstance(value, Average) else 1
    rights = [multiply_exactly(operand, Decimal(numbers)) for operand in operands if operand is not None]
    match operator:
        case "equals":
            return left == rights[0]
        case "less_than":
            return left < rights[0]
        case "at_most":
            return left <= rights[0]
        case "more_than":
            return left > rights[0]
        case "between":
            return rights[0] <= left <= rights[1]
        case _:
            return left >= rights[0]
