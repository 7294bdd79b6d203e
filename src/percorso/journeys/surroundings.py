"""What the check before activation knows of the workspace, read in the caller's transaction.

What errors follow from (how long events are kept) is read for publishing, too; what only warns costs more and is read when somebody
asks for the check. A question that takes too long is left out: what is not known is not said.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, cast
from uuid import UUID

import msgspec

from percorso.conditions import compile_sql
from percorso.conditions.model import All, AnyOf, Condition
from percorso.db import Connection, load_queries
from percorso.db.clock import read_product_time
from percorso.intake.vocabulary import RESERVED
from percorso.journeys import store
from percorso.journeys.already import find_candidates
from percorso.journeys.definition import Journey
from percorso.journeys.faults import Fault
from percorso.journeys.graph import SENDING_STEPS, Graph, SendEmail, SendPush, SendSms
from percorso.journeys.lint import EventFacts, Surroundings, TemplateFacts, lint_graph
from percorso.journeys.patience import find_in_time
from percorso.journeys.reads import list_events, list_fields

_DAYS_OF_A_MONTH: Final = 30
_CHANNELS: Final = {"email": SendEmail, "sms": SendSms, "push": SendPush}
_queries: Final = load_queries("percorso.journeys")


async def gather_rules(connection: Connection, journey: Journey, graph: Graph) -> Surroundings:
    """Return what errors follow from; templates and pools themselves are checked by publishing."""
    row = await _queries.fetch_row(
        connection, "get_bounds", workspace_id=journey.workspace_id, list_id=journey.list_id
    )
    assert row is not None, "a journey has a list"
    days = row["events_kept_months"] * _DAYS_OF_A_MONTH
    used = await store.list_template_users(connection, journey.workspace_id, journey.id)
    ids = [UUID(id) for id in dict.fromkeys(_list_templates(graph))]
    kinds = await store.list_template_kinds(connection, journey.workspace_id, ids)
    templates = {str(id): TemplateFacts(cast("Any", kind), used.get(str(id))) for id, kind in kinds.items()}
    return Surroundings(
        now=await read_product_time(connection),
        time_zone=row["time_zone"],
        journey_id=journey.id,
        # A template that is not there is told of by publishing itself.
        templates=templates if len(templates) == len(ids) else None,
        statistics_days=days,
        details_days=days,
    )


async def gather_all(connection: Connection, journey: Journey, graph: Graph) -> Surroundings:
    """Return all that is known: also fields, events, who starts by the same, and the share without an address."""
    rules = await gather_rules(connection, journey, graph)
    others = await _queries.fetch(
        connection, "list_event_starts", workspace_id=journey.workspace_id, journey_id=journey.id
    )
    starts: dict[str, tuple[str, ...]] = {}
    for found in others:
        starts[found["event"]] = (*starts.get(found["event"], ()), found["name"])
    return msgspec.structs.replace(
        rules,
        starts=starts,
        events=await _list_events(connection, journey.workspace_id, graph, rules.now),
        fields=await _list_fields(connection, journey.workspace_id, graph),
        missing=await _count_missing(connection, journey.workspace_id, graph, rules),
    )


async def list_errors(connection: Connection, journey: Journey, graph: Graph) -> list[Fault]:
    """Return what the check finds that stops publishing, beside what is wrong with the graph by itself."""
    around = await gather_rules(connection, journey, graph)
    found = [one for one in lint_graph(graph, around) if one.fault is None and one.severity == "error"]
    return [Fault(one.code, one.at, one.values) for one in found]


def _list_templates(graph: Graph) -> list[str]:
    found: list[str] = []
    for step in graph.steps.values():
        if isinstance(step, SENDING_STEPS):
            found += [step.template_id, *(variant.template_id for variant in step.variants)]
    return [id for id in found if _is_id(id)]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


async def _list_events(
    connection: Connection, workspace_id: UUID, graph: Graph, now: datetime
) -> dict[str, EventFacts]:
    names = {name for _, name, _ in list_events(graph)}
    rows = await _queries.fetch(
        connection, "list_seen_events", workspace_id=workspace_id, names=[*sorted(names), ""]
    )
    seen = {row["name"]: datetime.combine(row["day"], time(), UTC) + timedelta(days=1) for row in rows}
    # What Percorso says itself is not counted; nor, by name, what is beyond the names that are counted apart.
    others = names if "" in seen else names & RESERVED
    return {name: EventFacts(now) for name in others} | {
        name: EventFacts(min(at, now)) for name, at in seen.items() if name
    }


async def _list_fields(
    connection: Connection, workspace_id: UUID, graph: Graph
) -> Mapping[str, datetime | None] | None:
    paths = sorted({path for _, path in list_fields(graph)})
    if not paths:
        return None
    declared = await _queries.fetch(
        connection, "list_declared_fields", workspace_id=workspace_id, paths=paths
    )
    known: dict[str, datetime | None] = {row["path"]: None for row in declared}
    for path in paths:
        arguments = _queries.arguments("find_written_at", {"workspace_id": workspace_id, "path": path})
        rows = await _ask(connection, _queries.sql("find_written_at"), *arguments)
        if rows is None:
            # The others would take as long.
            return None
        if rows[0]["written_at"] is not None:
            known[path] = rows[0]["written_at"]
    return known


async def _count_missing(
    connection: Connection, workspace_id: UUID, graph: Graph, rules: Surroundings
) -> dict[str, float]:
    """Return which part of those who meet a start already has no address, by channel; of all contacts where nobody can."""
    channels = [
        channel
        for channel, kind in _CHANNELS.items()
        if any(isinstance(step, kind) for step in graph.steps.values())
    ]
    if not channels:
        return {}
    audience = [condition for start in graph.starts if (condition := find_candidates(start)) is not None]
    tree: Condition = AnyOf(tuple(audience)) if audience else All()
    asked = compile_sql(
        tree, now=rules.now, time_zone=rules.time_zone, workspace_id=workspace_id, first_parameter=2
    )
    text = _queries.sql("count_missing").replace("/* joins */", asked.joins)
    text = text.replace("AND true /* condition */", f"AND {asked.text}")
    rows = await _ask(connection, text, workspace_id, *asked.parameters)
    if not rows or not rows[0]["people"]:
        return {}
    return {channel: rows[0][channel] / rows[0]["people"] for channel in channels}


async def _ask(connection: Connection, text: str, *arguments: Any) -> list[Any] | None:
    """Return the rows of a question about contacts, None where it takes too long."""
    return await find_in_time(connection, lambda: connection.fetch(text, *arguments))
