"""Processes that share one port: each is replaced by itself, and the others go on answering."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from percorso.config import read_config
from percorso.processes import Supervisor, list_programs
from tests.interop.served import free_port
from tests.server import TestServer


@pytest.fixture
async def supervisor(server: TestServer, tmp_path: Path) -> AsyncIterator[Supervisor]:
    """Two processes that answer HTTP, and nothing else."""
    name = await asyncio.to_thread(server.make_database)
    config = read_config(
        {
            "PERCORSO_DATABASE_URL": server.url(name),
            "PERCORSO_DATA": str(tmp_path),
            "PORT": str(free_port()),
            "PERCORSO_API_PROCESSES": "2",
            "PERCORSO_LOG_LEVEL": "error",
        }
    )
    programs = [program for program in list_programs(config) if program.name.startswith("api")]
    supervisor = Supervisor(config, programs=programs)
    try:
        await supervisor.start()
        yield supervisor
    finally:
        await supervisor.stop()
        await asyncio.to_thread(server.drop_database, name)


async def ask(port: int) -> int:
    """Return the status of one answer over a connection of its own."""
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
        session.get(f"http://127.0.0.1:{port}/health") as response,
    ):
        return response.status


async def await_answers(port: int, number: int) -> None:
    """Return when so many connections in a row were answered."""
    async with asyncio.timeout(60):
        row = 0
        while row < number:
            try:
                row = row + 1 if await ask(port) == 200 else 0
            except (aiohttp.ClientError, TimeoutError):
                row = 0


async def test_one_that_is_killed_is_replaced_while_the_other_answers(supervisor: Supervisor) -> None:
    port = supervisor.config.port
    await await_answers(port, 20)
    for name, other in (("api", "api-2"), ("api-2", "api")):
        first, kept = supervisor.children[name].process_id, supervisor.children[other].process_id
        assert first is not None
        os.kill(first, signal.SIGKILL)
        # Connections that nobody had taken yet are lost with the process; from then on the other takes all.
        await await_answers(port, 20)
        async with asyncio.timeout(60):
            while supervisor.children[name].process_id in (None, first):
                await asyncio.sleep(0.05)
        assert supervisor.children[other].process_id == kept
    await await_answers(port, 20)
