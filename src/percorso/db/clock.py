"""Product time: the one clock of windows, waits, caps and retention, driven by one row of the database."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from percorso.db.queries import Connection, load_queries

queries: Final = load_queries("percorso.db")


class Clock(msgspec.Struct, frozen=True):
    """Product time as it stood at `real_at`, and how fast it goes (1 in production, 0: stands still)."""

    real_at: datetime
    product_at: datetime
    rate: float

    def product(self, real: datetime) -> datetime:
        """Return the product time at this real time."""
        return self.product_at + timedelta(seconds=(real - self.real_at).total_seconds() * self.rate)


async def read_clock(connection: Connection) -> Clock:
    """Return the clock, set to the database's own present, so that processes need no common wall clock."""
    (row,) = await queries.fetch(connection, "get_clock")
    clock = Clock(real_at=row["real_at"], product_at=row["product_at"], rate=row["rate"])
    return Clock(real_at=row["present"], product_at=clock.product(row["present"]), rate=clock.rate)


async def read_product_time(connection: Connection) -> datetime:
    """Return the product time of this moment."""
    clock = await read_clock(connection)
    return clock.product_at


async def set_clock(connection: Connection, *, product_at: datetime, rate: float) -> None:
    """Make product time be `product_at` now and go at `rate` from here on."""
    await queries.execute(connection, "set_clock", product_at=product_at, rate=rate)


async def anchor_clock(connection: Connection, *, rate: float) -> datetime:
    """Let product time go on from where it is at `rate`, and return it; 0 makes it stand still."""
    return await queries.fetch_value(connection, "anchor_clock", rate=rate)


async def is_production_clock(connection: Connection) -> bool:
    """Return whether product time is real time: rate 1, and no offset beyond the making of the row itself."""
    clock = await read_clock(connection)
    return clock.rate == 1 and abs(clock.product_at - clock.real_at) < timedelta(milliseconds=50)
