"""HTTP or a worker for a bench, run as `percorso up` runs them."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from percorso.bench.frame import Ground, free_port
from percorso.config import Config, read_config
from percorso.processes import Supervisor, list_programs

_START_SECONDS = 60.0
_LISTENING = "0A"


def serve_like_up(ground: Ground) -> AbstractAsyncContextManager[Config]:
    """Run as many api processes as `percorso up` would, and nothing else, and lend their settings."""
    return run_programs(ground, "api")


def run_worker(ground: Ground) -> AbstractAsyncContextManager[Config]:
    """Run one worker as `percorso up` would, and nothing else."""
    return run_programs(ground, "worker", settings={"PERCORSO_WORKER_PROCESSES": "1"})


@asynccontextmanager
async def run_programs(
    ground: Ground, *kinds: str, settings: Mapping[str, str] | None = None
) -> AsyncGenerator[Config]:
    """Run the programs of these kinds (api, worker, courier) as `percorso up` would, whatever the clock says.

    Lends their settings when all listen that are to.
    """
    config = read_config(
        {
            "PERCORSO_DATABASE_URL": ground.url,
            "PERCORSO_DATA": str(ground.folder / "up"),
            "PORT": str(free_port()),
            "PERCORSO_LOG_LEVEL": "warning",
            **(settings or {}),
        }
    )
    programs = [program for program in list_programs(config) if program.name.startswith(kinds)]
    supervisor = Supervisor(config, programs=programs, any_clock=True)
    try:
        await supervisor.start()
        if "api" in kinds:
            async with asyncio.timeout(_START_SECONDS):
                await _until_all_listen(config)
        yield config
    finally:
        await supervisor.stop()


async def _until_all_listen(config: Config) -> None:
    while True:
        if _all_listen(config):
            return
        await asyncio.sleep(0.05)


def _all_listen(config: Config) -> bool:
    """Whether every process listens at the port (Linux; elsewhere the first is taken for all)."""
    table = Path("/proc/net/tcp")
    if not table.exists():
        return True
    rows = [line.split() for line in table.read_text(encoding="ascii").splitlines()[1:]]
    place = f":{config.port:04X}"
    return sum(row[1].endswith(place) and row[3] == _LISTENING for row in rows) >= config.api_processes
