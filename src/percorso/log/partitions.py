"""Room for what is to come: months of facts and days of seen message ids, made ahead, and old days dropped."""

from datetime import date, datetime, timedelta
from typing import Final

from percorso.db import Database
from percorso.log import append_store as store

SEEN_DAYS: Final = 7
"""For how many days a message id is remembered at least (spec 2.5)."""

_DAYS_AHEAD: Final = 2


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


class Partitions:
    """The partitions that this process knows to be there: asking again costs a look into a set."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: set[tuple[date, date]] = set()

    def has(self, product_at: datetime) -> bool:
        """Whether this process knows that there is room for this moment."""
        today = product_at.date()
        return (today.replace(day=1), today) in self._known

    async def ensure(self, product_at: datetime) -> None:
        """Make room for this moment, the next two days and the next month; each in a short transaction."""
        today = product_at.date()
        if self.has(product_at):
            return
        for ahead in range(_DAYS_AHEAD + 1):
            day = today + timedelta(days=ahead)
            await self._ensure(day.replace(day=1), day)
        await self._ensure(next_month(today), today)

    async def _ensure(self, month: date, day: date) -> None:
        if (month, day) in self._known:
            return
        async with self._database.connection() as connection:
            has = await store.has_partitions(connection, month=month, day=day)
        if not has:
            async with self._database.transaction("log.partitions") as connection:
                await store.ensure_month(connection, month)
                await store.ensure_day(connection, day)
        self._known.add((month, day))

    def forget(self) -> None:
        """Look again next time: someone else dropped a partition that was known."""
        self._known.clear()


async def drop_old_days(database: Database, product_at: datetime) -> list[date]:
    """Drop the days of message ids that are past their seven days, and return them; one transaction each."""
    oldest = product_at.date() - timedelta(days=SEEN_DAYS + 1)
    async with database.connection() as connection:
        past = [day for day in await store.list_days(connection) if day < oldest]
    for day in past:
        async with database.transaction("log.partitions") as connection:
            await store.drop_day(connection, day)
    return past
