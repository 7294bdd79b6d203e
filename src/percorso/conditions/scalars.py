"""How values of JSON are judged: numbers decimally, texts by their lower case, lists by their items.

Numbers. JSON numbers arrive as `int` (exact) or `float`; a float stands for the shortest decimal that leads
to it, which is what is stored in jsonb and compared there. Two floats compare as their decimals do, and a
float below 2⁵³ compares with a whole number as its decimal does; beyond that the decimal itself is compared.

Texts. `lower` is PostgreSQL's, character by character; see `percorso.conditions.lowering`.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, cast

Lower = Callable[[str], str]
"""Turns a text into the form in which case does not matter."""

Number = int | float | Decimal
"""A number that compares with any other by decimal value."""

_EXACT: Final = 2.0**53


def read_number(value: Any) -> Number | None:
    """Return the number, or None for what is none (booleans included)."""
    kind = type(cast("object", value))
    if kind is int:
        return value
    if kind is float:
        return value if -_EXACT < value < _EXACT else Decimal(repr(value))
    return None


def read_written_number(value: Any, mark: str) -> Number | None:
    """Return the number written in a text with this decimal mark (`.` or `,`), or None.

    Digits, one mark and a sign; no grouping, no exponent, at most 30 characters.
    """
    if type(value) is not str or not 0 < len(value) <= MAX_WRITTEN or not value.isascii():
        return None
    unsigned = value[1:] if value[0] in "+-" else value
    whole, found, fraction = unsigned.partition(mark)
    if not whole.isdigit() or (found and not fraction.isdigit()):
        return None
    number = Decimal(value.replace(",", "."))
    return int(number) if number == number.to_integral_value() else number


MAX_WRITTEN: Final = 30
"""Characters of a number written as text, at most."""


def read_text(value: Any) -> str | None:
    """Return the text, or None for what is none."""
    return value if type(value) is str else None


def item_key(value: Any, lower: Lower | None) -> Any:
    """Return what equal items of lists have in common, or None for what is no scalar."""
    kind = type(cast("object", value))
    if kind is str:
        return lower(value) if lower else value
    if kind is bool:
        return ("boolean", value)
    if kind is float:
        # Decimal(repr) so that 1e23 and 10**23 are equal; hashes of equal numbers agree in Python.
        return Decimal(repr(value))
    return value if kind is int else None


def item_keys(value: Any, lower: Lower | None) -> frozenset[Any] | None:
    """Return the keys of a list's scalars; of one scalar, its own; None for null and objects."""
    if type(value) is list:
        keys = {item_key(item, lower) for item in cast("list[Any]", value)}
        keys.discard(None)
        return frozenset(keys)
    key = item_key(value, lower)
    return None if key is None else frozenset((key,))


def text_keys(value: Any, lower: Lower | None) -> frozenset[str] | None:
    """Return the texts of a list, or of one text; None for anything else."""
    if type(value) is str:
        value = [value]
    if type(value) is not list:
        return None
    texts = [item for item in cast("list[Any]", value) if type(item) is str]
    return frozenset(map(lower, texts) if lower else texts)
