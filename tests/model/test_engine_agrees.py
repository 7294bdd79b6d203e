"""The engine does what the naive model does: generated journeys, generated lives, virtual time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings

from percorso.journeys.check import check_graph
from percorso.journeys.definition import convert_graph
from tests.model.generate import graphs, lives, profiles
from tests.model.systems import Engine, Model
from tests.model.world import Fact, Script, play

NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)
QUICK = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))


def compare(graph: dict[str, Any], profile: dict[str, Any], script: Script) -> Engine:
    """Raise unless engine and model go the same ways, ask for the same, and leave the same profile."""
    engine, model = Engine(graph, profile), Model(graph, profile)
    asked_of_engine, asked_of_model = play(script, engine), play(script, model)
    assert engine.ways() == model.ways()
    assert asked_of_engine == asked_of_model
    assert engine.recorded == model.recorded
    assert engine.profile == model.profile
    check_counts(engine)
    return engine


def note(engine: Engine) -> None:
    """Tell hypothesis what the example came to, for its statistics."""
    event(f"runs: {min(len(engine.order), 3)}")
    for way in engine.ways():
        event(f"ended: {way.ended[2] if way.ended else 'inside'}")


def check_counts(engine: Engine) -> None:
    """Raise unless at each step entered = left + exited + who is there now, and every entry is inside or ended."""
    for step in engine.version.graph.steps:
        totals = {"entered": 0, "left": 0, "exited": 0}
        for count, number in engine.counts.items():
            if count.step == step:
                totals[count.name] += number
        here = sum(run.step == step for run in engine.inside())
        assert totals["entered"] == totals["left"] + totals["exited"] + here, step
    entered = sum(
        number for count, number in engine.counts.items() if (count.name, count.step) == ("entered", "")
    )
    ended = sum(number for count, number in engine.counts.items() if count.name == "ended")
    assert entered == ended + len(engine.inside()) == len(engine.order)


@given(graph=graphs())
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_generated_journeys_have_no_faults(graph: dict[str, Any]) -> None:
    assert check_graph(convert_graph(graph)) == []


@given(graph=graphs(), profile=profiles, script=lives())
@QUICK
def test_the_engine_does_what_the_model_does(
    graph: dict[str, Any], profile: dict[str, Any], script: Script
) -> None:
    note(compare(graph, profile, script))


@pytest.mark.prove
@given(graph=graphs(), profile=profiles, script=lives())
@LONG
def test_the_engine_does_what_the_model_does_many_times(
    graph: dict[str, Any], profile: dict[str, Any], script: Script
) -> None:
    note(compare(graph, profile, script))


def test_a_run_does_not_react_to_the_event_that_it_recorded_on_its_way() -> None:
    record = [{"event": "visit", "properties": {"code": {"kind": "value", "value": "abc1"}}}]
    graph = {
        "starts": [{"id": "start", "event": "order"}],
        "first": "s0",
        "steps": {
            "s0": {"kind": "update_contact", "events": record, "next": "s1"},
            "s1": {"kind": "react", "event": "visit", "limit": {"amount": 2, "unit": "days"}, "next": "s2"},
            "s2": {"kind": "end", "outcome": "positive"},
        },
    }
    facts = (
        Fact(NOON, "order", {}, NOON),
        Fact(NOON + timedelta(days=1), "order", {}, NOON + timedelta(days=1)),
    )
    script = Script(facts, (("campaignSent", 0),), 0, NOON + timedelta(days=5))
    compare(graph, {}, script)
    model = Model(graph, {})
    play(script, model)
    # Inside, the second order is ignored; the visit it recorded itself moved nothing.
    assert [way.ended for way in model.ways()] == [(NOON + timedelta(days=2), "neutral", "completed")]
