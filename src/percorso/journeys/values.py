"""Reading of single values: by path, by operand, and captured for later."""

from collections.abc import Iterable, Mapping
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


def capture_values(walk: Walk, captures: Iterable[Capture]) -> None:
    """Keep the captured values in the run, all read before any is kept.

    What is missing, or is neither a scalar nor a list of scalars, forgets what was kept under its name: a
    condition then finds nothing instead of an older value.
    """
    wanted = tuple(captures)
    if not wanted:
        return
    subject = walk.subject(walk.event)
    captured = dict(walk.captured)
    for capture in wanted:
        value = read_operand(capture.operand, subject)
        if value is None or not is_capturable(value):
            captured.pop(capture.name, None)
        else:
            captured[capture.name] = value[:MAXIMUM_CAPTURED_TEXT] if isinstance(value, str) else value
    walk.captured = captured
