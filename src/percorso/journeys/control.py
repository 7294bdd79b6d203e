"""Control facts: what is decided about a journey, told to every bucket by a job (architecture §3).

When a version is published with people inside, another job tells each of them what that makes of their run.

When a journey is switched on, another job lets in who meets a start already (`existing`).
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.jobs import Handlers, enqueue_job
from percorso.jobs.model import Job, Later
from percorso.jobs.store import count_waiting_jobs
from percorso.journeys import store
from percorso.journeys.existing import KIND as EXISTING
from percorso.journeys.existing import ask_for_existing, tell_existing
from percorso.journeys.people.control import CONTROL, NOBODY, Errand, send_errand, tell_piece
from percorso.journeys.people.control import KIND as INSIDE
from percorso.journeys.people.inside import RUN_MOVED, Ask, InsidePlan
from percorso.journeys.people.store import Whom
from percorso.kit.ids import derive_id
from percorso.log.actions import append_facts
from percorso.log.control import draft_control_facts
from percorso.messages.ceilings.store import forget_reached

KIND: Final = CONTROL


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
        await ask_for_existing(connection, job, job.arguments["properties"]["version"], reach, now)
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
        await forget_reached(connection, journey_id)
        present = await read_product_time(connection)
        await store.record_state(
            connection, workspace_id, journey_id, "active", activated=False, present=present
        )
        await announce(connection, workspace_id, journey_id, "journeyResumed", version=journey.version)


HANDLERS: Final[Handlers] = {KIND: _append_control, EXISTING: tell_existing, INSIDE: _tell_inside}
"""What journeys do as jobs; the worker's shell runs them."""
