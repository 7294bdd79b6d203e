"""Short ways to say a subject and a test."""

from datetime import UTC, datetime
from typing import Any

from percorso.conditions.model import Operand, Source, Subject, Test, Value, ValueType

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


def subject(
    attributes: dict[str, Any] | None = None,
    *,
    event: dict[str, Any] | None = None,
    captured: dict[str, Any] | None = None,
    now: datetime = NOW,
    time_zone: str = "Europe/Rome",
) -> Subject:
    return Subject(
        attributes=attributes or {}, event=event, captured=captured or {}, now=now, time_zone=time_zone
    )


def make_test(
    type: ValueType,
    operator: str,
    *operands: Any,
    path: str = "x",
    source: Source = "attribute",
    **options: Any,
) -> Test:
    """Return a test; operands that are plain values become constants."""
    made = tuple(operand if isinstance(operand, Operand) else Value(operand) for operand in operands)
    return Test(source, path, type, operator, made, **options)
