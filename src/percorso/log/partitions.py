"""Room for what is to come: months of facts and weeks of seen message ids, made ahead, and old weeks dropped."""

from datetime import date, datetime, timedelta
from typing import Final

from percorso.db import Database
from percorso.db.away import LOCK_BUSY
from percorso.log import append_store as store

SEEN_DAYS: Final = 7
"""For how many days a message id is remembered at least (spec 2.5)."""

_DAYS_AHEAD: Final = 2


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


class Partitions:
    """Room for facts and message ids, looked after once a product day by each process that appends."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ensured_on: date | None = None

    def has(self, product_at: datetime) -> bool:
        """Whether this process has looked after the day of this moment."""
        return self._ensured_on == product_at.date()

    async def ensure(self, product_at: datetime) -> None:
        """Make room for this moment, the next two days and the next month, and drop weeks past their time.

        Each in a short transaction of its own; repeating does nothing. A week that somebody reads from is
        dropped the next time.
        """
        if self.has(product_at):
            return
        today = product_at.date()
        for ahead in range(_DAYS_AHEAD + 1):
            day = today + timedelta(days=ahead)
            await self._ensure(day, day)
        await self._ensure(next_month(today), today)
        self._ensured_on = today
        await drop_old_weeks(self._database, product_at)

    async def _ensure(self, month: date, day: date) -> None:
        async with self._database.connection() as connection:
            has = await store.has_partitions(connection, month=month, day=day)
        if not has:
            async with self._database.transaction("log.partitions") as connection:
                await store.ensure_month(connection, month)
                await store.ensure_week(connection, day)

    def forget(self) -> None:
        """Look again next time: somebody else dropped a partition, or the clock was set."""
        self._ensured_on = None


async def drop_old_weeks(database: Database, product_at: datetime) -> list[date]:
    """Drop the weeks of message ids whose last day is past its seven days, and return their Mondays."""
    oldest = product_at.date() - timedelta(days=SEEN_DAYS + 1)
    dropped: list[date] = []
    async with database.connection() as connection:
        mondays = await store.list_weeks(connection)
    for monday in mondays:
        if monday + timedelta(days=6) >= oldest:
            continue
        try:
            async with database.transaction("log.partitions") as connection:
                await store.drop_week(connection, monday)
        except LOCK_BUSY:
            # Somebody reads it; appends must not queue up behind us meanwhile.
            continue
        dropped.append(monday)
    return dropped
