"""Room is made ahead and taken back: months of facts, days of message ids."""

from datetime import UTC, date, datetime, timedelta

from percorso.db import Database
from percorso.log.partitions import Partitions, drop_old_days, next_month

NOON = datetime(2031, 12, 30, 12, tzinfo=UTC)


async def partitions(database: Database, parent: str) -> list[str]:
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::text::regclass ORDER BY 1",
            parent,
        )
    return [row["name"] for row in rows]


async def test_room_is_made_two_days_and_a_month_ahead(database: Database) -> None:
    made = Partitions(database)
    assert not made.has(NOON)
    await made.ensure(NOON)
    assert made.has(NOON)
    assert await partitions(database, "facts") == ["facts_203112", "facts_203201"]
    assert await partitions(database, "seen") == ["seen_20311230", "seen_20311231", "seen_20320101"]
    await Partitions(database).ensure(NOON)


async def test_a_day_goes_when_it_is_past_its_seven_days(database: Database) -> None:
    made = Partitions(database)
    for day in range(12):
        await made.ensure(NOON + timedelta(days=day))
    kept = await partitions(database, "seen")
    assert (kept[0], kept[-1]) == ("seen_20320102", "seen_20320112")
    assert len(kept) == 11


async def test_a_day_that_somebody_reads_is_dropped_the_next_time(database: Database) -> None:
    await Partitions(database).ensure(NOON)
    later = NOON + timedelta(days=20)
    async with database.transaction("test.commit") as connection:
        await connection.fetch("SELECT * FROM seen_20311230")
        assert await drop_old_days(database, later) == [date(2031, 12, 31), date(2032, 1, 1)]
    assert await drop_old_days(database, later) == [date(2031, 12, 30)]


def test_the_month_after_december_is_january() -> None:
    assert next_month(date(2031, 12, 31)) == date(2032, 1, 1)
    assert next_month(date(2032, 1, 31)) == date(2032, 2, 1)
