"""Control facts: what is decided about a journey, told to every bucket by a job (architecture §3).

When a version is published with people inside, another job tells each of them what that makes of their run.

When a journey is switched on, another job lets in who is in the group of a start already: piece by piece, once every
bucket has heard of it. Who joined by a fact behind that entered, or did not, by joining.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.jobs import Handlers, enqueue_job
from percorso.jobs.model import Job, Later
from percorso.jobs.store import count_waiting_jobs
from percorso.journeys import store
from percorso.journeys.compile_starts import START_MET
from percorso.journeys.graph import Graph, GroupStart
from percorso.journeys.people.control import CONTROL, NOBODY, Errand, send_errand, tell_piece
from percorso.journeys.people.control import KIND as INSIDE
from percorso.journeys.people.inside import RUN_MOVED, Ask, InsidePlan
from percorso.journeys.people.store import Whom
from percorso.journeys.upgrade import upgrade_graph
from percorso.kit.ids import WorkspaceId, bucket_of, derive_id
from percorso.log.actions import append_facts
from percorso.log.control import draft_control_facts
from percorso.log.model import FactDraft

KIND: Final = CONTROL

EXISTING: Final = "journeys.existing"
"""The kind of job that lets in who meets a start when its journey is switched on."""

PIECE: Final = 500
"""Contacts told in one go."""

_LOOK_AGAIN: Final = timedelta(seconds=0.25)
"""How long to wait for buckets that have not heard yet."""


class _Existing(msgspec.Struct, frozen=True, rename="camel"):
    """A group start of a journey that was switched on, and the last contact that was told.

    `reach` is where the log says so, by bucket.
    """

    journey_id: UUID
    start_id: str
    group_id: UUID
    reach: tuple[int, ...]
    after: UUID | None = None


async def announce(
    connection: Connection, workspace_id: UUID, journey_id: UUID, name: str, **said: Any
) -> UUID:
    """Ask for the control fact `name` in every bucket, after those asked for before; return the job's id."""
    return await enqueue_job(
        connection,
        KIND,
        {"name": name, "properties": {"journeyId": str(journey_id), **said}},
        key=str(journey_id),
        workspace_id=workspace_id,
    )


async def is_announcing(connection: Connection, journey_id: UUID) -> bool:
    """Whether some bucket may not have heard yet what was last decided: the screen says *publishing*."""
    return await count_waiting_jobs(connection, KIND, str(journey_id)) > 0


async def _append_control(connection: Connection, job: Job) -> None:
    assert job.workspace_id is not None
    now = await read_product_time(connection)
    drafts = draft_control_facts(
        job.id, job.workspace_id, job.arguments["name"], job.arguments["properties"], now
    )
    offsets = await append_facts(connection, drafts, received_at=now)
    at = {draft.bucket: offset for draft, offset in zip(drafts, offsets, strict=True)}
    reach = [at[bucket] for bucket in sorted(at)]
    if job.arguments["name"] == "journeyActivated":
        await _ask_for_existing(connection, job, reach)
    elif "inside" in job.arguments["properties"]:
        await _ask_inside(connection, job, reach)


async def _ask_inside(connection: Connection, job: Job, reach: Sequence[int]) -> None:
    """Ask those inside to come to the version, in the transaction that tells of it; whoever enters now is in it."""
    assert job.workspace_id is not None
    said = job.arguments["properties"]
    journey_id, version = UUID(said["journeyId"]), int(said["version"])
    plan = msgspec.convert(said["inside"], InsidePlan)
    ask = Ask(journey_id, NOBODY, version=version, plan=plan, by=said.get("by"))
    errand = Errand(journey_id, RUN_MOVED, ask, Whom(below=version), reach=tuple(reach))
    await send_errand(connection, job.workspace_id, errand, id=derive_id("inside", job.id))


async def _ask_for_existing(connection: Connection, job: Job, reach: Sequence[int]) -> None:
    """Ask for those who meet a group start already, in the transaction that tells of the journey's being on."""
    assert job.workspace_id is not None
    said = job.arguments["properties"]
    journey_id = UUID(said["journeyId"])
    graph = await store.find_graph(connection, job.workspace_id, journey_id, said["version"])
    if graph is None:
        return
    for start in msgspec.convert(upgrade_graph(graph), Graph).starts:
        if isinstance(start, GroupStart) and start.existing and start.change == "joined":
            asked = _Existing(journey_id, start.id, UUID(start.group_id), tuple(reach))
            await enqueue_job(
                connection,
                EXISTING,
                msgspec.to_builtins(asked),
                key=str(journey_id),
                workspace_id=job.workspace_id,
                id=derive_id("existing", job.id, start.id),
            )


async def _tell_existing(connection: Connection, job: Job) -> Later | None:
    """Tell the next contacts that they meet the start, and go on behind them."""
    assert job.workspace_id is not None
    asked = msgspec.convert(job.arguments, _Existing)
    if await store.is_behind(connection, asked.reach):
        # Who joined before the journey was on may not be a member yet.
        return Later(job.arguments, _LOOK_AGAIN)
    contact_ids = await store.list_existing(
        connection,
        job.workspace_id,
        asked.journey_id,
        asked.group_id,
        reach=asked.reach,
        after=asked.after,
        maximum=PIECE,
    )
    now = await read_product_time(connection)
    drafts = [_draft_met(job, asked, contact_id, now) for contact_id in contact_ids]
    await append_facts(connection, drafts, received_at=now)
    if len(contact_ids) < PIECE:
        return None
    return Later(msgspec.to_builtins(msgspec.structs.replace(asked, after=contact_ids[-1])))


def _draft_met(job: Job, asked: _Existing, contact_id: UUID, now: datetime) -> FactDraft:
    assert job.workspace_id is not None
    said = {"journeyId": str(asked.journey_id), "startId": asked.start_id}
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


async def _tell_inside(connection: Connection, job: Job) -> Later | None:
    """Ask the next of those inside; when all is applied, let a paused journey go on if that was asked for."""
    errand = msgspec.convert(job.arguments, Errand)
    told = await tell_piece(connection, job, errand)
    if isinstance(told, Later):
        return told
    if errand.resumes:
        assert job.workspace_id is not None
        await _resume(connection, job.workspace_id, errand.journey_id)
    return None


async def _resume(connection: Connection, workspace_id: UUID, journey_id: UUID) -> None:
    """Let a journey go on that is still paused."""
    journey = await store.lock_journey(connection, workspace_id, journey_id)
    if journey is not None and journey.state == "paused":
        present = await read_product_time(connection)
        await store.record_state(
            connection, workspace_id, journey_id, "active", activated=False, present=present
        )
        await announce(connection, workspace_id, journey_id, "journeyResumed", version=journey.version)


HANDLERS: Final[Handlers] = {KIND: _append_control, EXISTING: _tell_existing, INSIDE: _tell_inside}
"""What journeys do as jobs; the worker's shell runs them."""
