"""The condition tree: a small closed set of values, stored as JSON, evaluated in Python and in SQL.

A tree is `All`, `AnyOf`, `Not` or a `Test`. A test reads one value (the left side) and compares it with
at most two operands (the right side). The law for missing and ill-typed values (`spec 2.6`): the
comparison is false, and its "not" form is true.
"""

from typing import Any, Literal

import msgspec

Source = Literal["attribute", "event", "captured"]
"""Where the left side is read: the contact's profile, the event at hand, what the run captured."""

ValueType = Literal["any", "text", "number", "boolean", "date", "datetime", "list"]
"""As what the left side is judged; an operand or value of another type makes the test false."""

Unit = Literal["minutes", "hours", "days", "weeks", "months", "years"]
"""Units of an amount of time."""


class Part(
    msgspec.Struct,
    frozen=True,
    tag_field="kind",
    rename="camel",
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """What all parts of a tree share: told apart by `kind`, camelCase in JSON, unknown fields refused."""


class Value(Part, frozen=True, tag="value"):
    """A constant: text, number, boolean, an ISO date or date-time as text, or a list of scalars."""

    value: Any


class Captured(Part, frozen=True, tag="captured"):
    """What this run captured under this name: a scalar or a list of scalars."""

    name: str


class Attribute(Part, frozen=True, tag="attribute"):
    """Another attribute of the same contact, by path."""

    path: str


class EventProperty(Part, frozen=True, tag="event"):
    """A property of the event at hand, by path."""

    path: str


Operand = Value | Captured | Attribute | EventProperty


class Test(Part, frozen=True, tag="test"):
    """One comparison. `operator` is one of `conditions.operators` for the type.

    `path` is dotted (`address.city`, `amount.revenue`); `products[].sku` reads a list, one value an item.
    `operands` are as many as the operator takes; `format` is the declared text format of a date field
    (for example `dd/MM/yyyy`); `unit` belongs to the relative-time operators.
    """

    __test__ = False

    source: Source
    path: str
    type: ValueType
    operator: str
    operands: tuple[Operand, ...] = ()
    case_sensitive: bool = False
    unit: Unit | None = None
    format: str | None = None


class All(Part, frozen=True, tag="and"):
    """True when every one is true; true when there is none."""

    conditions: tuple["Condition", ...] = ()


class AnyOf(Part, frozen=True, tag="or"):
    """True when at least one is true; false when there is none."""

    conditions: tuple["Condition", ...] = ()


class Not(Part, frozen=True, tag="not"):
    """True when the condition is false."""

    condition: "Condition"


Condition = All | AnyOf | Not | Test


class Subject(msgspec.Struct, frozen=True):
    """What a condition is judged against: one contact, perhaps one event, perhaps a run.

    `now` is the product time of the judgement (`received_at` or `due_at`, never the wall clock).
    `time_zone` is the IANA zone in which calendar days are counted.
    """

    attributes: dict[str, Any]
    event: dict[str, Any] | None
    captured: dict[str, Any]
    now: Any
    time_zone: str = "UTC"


class Verdict(msgspec.Struct, frozen=True):
    """One test, the value read, what it was compared with, and the outcome: the line of a "why"."""

    test: Test
    read: Any
    compared: tuple[Any, ...]
    verdict: bool
