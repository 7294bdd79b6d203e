"""The closed set of operators, per type of value: the table of `spec 2.6`, "Over attributes"."""

from typing import Final, Literal

import msgspec

from percorso.conditions.model import Test, ValueType

OperandKind = Literal["text", "texts", "pattern", "number", "date", "datetime", "scalars", "amount"]
"""What an operator compares with.

texts: a list of texts, or one. pattern: a constant LIKE pattern. scalars: a list of texts, numbers and
booleans, or one. amount: a constant whole number of `unit`s.
"""


class Operator(msgspec.Struct, frozen=True):
    """One test. `negates` names the operator of which this is the "not" form, true whenever that is false."""

    operands: tuple[OperandKind, ...] = ()
    negates: str | None = None
    needs_year: bool = False
    """Cannot be told from a date whose format has no year."""


def _times(kind: Literal["date", "datetime"]) -> dict[str, Operator]:
    return {
        "on": Operator(("date",), needs_year=True),
        "before": Operator((kind,), needs_year=True),
        "after": Operator((kind,), needs_year=True),
        "between": Operator((kind, kind), needs_year=True),
        "exactly_before_now": Operator(("amount",), needs_year=True),
        "less_than_before_now": Operator(("amount",), needs_year=True),
        "more_than_before_now": Operator(("amount",), needs_year=True),
        "exactly_after_now": Operator(("amount",), needs_year=True),
        "less_than_after_now": Operator(("amount",), needs_year=True),
        "more_than_after_now": Operator(("amount",), needs_year=True),
        "is_anniversary": Operator(),
        "year_equals": Operator(("number",), needs_year=True),
        "month_equals": Operator(("number",)),
        "day_equals": Operator(("number",)),
    }


OPERATORS: Final[dict[ValueType, dict[str, Operator]]] = {
    "any": {
        "is_null": Operator(),
        "is_not_null": Operator(negates="is_null"),
        "is_empty": Operator(),
        "is_not_empty": Operator(negates="is_empty"),
    },
    "text": {
        "equals": Operator(("text",)),
        "not_equals": Operator(("text",), negates="equals"),
        "starts_with": Operator(("text",)),
        "ends_with": Operator(("text",)),
        "contains": Operator(("text",)),
        "not_contains": Operator(("text",), negates="contains"),
        "like": Operator(("pattern",)),
        "not_like": Operator(("pattern",), negates="like"),
        "one_of": Operator(("texts",)),
        "not_one_of": Operator(("texts",), negates="one_of"),
    },
    "number": {
        "equals": Operator(("number",)),
        "not_equals": Operator(("number",), negates="equals"),
        "less_than": Operator(("number",)),
        "at_most": Operator(("number",)),
        "more_than": Operator(("number",)),
        "at_least": Operator(("number",)),
        "between": Operator(("number", "number")),
    },
    "boolean": {"is_true": Operator(), "is_false": Operator()},
    "date": _times("date"),
    "datetime": _times("datetime"),
    "list": {
        "contains_any": Operator(("scalars",)),
        "contains_all": Operator(("scalars",)),
        "contains_none": Operator(("scalars",), negates="contains_any"),
        "length_equals": Operator(("number",)),
        "length_at_least": Operator(("number",)),
        "length_at_most": Operator(("number",)),
    },
}
"""Every operator by type and name."""


def find_operator(test: Test) -> Operator | None:
    """Return the operator that a test names, or None if its type has none of that name."""
    return OPERATORS[test.type].get(test.operator)


def is_relative(test: Test) -> bool:
    """Whether the test compares with now by an amount of time, and therefore needs a unit."""
    operator = find_operator(test)
    return operator is not None and "amount" in operator.operands
