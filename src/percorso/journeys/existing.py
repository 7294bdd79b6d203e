"""Letting in who meets a start already when its journey is switched on, each exactly once, piece by piece (spec 3.3).

A job tells `startMet` to those who were there when every bucket heard that the journey is on, and whose start it is then.
Who came to meet it by a fact behind that entered, or did not, by that fact.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.conditions import compile_sql
from percorso.conditions.model import Condition
from percorso.db import Connection, Record, load_queries
from percorso.db.clock import read_product_time
from percorso.jobs import enqueue_job
from percorso.jobs.model import Job, Later
from percorso.journeys import store
from percorso.journeys.already import find_already, find_candidates, is_included
from percorso.journeys.compile_starts import EXISTING as SAID
from percorso.journeys.compile_starts import START_MET
from percorso.journeys.graph import Graph, GroupStart, Start
from percorso.journeys.upgrade import upgrade_graph
from percorso.kit.ids import WorkspaceId, bucket_of, derive_id
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft

KIND: Final = "journeys.existing"
"""The kind of job that lets in who meets a start when its journey is switched on."""

PIECE: Final = 500
"""Contacts told in one go."""

_LOOK_AGAIN: Final = timedelta(seconds=0.25)
"""How long to wait for buckets that have not heard yet."""

_queries: Final = load_queries("percorso.journeys")
_JOINS: Final = "/* joins */"
_CONDITION: Final = "AND true /* condition */"


class _Existing(msgspec.Struct, frozen=True, rename="camel"):
    """A start of a journey that was switched on, and the last contact that was told.

    Members of `group_id` are looked for by when they joined; else who meets `condition`, in this time zone, and was there
    at `at`. `reach` is where the log says that it is on, by bucket.
    """

    journey_id: UUID
    start_id: str
    reach: tuple[int, ...]
    group_id: UUID | None = None
    condition: Condition | None = None
    time_zone: str = "UTC"
    at: datetime | None = None
    after: UUID | None = None


async def count_existing(
    connection: Connection,
    workspace_id: UUID,
    journey_id: UUID,
    start: Start,
    *,
    now: datetime,
    time_zone: str,
) -> int:
    """Return how many known contacts meet the start already and never entered the journey, whatever `existing` says.

    What a start asks of an event is not met by anybody; `time_zone` is the journey's. 0 where nobody can meet it already.
    """
    condition = find_candidates(start)
    if condition is None:
        return 0
    values = {"workspace_id": workspace_id, "journey_id": journey_id}
    (row,) = await _ask(connection, "count_meeting", condition, values, now=now, time_zone=time_zone)
    return int(row[0])


async def ask_for_existing(
    connection: Connection, job: Job, version: int, reach: Sequence[int], at: datetime
) -> None:
    """Ask for those who meet a start already, in the transaction that tells of the journey's being on, `at` then."""
    assert job.workspace_id is not None
    journey_id = UUID(job.arguments["properties"]["journeyId"])
    for _, graph, time_zone in await store.list_graphs(connection, [(journey_id, version)]):
        for start in msgspec.convert(upgrade_graph(msgspec.json.decode(graph)), Graph).starts:
            if not is_included(start):
                continue
            is_group = isinstance(start, GroupStart) and start.change == "joined"
            asked = _Existing(
                journey_id,
                start.id,
                tuple(reach),
                group_id=UUID(start.group_id) if isinstance(start, GroupStart) and is_group else None,
                condition=None if is_group else find_already(start),
                time_zone=time_zone,
                at=at,
            )
            await enqueue_job(
                connection,
                KIND,
                msgspec.to_builtins(asked),
                key=str(journey_id),
                workspace_id=job.workspace_id,
                id=derive_id("existing", job.id, start.id),
            )


async def tell_existing(connection: Connection, job: Job) -> Later | None:
    """Tell the next contacts that they meet the start, and go on behind them."""
    assert job.workspace_id is not None
    asked = msgspec.convert(job.arguments, _Existing)
    if await store.is_behind(connection, asked.reach):
        # What was said before the journey was on may not be folded yet.
        return Later(job.arguments, _LOOK_AGAIN)
    now = await read_product_time(connection)
    contact_ids = await _list_next(connection, job.workspace_id, asked, now)
    drafts = [_draft_met(job, asked, contact_id, now) for contact_id in contact_ids]
    await append_facts(connection, drafts, received_at=now)
    if len(contact_ids) < PIECE:
        return None
    return Later(msgspec.to_builtins(msgspec.structs.replace(asked, after=contact_ids[-1])))


async def _list_next(
    connection: Connection, workspace_id: UUID, asked: _Existing, now: datetime
) -> list[UUID]:
    if asked.group_id is not None:
        return await store.list_existing(
            connection,
            workspace_id,
            asked.journey_id,
            asked.group_id,
            reach=asked.reach,
            after=asked.after,
            maximum=PIECE,
        )
    assert asked.condition is not None
    values = {
        "workspace_id": workspace_id,
        "journey_id": asked.journey_id,
        "reach": list(asked.reach),
        "at": asked.at or now,
        "after_bucket": -1 if asked.after is None else bucket_of(asked.after),
        "after_id": UUID(int=0) if asked.after is None else asked.after,
        "maximum": PIECE,
    }
    rows = await _ask(connection, "list_meeting", asked.condition, values, now=now, time_zone=asked.time_zone)
    return [row[0] for row in rows]


async def _ask(
    connection: Connection,
    query: str,
    condition: Condition,
    values: dict[str, Any],
    *,
    now: datetime,
    time_zone: str,
) -> list[Record]:
    arguments = _queries.arguments(query, values)
    asked = compile_sql(
        condition,
        now=now,
        time_zone=time_zone,
        workspace_id=values["workspace_id"],
        first_parameter=len(arguments) + 1,
    )
    text = _queries.sql(query).replace(_JOINS, asked.joins).replace(_CONDITION, f"AND {asked.text}")
    return await connection.fetch(text, *arguments, *asked.parameters)


def _draft_met(job: Job, asked: _Existing, contact_id: UUID, now: datetime) -> FactDraft:
    assert job.workspace_id is not None
    said = {"journeyId": str(asked.journey_id), "startId": asked.start_id, SAID: True}
    return FactDraft(
        bucket=bucket_of(contact_id),
        workspace_id=WorkspaceId(job.workspace_id),
        contact_id=contact_id,
        kind="run",
        name=START_MET,
        message_id=str(derive_id("existing", job.id, contact_id)),
        occurred_at=now,
        properties=msgspec.json.encode(said),
        origin="job",
    )
