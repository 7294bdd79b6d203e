"""A simulation tells what the naive model tells: generated journeys, generated lives."""

from typing import Any

from hypothesis import HealthCheck, given, settings

from tests.model.generate import graphs, lives, profiles
from tests.model.systems import Model
from tests.model.told import Told
from tests.model.world import Script, play


@given(graph=graphs(), profile=profiles, script=lives())
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_simulation_tells_what_the_model_tells(
    graph: dict[str, Any], profile: dict[str, Any], script: Script
) -> None:
    told, model = Told(graph, profile), Model(graph, profile)
    asked_of_told, asked_of_model = play(script, told), play(script, model)
    assert told.ways() == model.ways()
    assert asked_of_told == asked_of_model
    assert told.recorded == model.recorded
    assert told.profile == model.profile
    assert not told.record.errors
