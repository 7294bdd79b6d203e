"""Control facts: what was saved about a segment, told to every bucket by a job (architecture §3)."""

from typing import Final
from uuid import UUID

from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.jobs import Handlers, enqueue_job
from percorso.jobs.model import Job
from percorso.jobs.store import count_waiting_jobs
from percorso.log.actions import append_facts
from percorso.log.control import draft_control_facts
from percorso.segments.model import SEGMENT_DISABLED, SEGMENT_PUBLISHED, Cause

KIND: Final = "segments.control"
"""The kind of job that appends control facts."""


async def announce(
    connection: Connection, workspace_id: UUID, segment_id: UUID, revision: int, cause: Cause
) -> UUID:
    """Ask for the control fact of a revision in every bucket, after those before it; return the job's id."""
    return await enqueue_job(
        connection,
        KIND,
        {
            "name": SEGMENT_DISABLED if cause == "disabled" else SEGMENT_PUBLISHED,
            "properties": {"segmentId": str(segment_id), "revision": revision, "cause": cause},
        },
        key=str(segment_id),
        workspace_id=workspace_id,
    )


async def is_announcing(connection: Connection, segment_id: UUID) -> bool:
    """Whether some bucket may not have heard yet what was last saved: the screen says *filling*."""
    return await count_waiting_jobs(connection, KIND, str(segment_id)) > 0


async def _append_control(connection: Connection, job: Job) -> None:
    assert job.workspace_id is not None
    now = await read_product_time(connection)
    drafts = draft_control_facts(
        job.id, job.workspace_id, job.arguments["name"], job.arguments["properties"], now
    )
    await append_facts(connection, drafts, received_at=now)


HANDLERS: Final[Handlers] = {KIND: _append_control}
"""What segments do as jobs; the worker's shell runs them."""
