"""What people call things: contacts from their attributes, steps and paths from the graph. Pure."""

from collections.abc import Mapping
from typing import Any, cast

_FIRST = ("firstName", "first_name")
_LAST = ("lastName", "last_name")


def contact_name(attributes: Mapping[str, Any] | None) -> str:
    """Return a contact's full name as far as it is known, else an empty text."""
    if not attributes:
        return ""
    parts = (_first_text(attributes, _FIRST), _first_text(attributes, _LAST))
    return " ".join(filter(None, parts)) or _first_text(attributes, ("name", "fullName"))


def contact_tags(attributes: Mapping[str, Any]) -> list[str]:
    """Return the tags set by journeys and by hand, each once, in the order they were given."""
    tags: Any = attributes.get("tags")
    if not isinstance(tags, dict):
        return []
    found: dict[str, None] = {}
    for part in ("auto", "manual"):
        values = cast("dict[str, Any]", tags).get(part)
        if isinstance(values, list):
            found.update({tag: None for tag in cast("list[Any]", values) if isinstance(tag, str)})
    return list(found)


def step_name(graph: Mapping[str, Any] | None, step: str | None) -> str:
    """Return what the author called a step; its id where it has no name, empty where there is no step."""
    found = _step(graph, step)
    return str(found.get("name") or step or "")


def path_name(graph: Mapping[str, Any] | None, step: str, path: str | None) -> str | None:
    """Return what the author called a way out of a step; None where it has no name of its own."""
    if path is None:
        return None
    found = _step(graph, step)
    if path == "default":
        return str(found["defaultName"]) if found.get("defaultName") else None
    for candidate in found.get("paths") or ():
        if candidate.get("id") == path:
            return str(candidate.get("name") or "") or None
    return None


def count_steps(graph: Mapping[str, Any] | None, kind: str) -> int:
    """Return how many steps of this kind a graph has."""
    steps = cast("dict[str, dict[str, Any]]", (graph or {}).get("steps") or {})
    return sum(1 for step in steps.values() if step.get("kind") == kind)


def _step(graph: Mapping[str, Any] | None, step: str | None) -> dict[str, Any]:
    steps = cast("dict[str, dict[str, Any]]", (graph or {}).get("steps") or {})
    return steps.get(step or "", {})


def _first_text(attributes: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = attributes.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""
