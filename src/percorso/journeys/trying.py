"""The tests that a journey carries, run with a graph in its list's zone and the workspace's calendar (spec 3.12)."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from percorso.conditions.codec import measure_depth
from percorso.db import Connection
from percorso.journeys.compile import compile_version
from percorso.journeys.definition import MAXIMUM_GRAPH_BYTES, MAXIMUM_GRAPH_DEPTH, Journey
from percorso.journeys.faults import Fault, JourneyError
from percorso.journeys.graph import Graph
from percorso.journeys.simulation.expectation import MOST_TESTS, decode_tests
from percorso.journeys.simulation.reading import ScenarioError
from percorso.journeys.simulation.trial import Trial, try_tests
from percorso.workspaces.holidays import NO_DAYS, list_calendars
from percorso.workspaces.store import list_lists


class FailedTestsError(JourneyError):
    """Tests that the journey carries failed; `trials` are all that were run, in their order."""

    code = "tests_failed"

    def __init__(self, trials: Sequence[Trial]) -> None:
        said = " ".join(
            f"{trial.name}: {mismatch.say('en')}" for trial in trials for mismatch in trial.mismatches
        )
        super().__init__(f"The journey's tests fail, it is left as it was: {said}")
        self.trials = tuple(trials)


def check_readable(tests: Sequence[Any]) -> None:
    """Raise ScenarioError where these values are not tests, well-formed, or are too many or too large to be kept.

    Whether they fit the journey's steps is asked when they are run: a draft may be incomplete.
    """
    if len(tests) > MOST_TESTS:
        raise ScenarioError([Fault("too_many", "tests", {"maximum": MOST_TESTS, "what": "tests"})])
    if measure_depth(tests) > MAXIMUM_GRAPH_DEPTH or len(msgspec.json.encode(tests)) > MAXIMUM_GRAPH_BYTES:
        raise ScenarioError([Fault("tests_too_large", "tests", {"maximum": MAXIMUM_GRAPH_BYTES})])
    decode_tests(tests)


async def try_journey(
    connection: Connection, journey: Journey, graph: Graph, tests: Sequence[Any]
) -> list[Trial]:
    """Return what came of each test with this graph, in their order; raises ScenarioError with all that is wrong with any.

    The graph has been checked.
    """
    if not tests:
        return []
    lists = await list_lists(connection, journey.workspace_id)
    zone = next(row["time_zone"] for row in lists if row["id"] == journey.list_id)
    days = (await list_calendars(connection, [journey.workspace_id])).get(journey.workspace_id, NO_DAYS)
    number = (journey.version or 0) + 1
    version = compile_version(journey.id, number, graph, zone, journey.list_id, own_days=days)
    # Many long stories take a while, in which others are answered.
    return await asyncio.to_thread(try_tests, version, decode_tests(tests))
