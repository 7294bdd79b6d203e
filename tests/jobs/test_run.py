import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from percorso.db import Connection, Database
from percorso.db.clock import read_clock
from percorso.jobs import Handlers, enqueue_job, run_all_jobs, run_jobs
from percorso.jobs.model import TRIES, Job
from percorso.jobs.run import KEPT, forget_done, run_job

Handle = Callable[[Connection, Job], Awaitable[None]]


class Notebook:
    """Handlers that note what they did, in the order of doing; what is in `failing` fails."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.failing: set[Any] = set()
        self.handlers: Handlers = {"note": self._note}

    async def _note(self, connection: Connection, job: Job) -> None:
        what = job.arguments["what"]
        # A real effect in the job's transaction: it must go when the job fails.
        await connection.execute(
            "UPDATE clocks SET rate = $1", float(what if isinstance(what, int) else 0) + 1
        )
        if what in self.failing:
            raise ValueError(f"{what} cannot be noted")
        self.done.append(what)


async def ask(database: Database, what: Any, key: str | None = None, kind: str = "note") -> None:
    async with database.transaction("test.commit") as connection:
        await enqueue_job(connection, kind, {"what": what}, key=key)


async def rows(database: Database) -> list[tuple[Any, ...]]:
    async with database.connection() as connection:
        found = await connection.fetch("SELECT arguments, state, tries, error FROM jobs ORDER BY number")
    return [(row["arguments"]["what"], row["state"], row["tries"], row["error"]) for row in found]


async def make_due(database: Database) -> None:
    async with database.transaction("test.commit") as connection:
        await connection.execute("UPDATE jobs SET run_at = created_at")


async def test_jobs_are_done_once_in_the_order_of_asking(database: Database) -> None:
    book = Notebook()
    for what in range(5):
        await ask(database, what)
    assert await run_all_jobs(database, book.handlers) == 5
    assert await run_all_jobs(database, book.handlers) == 0
    assert book.done == [0, 1, 2, 3, 4]
    assert {state for _, state, _, _ in await rows(database)} == {"done"}


async def test_a_job_is_not_there_until_who_asked_for_it_has_committed(database: Database) -> None:
    book = Notebook()
    async with database.transaction("test.commit") as connection:
        await enqueue_job(connection, "note", {"what": 1})
        assert await run_all_jobs(database, book.handlers) == 0
    assert await run_all_jobs(database, book.handlers) == 1
    with pytest.raises(RuntimeError, match="never mind"):
        async with database.transaction("test.commit") as connection:
            await enqueue_job(connection, "note", {"what": 2})
            raise RuntimeError("never mind")
    assert await run_all_jobs(database, book.handlers) == 0


async def test_asking_twice_under_one_id_asks_once(database: Database) -> None:
    book, id = Notebook(), uuid4()
    for _ in range(2):
        async with database.transaction("test.commit") as connection:
            assert await enqueue_job(connection, "note", {"what": 1}, id=id) == id
    await run_all_jobs(database, book.handlers)
    assert book.done == [1]


async def test_what_a_failed_job_changed_is_undone_and_it_waits_for_its_time(database: Database) -> None:
    book = Notebook()
    book.failing.add(7)
    await ask(database, 7)
    assert await run_all_jobs(database, book.handlers) == 1
    assert await rows(database) == [(7, "waiting", 1, "ValueError: 7 cannot be noted")]
    async with database.connection() as connection:
        assert (await read_clock(connection)).rate == 1
        assert await connection.fetchval("SELECT run_at - created_at > interval '0.9 s' FROM jobs")
    book.failing.clear()
    await make_due(database)
    await run_all_jobs(database, book.handlers)
    assert await rows(database) == [(7, "done", 1, None)]
    assert book.done == [7]


async def test_a_job_is_given_up_after_its_last_try_with_its_error_kept(database: Database) -> None:
    book = Notebook()
    book.failing.add(7)
    await ask(database, 7)
    for _ in range(TRIES + 3):
        await make_due(database)
        await run_all_jobs(database, book.handlers)
    assert await rows(database) == [(7, "failed", TRIES, "ValueError: 7 cannot be noted")]


async def test_one_that_fails_holds_up_its_own_key_only_and_only_until_it_is_given_up(
    database: Database,
) -> None:
    book = Notebook()
    book.failing.add("a1")
    for what, key in (("a1", "a"), ("a2", "a"), ("b1", "b"), ("free", None)):
        await ask(database, what, key)
    await run_all_jobs(database, book.handlers)
    assert book.done == ["b1", "free"]
    for _ in range(TRIES):
        await make_due(database)
        await run_all_jobs(database, book.handlers)
    assert book.done == ["b1", "free", "a2"]


async def test_two_runners_never_do_one_job_nor_two_of_one_key_at_once(database: Database) -> None:
    inside: set[str] = set()
    done: list[str] = []
    both = asyncio.Event()

    async def slow(connection: Connection, job: Job) -> None:
        del connection
        assert not inside, "two jobs of one key at once"
        inside.add(job.arguments["what"])
        # Give the other runner every chance to take the next job of the key.
        both.set()
        assert not await run_job(database, {"note": slow})
        inside.remove(job.arguments["what"])
        done.append(job.arguments["what"])

    for what in ("one", "two", "three"):
        await ask(database, what, "key")
    await asyncio.gather(run_all_jobs(database, {"note": slow}), both.wait())
    assert done == ["one", "two", "three"]


async def test_jobs_of_an_unknown_kind_wait_for_a_program_that_knows_it(database: Database) -> None:
    book = Notebook()
    await ask(database, 1, kind="of the next release")
    assert await run_all_jobs(database, book.handlers) == 0
    assert (await rows(database))[0][1] == "waiting"


async def test_running_goes_on_until_told_to_stop(database: Database) -> None:
    book, stop = Notebook(), asyncio.Event()
    running = asyncio.create_task(run_jobs(database, book.handlers, stop))
    await ask(database, 1)
    async with asyncio.timeout(20):
        while book.done != [1]:
            await asyncio.sleep(0.01)
        stop.set()
        await running


async def test_done_jobs_are_forgotten_after_a_week(database: Database) -> None:
    book = Notebook()
    for what in (1, 2):
        await ask(database, what)
    await run_all_jobs(database, book.handlers)
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "UPDATE jobs SET done_at = done_at - $1::interval WHERE (arguments->>'what') = '1'",
            KEPT + timedelta(minutes=1),
        )
    await forget_done(database)
    assert [what for what, *_ in await rows(database)] == [2]
