"""Processes that apply facts for the engine bench as workers do: made ready first, told to go together, done when nothing is left."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import msgspec
import uvloop

from percorso.db import Database
from percorso.worker.apply import Progress, apply_all
from percorso.worker.main import spare_collector

_decode = msgspec.json.Decoder(Progress).decode


@asynccontextmanager
async def start_processes(url: str, number: int) -> AsyncGenerator[Sequence[Process]]:
    """Lend so many processes that are connected to the database at `url` and wait for a word; they are ended afterwards."""
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, url, stdin=PIPE, stdout=PIPE)
        for _ in range(number)
    ]
    try:
        for process in processes:
            await _read(process)
        yield processes
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def apply_together(processes: Sequence[Process]) -> Progress:
    """Let the processes apply all there is, and return what they did; raises RuntimeError if one of them failed."""
    for process in processes:
        assert process.stdin is not None, "started with a pipe"
        process.stdin.write(b"go\n")
    done = [_decode(await _read(process)) for process in processes]
    return Progress(
        facts=sum(progress.facts for progress in done),
        offsets=sum(progress.offsets for progress in done),
        contacts=sum(progress.contacts for progress in done),
    )


async def _read(process: Process) -> bytes:
    assert process.stdout is not None, "started with a pipe"
    line = await process.stdout.readline()
    if not line:
        raise RuntimeError("A process that applies facts has ended.")
    return line


async def _apply(url: str) -> None:
    database = await Database.open(url, maximum=4, name="percorso bench", statement_timeout_seconds=600)
    spare_collector()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    done = await apply_all(database)
    sys.stdout.write(msgspec.json.encode(done).decode() + "\n")
    sys.stdout.flush()
    await database.close()


if __name__ == "__main__":
    uvloop.run(_apply(sys.argv[1]))
