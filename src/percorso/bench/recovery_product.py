"""The whole product for the recovery bench: `percorso up` with an embedded database, and one journey that thanks."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from percorso.bench.frame import free_port, make_folder, set_up_ground, wait_for_port
from percorso.content.actions import create_template
from percorso.content.model import Design
from percorso.db import Database, load_queries
from percorso.db.clock import read_clock, read_product_time
from percorso.db.running import find_running_url
from percorso.journeys.actions import activate_journey, create_journey, publish_journey
from percorso.kit.ids import WorkspaceId
from percorso.kit.tether import tethered_command

_STOP_SECONDS: Final = 20.0
_READY_SECONDS: Final = 120.0
_ON_ITS_WAY: Final = timedelta(seconds=20)

_queries = load_queries("percorso.bench")


class Product(msgspec.Struct, frozen=True):
    """A running `percorso up`."""

    process_id: int
    port: int
    write_key: str
    list_id: str
    database: Database


@asynccontextmanager
async def open_product() -> AsyncGenerator[Product]:
    """Lend the product with an active journey; processes and data are gone afterwards."""
    folder = make_folder()
    port = free_port()
    environment = {
        **os.environ,
        "PERCORSO_DATA": str(folder / "data"),
        "PERCORSO_HOST": "127.0.0.1",
        "PORT": str(port),
        "PERCORSO_LOG_LEVEL": "warning",
    }
    environment.pop("PERCORSO_DATABASE_URL", None)
    with (folder / "up.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *tethered_command([sys.executable, "-m", "percorso", "up"]),
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        await _wait_until_ready(process, folder, port)
        database = await Database.open(
            find_running_url(folder / "data"), maximum=4, name="percorso bench", statement_timeout_seconds=10
        )
        try:
            yield await _set_up(folder, database, process.pid, port)
        finally:
            await database.close()
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
        shutil.rmtree(folder, ignore_errors=True)


async def _wait_until_ready(process: asyncio.subprocess.Process, folder: Path, port: int) -> None:
    """Return when every program is up; raises RuntimeError with the end of the log when the product ended."""
    waiting = asyncio.create_task(wait_for_port(port, seconds=_READY_SECONDS))
    ending = asyncio.create_task(process.wait())
    await asyncio.wait((waiting, ending), return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()
        raise RuntimeError(f"percorso up ended: {(folder / 'up.log').read_text()[-2000:]}")
    ending.cancel()
    waiting.result()


async def _set_up(folder: Path, database: Database, process_id: int, port: int) -> Product:
    ground = await set_up_ground(folder, "", database)
    workspace_id = WorkspaceId(ground.workspace_id)
    async with database.transaction("bench.copy") as connection:
        list_id = await _queries.fetch_value(connection, "find_list", workspace_id=workspace_id)
        template_id = await create_template(
            connection,
            workspace_id=workspace_id,
            list_id=list_id,
            name="Thanks",
            design=Design(kind="email", subject="{{ event.orderId }}", html="<p>Thank you</p>"),
            now=await read_product_time(connection),
        )
        journey = await create_journey(
            connection, workspace_id, list_id=list_id, name="Thanks", draft=_make_graph(str(template_id))
        )
        await publish_journey(connection, workspace_id, journey.id)
        await activate_journey(connection, workspace_id, journey.id)
    return Product(process_id, port, ground.write_key, str(list_id), database)


def _make_graph(template_id: str) -> dict[str, Any]:
    """Return the graph: every order is thanked for."""
    return {
        "starts": [{"id": "order", "event": "completedOrder"}],
        "reentry": {"rule": "every_time", "inside": "one_per_key", "key": "orderId"},
        "first": "thanks",
        "steps": {
            "thanks": {"kind": "send_email", "templateId": template_id, "next": "end"},
            "end": {"kind": "end", "outcome": "positive"},
        },
    }


async def read_arrived(database: Database, orders: Sequence[str]) -> list[str]:
    """Return of which of these orders the message has arrived."""
    async with asyncio.timeout(2), database.connection() as connection:
        rows = await _queries.fetch(connection, "list_arrived", subjects=orders)
    return [row["subject"] for row in rows]


async def read_doubts(database: Database) -> set[str]:
    """Return the orders whose message may or may not have left."""
    async with asyncio.timeout(10), database.connection() as connection:
        clock = await read_clock(connection)
        rows = await _queries.fetch(connection, "list_doubtful_subjects", before=clock.real_at - _ON_ITS_WAY)
    return {row["subject"] for row in rows}


def now() -> float:
    """Return the moment, in seconds, on the one clock that this bench measures by."""
    return time.monotonic()
