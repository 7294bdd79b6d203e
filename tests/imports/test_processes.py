"""Which worker processes take an import in: one alone does all; of two, the one beside."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from percorso.config import Config, read_config
from percorso.db import Database
from percorso.worker.main import run, run_beside, run_helped
from tests.imports.conftest import Desk
from tests.imports.test_resuming import ROWS, lay_out

Run = Callable[[Database, Config, asyncio.Event], Coroutine[Any, Any, None]]
DEADLINE_SECONDS = 60


@asynccontextmanager
async def running(desk: Desk, folder: Path, *ways: Run) -> AsyncGenerator[None]:
    stop, config = asyncio.Event(), read_config({"PERCORSO_DATA": str(folder)})
    tasks = [asyncio.create_task(way(desk.database, config, stop)) for way in ways]
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), DEADLINE_SECONDS)


async def wait_until_done(desk: Desk) -> None:
    import_id = await lay_out(desk)
    async with asyncio.timeout(DEADLINE_SECONDS):
        while (await desk.get(import_id)).state != "done":
            await asyncio.sleep(0.02)
    assert (await desk.get(import_id)).counts.new == ROWS


@pytest.mark.parametrize("ways", [(run,), (run_helped, run_beside)], ids=["alone", "one beside"])
async def test_an_import_is_taken_in_to_its_last_row(
    desk: Desk, tmp_path: Path, ways: tuple[Run, ...]
) -> None:
    async with running(desk, tmp_path, *ways):
        await wait_until_done(desk)
    assert len(await desk.people()) == ROWS
