"""The limit beside a figure is measured with the rows that the figure is about."""

from percorso.bench.limits import CopyLimit
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
