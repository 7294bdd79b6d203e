"""Which versions an event starts: asking shared tests once must say what asking each start says."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from percorso.conditions.lowering import lower_simple
from percorso.conditions.model import Subject
from percorso.journeys.compile import compile_version
from percorso.journeys.entry import find_start
from percorso.journeys.graph import Graph
from percorso.log.model import Fact
from percorso.worker.starts import compile_starts

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def asks(source: str, path: str, operator: str, value: Any) -> dict[str, Any]:
    kind = "number" if isinstance(value, int) else "text"
    return {
        "kind": "test",
        "source": source,
        "path": path,
        "type": kind,
        "operator": operator,
        "operands": [{"kind": "value", "value": value}],
    }


TESTS = st.sampled_from(
    [
        asks("event", "revenue", "at_least", 100),
        asks("event", "revenue", "less_than", 50),
        asks("event", "store", "equals", "Milano"),
        asks("attribute", "city", "equals", "Bari"),
        asks("attribute", "city", "not_equals", "Bari"),
    ]
)
CONDITIONS = st.none() | st.recursive(
    TESTS,
    lambda inner: st.lists(inner, min_size=1, max_size=3).flatmap(
        lambda parts: st.sampled_from(
            [
                {"kind": "and", "conditions": parts},
                {"kind": "or", "conditions": parts},
                {"kind": "not", "condition": parts[0]},
            ]
        )
    ),
    max_leaves=4,
)
STARTS = st.tuples(CONDITIONS, st.sampled_from([[], ["WEB"], ["RETAIL", "WEB"]]))
EVENTS = st.fixed_dictionaries(
    {}, optional={"revenue": st.sampled_from([10, 75, 120]), "store": st.sampled_from(["Milano", "Roma", 3])}
)
PROFILES = st.fixed_dictionaries({}, optional={"city": st.sampled_from(["Bari", "Roma", None])})


@given(
    st.lists(st.lists(STARTS, min_size=1, max_size=2), min_size=1, max_size=5),
    EVENTS,
    PROFILES,
    st.sampled_from(["WEB", "RETAIL", "OTHER"]),
)
def test_the_index_finds_what_each_version_finds(
    journeys: list[list[tuple[Any, list[str]]]], event: dict[str, Any], profile: dict[str, Any], context: str
) -> None:
    versions = [
        compile_version(UUID(int=number), 1, graph_of(starts), "Europe/Rome")
        for number, starts in enumerate(journeys)
    ]
    (index,) = compile_starts("ordered", versions, lower_simple)
    fact = Fact(7, 1, UUID(int=1), UUID(int=7), "event", "ordered", "m", NOW, NOW, event, {"type": context}, "api",
        False, 0)  # fmt: skip
    subject = Subject(profile, event, {}, NOW, "Europe/Rome")
    one_by_one = [place for place, version in enumerate(versions) if find_start(version, fact, subject)]
    assert index.find_started(subject, context) == one_by_one
    assert index.could_start(event, context, NOW) or not one_by_one


def graph_of(starts: list[tuple[Any, list[str]]]) -> Graph:
    return msgspec.convert(
        {
            "starts": [
                {
                    "kind": "event",
                    "id": f"s{number}",
                    "event": "ordered",
                    "condition": condition,
                    "contexts": contexts,
                }
                for number, (condition, contexts) in enumerate(starts)
            ],
            "first": "end",
            "steps": {"end": {"kind": "end"}},
        },
        Graph,
    )
