"""The conditions behind the verdicts of a step are found again in its version, with their nesting."""

from typing import Any

import msgspec
import pytest

from percorso.conditions.evaluate import list_leaves
from percorso.conditions.model import Condition, Leaf
from percorso.reports.judged import list_judged_conditions


def ask(path: str) -> dict[str, Any]:
    """Return the test that `path` is known."""
    return {"kind": "test", "source": "attribute", "path": path, "type": "any", "operator": "is_not_null"}


EITHER = {"kind": "or", "conditions": [ask("city"), {"kind": "not", "condition": ask("gender")}]}
BOTH = {"kind": "and", "conditions": [ask("city"), ask("birthDate")]}
GRAPH: dict[str, Any] = {
    "starts": [{"kind": "event", "id": "a", "condition": ask("gender")}, {"kind": "event", "id": "b", "condition": BOTH}],
    "removals": [{"id": "gone"}, {"id": "moved", "condition": EITHER}],
    "goals": [{"id": "known", "condition": ask("birthDate")}],
    "steps": {
        "check": {"kind": "check_now", "paths": [{"id": "x", "condition": EITHER}, {"id": "y"}, {"id": "z", "condition": BOTH}]},
        "react": {"kind": "react", "condition": BOTH, "paths": [{"id": "x", "condition": EITHER}]},
        "end": {"kind": "end"},
    },
}  # fmt: skip


def leaves(*conditions: dict[str, Any]) -> list[Leaf]:
    """Return the tests of conditions, one after the other."""
    return [leaf for one in conditions for leaf in list_leaves(msgspec.convert(one, Condition))]


@pytest.mark.parametrize(
    ("step", "judged"),
    [
        ("check", [EITHER]),
        ("check", [EITHER, BOTH]),
        ("react", [BOTH]),
        ("react", [BOTH, EITHER]),
        ("", [BOTH]),
        ("end", [EITHER]),
        ("check", [ask("birthDate")]),
    ],
)
def test_what_was_judged_is_found_whole(step: str, judged: list[dict[str, Any]]) -> None:
    found = list_judged_conditions(GRAPH, step, leaves(*judged))
    assert found == [msgspec.convert(one, Condition) for one in judged]


@pytest.mark.parametrize(
    ("graph", "step", "tests"),
    [
        (GRAPH, "check", []),
        (GRAPH, "check", leaves(BOTH)),
        (GRAPH, "check", leaves(EITHER)[:1]),
        (GRAPH, "", leaves(EITHER)),
        (GRAPH, "gone", leaves(ask("city"))),
        (None, "check", leaves(EITHER)),
    ],
)
def test_verdicts_that_no_condition_fits_have_no_place(
    graph: dict[str, Any] | None, step: str, tests: list[Leaf]
) -> None:
    assert list_judged_conditions(graph, step, tests) == []
