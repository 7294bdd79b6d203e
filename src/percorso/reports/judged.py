"""The place of each verdict: the conditions whose tests were judged at a step, found again in its version. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from percorso.conditions.evaluate import list_leaves
from percorso.conditions.model import Condition, Leaf


def list_judged_conditions(
    graph: Mapping[str, Any] | None, step: str, tests: Sequence[Leaf]
) -> list[Condition]:
    """Return the conditions that were judged, whole, in order: their leaves are `tests`, none left out.

    `graph` is the version's as stored; an empty `step` is the start. Empty where no condition there fits the tests:
    then it is only known that each was judged.
    """
    if not tests or graph is None:
        return []
    found = graph.get("steps", {}).get(step)
    if found is not None:
        in_order = [*_read(found), *(one for path in found.get("paths") or () for one in _read(path))]
        placed = _fit(in_order, tests)
        if placed:
            return placed
    # What stands for the whole journey is judged alone: the start that was met, a removal, a goal.
    for part in ("starts",) if step == "" else ("removals", "goals"):
        for node in cast("list[dict[str, Any]]", graph.get(part) or []):
            placed = _fit(list(_read(node)), tests)
            if placed:
                return placed
    return []


def _read(node: Mapping[str, Any]) -> Iterator[Condition]:
    condition = node.get("condition")
    if condition is not None:
        yield msgspec.convert(condition, Condition)


def _fit(conditions: Sequence[Condition], tests: Sequence[Leaf]) -> list[Condition]:
    """Return the first of the conditions, as many as were judged: paths are judged until one holds."""
    seen: list[Leaf] = []
    for count, condition in enumerate(conditions, start=1):
        seen += list_leaves(condition)
        if len(seen) >= len(tests):
            return list(conditions[:count]) if seen == list(tests) else []
    return []
