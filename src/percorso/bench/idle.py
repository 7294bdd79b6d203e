"""`percorso bench idle`: what the product costs while nothing happens, with many contacts, 100 segments and 50 journeys."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

import msgspec
import psutil

from percorso.bench.engine_scene import CITIES, JOURNEYS, make_graph
from percorso.bench.frame import (
    Ground,
    Result,
    bench_command,
    free_port,
    open_ground,
    progress,
    wait_for_port,
)
from percorso.bench.membership import SEGMENTS, define_segment
from percorso.bench.people_scene import fill, make_people, make_template, switch_on
from percorso.db import load_queries
from percorso.kit.ids import derive_id
from percorso.kit.tether import tethered_command
from percorso.segments.actions import create_segment
from percorso.segments.codec import convert_definition
from percorso.worker.main import settle

CONTACTS: Final = 1_000_000
TARGET_PERCENT: Final = 1.0
TARGET_MB: Final = 400
"""Of a core, and of memory without PostgreSQL (architecture §7)."""
_STOP_SECONDS: Final = 20.0
_CALM_SECONDS: Final = 30.0
"""After so long without a hint every loop keeps its slow pace."""

_queries: Final = load_queries("percorso.bench")


class Use(msgspec.Struct, frozen=True):
    """Processor seconds, and bytes of memory with each shared page counted in parts, of our programs and of PostgreSQL."""

    ours: float
    postgres: float
    memory: list[int]
    rows: int
    """Rows that PostgreSQL has read since it began."""


async def measure_idle(quick: bool) -> Result:
    """Return the share of one core that our programs and PostgreSQL use while nothing happens."""
    contacts = CONTACTS // 10 if quick else CONTACTS
    seconds = 10 if quick else 60
    async with open_ground() as ground:
        progress(f"making {SEGMENTS} segments and {JOURNEYS} journeys")
        await _lay_out(ground)
        nobody = await _measure(ground, seconds)
        progress(f"making {contacts} contacts")
        await make_people(ground, [contacts])
        await _join_segments(ground)
        many = await _measure(ground, seconds)
    percent = many["ours_percent"] + many["postgres_percent"]
    return Result(
        bench="idle",
        figure=round(percent, 2),
        unit="% of a core",
        limit=TARGET_PERCENT,
        limit_is="what architecture §7 allows while nothing happens",
        ratio=round(TARGET_PERCENT / percent, 3),
        target=TARGET_PERCENT,
        more={
            **many,
            "target_mb": TARGET_MB,
            "contacts": contacts,
            "segments": SEGMENTS,
            "journeys": JOURNEYS,
            "without_contacts": nobody,
        },
    )


async def _measure(ground: Ground, seconds: int) -> dict[str, Any]:
    async with _run_up(ground) as process_id:
        progress(f"waiting until all is calm, then {seconds} s")
        await asyncio.sleep(_CALM_SECONDS)
        before, begun = await _read_use(ground, process_id), time.monotonic()
        await asyncio.sleep(seconds)
        after, passed = await _read_use(ground, process_id), time.monotonic() - begun
    return {
        "ours_percent": round((after.ours - before.ours) / passed * 100, 2),
        "postgres_percent": round((after.postgres - before.postgres) / passed * 100, 2),
        "memory_mb": round(sum(after.memory) / 1e6, 1),
        "memory_of_each_mb": [round(size / 1e6, 1) for size in after.memory],
        "rows_a_minute": round((after.rows - before.rows) / passed * 60),
    }


@asynccontextmanager
async def _run_up(ground: Ground) -> AsyncGenerator[int]:
    """Run `percorso up` on the bench's database; lend its process id when it listens."""
    port = free_port()
    environment = {
        **os.environ,
        "PERCORSO_DATABASE_URL": ground.url,
        "PERCORSO_DATA": str(ground.folder / "up"),
        "PERCORSO_HOST": "127.0.0.1",
        "PORT": str(port),
        "PERCORSO_LOG_LEVEL": "warning",
    }
    process = await asyncio.create_subprocess_exec(
        *tethered_command([sys.executable, "-m", "percorso", "up"]),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await wait_for_port(port)
        yield process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)


async def _lay_out(ground: Ground) -> None:
    async with ground.database.transaction("bench.copy") as connection:
        for number in range(SEGMENTS):
            await create_segment(
                connection,
                ground.workspace_id,
                name=f"Segment {number:03}",
                definition=convert_definition(define_segment(number)),
                id=_segment_id(number),
            )
    for number in range(JOURNEYS):
        graph = make_graph(number, await make_template(ground))
        await switch_on(ground, f"Journey {number:02}", graph)
    await settle(ground.database)


async def _join_segments(ground: Ground) -> None:
    """Write the memberships that filling would have left: asking a million contacts for each of a hundred takes long.

    The other half of the segments look back on events, and nobody has any.
    """
    segments = {city: str(_segment_id(number)) for number, city in enumerate(CITIES)}
    said = {"workspace_id": ground.workspace_id, "segments": segments}
    await fill(ground, "make_memberships", said)
    await ground.database.pool.execute("VACUUM ANALYZE")


def _segment_id(number: int) -> UUID:
    return derive_id("idle bench", number)


async def _read_use(ground: Ground, process_id: int) -> Use:
    """Return what `percorso up` and the server have used so far."""
    async with ground.database.connection() as connection:
        backend: int = await _queries.fetch_value(connection, "get_backend")
        rows: int = await _queries.fetch_value(connection, "count_rows_read")
    server, up = psutil.Process(backend).parent(), psutil.Process(process_id)
    assert server is not None, "a backend is the server's child"
    ours = [up, *up.children(recursive=True)]
    return Use(
        ours=sum(_seconds(process) for process in ours),
        postgres=sum(_seconds(process) for process in (server, *server.children(recursive=True))),
        memory=[process.memory_full_info().pss for process in ours],
        rows=rows,
    )


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


idle = bench_command("idle", "What the product costs while nothing happens.")(measure_idle)
