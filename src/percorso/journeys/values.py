"""Reading of single values: by path, by operand, and captured for later."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from percorso.conditions.model import Attribute, Captured, EventProperty, Operand, Subject
from percorso.conditions.paths import Name, parse_path
from percorso.conditions.paths import read_path as read_names
from percorso.journeys.graph import Capture
from percorso.journeys.walk import Walk

MAXIMUM_CAPTURED_TEXT = 4_096
"""Characters kept of a captured text."""


def read_path(document: Mapping[str, Any] | None, path: str) -> Any:
    """Return the value at the path of a JSON object, as conditions read it; None where there is none."""
    return read_names(document, _parse(path))


@lru_cache(maxsize=4096)
def _parse(path: str) -> tuple[Name, ...]:
    return parse_path(path)


def root_of(path: str) -> str:
    """Return the property that the path begins with: `products` of `products[].sku`."""
    return path.partition(".")[0].removesuffix("[]")


def read_operand(operand: Operand, subject: Subject) -> Any:
    """Return the value that the operand names for this subject, None where there is none."""
    match operand:
        case EventProperty(path):
            return read_path(subject.event, path)
        case Attribute(path):
            return read_path(subject.attributes, path)
        case Captured(name):
            return subject.captured.get(name)
        case _:
            return operand.value


def is_capturable(value: Any) -> bool:
    """Whether the value is a scalar or a list of scalars: what a run may keep."""
    if isinstance(value, list):
        return all(_is_scalar(item) for item in cast("list[Any]", value))
    return _is_scalar(value)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def keep_value(walk: Walk, name: str, value: Any) -> None:
    """Keep the value under `name`; what cannot be kept forgets what was there."""
    captured = dict(walk.captured)
    if value is None or not is_capturable(value):
        captured.pop(name, None)
    else:
        captured[name] = value[:MAXIMUM_CAPTURED_TEXT] if isinstance(value, str) else value
    walk.captured = captured


def read_operands(walk: Walk, operands: Mapping[str, Operand]) -> dict[str, Any]:
    """Return the values that the operands name, without those that are missing."""
    subject = walk.subject(walk.event)
    values = {name: read_operand(operand, subject) for name, operand in operands.items()}
    return {name: value for name, value in values.items() if value is not None}


def capture_values(walk: Walk, captures: Sequence[Capture]) -> None:
    """Keep the captured values in the run, all read before any is kept.

    What is missing, or is neither a scalar nor a list of scalars, forgets what was kept under its name: a
    condition then finds nothing instead of an older value.
    """
    if not captures:
        return
    subject = walk.subject(walk.event)
    read = [(capture.name, read_operand(capture.operand, subject)) for capture in captures]
    for name, value in read:
        keep_value(walk, name, value)
