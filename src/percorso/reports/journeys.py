"""Journeys as the list, the canvas and the lists of people show them."""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from percorso.db import Connection, Record
from percorso.journeys.approving import Proposal
from percorso.journeys.ceilings import find_question
from percorso.journeys.failing import find_failure
from percorso.journeys.faults import Fault
from percorso.journeys.upgrade import upgrade_graph
from percorso.reports.counts import build_journey, build_steps
from percorso.reports.cursors import PAGE, read_cursor, write_cursor
from percorso.reports.errors import NotFoundError
from percorso.reports.model import (
    FailureShape,
    JourneyCounts,
    JourneyDetail,
    JourneyPage,
    JourneySettings,
    JourneySummary,
    JourneyVersion,
    PeoplePage,
    PersonInside,
    ProposalShape,
    StepCountsPage,
)
from percorso.reports.store import like_pattern, queries, read_as_of
from percorso.reports.words import contact_name, count_steps


async def list_journeys(
    connection: Connection,
    workspace_id: UUID,
    *,
    q: str | None = None,
    state: str | None = None,
    tag: str | None = None,
    cursor: str | None = None,
) -> JourneyPage:
    """Return a page of journeys by name; archived ones only when `state` asks for them."""
    after = read_cursor(cursor, tuple[str, UUID])
    rows = await queries.fetch(
        connection,
        "list_journeys",
        workspace_id=workspace_id,
        pattern=like_pattern(q),
        state=state,
        tag=tag,
        after_name=after[0] if after else None,
        after_id=after[1] if after else None,
        size=PAGE + 1,
    )
    shown = rows[:PAGE]
    counts = await _count_journeys(connection, workspace_id, [row["id"] for row in shown])
    following = write_cursor((shown[-1]["name"], shown[-1]["id"])) if len(rows) > PAGE else None
    return JourneyPage(
        items=[
            JourneySummary(
                **_summary(row),
                counts=counts[row["id"]],
                failures=await _list_failures(connection, workspace_id, row),
            )
            for row in shown
        ],
        next_cursor=following,
    )


async def get_journey(connection: Connection, workspace_id: UUID, journey_id: UUID) -> JourneyDetail:
    """Return one journey with its graph; raises NotFoundError."""
    row = await queries.fetch_row(connection, "get_journey", workspace_id=workspace_id, id=journey_id)
    if row is None:
        raise NotFoundError("journey")
    versions = await queries.fetch(
        connection, "list_journey_versions", workspace_id=workspace_id, id=journey_id
    )
    counts = await _count_journeys(connection, workspace_id, [journey_id])
    return JourneyDetail(
        **_summary(row),
        counts=counts[journey_id],
        failures=await _list_failures(connection, workspace_id, row),
        settings=JourneySettings(
            list_id=row["list_id"],
            list_name=row["list_name"],
            sender_name=row["sender_name"],
            sender_address=row["sender_address"],
            sms_sender=row["sms_sender"],
            time_zone=row["time_zone"],
            language=row["language"],
        ),
        graph=upgrade_graph(row["graph"] or {}),
        tests=row["tests"],
        versions=[JourneyVersion(number=v["number"], published_at=v["published_at"]) for v in versions],
        proposal=_shape_proposal(row["proposal"]),
        as_of=await read_as_of(connection),
    )


def _shape_proposal(kept: Any) -> ProposalShape | None:
    if kept is None:
        return None
    proposal = msgspec.convert(kept, Proposal)
    return ProposalShape(
        by=proposal.by.id,
        by_name=proposal.by.name,
        at=proposal.at,
        inside=proposal.plan.then,
        again=proposal.again,
    )


async def count_journey(connection: Connection, workspace_id: UUID, journey_id: UUID) -> StepCountsPage:
    """Return the figures of each step; raises NotFoundError."""
    await check_journey(connection, workspace_id, journey_id)
    as_of = await read_as_of(connection)
    counters = await queries.fetch(
        connection,
        "sum_steps",
        workspace_id=workspace_id,
        journey_id=journey_id,
    )
    inside = await queries.fetch(connection, "count_inside", workspace_id=workspace_id, journey_id=journey_id)
    return StepCountsPage(
        as_of=as_of,
        steps=build_steps(
            [(row["step"], row["path"], row["name"], row["value"]) for row in counters],
            {row["step"]: row["inside"] for row in inside},
        ),
    )


async def list_people(
    connection: Connection,
    workspace_id: UUID,
    journey_id: UUID,
    *,
    step: str | None = None,
    cursor: str | None = None,
) -> PeoplePage:
    """Return a page of who is inside, the last to arrive first; raises NotFoundError for the journey."""
    await check_journey(connection, workspace_id, journey_id)
    before = read_cursor(cursor, tuple[datetime, UUID])
    rows = await queries.fetch(
        connection,
        "list_people",
        workspace_id=workspace_id,
        journey_id=journey_id,
        step=step,
        before_at=before[0] if before else None,
        before_id=before[1] if before else None,
        size=PAGE + 1,
    )
    shown = rows[:PAGE]
    return PeoplePage(
        items=[
            PersonInside(
                contact_id=row["contact_id"],
                name=contact_name(row["attributes"]),
                email=row["email"],
                run_id=row["run_id"],
                step=row["step"],
                since=row["reached_at"],
                until=row["due_at"],
            )
            for row in shown
        ],
        next_cursor=write_cursor((shown[-1]["reached_at"], shown[-1]["run_id"]))
        if len(rows) > PAGE
        else None,
    )


async def check_journey(connection: Connection, workspace_id: UUID, journey_id: UUID) -> None:
    """Raise NotFoundError unless the workspace has this journey."""
    row = await queries.fetch_row(connection, "get_journey", workspace_id=workspace_id, id=journey_id)
    if row is None:
        raise NotFoundError("journey")


async def _list_failures(connection: Connection, workspace_id: UUID, row: Record) -> tuple[FailureShape, ...]:
    found: list[Fault] = []
    if row["state"] == "failed":
        found = await find_failure(connection, workspace_id, row["id"])
    elif row["state"] == "paused" and (question := await find_question(connection, row["id"])) is not None:
        found = [question]
    return tuple(
        FailureShape(code=fault.code, at=fault.at, en=fault.say("en"), it=fault.say("it")) for fault in found
    )


def _summary(row: Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "state": row["state"],
        "version": row["version"],
        "emails": count_steps(row["graph"], "send_email"),
        "smses": count_steps(row["graph"], "send_sms"),
        "pushes": count_steps(row["graph"], "send_push"),
        "modified_at": row["modified_at"],
        "activated_at": row["activated_at"],
        "tags": tuple(row["tags"]),
    }


async def _count_journeys(
    connection: Connection, workspace_id: UUID, journey_ids: list[UUID]
) -> dict[UUID, JourneyCounts]:
    rows = await queries.fetch(
        connection,
        "sum_journeys",
        workspace_id=workspace_id,
        journey_ids=journey_ids,
    )
    found: defaultdict[UUID, dict[tuple[str, str], int]] = defaultdict(dict)
    for row in rows:
        found[row["journey_id"]][row["name"], row["path"]] = row["value"]
    return {journey_id: build_journey(found[journey_id]) for journey_id in journey_ids}
