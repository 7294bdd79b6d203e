"""The shell around one program: settings, logs, database, signals, heartbeat; then the program itself."""

import asyncio
import importlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any, cast

import uvloop

from percorso.config import Config, read_config
from percorso.db import Database
from percorso.db.away import is_database_away
from percorso.db.reach import reach_database
from percorso.processes.programs import HEARTBEAT_VARIABLE
from percorso.telemetry import configure_logs, get_log

log = get_log(__name__)

Run = Callable[[Database, Config, asyncio.Event], Awaitable[None]]
"""A program's entry point: works until the event is set, then finishes what it holds and returns."""

_BEAT_SECONDS = 0.5

_REACH_SECONDS = 60.0


def run_program(name: str, target: str, *, connections: int = 10) -> None:
    """Run `target` ("package.module:function", a `Run`) as the process `name` until SIGTERM or SIGINT.

    Ends the process with 1 when `target` raises: the supervisor starts it again. A database that is away is one
    line in the log; anything else is a fault of ours, with its traceback.
    """
    config = read_config()
    configure_logs(process=name, level=config.log_level, form=config.log_format)
    run = cast("Run", load_target(target))
    try:
        uvloop.run(_run(name, run, config, connections))
    except Exception as error:
        if is_database_away(error):
            log.warning("database is away", error=type(error).__name__)
        else:
            log.exception("program failed")
        sys.exit(1)


def load_target(target: str) -> Any:
    """Return what "package.module:name" names."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


async def _run(name: str, run: Run, config: Config, connections: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    beating = loop.create_task(_beat())
    await reach_database(config.required_database_url, within_seconds=_REACH_SECONDS)
    database = await Database.open(
        config.required_database_url, minimum=1, maximum=connections, name=f"percorso {name}"
    )
    log.info("program started")
    try:
        await run(database, config, stop)
    finally:
        beating.cancel()
        await database.close()
        log.info("program ended")


async def _beat() -> None:
    """Tell the supervisor twice a second that this event loop turns; without one, do nothing."""
    number = os.environ.pop(HEARTBEAT_VARIABLE, "")
    if not number:
        return
    descriptor = int(number)
    # A supervisor that does not read must not hold us.
    os.set_blocking(descriptor, False)
    while True:
        try:
            os.write(descriptor, b".")
        except BlockingIOError:
            pass
        except BrokenPipeError:
            return
        await asyncio.sleep(_BEAT_SECONDS)
