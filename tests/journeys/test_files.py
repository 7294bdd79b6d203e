import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.journeys.errors import UnknownReferenceError, UnreadableGraphError
from percorso.journeys.files import parse_file, write_file
from percorso.journeys.portable import list_references, resolve_references
from tests.journeys.build import CONTACT, JOURNEY

scalars = st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)


@given(
    st.text(min_size=1, max_size=50).filter(str.strip),
    st.text(max_size=90),
    st.lists(st.text(max_size=9)),
    st.dictionaries(st.text(max_size=9), values, max_size=4),
)
def test_what_is_written_reads_the_same_and_writes_the_same_again(
    name: str, description: str, tags: list[str], graph: dict[str, object]
) -> None:
    text = write_file(name, description, tags, graph)
    read = parse_file(text)
    assert (read.name, read.description, list(read.tags), read.graph) == (name, description, tags, graph)
    assert write_file(read.name, read.description, list(read.tags), read.graph) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name: x",
        "name: x\ngraph: []",
        "name: ''\ngraph: {}",
        "name: x\ngraph: {}\nunknown: 1",
        "a: [",
        "name: x\ngraph: {a: &a [1], b: *a}",
        "name: !!python/object/apply:os.system ['true']\ngraph: {}",
        "[" * 5000,
        "name: " + "x" * 201 + "\ngraph: {}",
        "# " + "x" * 1_000_001,
        "name: x\x00\ngraph: {}",
    ],
)
def test_what_is_no_journey_is_refused_in_words(text: str) -> None:
    with pytest.raises(UnreadableGraphError) as raised:
        parse_file(text)
    assert str(raised.value).startswith("This is not the graph of a journey: ")


def test_dates_and_small_words_in_a_file_are_the_text_that_was_written() -> None:
    text = "name: x\ngraph: {on: 2026-03-01, province: NO, really: true, count: 7, 5: five}"
    assert parse_file(text).graph == {
        "on": "2026-03-01",
        "province": "NO",
        "really": True,
        "count": 7,
        "5": "five",
    }


GRAPH = {
    "first": "a",
    "steps": {
        "a": {"kind": "send_email", "templateId": "template:hello"},
        "b": {"kind": "assign_coupon", "poolId": "pool:codes"},
        "c": {"kind": "send_sms", "templateId": "template:hello"},
        "d": {"kind": "send_sms", "templateId": "an id"},
        "e": "no step",
    },
}


def test_names_of_messages_and_pools_become_ids_and_the_rest_stays() -> None:
    assert list_references(GRAPH) == (["hello"], ["codes"])
    resolved = resolve_references(GRAPH, {"hello": JOURNEY}, {"codes": CONTACT})
    assert resolved == {
        "first": "a",
        "steps": {
            "a": {"kind": "send_email", "templateId": str(JOURNEY)},
            "b": {"kind": "assign_coupon", "poolId": str(CONTACT)},
            "c": {"kind": "send_sms", "templateId": str(JOURNEY)},
            "d": {"kind": "send_sms", "templateId": "an id"},
            "e": "no step",
        },
    }


def test_every_name_without_an_id_is_told() -> None:
    with pytest.raises(UnknownReferenceError) as raised:
        resolve_references(GRAPH, {}, {})
    assert raised.value.references == ("template:hello", "pool:codes")


@pytest.mark.parametrize("graph", [{}, {"steps": []}, {"steps": None}])
def test_a_graph_without_steps_refers_to_nothing(graph: dict[str, object]) -> None:
    assert list_references(graph) == ([], [])
