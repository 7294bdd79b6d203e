"""`/health`: this process answers. `/ready`: so does its database."""

import asyncio

from percorso.api.raw import RawRoutes, Receive, Scope, Send, send_answer
from percorso.db import Database
from percorso.db.clock import read_clock

_PATIENCE_SECONDS = 2.0


def create_health(database: Database) -> RawRoutes:
    """Return the two routes; `/ready` raises what the database raises, which the router makes a 503."""

    async def health(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send_answer(send, 200, b'{"status":"up"}')

    async def ready(_scope: Scope, _receive: Receive, send: Send) -> None:
        async with asyncio.timeout(_PATIENCE_SECONDS), database.connection() as connection:
            await read_clock(connection)
        await send_answer(send, 200, b'{"status":"ready"}')

    return RawRoutes(exact={"/health": health, "/ready": ready})
