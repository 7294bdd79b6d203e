"""Asking for internal work."""

from typing import Any
from uuid import UUID, uuid4

from percorso.db import Connection
from percorso.db.clock import read_clock
from percorso.jobs import store


async def enqueue_job(
    connection: Connection,
    kind: str,
    arguments: dict[str, Any],
    *,
    key: str | None = None,
    workspace_id: UUID | None = None,
    id: UUID | None = None,
) -> UUID:
    """Ask for a job, in the caller's transaction, and return its id; it is done once that has committed.

    Jobs of one kind and `key` are done in the order of asking. With a given `id`, repeating asks once.
    """
    job_id = id or uuid4()
    clock = await read_clock(connection)
    await store.insert_job(
        connection,
        id=job_id,
        kind=kind,
        key=key,
        workspace_id=workspace_id,
        arguments=arguments,
        present=clock.real_at,
    )
    return job_id
