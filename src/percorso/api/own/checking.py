"""What can be asked of a journey before it runs: its check, what differs, what it would do; and the ready ones."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody, QueryParameter

from percorso.api.errors import RequestError
from percorso.api.language import TheLanguage
from percorso.api.own.caller import Caller, TheCaller, TheDatabase
from percorso.api.own.routes import get, post
from percorso.db import Database
from percorso.journeys.actions import get_journey, list_faults
from percorso.journeys.applying import find_present, find_versions
from percorso.journeys.carried import list_uncarried
from percorso.journeys.compile import compile_version
from percorso.journeys.definition import convert_graph
from percorso.journeys.diff import list_differences
from percorso.journeys.faults import Fault
from percorso.journeys.lint import Finding, lint_graph
from percorso.journeys.portable import replace_references
from percorso.journeys.preconfigured import KEYS, ReadyJourney, load_ready_journey
from percorso.journeys.simulation.reading import decode_scenario
from percorso.journeys.simulation.simulate import simulate
from percorso.journeys.surroundings import gather_all
from percorso.reports.model import Shape
from percorso.workspaces.holidays import NO_DAYS, list_calendars
from percorso.workspaces.store import list_lists

Since = Annotated[
    int | None,
    QueryParameter(
        name="from", ge=1, le=1_000_000_000, description="The version before; by default the newest."
    ),
]
Until = Annotated[
    int | None,
    QueryParameter(name="to", ge=1, le=1_000_000_000, description="The version after; by default the draft."),
]


class FindingShape(Shape, frozen=True):
    """One thing found. `at` is its place in the graph, `step` the step that it is about, null for none."""

    severity: Literal["error", "warning"]
    code: str
    at: str
    step: str | None
    sentence: str
    share: float | None


class Findings(Shape, frozen=True):
    """What the check before activation finds, errors first. Errors stop publishing and activation, warnings ask."""

    findings: list[FindingShape]
    may_be_published: bool


class LintAsk(Shape, frozen=True, forbid_unknown_fields=True):
    """A graph to check that is not saved yet."""

    graph: dict[str, Any] | None = None


class DifferenceShape(Shape, frozen=True):
    """One difference. `field` is the way into the part, from outside in."""

    change: Literal["added", "removed", "changed", "set", "cleared", "moved"]
    part: str
    label: str
    field: list[str]
    before: Any
    after: Any
    sentence: str


class Differences(Shape, frozen=True):
    """What differs, in the order of the graph; empty: nothing."""

    differences: list[DifferenceShape]


class ReadyMessageShape(Shape, frozen=True):
    """A message of a ready journey; `subject` and `html` are empty for SMS and push."""

    key: str
    name: str
    kind: Literal["email", "sms", "push"]
    subject: str
    html: str
    body: str


class ReadyText(Shape, frozen=True):
    """A ready journey in one language. The graph names messages, pools and groups as `template:`, `pool:`, `group:`."""

    name: str
    description: str
    tags: list[str]
    messages: list[ReadyMessageShape]
    pools: dict[str, str]
    groups: dict[str, str]
    graph: dict[str, Any]


class ReadyDetail(Shape, frozen=True):
    """A ready journey, whole, in both languages."""

    key: str
    en: ReadyText
    it: ReadyText


class ReadyName(Shape, frozen=True):
    """What a ready journey is called and for, in one language."""

    name: str
    description: str


class ReadySummary(Shape, frozen=True):
    """A ready journey in the list. `may_be_published`: all that it asks for is carried out already."""

    key: str
    en: ReadyName
    it: ReadyName
    messages: int
    may_be_published: bool


class ReadyJourneys(Shape, frozen=True):
    """The journeys that Percorso brings along, in the order in which they are offered."""

    journeys: list[ReadySummary]


class SimulationAsk(Shape, frozen=True, forbid_unknown_fields=True):
    """What to simulate: a journey as its draft, else its newest version, says; or a graph.

    `scenario`: {begins, contact, happens, answers, until, seed} (docs/reference/simulation.md). A graph runs in the
    zone of the journey's list, else of the workspace's first list.
    """

    scenario: dict[str, Any]
    journey_id: UUID | None = None
    graph: dict[str, Any] | None = None


class SimulationAnswer(Shape, frozen=True):
    """What came of it. `stopped`: over, or time_up or too_many, and more would come."""

    runs: list[dict[str, Any]]
    judged: list[dict[str, Any]]
    waits: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    done: list[dict[str, Any]]
    missed: list[dict[str, Any]]
    attributes: dict[str, Any]
    ended_at: str
    stopped: Literal["over", "time_up", "too_many"]


@get("/journeys/ready")
async def list_ready() -> ReadyJourneys:
    """The journeys that Percorso brings along, named in both languages."""
    return ReadyJourneys(journeys=[_summarise(key) for key in KEYS])


@get("/journeys/ready/{key:str}")
async def get_ready(key: FromPath[str]) -> ReadyDetail:
    """One ready journey: graph and messages, in both languages."""
    if key not in KEYS:
        raise RequestError(404, "not_found", "There is no such ready journey here.")
    return ReadyDetail(
        key=key, en=_describe(load_ready_journey(key, "en")), it=_describe(load_ready_journey(key, "it"))
    )


@get("/journeys/{id:uuid}/lint")
async def lint_journey(
    id: FromPath[UUID], database: TheDatabase, caller: TheCaller, language: TheLanguage
) -> Findings:
    """Check a journey before it is activated: its draft, else its newest version; nothing is changed."""
    return await _lint(database, caller, id, language, None)


@post("/journeys/{id:uuid}/lint", status_code=200)
async def lint_graph_of_journey(
    id: FromPath[UUID],
    database: TheDatabase,
    caller: TheCaller,
    language: TheLanguage,
    data: JSONBody[LintAsk | None] = None,
) -> Findings:
    """Check a graph as if it were the journey's, before it is saved; without one the draft. Nothing is changed."""
    return await _lint(database, caller, id, language, None if data is None else data.graph)


async def _lint(
    database: Database,
    caller: Caller,
    id: UUID,
    language: Literal["en", "it"],
    given: dict[str, Any] | None,
) -> Findings:
    async with database.request_transaction(caller.workspace_id) as connection:
        journey = await get_journey(connection, caller.workspace_id, id)
        present = given if given is not None else await find_present(connection, journey)
        graph = convert_graph(present or _EMPTY)
        around = await gather_all(connection, journey, graph)
        faults = await list_faults(connection, journey, graph)
    # What stops publishing is among both.
    stops = {(fault.code, fault.at) for fault in faults}
    findings = [
        finding
        for finding in lint_graph(graph, around)
        if finding.fault is None and (finding.code, finding.at) not in stops
    ]
    told = [_tell_fault(fault, language) for fault in faults]
    told += [_tell(finding, language) for finding in findings]
    return Findings(
        findings=sorted(told, key=lambda finding: finding.severity != "error"), may_be_published=not faults
    )


@get("/journeys/{id:uuid}/diff")
async def compare_versions(
    id: FromPath[UUID],
    database: TheDatabase,
    caller: TheCaller,
    language: TheLanguage,
    since: Since = None,
    until: Until = None,
) -> Differences:
    """Say in words what differs between two versions, or between the newest version and the draft."""
    async with database.request_transaction(caller.workspace_id) as connection:
        journey = await get_journey(connection, caller.workspace_id, id)
        before, after = await find_versions(connection, journey, since, until)
    return Differences(
        differences=[
            DifferenceShape(
                change=one.change,
                part=one.part,
                label=one.label,
                field=list(one.field),
                before=one.before,
                after=one.after,
                sentence=one.say(language),
            )
            for one in list_differences(before, after)
        ]
    )


@post("/journeys/simulate", status_code=200)
async def simulate_journey(
    data: JSONBody[SimulationAsk], database: TheDatabase, caller: TheCaller
) -> SimulationAnswer:
    """Follow one invented contact through a journey in virtual time; nothing is sent or stored.

    Answers 422 with everything that is wrong with the graph or the scenario.
    """
    scenario = decode_scenario(data.scenario)
    async with database.request_transaction(caller.workspace_id) as connection:
        lists = await list_lists(connection, caller.workspace_id)
        days = (await list_calendars(connection, [caller.workspace_id])).get(caller.workspace_id, NO_DAYS)
        chosen = min(lists, key=lambda row: row["created_at"])
        given = data.graph
        journey_id = UUID(int=0)
        if data.journey_id is not None:
            journey = await get_journey(connection, caller.workspace_id, data.journey_id)
            journey_id = journey.id
            chosen = next(row for row in lists if row["id"] == journey.list_id)
            given = given or await find_present(connection, journey)
    graph = convert_graph(replace_references(given or _EMPTY))
    version = compile_version(journey_id, 1, graph, chosen["time_zone"], chosen["id"], own_days=days)
    return msgspec.convert(msgspec.to_builtins(simulate(version, scenario)), SimulationAnswer)


_EMPTY: dict[str, Any] = {"starts": [], "steps": {}, "first": ""}


def _tell(finding: Finding, language: Literal["en", "it"]) -> FindingShape:
    return FindingShape(
        severity=finding.severity,
        code=finding.code,
        at=finding.at,
        step=finding.step,
        sentence=finding.say(language),
        share=finding.share,
    )


def _tell_fault(fault: Fault, language: Literal["en", "it"]) -> FindingShape:
    return _tell(Finding("error", fault.code, fault.at, fault=fault), language)


def _summarise(key: str) -> ReadySummary:
    en, it = load_ready_journey(key, "en"), load_ready_journey(key, "it")
    graph = convert_graph(replace_references(en.graph))
    return ReadySummary(
        key=key,
        en=ReadyName(name=en.name, description=en.description),
        it=ReadyName(name=it.name, description=it.description),
        messages=len(en.messages),
        may_be_published=next(list_uncarried(graph), None) is None,
    )


def _describe(ready: ReadyJourney) -> ReadyText:
    return ReadyText(
        name=ready.name,
        description=ready.description,
        tags=list(ready.tags),
        messages=[
            ReadyMessageShape(
                key=message.key,
                name=message.name,
                kind=message.kind,
                subject=message.subject,
                html=message.html,
                body=message.body,
            )
            for message in ready.messages
        ],
        pools=ready.pools,
        groups=ready.groups,
        graph=ready.graph,
    )


HANDLERS = [list_ready, get_ready, lint_journey, lint_graph_of_journey, compare_versions, simulate_journey]
