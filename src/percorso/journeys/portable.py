"""Journeys in files: references by name in place of ids, so that a file means the same in any workspace. Pure.

`templateId: "template:<name>"` and `poolId: "pool:<name>"` stand for ids.
"""

from collections.abc import Mapping
from typing import Any, Final, cast
from uuid import UUID

from percorso.journeys.errors import UnknownReferenceError

_FIELDS: Final = {"templateId": "template:", "poolId": "pool:"}


def list_references(graph: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the names of templates and of pools that the graph refers to, each once, in its order."""
    found: dict[str, dict[str, None]] = {"templateId": {}, "poolId": {}}
    for step in _steps(graph).values():
        for field, prefix in _FIELDS.items():
            value = step.get(field)
            if isinstance(value, str) and value.startswith(prefix):
                found[field][value.removeprefix(prefix)] = None
    return list(found["templateId"]), list(found["poolId"])


def resolve_references(
    graph: Mapping[str, Any], templates: Mapping[str, UUID], pools: Mapping[str, UUID]
) -> dict[str, Any]:
    """Return the graph with ids for names; raises UnknownReferenceError with every name that has none."""
    known = {"templateId": templates, "poolId": pools}
    missing: dict[str, None] = {}
    steps: dict[str, Any] = {}
    for id, step in _steps(graph).items():
        resolved = dict(step)
        for field, prefix in _FIELDS.items():
            value = step.get(field)
            if not isinstance(value, str) or not value.startswith(prefix):
                continue
            found = known[field].get(value.removeprefix(prefix))
            if found is None:
                missing[value] = None
            else:
                resolved[field] = str(found)
        steps[id] = resolved
    if missing:
        raise UnknownReferenceError(list(missing))
    return {**graph, "steps": {**cast("dict[str, Any]", graph.get("steps") or {}), **steps}}


def _steps(graph: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the steps that are objects; what else is wrong with them is said when the graph is read."""
    steps = graph.get("steps")
    if not isinstance(steps, dict):
        return {}
    items = cast("dict[str, Any]", steps).items()
    return {id: cast("dict[str, Any]", step) for id, step in items if isinstance(step, dict)}
