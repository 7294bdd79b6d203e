"""Journeys in files: references by name in place of ids, so that a file means the same in any workspace. Pure.

`templateId: "template:<name>"` and `poolId: "pool:<name>"` stand for ids; so does `groupId: "group:<name>"` of a start.
"""

from collections.abc import Mapping
from typing import Any, Final, cast
from uuid import UUID

from percorso.journeys.errors import UnknownReferenceError
from percorso.kit.ids import derive_id

_FIELDS: Final = {"templateId": "template:", "poolId": "pool:"}
_GROUP: Final = "group:"


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


def list_group_references(graph: Mapping[str, Any]) -> list[str]:
    """Return the names of groups that the starts refer to, each once, in their order."""
    names = (start.get("groupId") for start in _starts(graph))
    found = (name.removeprefix(_GROUP) for name in names if isinstance(name, str) and name.startswith(_GROUP))
    return list(dict.fromkeys(found))


def resolve_groups(graph: Mapping[str, Any], groups: Mapping[str, UUID]) -> dict[str, Any]:
    """Return the graph with ids for names of groups in its starts; raises UnknownReferenceError with all that have none."""
    missing = [f"{_GROUP}{name}" for name in list_group_references(graph) if name not in groups]
    if missing:
        raise UnknownReferenceError(missing)
    known = {f"{_GROUP}{name}": str(id) for name, id in groups.items()}
    starts = [
        {**start, "groupId": known.get(start["groupId"], start["groupId"])} if "groupId" in start else start
        for start in _starts(graph)
    ]
    return {**graph, "starts": starts}


def replace_references(graph: Mapping[str, Any]) -> dict[str, Any]:
    """Return the graph with an id made up for each name, the same for the same: to be tried where there is no workspace."""
    templates, pools = list_references(graph)
    groups = list_group_references(graph)
    resolved = resolve_references(
        graph,
        {name: derive_id("template", name) for name in templates},
        {name: derive_id("pool", name) for name in pools},
    )
    return resolve_groups(resolved, {name: derive_id("group", name) for name in groups})


def _starts(graph: Mapping[str, Any]) -> list[dict[str, Any]]:
    starts = graph.get("starts")
    return cast("list[dict[str, Any]]", starts) if isinstance(starts, list) else []


def _steps(graph: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the steps that are objects; what else is wrong with them is said when the graph is read."""
    steps = graph.get("steps")
    if not isinstance(steps, dict):
        return {}
    items = cast("dict[str, Any]", steps).items()
    return {id: cast("dict[str, Any]", step) for id, step in items if isinstance(step, dict)}
