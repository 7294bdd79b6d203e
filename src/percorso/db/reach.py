"""Whether a database can be reached."""

import asyncio
import time

import asyncpg


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


async def is_dumb(url: str, *, timeout_seconds: float) -> bool:
    """Return whether the server neither takes nor refuses a connection within `timeout_seconds`."""
    try:
        connection = await asyncpg.connect(url, timeout=timeout_seconds)
        await connection.close(timeout=timeout_seconds)
    except TimeoutError:
        return True
    except (OSError, asyncpg.PostgresError):
        return False
    return False
