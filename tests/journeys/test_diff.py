"""Journeys written the one way, and what differs between two of them in words."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from percorso.journeys.canonical import canonical_graph, order_steps, write_journey
from percorso.journeys.definition import convert_graph
from percorso.journeys.diff import describe_differences, list_differences
from percorso.journeys.errors import UnreadableGraphError
from percorso.journeys.files import parse_file
from percorso.journeys.graph import (
    CheckNow,
    DateStart,
    End,
    EventStart,
    Graph,
    Hours,
    Options,
    Path,
    RandomPath,
    Reentry,
    Removal,
    SendEmail,
    Sending,
    Split,
    Wait,
)
from tests.journeys.build import OTHER_TEMPLATE, TEMPLATE, days, hours, make_graph, of_profile

names = st.text(max_size=8)
durations = st.builds(lambda amount: days(amount), st.integers(1, 60))
ids = st.sampled_from(["a", "b", "c", "d", "e"])
targets = st.none() | ids
steps_ = st.one_of(
    st.builds(Wait, durations, names, targets),
    st.builds(SendEmail, st.just(TEMPLATE), names, targets),
    st.builds(
        lambda one, other: Split((RandomPath("x", 50, to=one), RandomPath("y", 50.0, to=other))), targets, targets
    ),
    st.builds(
        lambda name, to, default: CheckNow((Path("p", name, of_profile("a", "equals", name), to=to),), default=default),
        names, targets, targets,
    ),
    st.builds(End, st.sampled_from(["positive", "negative", "neutral"]), names),
)  # fmt: skip
options_ = st.builds(
    Options,
    sending=st.builds(
        Sending, at=st.none() | st.just("09:00"), not_between=st.none() | st.just(Hours("22:00", "08:00"))
    ),
    time_zone=st.sampled_from(["list", "contact"]),
)
starts_ = st.lists(
    st.builds(EventStart, ids, st.just("e")) | st.builds(DateStart, ids, st.just("d"), yearly=st.booleans()),
    max_size=3,
    unique_by=lambda start: start.id,
).map(tuple)
graphs = st.builds(
    Graph,
    starts=starts_,
    steps=st.dictionaries(ids, steps_, min_size=1, max_size=5),
    first=ids,
    removals=st.lists(
        st.builds(Removal, ids, st.just("e"), names), max_size=2, unique_by=lambda one: one.id
    ).map(tuple),
    reentry=st.builds(Reentry, st.sampled_from(["every_time", "once_ever"])),
    options=options_,
)


@given(graphs)
@settings(max_examples=40)
def test_what_is_written_the_one_way_reads_the_same(graph: Graph) -> None:
    written = canonical_graph(graph)
    assert convert_graph(written) == graph
    assert canonical_graph(convert_graph(written)) == written
    text = write_journey("Name", "", ["b", "a", "b"], graph)
    read = parse_file(text)
    assert convert_graph(read.graph) == graph
    assert write_journey(read.name, read.description, list(read.tags), convert_graph(read.graph)) == text


@given(graphs, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_in_which_steps_were_drawn_is_not_in_the_text(graph: Graph, random: Any) -> None:
    reached = {id for id in order_steps(graph) if id in _reachable(graph)}
    shuffled = list(reached)
    random.shuffle(shuffled)
    kept = msgspec.structs.replace(graph, steps={id: graph.steps[id] for id in sorted(reached)})
    turned = msgspec.structs.replace(graph, steps={id: graph.steps[id] for id in shuffled})
    assert write_journey("n", "", [], kept) == write_journey("n", "", [], turned)


def _reachable(graph: Graph) -> set[str]:
    from percorso.journeys.shape import followers_of, reachable_from

    return reachable_from([graph.first], followers_of(graph)) if graph.first in graph.steps else set()


@given(graphs, graphs)
def test_nothing_differs_exactly_where_graphs_are_the_same(one: Graph, other: Graph) -> None:
    assert list_differences(one, one) == []
    assert (list_differences(one, other) == []) == (canonical_graph(one) == canonical_graph(other))
    for difference in list_differences(one, other):
        for language in ("en", "it"):
            said = difference.say(language)
            assert said.endswith(".")


def test_a_key_that_stands_twice_in_a_file_is_refused() -> None:
    text = "name: x\ngraph: {steps: {c: {kind: check_now, default: a, default: b}}}"
    with pytest.raises(UnreadableGraphError) as raised:
        parse_file(text)
    assert "default" in str(raised.value)


def said(before: Graph, after: Graph) -> tuple[list[str], list[str]]:
    return describe_differences(before, after, "en"), describe_differences(before, after, "it")


def test_changes_are_said_in_words() -> None:
    before = make_graph(
        {
            "wait": Wait(days(1), "A day", next="mail"),
            "mail": SendEmail(TEMPLATE, "First", next="end"),
            "end": End(),
        }
    )
    after = make_graph(
        {
            "wait": Wait(hours(2), "A day", next="mail"),
            "mail": SendEmail(OTHER_TEMPLATE, "Reminder", next="late"),
            "late": Wait(days(3)),
        },
        options=Options(sending=Sending(not_between=Hours("22:00", "08:00"))),
        rounds=3,
    )
    english, italian = said(before, after)
    assert english == [
        "Removed: the end “end”.",
        "Added: the wait “late”.",
        "The wait “A day”: duration was 1 day, is 2 hours.",
        f"The email “First”: message was “{TEMPLATE}”, is “{OTHER_TEMPLATE}”.",
        "The email “First”: name was “First”, is “Reminder”.",
        "The email “First”: next step was “end”, is “late”.",
        "The journey: rounds of a loop is now 3.",
        'The journey: options is now {"sending":{"notBetween":{"since":"22:00","until":"08:00"}}}.',
    ]
    assert italian[:3] == [
        "Tolto: la fine «end».",
        "Aggiunto: l'attesa «late».",
        "L'attesa «A day»: durata era 1 giorno, è 2 ore.",
    ]


def test_starts_in_another_order_are_told_of() -> None:
    one, other = EventStart("a", "x"), EventStart("b", "y")
    english, italian = said(
        make_graph({"e": End()}, starts=(one, other)), make_graph({"e": End()}, starts=(other, one))
    )
    assert english == ["The order of the starts changed."]
    assert italian == ["È cambiato l'ordine: inizi."]
