"""The demo's clock: runs while the demo does, stands still while it is down, goes back for nobody."""

import asyncio
from datetime import datetime
from typing import Final

from percorso.db import Database, PostgresError, load_queries
from percorso.db.clock import anchor_clock, set_clock

RATE: Final = 1200.0
"""Product seconds to a second: twenty minutes, so that a day passes in 72 s."""

_ANCHOR_SECONDS = 2.0
_queries: Final = load_queries("percorso.demo")


async def start_clock(database: Database, *, first: bool, rate: float = RATE) -> datetime:
    """Let product time go on from where it stood, and return it; from the present the `first` time.

    After a crash the row may lie up to two seconds behind what was stored; time never goes back behind that.
    """
    async with database.transaction("demo.clock") as connection:
        row = await _queries.fetch_row(connection, "get_clock_row")
        newest = await _queries.fetch_value(connection, "find_newest_moment")
        assert row is not None
        at = row["present"] if first else max(row["product_at"], newest or row["product_at"])
        await set_clock(connection, product_at=at, rate=rate)
    return at


async def stop_clock(database: Database) -> None:
    """Let product time stand still."""
    async with database.transaction("demo.clock") as connection:
        await anchor_clock(connection, rate=0.0)


async def keep_clock(database: Database, *, rate: float = RATE) -> None:
    """Note every two seconds where product time is, for a start after a crash; goes on until cancelled."""
    while True:
        await asyncio.sleep(_ANCHOR_SECONDS)
        try:
            async with database.transaction("demo.clock") as connection:
                await anchor_clock(connection, rate=rate)
        except (PostgresError, OSError):
            # The database is away; the supervisor brings it back, and the next round notes the time.
            continue
