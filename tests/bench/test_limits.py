"""The limit beside a figure is measured with the rows that the figure is about."""

from percorso.bench.limits import CopyLimit, measure_written
from percorso.db import Database
from tests.support.world import World


async def test_the_copy_writes_the_stored_rows_again_and_counts_them(database: Database) -> None:
    world = await World.open(database)
    for number in range(3):
        await world.track("alba", "viewedPage", url=f"https://shop.example.com/{number}")
    async with database.connection() as connection:
        stored = await connection.fetchval("SELECT count(*) FROM facts")
    limit = CopyLimit(database)
    await limit.measure(seconds=60)
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT name, properties, count(*)::int AS copies FROM facts GROUP BY name, properties"""
        )
        after = await connection.fetchval("SELECT count(*) FROM facts")
    assert after == 2 * stored
    assert {row["copies"] for row in rows if row["name"] == "viewedPage"} == {2}
    assert limit.rate > 0


async def count_sampled(database: Database) -> int:
    async with database.connection() as connection:
        found: int = await connection.fetchval("SELECT count(*) FROM contacts WHERE bucket % 10 = 0")
    return found


async def test_rows_that_are_written_cost_what_copying_them_does(database: Database) -> None:
    world = await World.open(database)
    # Every tenth bucket is sampled, and where a visitor lands is chance: now and then forty are in none of them.
    number = 0
    while number < 40 or not await count_sampled(database):
        await world.track(f"visitor-{number}", "viewedPage", url=f"https://shop.example.com/{number}")
        number += 1
    seconds = await measure_written(database, {"facts": 400, "contacts": 40})
    assert seconds > 0
    async with database.connection() as connection:
        for table in ("facts", "contacts"):
            copied = await connection.fetchval(f"SELECT count(*) FROM limit_{table}")
            sample = await connection.fetchval(f"SELECT count(*) FROM {table} WHERE bucket % 10 = 0")
            assert copied == sample > 0
