"""Hints wake who waits in another process; without them waiting ends by itself."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from percorso.db import Database
from percorso.db.failpoints import COMMIT_POINTS
from percorso.db.hints import TELLING


async def commit(database: Database, point: str) -> None:
    async with database.transaction(point) as connection:
        await connection.fetchval("SELECT 1")


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[Database]:
    """Another process on the same database."""
    opened = await Database.open(database_url, maximum=2, name="other")
    yield opened
    await opened.close()


async def listening(other: Database) -> None:
    """Return when the other process listens."""
    async with asyncio.timeout(20):
        await other.hints.listening.wait()


async def test_a_commit_wakes_who_waits_in_another_process(database: Database, other: Database) -> None:
    stop = asyncio.Event()
    pulse = other.hints.watch()
    waiting = asyncio.create_task(pulse.wait(60, idle_seconds=60, stop=stop))
    await listening(other)
    assert not other.hints.is_lively()
    await commit(database, "test.commit")
    await commit(database, "intake.append")
    async with asyncio.timeout(20):
        await waiting
    assert other.hints.is_lively()


async def test_who_heard_nothing_for_a_while_waits_longer(database: Database, other: Database) -> None:
    stop = asyncio.Event()
    pulse = other.hints.watch()
    waiting = asyncio.create_task(pulse.wait(0, idle_seconds=60, stop=stop))
    await listening(other)
    assert not waiting.done()
    stop.set()
    async with asyncio.timeout(20):
        await waiting
    await commit(database, "intake.append")
    async with asyncio.timeout(20):
        while not other.hints.is_lively():
            await asyncio.sleep(0.01)
        await pulse.wait(60, idle_seconds=60, stop=asyncio.Event())
        # The hint is used up; in lively times the pace is the loop's own.
        await pulse.wait(0, idle_seconds=60, stop=asyncio.Event())


async def test_who_was_cut_off_listens_again(database: Database, other: Database) -> None:
    pulse = other.hints.watch()
    await listening(other)
    async with database.connection() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'other'"
        )
    async with asyncio.timeout(20):
        while other.hints.listening.is_set():
            await asyncio.sleep(0.01)
    await listening(other)
    await commit(database, "intake.append")
    async with asyncio.timeout(20):
        await pulse.wait(60, idle_seconds=60, stop=asyncio.Event())


def test_what_tells_is_a_commit_point() -> None:
    assert COMMIT_POINTS.keys() >= TELLING
