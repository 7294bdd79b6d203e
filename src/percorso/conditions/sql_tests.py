"""The SQL evaluator of tests: one boolean expression over the columns of one row.

Text with parameters: constants, names of attributes, formats and moments are never in the text. Moments that depend
on now are counted here, by the functions that the Python evaluator uses, so that PostgreSQL has no calendar to
disagree with.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal, cast

import msgspec

from percorso.conditions.dates import (
    ISO_DATE,
    ISO_DATETIME,
    DateFormat,
    find_span,
    is_common_year,
    list_formats,
    local_date,
)
from percorso.conditions.model import Attribute, Captured, Operand, Source, Test, Unit, Value
from percorso.conditions.operators import OPERATORS, OperandKind, is_relative
from percorso.conditions.paths import Name, is_list_path, parse_path
from percorso.conditions.sql_binding import Binding

Column = Literal["contacts.attributes", "facts.properties"]
"""Where a source lies in the query that the expression becomes a part of."""

_TEXT: Final = {
    "equals": "{left} = {right}",
    "starts_with": "starts_with({left}, {right})",
    "ends_with": "right({left}, length({right})) = {right}",
    "contains": "strpos({left}, {right}) > 0",
    "like": "{left} LIKE {right}",
}
_NUMBER: Final = {
    "equals": "=",
    "less_than": "<",
    "at_most": "<=",
    "more_than": ">",
    "at_least": ">=",
    "length_equals": "=",
    "length_at_least": ">=",
    "length_at_most": "<=",
}
_ORDERS: Final = {"on": "=", "before": "<", "after": ">"}
_WRITTEN: Final = {".": "^[+-]?[0-9]+([.][0-9]+)?$", ",": "^[+-]?[0-9]+([,][0-9]+)?$"}
_JSON_NULL: Final = msgspec.Raw(b"null")
_IS_SCALAR: Final = "jsonb_typeof({0}.value) IN ('string', 'number', 'boolean')"


class TestCompiler:
    """Writes tests as expressions over the columns of one row; `binding` gathers their parameters."""

    __test__ = False

    def __init__(
        self,
        binding: Binding,
        *,
        now: datetime,
        time_zone: str,
        captured: dict[str, Any],
        attributes: Column | None,
        event: Column | None,
    ) -> None:
        self.binding = binding
        self.now = now
        self.time_zone = time_zone
        self.captured = captured
        self.columns: dict[Source, Column | None] = {"attribute": attributes, "event": event}

    def bind(self, value: Any, type_name: str) -> str:
        """Return the parameter that carries a value."""
        return self.binding.bind(value, type_name)

    def alias(self) -> str:
        """Return a name for a set of items that no other has."""
        return self.binding.alias("item")

    def test(self, test: Test, *, rare: bool = False) -> str:
        """Return the expression of one test; a "not" form is the negation of its positive.

        The planner takes half of all rows to meet it, or, where it is met `rare`ly, very few; see `rarity`.
        """
        positive = OPERATORS[test.type][test.operator].negates
        if positive is not None:
            return f"(NOT {self.test(msgspec.structs.replace(test, operator=positive))})"
        expression = {
            "any": self.any_type,
            "text": self.text,
            "number": self.number,
            "boolean": self.boolean,
            "date": self.date,
            "datetime": self.date,
            "list": self.items,
        }[test.type](test)
        return f"({expression} IS TRUE)" if rare else f"coalesce({expression}, false)"

    def json(self, source: Source, path: str) -> str:
        """Return the jsonb at a path of a source; a captured value travels as a parameter."""
        if source == "captured":
            value = self.captured.get(path)
            # None would become SQL's NULL, which here means absent.
            return self.bind(_JSON_NULL if value is None and path in self.captured else value, "jsonb")
        column = self.columns[source]
        if column is None:
            return "NULL::jsonb"
        return self.below(column, parse_path(path))

    def written(self, source: Source, path: str) -> str:
        """Return the text at a path, or the JSON of what is none as text."""
        column = None if source == "captured" else self.columns[source]
        if column is None or is_list_path(path):
            return f"({self.json(source, path)} #>> '{{}}')"
        *parents, last = parse_path(path)
        return f"({self.below(column, tuple(parents))} ->> {self.bind(last.key, 'text')})"

    def below(self, value: str, names: tuple[Name, ...]) -> str:
        """Return the jsonb below another; `[]` gathers what lies below each item of a list."""
        for position, name in enumerate(names):
            value = f"({value} -> {self.bind(name.key, 'text')})"
            if name.each:
                return self.each(value, names[position + 1 :])
        return value

    def each(self, value: str, rest: tuple[Name, ...]) -> str:
        """Return the list of what lies below each item, null where there is no list."""
        outer = self.alias()
        found = self.below(f"{outer}.value", rest)
        source = f"{elements(value)} AS {outer}(value)"
        if any(name.each for name in rest):
            inner = self.alias()
            source += f" CROSS JOIN LATERAL jsonb_array_elements({found}) AS {inner}(value)"
            found = f"{inner}.value"
        gathered = f"SELECT jsonb_agg({found}) FROM {source} WHERE {found} <> 'null'::jsonb"  # noqa: S608
        return f"(CASE WHEN jsonb_typeof({value}) = 'array' THEN coalesce(({gathered}), '[]'::jsonb) END)"

    def operand_json(self, operand: Operand) -> str:
        """Return the jsonb of an operand."""
        if isinstance(operand, Value):
            return self.bind(operand.value, "jsonb")
        if isinstance(operand, Captured):
            return self.json("captured", operand.name)
        return self.json("attribute" if isinstance(operand, Attribute) else "event", operand.path)

    def any_type(self, test: Test) -> str:
        """Null is absent: never set. Empty is JSON null, "", [] or {}: set and cleared."""
        value = self.json(test.source, test.path)
        if test.operator == "is_null":
            return f"({value} IS NULL)"
        return f"{value} IN ('null'::jsonb, '\"\"'::jsonb, '[]'::jsonb, '{{}}'::jsonb)"

    def boolean(self, test: Test) -> str:
        """JSON true or false, nothing else."""
        wanted = "true" if test.operator == "is_true" else "false"
        return f"{self.json(test.source, test.path)} = '{wanted}'::jsonb"

    def text(self, test: Test) -> str:
        """Texts by their lower case, unless the test minds case."""

        def fold(text: str) -> str:
            return text if test.case_sensitive else f"lower({text})"

        # The type is asked last, of what compares: most values are read once.
        left = fold(self.written(test.source, test.path))
        compared = self.compare_text(test, left, fold)
        return f"({compared} AND jsonb_typeof({self.json(test.source, test.path)}) = 'string')"

    def compare_text(self, test: Test, left: str, fold: Callable[[str], str]) -> str:
        """Return the comparison of a text with the operand of a test."""
        operand = test.operands[0]
        if test.operator == "one_of":
            if isinstance(operand, Value):
                value = cast("str | list[str]", operand.value)
                texts = self.bind(value if isinstance(value, list) else [value], "text[]")
                return f"{left} IN (SELECT {fold('wanted')} FROM unnest({texts}) AS wanted)"  # noqa: S608
            item = self.alias()
            items = f"{elements(_listed(self.operand_json(operand)))} AS {item}(value)"
            texts = fold(text_of(f"{item}.value"))
            return f"{left} IN (SELECT {texts} FROM {items} WHERE {is_text(item)})"  # noqa: S608
        if isinstance(operand, Value):
            right = fold(self.bind(operand.value, "text"))
        else:
            right = fold(text_of(self.operand_json(operand)))
        return _TEXT[test.operator].format(left=left, right=right)

    def number_of(self, value: str, mark: str | None) -> str:
        """Return the numeric of a jsonb, null for what is no number; with a mark, of a written one too."""
        written = ""
        if mark is not None:
            text = f"({value} #>> '{{}}')"
            written = (
                f" WHEN jsonb_typeof({value}) = 'string' AND length({text}) <= 30"
                f" AND {text} ~ '{_WRITTEN[mark]}' THEN replace({text}, ',', '.')::numeric"
            )
        return f"(CASE WHEN jsonb_typeof({value}) = 'number' THEN ({value})::numeric{written} END)"

    def number_operand(self, operand: Operand, mark: str | None) -> str:
        """Return the numeric of an operand."""
        if isinstance(operand, Value):
            return self.bind(Decimal(repr(operand.value)), "numeric")
        return self.number_of(self.operand_json(operand), mark)

    def number(self, test: Test) -> str:
        """Numbers, compared as decimals."""
        left = self.number_of(self.json(test.source, test.path), test.format)
        right = self.number_operand(test.operands[0], test.format)
        if test.operator == "between":
            return f"{left} BETWEEN {right} AND {self.number_operand(test.operands[1], test.format)}"
        return f"{left} {_NUMBER[test.operator]} {right}"

    def items(self, test: Test) -> str:
        """Lists by their texts, numbers and booleans."""
        value = self.json(test.source, test.path)
        if test.operator.startswith("length"):
            length = f"(CASE WHEN jsonb_typeof({value}) = 'array' THEN jsonb_array_length({value}) END)"
            return f"{length} {_NUMBER[test.operator]} {self.number_operand(test.operands[0], None)}"
        wanted = _listed(self.operand_json(test.operands[0]))
        own, other = self.alias(), self.alias()
        own_items = f"{elements(value)} AS {own}(value) WHERE {is_scalar(own)}"
        own_keys = f"SELECT {scalar_key(own, case_sensitive=test.case_sensitive)} FROM {own_items}"  # noqa: S608
        source = f"{elements(wanted)} AS {other}(value) WHERE {is_scalar(other)}"
        if test.operator == "contains_any":
            return f"EXISTS (SELECT FROM {source} AND {scalar_key(other, case_sensitive=test.case_sensitive)} IN ({own_keys}))"
        missing = f"EXISTS (SELECT FROM {source} AND {scalar_key(other, case_sensitive=test.case_sensitive)} NOT IN ({own_keys}))"
        return f"(jsonb_typeof({value}) = 'array' AND {wanted} IS NOT NULL AND NOT {missing})"

    def read_time(self, value: str, kind: OperandKind, formats: tuple[DateFormat, ...]) -> str:
        """Return the date or moment in a jsonb text, by the first format that fits, else null."""
        text = text_of(value)
        read: list[str] = []
        for format in formats:
            shape = f"{self.bind(format.pattern, 'text')}, {self.bind(list(format.places), 'integer[]')}"
            if kind == "date":
                read.append(f"read_date({text}, {shape})")
            else:
                read.append(f"read_instant({text}, {shape}, {self.bind(self.time_zone, 'text')})")
        return read[0] if len(read) == 1 else f"coalesce({', '.join(read)})"

    def time_operand(self, test: Test, position: int) -> str:
        """Return the date or moment of an operand; constants are ISO, data may be in the declared format."""
        kind = OPERATORS[test.type][test.operator].operands[position]
        operand = test.operands[position]
        iso = (ISO_DATE if kind == "date" else ISO_DATETIME,)
        formats = iso if isinstance(operand, Value) else list_formats(test.format, date_only=kind == "date")
        return self.read_time(self.operand_json(operand), kind, formats)

    def day_of(self, moment: str) -> str:
        """Return the calendar day of a moment in the zone."""
        return f"({moment} AT TIME ZONE {self.bind(self.time_zone, 'text')})::date"

    def date(self, test: Test) -> str:
        """Dates and date-times, the latter by their local day where the test is about days."""
        kind: OperandKind = "date" if test.type == "date" else "datetime"
        formats = list_formats(test.format, date_only=kind == "date")[:1]
        left = self.read_time(self.json(test.source, test.path), kind, formats)
        if is_relative(test):
            return self.relative(test, left)
        if test.operator in ("before", "after"):
            return f"{left} {_ORDERS[test.operator]} {self.time_operand(test, 0)}"
        if test.operator == "between":
            return f"{left} BETWEEN {self.time_operand(test, 0)} AND {self.time_operand(test, 1)}"
        day = left if kind == "date" else self.day_of(left)
        if test.operator == "on":
            return f"{day} = {self.time_operand(test, 0)}"
        if test.operator == "is_anniversary":
            return f"to_char({day}, 'MM-DD') = ANY ({self.bind(self.anniversaries(), 'text[]')})"
        part = test.operator.removesuffix("_equals")
        return f"extract({part} FROM {day}) = {self.number_operand(test.operands[0], None)}"

    def anniversaries(self) -> list[str]:
        """Return the days of the year that are honoured today."""
        today = local_date(self.now, self.time_zone)
        days = [today.strftime("%m-%d")]
        if days == ["02-28"] and is_common_year(today.year):
            days.append("02-29")
        return days

    def relative(self, test: Test, left: str) -> str:
        """Amounts of time before or after now, as bounds that are counted here."""
        span = find_span(
            test.operator,
            kind=cast("Literal['date', 'datetime']", test.type),
            amount=cast("int", cast("Value", test.operands[0]).value),
            unit=cast("Unit", test.unit),
            now=self.now,
            time_zone=self.time_zone,
        )
        by_day = test.type == "date" or span.on_day
        left = self.day_of(left) if span.on_day else left
        type_name = "date" if by_day else "timestamptz"
        bounds: list[str] = []
        if span.low is not None:
            bounds.append(f"{left} {'>=' if span.with_low else '>'} {self.bind(span.low, type_name)}")
        if span.high is not None:
            bounds.append(f"{left} {'<=' if span.with_high else '<'} {self.bind(span.high, type_name)}")
        return f"({' AND '.join(bounds)})"


def text_of(value: str) -> str:
    """Return the text of a jsonb, null for what is none."""
    return f"(CASE WHEN jsonb_typeof({value}) = 'string' THEN {value} #>> '{{}}' END)"


def is_text(item: str) -> str:
    """Return whether an item of a list is a text."""
    return f"jsonb_typeof({item}.value) = 'string'"


def is_scalar(item: str) -> str:
    """Return whether an item of a list is a text, a number or a boolean."""
    return _IS_SCALAR.format(item)


def elements(value: str) -> str:
    """Return a set of the items of a list, empty for what is none."""
    return f"jsonb_array_elements(CASE WHEN jsonb_typeof({value}) = 'array' THEN {value} END)"


def _listed(value: str) -> str:
    """A list as it is, a scalar as a list of one, null for null and objects."""
    return (
        f"(CASE WHEN jsonb_typeof({value}) = 'array' THEN {value}"
        f" WHEN jsonb_typeof({value}) IN ('string', 'number', 'boolean') THEN jsonb_build_array({value}) END)"
    )


def scalar_key(item: str, *, case_sensitive: bool = False) -> str:
    """Return what equal items have in common; jsonb numbers are equal by value."""
    if case_sensitive:
        return f"{item}.value"
    return f"(CASE WHEN {is_text(item)} THEN to_jsonb(lower({item}.value #>> '{{}}')) ELSE {item}.value END)"
