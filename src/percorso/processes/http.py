"""Serves the ASGI application of `percorso.api` in this process."""

import asyncio
import gc

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from percorso.config import Config
from percorso.db import Database
from percorso.processes.shell import load_target

APPLICATION = "percorso.api.app:create_app"
"""`create_app(database, config)` returns the ASGI application."""


async def serve_http(database: Database, config: Config, stop: asyncio.Event) -> None:
    """Answer HTTP at the configured host and port until `stop` is set, then finish what is under way.

    Embedded in this process instead of a pool of its own: one process to supervise, none to orphan.
    """
    application = load_target(APPLICATION)(database, config)
    # Decoded calls are thousands of objects and no circles: looking for those costs more than it finds.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    server = Server(
        application,
        address=config.host,
        port=config.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=10_000, keep_alive=True, max_buffer_size=417_792),
        websockets=False,
        backlog=1024,
        log_enabled=False,
    )
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if serving.done():
        await serving
        raise RuntimeError(f"The HTTP server ended by itself; is {config.host}:{config.port} taken?")
    server.stop()
    await serving
