"""Control facts: what is decided about a journey, told to every bucket by a job (architecture §3)."""

from typing import Any, Final
from uuid import UUID

from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.jobs import Handlers, enqueue_job
from percorso.jobs.model import Job
from percorso.jobs.store import count_waiting_jobs
from percorso.log.actions import append_facts
from percorso.log.control import draft_control_facts

KIND: Final = "journeys.control"
"""The kind of job that appends control facts."""


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
    await append_facts(connection, drafts, received_at=now)


HANDLERS: Final[Handlers] = {KIND: _append_control}
"""What journeys do as jobs; the worker's shell runs them."""
