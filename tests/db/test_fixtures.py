"""The fixtures that all other tests stand on."""

import pytest

from percorso.db import Connection, Database


@pytest.mark.parametrize("attempt", [1, 2])
async def test_a_transaction_under_test_leaves_nothing(tx: Connection, attempt: int) -> None:
    assert await tx.fetchval("SELECT count(*) FROM workspaces") == 0
    await tx.execute(
        "INSERT INTO workspaces VALUES (gen_random_uuid(), $1, 'Europe/Rome', 'EUR', 'it', clock_timestamp())",
        str(attempt),
    )
    assert await tx.fetchval("SELECT name FROM workspaces") == str(attempt)


@pytest.mark.parametrize("attempt", [1, 2])
async def test_each_test_gets_a_database_of_its_own(database: Database, attempt: int) -> None:
    async with database.transaction("test.commit") as connection:
        await connection.execute("CREATE TABLE traces_of_a_test (attempt integer)")
