"""The Python evaluator's tests over dates and date-times."""

import operator as compare
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final, Literal, cast

from percorso.conditions.dates import (
    ISO_DATE,
    ISO_DATETIME,
    DateFormat,
    Span,
    find_span,
    is_anniversary,
    list_formats,
    local_date,
    read_date,
    read_instant,
)
from percorso.conditions.model import Subject, Test, Unit, Value
from percorso.conditions.operators import OPERATORS, is_relative
from percorso.conditions.paths import Reader
from percorso.conditions.scalars import read_number

Judge = Callable[[Subject], bool]
ReadTime = Callable[[Any, Subject], Any]

_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "on": compare.eq,
    "before": compare.lt,
    "after": compare.gt,
}


def _compile_read(kind: str, formats: tuple[DateFormat, ...]) -> ReadTime:
    def read_day(value: Any, _subject: Subject) -> date | None:
        for format in formats:
            day = read_date(value, format)
            if day is not None:
                return day
        return None

    def read_moment(value: Any, subject: Subject) -> datetime | None:
        for format in formats:
            moment = read_instant(value, format, subject.time_zone)
            if moment is not None:
                return moment
        return None

    return read_day if kind == "date" else read_moment


def _compile_operand(test: Test, position: int, reader: Reader) -> Callable[[Subject], Any]:
    kind = OPERATORS[test.type][test.operator].operands[position]
    if kind == "number":
        return lambda subject: read_number(reader(subject))
    operand = test.operands[position]
    # What an author writes into a condition is ISO; what is read from data may be in the declared format.
    iso = (ISO_DATE if kind == "date" else ISO_DATETIME,)
    read = _compile_read(
        kind, iso if isinstance(operand, Value) else list_formats(test.format, date_only=kind == "date")
    )
    if isinstance(operand, Value) and kind == "date":
        day = read_date(operand.value, ISO_DATE)
        return lambda _subject: day
    return lambda subject: read(reader(subject), subject)


def compile_left(test: Test) -> Callable[[Any, str], date | datetime | None]:
    """Return what reads the left value of a test over dates, in a zone: a day, a moment, or None."""
    format = list_formats(test.format, date_only=test.type == "date")[0]
    if test.type == "date":
        return lambda value, _zone: read_date(value, format)
    return lambda value, zone: read_instant(value, format, zone)


def compile_date_test(test: Test, read: Reader, operands: list[Reader]) -> Judge:
    """Return the judge of one test over a date or date-time."""
    left = _compile_read(test.type, list_formats(test.format, date_only=test.type == "date")[:1])
    if is_relative(test):
        return _compile_relative(test, read, left)
    by_day = test.type == "datetime" and test.operator not in ("before", "after", "between")

    def read_left(subject: Subject) -> Any:
        value = left(read(subject), subject)
        return local_date(value, subject.time_zone) if by_day and value is not None else value

    if test.operator == "is_anniversary":

        def judge_anniversary(subject: Subject) -> bool:
            day = read_left(subject)
            return day is not None and is_anniversary(day, local_date(subject.now, subject.time_zone))

        return judge_anniversary
    rights = [_compile_operand(test, position, reader) for position, reader in enumerate(operands)]
    if test.operator == "between":
        return _compile_between(read_left, rights[0], rights[1])
    if test.operator.endswith("_equals"):
        part = test.operator.removesuffix("_equals")
        return _compile_compare(
            lambda subject: getattr(read_left(subject), part, None), rights[0], compare.eq
        )
    return _compile_compare(read_left, rights[0], _ORDERS[test.operator])


def _compile_compare(left: Reader, right: Reader, relation: Callable[[Any, Any], bool]) -> Judge:
    def judge(subject: Subject) -> bool:
        value = left(subject)
        if value is None:
            return False
        other = right(subject)
        return other is not None and relation(value, other)

    return judge


def _compile_between(left: Reader, low: Reader, high: Reader) -> Judge:
    def judge(subject: Subject) -> bool:
        value, least, most = left(subject), low(subject), high(subject)
        return value is not None and least is not None and most is not None and least <= value <= most

    return judge


def _compile_relative(test: Test, read: Reader, left: ReadTime) -> Judge:
    amount = cast("int", cast("Value", test.operands[0]).value)
    kind = cast("Literal['date', 'datetime']", test.type)
    unit = cast("Unit", test.unit)

    def judge(subject: Subject) -> bool:
        value = left(read(subject), subject)
        if value is None:
            return False
        zone = subject.time_zone
        span = find_span(test.operator, kind=kind, amount=amount, unit=unit, now=subject.now, time_zone=zone)
        return is_within(local_date(value, zone) if span.on_day else value, span)

    return judge


def is_within(value: Any, span: Span) -> bool:
    """Whether a date or moment lies in a span."""
    if span.low is not None and not (value > span.low or (span.with_low and value == span.low)):
        return False
    return span.high is None or value < span.high or (span.with_high and value == span.high)
