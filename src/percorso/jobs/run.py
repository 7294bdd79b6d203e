"""Doing internal work: claim, do, commit; repeat what failed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from percorso.db import Connection, Database
from percorso.db.clock import read_clock
from percorso.jobs import store
from percorso.jobs.model import Job, Later, is_last_try, pause_after
from percorso.telemetry import get_log

Handler = Callable[[Connection, Job], Awaitable[Later | None]]
"""Does one job, or a part of it, within the transaction that holds it; an error undoes all that this part did."""

Handlers = Mapping[str, Handler]
"""Who does which kind of job."""

KEPT: Final = timedelta(days=7)
"""How long a job is remembered after it was done."""

_PAUSE_SECONDS: Final = 0.25
_IDLE_SECONDS: Final = 2.0
_LONGEST_ERROR: Final = 2_000

_log = get_log(__name__)


async def run_job(database: Database, handlers: Handlers) -> bool:
    """Do the next job that is due, and return whether there was one; one that fails is put off."""
    job: Job | None = None
    try:
        async with database.transaction("jobs.run") as connection:
            present = (await read_clock(connection)).real_at
            job = await store.claim_job(connection, list(handlers), present=present)
            if job is None:
                return False
            later = await handlers[job.kind](connection, job)
            if later is None:
                await store.finish_job(connection, job.id, present=present)
            else:
                run_at = present + later.pause
                await store.put_off_job(connection, job.id, arguments=later.arguments, run_at=run_at)
    except Exception as error:
        if job is None:
            raise
        _log.warning("job failed", kind=job.kind, job=str(job.id), tries=job.tries + 1, error=repr(error))
        await _record_failure(database, job, error)
    return True


async def _record_failure(database: Database, job: Job, error: Exception) -> None:
    tries = job.tries + 1
    async with database.transaction("jobs.failure") as connection:
        present = (await read_clock(connection)).real_at
        await store.record_failure(
            connection,
            job.id,
            tries=tries,
            error=f"{type(error).__name__}: {error}"[:_LONGEST_ERROR].replace("\x00", ""),
            run_at=present + pause_after(tries),
            is_last=is_last_try(tries),
            present=present,
        )


async def run_all_jobs(database: Database, handlers: Handlers) -> int:
    """Do jobs until none is due now, and return how many were tried; those that failed wait for their time."""
    count = 0
    while await run_job(database, handlers):
        count += 1
    return count


async def is_anything_put_off(database: Database, handlers: Handlers) -> bool:
    """Whether a job has done a part and goes on after a pause; those that failed are none."""
    async with database.connection() as connection:
        return await store.count_put_off(connection, list(handlers)) > 0


async def run_jobs(database: Database, handlers: Handlers, stop: asyncio.Event) -> None:
    """Do jobs as they come until `stop` is set; a database that goes away is waited for."""
    pulse = database.hints.watch()
    while not stop.is_set():
        try:
            done = await run_all_jobs(database, handlers)
            if done:
                await forget_done(database)
                async with database.connection() as connection:
                    await database.hints.tell(connection)
        except OSError as error:
            _log.warning("jobs wait for the database", error=repr(error))
        await pulse.wait(_PAUSE_SECONDS, idle_seconds=_IDLE_SECONDS, stop=stop)


async def forget_done(database: Database) -> None:
    """Forget the jobs that were done long ago."""
    async with database.transaction("jobs.forget") as connection:
        present = (await read_clock(connection)).real_at
        await store.delete_done_jobs(connection, before=present - KEPT)
