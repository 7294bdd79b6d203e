"""What cannot be read of a graph is named at once, each with its place, in both languages."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.journeys.decode import decode_graph
from percorso.journeys.definition import convert_graph
from percorso.journeys.errors import UnreadableGraphError
from percorso.journeys.graph import EventStart, Wait
from percorso.journeys.upgrade import read_graph, upgrade_graph

WAIT: dict[str, Any] = {"kind": "wait", "period": {"amount": 1, "unit": "days"}}
WHOLE: dict[str, Any] = {"starts": [{"id": "s", "event": "began"}], "first": "w", "steps": {"w": WAIT}}


def faults_of(graph: Any) -> list[tuple[str, str]]:
    return [(fault.code, fault.at) for fault in decode_graph(graph)[1]]


def test_a_graph_stored_before_starts_had_kinds_is_read_as_it_was_meant() -> None:
    graph = read_graph(msgspec.json.encode(WHOLE))
    assert graph.starts == (EventStart("s", "began"),)
    assert isinstance(graph.steps["w"], Wait)
    assert convert_graph(WHOLE) == graph
    assert read_graph(msgspec.json.encode(graph)) == graph
    assert upgrade_graph(upgrade_graph(WHOLE)) == upgrade_graph(WHOLE)


def test_everything_that_cannot_be_read_is_named_at_once() -> None:
    graph = {
        **WHOLE,
        "starts": [{"kind": "date", "id": "d"}, {"kind": "noon", "id": "n"}, 7],
        "steps": {
            "w": {**WAIT, "colour": "red", "shape": "round"},
            "x": {"kind": "wait", "period": {"amount": "one", "unit": "days", "more": 1}},
            "y": {"kind": "dance"},
        },
        "rounds": "many",
        "reentry": {"rule": "sometimes"},
        "extra": 1,
    }
    assert faults_of(graph) == [
        ("field_unknown", "extra"),
        ("field_missing", "starts[0].field"),
        ("value_unknown", "starts[1].kind"),
        ("value_unfit", "starts[2]"),
        ("value_unknown", "reentry.rule"),
        ("value_unfit", "rounds"),
        ("field_unknown", "steps.w.colour"),
        ("field_unknown", "steps.w.shape"),
        ("value_unfit", "steps.x.period.amount"),
        ("value_unknown", "steps.y.kind"),
    ]


def test_faults_are_said_in_both_languages_with_the_step() -> None:
    with pytest.raises(UnreadableGraphError) as raised:
        convert_graph({**WHOLE, "steps": {"w": {**WAIT, "name": 7, "colour": 1}}})
    error = raised.value
    assert "steps.w.name: Expected text; a whole number was given." in str(error)
    assert error.faults[0].say("it") == "Serve un testo; è stato dato un numero intero."


@pytest.mark.parametrize("graph", [None, 7, [], "graph", {}, {"steps": []}, {"starts": {}, "steps": None}])
def test_what_is_no_graph_at_all_is_refused_in_words(graph: Any) -> None:
    decoded, faults = decode_graph(graph)
    assert decoded is None
    assert faults
    assert all(fault.say("en") and fault.say("it") for fault in faults)


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.sampled_from(["starts", "steps", "first", "reentry", "options", "removals", "other"]), values)
def test_no_value_anywhere_makes_reading_fail_otherwise(field: str, value: Any) -> None:
    graph, faults = decode_graph({**WHOLE, field: value})
    assert (graph is None) == bool(faults)


@given(values)
def test_a_step_of_any_shape_is_read_or_named(step: Any) -> None:
    graph, faults = decode_graph({**WHOLE, "steps": {"w": step}})
    assert graph is not None or all(fault.at.startswith("steps.w") for fault in faults)


def test_very_many_unknown_fields_end_the_list() -> None:
    step = {**WAIT, **{f"field{number}": 1 for number in range(500)}}
    assert len(faults_of({**WHOLE, "steps": {"w": step}})) == 100
