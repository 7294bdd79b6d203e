"""Each migration is applied once, in order, and never silently changed."""

import asyncio

import asyncpg
import pytest

from percorso.db.errors import MigrationError
from percorso.db.migrate import Migration, list_migrations, migrate, next_migration
from tests.server import TestServer

ONE = Migration(number=1, name="one", sql="CREATE TABLE one (); INSERT INTO one DEFAULT VALUES;")
TWO = Migration(number=2, name="two", sql="CREATE TABLE two ();")
BROKEN = Migration(number=2, name="broken", sql="CREATE TABLE half (); SELECT 1 / 0;")


@pytest.fixture
def empty_url(server: TestServer) -> object:
    name = server.make_database(template="template1")
    yield server.url(name)
    server.drop_database(name)


async def _list_tables(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        )
        return [row["tablename"] for row in rows]
    finally:
        await connection.close()


async def test_repeating_does_nothing(empty_url: str) -> None:
    assert await migrate(empty_url, [ONE]) == ["0001_one.sql"]
    assert await migrate(empty_url, [ONE]) == []
    assert await migrate(empty_url, [ONE, TWO]) == ["0002_two.sql"]
    assert await _list_tables(empty_url) == ["migrations", "one", "two"]


async def test_runners_that_meet_apply_each_file_once(server: TestServer) -> None:
    # In a database of its own each time: they meet in one of several moments, and in the worst one time in fifteen.
    for _ in range(30):
        name = await asyncio.to_thread(server.make_database, "template1")
        done = await asyncio.gather(*(migrate(server.url(name), [ONE, TWO]) for _ in range(8)))
        assert sorted(name for names in done for name in names) == ["0001_one.sql", "0002_two.sql"]
        await asyncio.to_thread(server.drop_database, name)


async def test_a_migration_that_fails_leaves_nothing(empty_url: str) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty_url, [ONE, BROKEN])
    assert await _list_tables(empty_url) == ["migrations", "one"]
    assert await migrate(empty_url, [ONE, TWO]) == ["0002_two.sql"]


def test_a_changed_file_is_refused() -> None:
    with pytest.raises(MigrationError, match=r"0001_one\.sql was changed after it was applied"):
        next_migration([(1, "another checksum")], [ONE, TWO])


def test_a_database_of_a_newer_version_is_refused() -> None:
    applied = [(1, ONE.checksum), (2, TWO.checksum)]
    with pytest.raises(MigrationError, match="newer Percorso"):
        next_migration(applied, [ONE])


def test_all_applied_leaves_nothing_to_do() -> None:
    assert next_migration([(1, ONE.checksum)], [ONE]) is None


def test_our_own_files_are_numbered_upwards_without_twins() -> None:
    numbers = [migration.number for migration in list_migrations()]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1


def test_a_file_that_comes_before_an_applied_one_is_refused() -> None:
    late = Migration(number=2, name="late", sql="SELECT 2;")
    applied = Migration(number=3, name="three", sql="SELECT 3;")
    with pytest.raises(MigrationError, match=r"0002_late\.sql comes before"):
        next_migration([(1, ONE.checksum), (3, applied.checksum)], [ONE, late, applied])


def test_a_number_may_be_left_out() -> None:
    far = Migration(number=9, name="nine", sql="SELECT 9;")
    assert next_migration([(1, ONE.checksum)], [ONE, far]) == far
    assert next_migration([(1, ONE.checksum), (9, far.checksum)], [ONE, far]) is None
