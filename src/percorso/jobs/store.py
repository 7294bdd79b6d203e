"""One function per query on the table of jobs. Times are real times."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from percorso.db import Connection, load_queries
from percorso.jobs.model import Job

_queries: Final = load_queries("percorso.jobs")


async def insert_job(
    connection: Connection,
    *,
    id: UUID,
    kind: str,
    key: str | None,
    workspace_id: UUID | None,
    arguments: dict[str, Any],
    present: datetime,
) -> None:
    """Ask for a job; nothing happens if its id was asked for before."""
    await _queries.execute(
        connection,
        "insert_job",
        id=id,
        kind=kind,
        key=key,
        workspace_id=workspace_id,
        arguments=arguments,
        present=present,
    )


async def claim_job(connection: Connection, kinds: Sequence[str], *, present: datetime) -> Job | None:
    """Return the next job that is due, locked until the transaction ends; None if there is none."""
    row = await _queries.fetch_row(connection, "claim_job", kinds=list(kinds), present=present)
    return None if row is None else Job(*row)


async def finish_job(connection: Connection, id: UUID, *, present: datetime) -> None:
    """Note that the job is done."""
    await _queries.execute(connection, "finish_job", id=id, present=present)


async def put_off_job(
    connection: Connection, id: UUID, *, arguments: dict[str, Any], run_at: datetime
) -> None:
    """Let the job go on with these arguments, not before that time; its failures so far are forgotten."""
    await _queries.execute(connection, "put_off_job", id=id, arguments=arguments, run_at=run_at)


async def count_put_off(connection: Connection, kinds: Sequence[str]) -> int:
    """Return how many jobs of these kinds have done a part and are not done."""
    return int(await _queries.fetch_value(connection, "count_put_off", kinds=list(kinds)))


async def record_failure(
    connection: Connection,
    id: UUID,
    *,
    tries: int,
    error: str,
    run_at: datetime,
    is_last: bool,
    present: datetime,
) -> None:
    """Note that the job failed for the nth time; repeating changes nothing."""
    await _queries.execute(
        connection,
        "record_failure",
        id=id,
        tries=tries,
        error=error,
        run_at=run_at,
        is_last=is_last,
        present=present,
    )


async def count_waiting_jobs(connection: Connection, kind: str, key: str) -> int:
    """Return how many jobs of a kind and key are not done yet."""
    return int(await _queries.fetch_value(connection, "count_waiting_jobs", kind=kind, key=key))


async def delete_done_jobs(connection: Connection, *, before: datetime) -> int:
    """Forget the jobs that were done before this moment, and return how many."""
    return await _queries.execute(connection, "delete_done_jobs", before=before)
