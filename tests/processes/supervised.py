"""A supervisor with programs that do nothing, to be killed from outside: `python -m tests.processes.supervised supervise PROGRAM …`.

Prints one JSON line when all run: process ids by name. Each line read from stdin is answered with another.
"""

import asyncio
import json
import sys

from percorso.config import Config, read_config
from percorso.db import Database
from percorso.processes import Program, Supervisor
from percorso.processes.shell import run_program
from percorso.telemetry import configure_logs


async def idle(database: Database, config: Config, stop: asyncio.Event) -> None:
    """A program that holds a connection and waits."""
    async with database.connection():
        await stop.wait()


async def stubborn(database: Database, config: Config, stop: asyncio.Event) -> None:
    """A program that does not end when asked."""
    await asyncio.Event().wait()


PROGRAMS = {program.__name__: program for program in (idle, stubborn)}


def _program(name: str) -> Program:
    return Program(
        name=name, command=(sys.executable, "-m", "tests.processes.supervised", name), silence_seconds=2
    )


async def supervise(names: list[str]) -> None:
    """Hold the programs until a signal comes."""
    config = read_config()
    configure_logs(process="test", level="info", form="text")
    supervisor = Supervisor(config, programs=[_program(name) for name in names])
    supervisor.stop_on_signals()
    try:
        await supervisor.start()
        answering = asyncio.create_task(_answer(supervisor))
        await supervisor.wait()
        answering.cancel()
    finally:
        await supervisor.stop()


async def _answer(supervisor: Supervisor) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while True:
        ids = {name: child.process_id for name, child in supervisor.children.items()}
        print(json.dumps({**ids, "database": supervisor.database_process_id}), flush=True)
        await reader.readline()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["supervise", *names]:
            asyncio.run(supervise(names))
        case [name] if name in PROGRAMS:
            run_program(name, f"tests.processes.supervised:{name}")
        case _:
            sys.exit("supervise PROGRAM …, or the name of one program")
