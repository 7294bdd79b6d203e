"""Room is made ahead and taken back: months of facts, weeks of message ids."""

from datetime import UTC, date, datetime, timedelta

from percorso.db import Database
from percorso.log.partitions import Partitions, drop_old_weeks, next_month

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
    assert await partitions(database, "seen") == ["seen_20311229"]
    await Partitions(database).ensure(NOON)


async def test_a_week_goes_when_its_last_day_is_past_its_seven_days(database: Database) -> None:
    made = Partitions(database)
    kept: dict[int, list[str]] = {}
    for day in range(16):
        await made.ensure(NOON + timedelta(days=day))
        kept[day] = await partitions(database, "seen")
    # Sunday is 4 January; its ids are asked for until the 11th, and a transaction may begin a day early.
    assert kept[13] == ["seen_20311229", "seen_20320105", "seen_20320112"]
    assert kept[14] == ["seen_20320105", "seen_20320112"]


async def test_a_week_that_somebody_reads_is_dropped_the_next_time(database: Database) -> None:
    for days in (0, 7):
        async with database.transaction("test.commit") as connection:
            await connection.execute("SELECT ensure_week_of_seen($1)", (NOON + timedelta(days=days)).date())
    later = NOON + timedelta(days=40)
    async with database.transaction("test.commit") as connection:
        await connection.fetch("SELECT * FROM seen_20311229")
        assert await drop_old_weeks(database, later) == [date(2032, 1, 5)]
    assert await drop_old_weeks(database, later) == [date(2031, 12, 29)]


def test_the_month_after_december_is_january() -> None:
    assert next_month(date(2031, 12, 31)) == date(2032, 1, 1)
    assert next_month(date(2032, 1, 31)) == date(2032, 2, 1)
