"""Transactions have a name, JSON goes in and out, and a request sees one workspace only."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from percorso.db import Connection, Database, as_json
from percorso.db.errors import UnnamedCommitError
from percorso.db.failpoints import parse_failpoints

SCRIPT = """
import asyncio, sys
from percorso.db import Database
async def main():
    database = await Database.open(sys.argv[1])
    async with database.connection() as connection:
        await connection.execute("CREATE TABLE IF NOT EXISTS kept (number integer)")
    for number in range(1, 4):
        async with database.transaction("test.commit") as connection:
            await connection.execute("INSERT INTO kept VALUES ($1)", number)
    await database.close()
asyncio.run(main())
"""


async def test_a_transaction_without_a_registered_name_never_begins(database: Database) -> None:
    with pytest.raises(UnnamedCommitError, match=r"'no\.such' is not a commit point"):
        async with database.transaction("no.such"):
            pytest.fail("it began")


async def test_an_error_takes_everything_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction("test.commit") as connection:
            await connection.execute("CREATE TABLE kept ()")
            _ = 1 / 0
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT to_regclass('kept')") is None


@pytest.mark.parametrize(
    ("failpoint", "kept"), [("before=kill:2", [1]), ("after=kill:2", [1, 2]), ("", [1, 2, 3])]
)
async def test_a_failpoint_kills_the_process_at_the_nth_commit(
    database: Database, database_url: str, tmp_path: Path, failpoint: str, kept: list[int]
) -> None:
    seen = tmp_path / "seen"
    environment = {**os.environ, "FAILPOINTS_SEEN": str(seen)}
    environment["FAILPOINTS"] = f"test.commit.{failpoint}" if failpoint else ""
    done = subprocess.run([sys.executable, "-c", SCRIPT, database_url], env=environment, check=False)
    assert done.returncode == (-signal.SIGKILL if failpoint else 0)
    assert seen.read_text() == "test.commit\n"
    async with database.connection() as connection:
        assert [row["number"] for row in await connection.fetch("SELECT number FROM kept ORDER BY 1")] == kept


@pytest.mark.parametrize(
    "text", ["no.such.before=kill:1", "test.commit.during=kill", "test.commit.before=explode:1"]
)
def test_a_failpoint_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="FAILPOINTS"):
        parse_failpoints(text)


def test_a_bare_name_means_before_the_commit() -> None:
    assert parse_failpoints("test.commit=stop:2") == parse_failpoints("test.commit.before=stop:2")


@pytest.mark.parametrize("value", [{"a": [1, None, "ü\U0001f600"]}, [], "text", 1.5, True])
async def test_json_goes_in_and_comes_out_as_it_was(tx: Connection, value: object) -> None:
    assert await tx.fetchval("SELECT $1::jsonb", value) == value
    assert await tx.fetchval("SELECT $1::jsonb", as_json(value)) == value


async def test_lists_in_an_array_of_json_are_values(tx: Connection) -> None:
    given = [as_json([1, 2]), None, as_json({"a": 1})]
    rows = await tx.fetch("SELECT value FROM unnest($1::jsonb[]) AS value", given)
    assert [row["value"] for row in rows] == [[1, 2], None, {"a": 1}]


async def test_json_stays_unread_where_that_was_asked_for(database_url: str) -> None:
    database = await Database.open(database_url, raw_json=True)
    async with database.connection() as connection:
        found = await connection.fetchval("""SELECT '{"a": 1}'::jsonb""")
    await database.close()
    assert isinstance(found, msgspec.Raw)
    assert bytes(found) == b'{"a": 1}'


async def test_a_snapshot_does_not_see_what_is_committed_meanwhile(database: Database) -> None:
    async with database.transaction("test.commit") as connection:
        await connection.execute("CREATE TABLE kept (number integer)")
    async with database.snapshot() as snapshot:
        assert await snapshot.fetchval("SELECT count(*) FROM kept") == 0
        async with database.transaction("test.commit") as connection:
            await connection.execute("INSERT INTO kept VALUES (1)")
        assert await snapshot.fetchval("SELECT count(*) FROM kept") == 0
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await snapshot.execute("INSERT INTO kept VALUES (2)")


async def _add_workspace(database: Database, name: str) -> UUID:
    workspace_id = uuid4()
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "INSERT INTO workspaces VALUES ($1, $2, 'Europe/Rome', 'EUR', 'it', clock_timestamp())",
            workspace_id,
            name,
        )
        await connection.execute(
            "INSERT INTO nodes (id, workspace_id, name) VALUES ($1, $1, $2)", workspace_id, name
        )
    return workspace_id


async def test_a_request_sees_and_writes_its_own_workspace_only(database: Database) -> None:
    ours, theirs = await _add_workspace(database, "ours"), await _add_workspace(database, "theirs")
    assert database.has_request_role
    async with database.request_transaction(ours) as connection:
        assert [row["name"] for row in await connection.fetch("SELECT name FROM nodes")] == ["ours"]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO facts SELECT 0, 1, $1, NULL, 'control', 'x', 'x', t, t, '{}', NULL, 'api', false, 0 "
                "FROM clock_timestamp() AS t",
                theirs,
            )
            pytest.fail("it was written")
