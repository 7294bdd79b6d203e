"""The file that the import bench brings is what it says, and the limit copies what an import leaves."""

from percorso.bench.import_scene import make_rows
from percorso.bench.importing import TABLES
from percorso.bench.limits import measure_copy_out, measure_tables
from percorso.db import Database
from tests.support.world import World


def test_the_file_has_a_header_and_as_many_rows_as_asked() -> None:
    lines = b"".join(make_rows(5_003)).decode().splitlines()
    assert len(lines) == 5_004
    assert {line.count(";") for line in lines} == {9}
    assert len({line.partition(";")[0] for line in lines}) == 5_004


async def test_the_limit_copies_every_table_into_one_alike(database: Database) -> None:
    world = await World.open(database)
    for number in range(30):
        await world.join(f"person-{number}", firstName="Ada")
    assert await measure_tables(database, TABLES, contacts=30) > 0
    async with database.connection() as connection:
        for table in TABLES:
            copied = await connection.fetchval(f"SELECT count(*) FROM limit_{table}")
            stored = await connection.fetchval(f"SELECT count(*) FROM {table} WHERE bucket % 10 = 0")
            assert copied == stored, table
    assert await measure_copy_out(database) > 0
