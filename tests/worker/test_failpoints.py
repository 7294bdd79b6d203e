"""Law 2: a crash before or after any commit of the worker, and a retry, is no crash."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from percorso.db import Database
from percorso.db.failpoints import Failpoints
from percorso.worker.apply import apply_all
from percorso.worker.reading import Limits
from tests.server import TestServer
from tests.worker.script import Story, lay_out, live, outcome, retell

POINTS = ("worker.read_heads", "worker.apply")


class _CrashError(BaseException):
    """Stands for a process that died: what it had not committed is gone."""


class Crashes:
    """Passes of commit points at which the process dies; remembers where it died."""

    def __init__(self, decide: Callable[[], bool]) -> None:
        self.died: set[tuple[str, str]] = set()
        self._decide = decide

    def pass_point(self, name: str, moment: str) -> None:
        if name.startswith("worker.") and self._decide():
            self.died.add((name, moment))
            raise _CrashError


async def apply_through(database: Database, limits: Limits) -> int:
    """Apply everything, starting again after each crash as a new process would; return the crashes."""
    crashes = 0
    while True:
        try:
            # One lane: a crash must not leave a second one working on, as no process would.
            await apply_all(database, limits, batch_buckets=64)
        except _CrashError:
            crashes += 1
        else:
            return crashes


async def retold_with(
    monkeypatch: pytest.MonkeyPatch, database: Database, story: Story, limits: Limits, crashes: Crashes
) -> tuple[int, dict[str, Any]]:
    scene = await lay_out(database)
    await retell(scene, story)
    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", crashes.pass_point)
        number = await apply_through(database, limits)
    return number, await outcome(scene)


async def test_dying_at_every_second_commit_point_changes_nothing(
    databases: Iterator[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = await lay_out(next(databases))
    story = await live(scene, seed=3, steps=20)
    undisturbed = await outcome(scene)
    died: set[tuple[str, str]] = set()
    for seed, limits in enumerate([Limits(facts=6, due=3), Limits()]):
        chance = random.Random(seed)
        crashes = Crashes(lambda chance=chance: chance.random() < 0.5)
        number, disturbed = await retold_with(monkeypatch, next(databases), story, limits, crashes)
        assert number > 0
        assert disturbed == undisturbed
        died |= crashes.died
    assert died == {(point, moment) for point in POINTS for moment in ("before", "after")}


@pytest.mark.prove
async def test_dying_once_at_each_commit_point_changes_nothing(
    server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_one(server) as database:
        scene = await lay_out(database)
        story = await live(scene, seed=4, steps=12)
        undisturbed = await outcome(scene)
    for nth in range(1, 10_000):
        left = iter(range(1, nth + 1))
        crashes = Crashes(lambda left=left, nth=nth: next(left, None) == nth)
        async with open_one(server) as database:
            number, disturbed = await retold_with(
                monkeypatch, database, story, Limits(facts=12, due=6), crashes
            )
        assert disturbed == undisturbed
        if not number:
            break
    else:
        pytest.fail("no run came through without reaching its failpoint")


@asynccontextmanager
async def open_one(server: TestServer) -> AsyncIterator[Database]:
    """Lend a fresh, migrated database."""
    async with AsyncExitStack() as stack:
        name = await asyncio.to_thread(server.make_database)
        stack.push_async_callback(asyncio.to_thread, server.drop_database, name)
        database = await Database.open(server.url(name), name="test")
        stack.push_async_callback(database.close)
        yield database
