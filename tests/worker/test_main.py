"""The worker's process: it finds work by itself, survives its database, and stops when told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from percorso.config import read_config
from percorso.db import Database
from percorso.db.condition import read_lag
from percorso.kit.ids import BUCKETS
from percorso.worker.catalog import Catalog
from percorso.worker.main import MUCH, help_out, run, run_beside, settle
from tests.worker.scene import ORDER, Scene, contact_id, pause_graph, thanks_graph

ADA, BEA = contact_id(1), contact_id(2)
DEADLINE_SECONDS = 30


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


@pytest.fixture
async def worker(scene: Scene, database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """A running worker with connections of its own; stopped and closed afterwards."""
    own = await Database.open(database_url, name="worker under test")
    stop = asyncio.Event()
    config = read_config({"PERCORSO_DATA": str(tmp_path)})
    running = asyncio.create_task(run(own, config, stop))
    yield own
    stop.set()
    await asyncio.wait_for(running, DEADLINE_SECONDS)
    await own.close()


async def wait_for(look: Callable[[], Awaitable[Any]], expected: Any) -> None:
    """Look until what is seen is what was expected; fail with the last view after a while."""
    seen: Any = None
    with suppress(TimeoutError):
        async with asyncio.timeout(DEADLINE_SECONDS):
            while True:
                seen = await look()
                if seen == expected:
                    return
                await asyncio.sleep(0.02)
    assert seen == expected


async def test_facts_are_applied_as_they_come(scene: Scene, worker: Database) -> None:
    await scene.publish("thanks", thanks_graph())
    await scene.subscribe(ADA)
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder", ORDER))
    await wait_for(lambda: scene.rows("messages", "contact_id", "state"), [(ADA, "due")])


async def test_a_run_goes_on_when_its_moment_comes(scene: Scene, worker: Database) -> None:
    await scene.publish("thanks", pause_graph())
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder", ORDER))
    await wait_for(lambda: scene.rows("runs", "state"), [("waiting",)])
    await scene.move_clock(days=1)
    await wait_for(lambda: scene.rows("runs", "state", "outcome"), [("ended", "positive")])


async def test_cut_off_from_its_database_it_goes_on_by_itself(scene: Scene, worker: Database) -> None:
    await scene.append(scene.known(ADA, 1))
    await wait_for(lambda: scene.rows("contacts", "id"), [(ADA,)])
    async with scene.database.transaction("test.commit") as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'worker under test'"
        )
    await scene.append(scene.known(BEA, 2))
    await wait_for(
        lambda: scene.rows("contacts", "email", order="email"), [("c1@example.com",), ("c2@example.com",)]
    )


@pytest.fixture
async def beside(scene: Scene, database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """A process that helps a worker which is not there."""
    own = await Database.open(database_url, name="helper under test")
    stop = asyncio.Event()
    config = read_config({"PERCORSO_DATA": str(tmp_path)})
    running = asyncio.create_task(run_beside(own, config, stop))
    yield own
    stop.set()
    await asyncio.wait_for(running, DEADLINE_SECONDS)
    await own.close()


async def test_a_process_beside_the_worker_takes_what_lies_far_behind(scene: Scene, beside: Database) -> None:
    drafts = [scene.event(contact_id(number % 50), "completedOrder", ORDER) for number in range(3_000)]
    await scene.append(*drafts)
    await wait_for(lambda: lag(scene), 0)


async def test_a_process_beside_the_worker_leaves_little_to_that_one(scene: Scene) -> None:
    few = [scene.event(contact_id(number % 50), "completedOrder", ORDER) for number in range(MUCH - 1)]
    await scene.append(*few)
    assert not await help_out(scene.database, Catalog())
    assert await lag(scene) == MUCH - 1
    await scene.append(scene.known(ADA, 1))
    assert await help_out(scene.database, Catalog())
    assert await lag(scene) == 0


async def test_a_process_beside_the_worker_takes_much_that_is_due(scene: Scene) -> None:
    await scene.publish("thanks", pause_graph(), buckets=range(BUCKETS))
    contacts = [contact_id(number, number % BUCKETS) for number in range(MUCH)]
    *most, last = [scene.event(contact, "completedOrder", ORDER) for contact in contacts]
    await scene.append(*(scene.known(contact, number) for number, contact in enumerate(contacts)), *most)
    await settle(scene.database)
    await scene.move_clock(days=2)
    assert not await help_out(scene.database, Catalog())
    await scene.move_clock(days=-2)
    await scene.append(last)
    await settle(scene.database)
    await scene.move_clock(days=2)
    assert await help_out(scene.database, Catalog())
    assert await scene.rows("runs", "state") == [("ended",)] * MUCH


async def lag(scene: Scene) -> int:
    async with scene.database.connection() as connection:
        return await read_lag(connection)


async def test_settling_leaves_nothing_to_do(scene: Scene) -> None:
    await scene.publish("thanks", pause_graph())
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder", ORDER))
    await settle(scene.database)
    assert await scene.rows("cursors", "bucket", "offset") == await scene.rows("heads", "bucket", "offset")
