"""The real server in a process of its own, over a database of its own, with a workspace and its keys."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from percorso.db import Database
from percorso.kit.tether import tethered_command
from tests.api.tracking.shop import Shop, open_shop


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def serve(database_url: str, folder: Path, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `percorso api` and lend its process once it answers."""
    environment = {
        **os.environ,
        "PERCORSO_DATABASE_URL": database_url,
        "PERCORSO_DATA": str(folder),
        "PERCORSO_HOST": "127.0.0.1",
        "PORT": str(port),
        "PERCORSO_LOG_LEVEL": "error",
    }
    process = await asyncio.create_subprocess_exec(
        *tethered_command([sys.executable, "-m", "percorso", "api"]), env=environment
    )
    try:
        await until_it_answers(port, process)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def until_it_answers(port: int, process: asyncio.subprocess.Process) -> None:
    deadline = asyncio.get_running_loop().time() + 60
    while True:
        assert process.returncode is None, "the server ended by itself"
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return


@asynccontextmanager
async def open_served_shop(database_url: str, folder: Path) -> AsyncIterator[tuple[Shop, str]]:
    """Lend a shop and the address at which the real server takes its calls."""
    database = await Database.open(database_url, name="test")
    try:
        shop = await open_shop(database)
        port = free_port()
        async with serve(database_url, folder, port):
            yield shop, f"http://127.0.0.1:{port}"
    finally:
        await database.close()
