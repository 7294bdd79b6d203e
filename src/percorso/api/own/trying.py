"""The tests that a journey carries, run before it is published, or while it is drawn (spec 3.12)."""

from typing import Any
from uuid import UUID

from litestar.params import FromPath, JSONBody

from percorso.api.language import TheLanguage
from percorso.api.own.authoring import JourneyTests
from percorso.api.own.caller import TheCaller, TheDatabase
from percorso.api.own.routes import post
from percorso.journeys.actions import get_journey
from percorso.journeys.applying import find_present
from percorso.journeys.check import check_graph
from percorso.journeys.definition import convert_graph
from percorso.journeys.errors import GraphError
from percorso.journeys.trying import check_readable, try_journey
from percorso.reports.model import Shape


class TestsAsk(Shape, frozen=True, forbid_unknown_fields=True):
    """What to try instead of what is kept: a graph, tests. By default the draft, else the newest version; the journey's tests."""

    graph: dict[str, Any] | None = None
    tests: JourneyTests | None = None


class MismatchShape(Shape, frozen=True):
    """One thing that did not come as expected: at which step, at which moment of the journey's zone."""

    code: str
    step: str | None
    at: str | None
    sentence: str


class TrialShape(Shape, frozen=True):
    """A test that was run; it passed where nothing differs."""

    name: str
    passed: bool
    mismatches: list[MismatchShape]


class TrialsAnswer(Shape, frozen=True):
    """What came of each test, in their order."""

    passed: bool
    tests: list[TrialShape]


@post("/journeys/{id:uuid}/tests/run", status_code=200)
async def run_tests(
    id: FromPath[UUID],
    database: TheDatabase,
    caller: TheCaller,
    language: TheLanguage,
    data: JSONBody[TestsAsk | None] = None,
) -> TrialsAnswer:
    """Run the tests that a journey carries, in virtual time; nothing is changed. Answers 422 where they do not fit the graph."""
    asked = data or TestsAsk()
    async with database.request_transaction(caller.workspace_id) as connection:
        journey = await get_journey(connection, caller.workspace_id, id)
        present = asked.graph if asked.graph is not None else await find_present(connection, journey)
        graph = convert_graph(present or {"starts": [], "first": "", "steps": {}})
        if faults := list(check_graph(graph)):
            raise GraphError(faults)
        tests = journey.tests if asked.tests is None else list(asked.tests)
        check_readable(tests)
        trials = await try_journey(connection, journey, graph, tests)
    told = [
        TrialShape(
            name=trial.name,
            passed=not trial.mismatches,
            mismatches=[
                MismatchShape(code=one.code, step=one.step, at=one.at, sentence=one.say(language))
                for one in trial.mismatches
            ],
        )
        for trial in trials
    ]
    return TrialsAnswer(passed=all(one.passed for one in told), tests=told)


HANDLERS = [run_tests]
