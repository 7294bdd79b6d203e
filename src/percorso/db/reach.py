"""Whether a database can be reached."""

import asyncio
import struct
import time
from typing import Final

import asyncpg

_SSL_REQUEST: Final = struct.pack("!ii", 8, 80877103)


async def reach_database(url: str, *, within_seconds: float) -> None:
    """Return when the database at `url` takes connections; raise its last refusal after `within_seconds`.

    A wrong password or a missing database is raised at once: waiting does not mend it.
    """
    deadline = time.monotonic() + within_seconds
    while True:
        try:
            connection = await asyncpg.connect(url, timeout=5)
        except (OSError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.5)
        else:
            await connection.close()
            return


async def is_dumb(socket: str, *, timeout_seconds: float) -> bool:
    """Return whether the server behind this Unix socket neither answers nor refuses in time.

    It is asked whether it speaks TLS, which any server answers with one byte before anybody signs in
    (PostgreSQL protocol, SSLRequest): to sign in for each look costs more than all else that is done when idle.
    """
    try:
        async with asyncio.timeout(timeout_seconds):
            reader, writer = await asyncio.open_unix_connection(socket)
            try:
                writer.write(_SSL_REQUEST)
                await reader.read(1)
            finally:
                writer.close()
    except TimeoutError:
        return True
    except OSError:
        return False
    return False
