"""The fifteen journeys that Percorso brings along are whole: graph, messages, both languages."""

from typing import Any

import pytest

from percorso.content.design import prepare_design
from percorso.content.model import Design
from percorso.journeys.compile import compile_version
from percorso.journeys.definition import convert_graph
from percorso.journeys.errors import UnknownReferenceError
from percorso.journeys.graph import SENDING_STEPS, End, Graph
from percorso.journeys.lint import Surroundings, TemplateFacts, lint_graph
from percorso.journeys.portable import (
    list_group_references,
    list_references,
    resolve_groups,
    resolve_references,
)
from percorso.journeys.preconfigured import KEYS, ReadyJourney, load_ready_journey, load_ready_journeys
from percorso.journeys.steps import ways_out
from percorso.kit.ids import derive_id
from tests.journeys.build import JOURNEY, LIST, NOON, ROME

READY = [pytest.param(one, id=f"{one.key}.{language}") for language in ("it", "en") for one in load_ready_journeys(language)]  # fmt: skip


def graph_of(ready: ReadyJourney) -> Graph:
    templates, pools = list_references(ready.graph)
    groups = {name: derive_id("group", name) for name in ready.groups}
    return convert_graph(
        resolve_groups(
            resolve_references(
                ready.graph,
                {name: derive_id("template", name) for name in templates},
                {name: derive_id("pool", name) for name in pools},
            ),
            groups,
        )
    )


def test_there_are_fifteen() -> None:
    assert len(KEYS) == len(set(KEYS)) == 15
    with pytest.raises(KeyError):
        load_ready_journey("../layout", "it")


@pytest.mark.parametrize("ready", READY)
def test_each_passes_the_check_before_activation_and_compiles(ready: ReadyJourney) -> None:
    graph = graph_of(ready)
    templates = {str(derive_id("template", one.key)): TemplateFacts(one.kind) for one in ready.messages}
    around = Surroundings(
        now=NOON,
        time_zone=ROME,
        templates=templates,
        pools=frozenset(str(derive_id("pool", name)) for name in ready.pools),
        statistics_days=730,
        details_days=90,
        sender_is_verified=True,
        has_sms_sender=True,
    )
    assert [finding.say("en") for finding in lint_graph(graph, around)] == []
    assert compile_version(JOURNEY, 1, graph, ROME, LIST).steps.keys() == graph.steps.keys()


@pytest.mark.parametrize("ready", READY)
def test_each_brings_exactly_what_its_graph_names(ready: ReadyJourney) -> None:
    templates, pools = list_references(ready.graph)
    assert sorted(templates) == sorted(one.key for one in ready.messages)
    assert sorted(pools) == sorted(ready.pools)
    assert list_group_references(ready.graph) == list(ready.groups)


@pytest.mark.parametrize("ready", READY)
def test_every_way_ends_with_an_outcome_and_every_step_has_a_name(ready: ReadyJourney) -> None:
    graph = graph_of(ready)
    for id, step in graph.steps.items():
        assert step.name, id
        assert all(to is not None for _, _, to in ways_out(step)), id
    assert any(isinstance(step, End) for step in graph.steps.values())
    assert any(isinstance(step, SENDING_STEPS) for step in graph.steps.values())
    assert graph.reentry.rule != "every_time", "each says how often it repeats"


@pytest.mark.parametrize("ready", READY)
def test_every_message_can_be_made_as_it_stands(ready: ReadyJourney) -> None:
    for one in ready.messages:
        assert one.kind != "push" or len(one.body) <= 200
        design = Design(kind=one.kind, subject=one.subject, html=one.html, body=one.body)
        prepared = prepare_design(design, language="it")
        assert prepared.design.kind == one.kind


@pytest.mark.parametrize("key", KEYS)
def test_both_languages_are_complete_and_lead_the_same_way(key: str) -> None:
    italian, english = load_ready_journey(key, "it"), load_ready_journey(key, "en")
    assert italian.name != english.name
    assert italian.description != english.description
    for one, other in zip(italian.messages, english.messages, strict=True):
        assert (one.key, one.kind) == (other.key, other.kind)
        assert (one.subject, one.body, one.html) != (other.subject, other.body, other.html)
        assert one.subject == "" or one.subject != other.subject
    assert _without_names(italian.graph) == _without_names(english.graph)


def _without_names(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_names(item) for key, item in value.items() if key not in ("name", "defaultName")
        }
    return [_without_names(item) for item in value] if isinstance(value, list) else value


def test_a_group_that_is_not_there_is_named() -> None:
    course = load_ready_journey("email-course", "en")
    with pytest.raises(UnknownReferenceError) as raised:
        resolve_groups(course.graph, {})
    assert raised.value.references == ("group:course",)
