"""Room is made ahead and taken back: months of facts, weeks of message ids."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from percorso.db import Connection, Database
from percorso.log.partitions import Partitions, drop_old_weeks, next_month

NOON = datetime(2031, 12, 30, 12, tzinfo=UTC)

MADE = {"facts": ["facts_203203", "facts_203204"], "seen": ["seen_20320308", "seen_20320412"]}
"""What the test of making room beside others makes: 70 and 110 days after NOON."""


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


@pytest.mark.parametrize(("parent", "function"), [("facts", "month_of_facts"), ("seen", "week_of_seen")])
async def test_room_is_made_beside_who_reads_and_who_writes(
    database: Database, parent: str, function: str
) -> None:
    await Partitions(database).ensure(NOON)
    later = (NOON + timedelta(days=70)).date()
    making = f"SELECT ensure_{function}($1)"

    async def read_and_make() -> None:
        async with database.transaction("test.commit") as connection:
            await connection.execute("SET LOCAL lock_timeout = '20s'")
            await connection.fetch(f"SELECT * FROM {parent}")
            await both.wait()
            await connection.execute(making, later)

    both = asyncio.Barrier(2)
    # Each holds what it has read while it makes room: neither waits for the other to let go of it.
    await asyncio.gather(read_and_make(), read_and_make())
    async with database.transaction("test.commit") as connection:
        await connection.fetch(f"SELECT * FROM {parent}")
        async with database.transaction("test.commit") as other:
            await other.execute("SET LOCAL lock_timeout = '1s'")
            await other.execute(making, later + timedelta(days=40))
            await other.execute(making, later + timedelta(days=40))
    made = await partitions(database, parent)
    assert [name for name in made if name > f"{parent}_203202"] == MADE[parent]


async def test_months_are_alike_however_they_were_made(database: Database) -> None:
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "CREATE TABLE facts_203101 PARTITION OF facts FOR VALUES FROM ('2031-01-01 00:00:00+00') TO ('2031-02-01 00:00:00+00')"
        )
        await connection.execute("SELECT ensure_month_of_facts('2031-02-01')")
        found = [await _describe(connection, name) for name in ("facts_203101", "facts_203102")]
    assert found[0] == found[1]
    assert found[0]["indexes"]


async def _describe(connection: Connection, table: str) -> dict[str, list[str]]:
    """Return the columns, indexes that belong to one of the parent, and constraints of a partition."""
    statements = {
        "columns": "SELECT concat_ws(' ', attname, atttypid::regtype, attnotnull, attstorage, attcompression, attndims) AS said"
        " FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0",
        "indexes": "SELECT concat_ws(' ', inhparent::regclass, pg_get_indexdef(inhrelid)) AS said"
        " FROM pg_inherits JOIN pg_index ON indexrelid = inhrelid WHERE indrelid = $1::text::regclass",
        "constraints": "SELECT concat_ws(' ', contype, conislocal, coninhcount, pg_get_constraintdef(oid)) AS said"
        " FROM pg_constraint WHERE conrelid = $1::text::regclass",
        "triggers": "SELECT concat_ws(' ', tgname, tgparentid) AS said FROM pg_trigger WHERE tgrelid = $1::text::regclass",
    }
    return {
        name: sorted(
            re.sub(r"_?facts_2031\d\d|[a-z0-9_]+_idx", "", row["said"])
            for row in await connection.fetch(statement, table)
        )
        for name, statement in statements.items()
    }


def test_the_month_after_december_is_january() -> None:
    assert next_month(date(2031, 12, 31)) == date(2032, 1, 1)
    assert next_month(date(2032, 1, 31)) == date(2032, 2, 1)
