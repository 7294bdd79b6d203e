"""The second wall: what a request sees is held by the database itself."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from percorso.db import Connection, Database

WITHOUT_POLICY = {
    # The instance's own: never granted to requests, or the same for everyone.
    "clocks",
    "cursors",
    "event_day_cursors",
    "heads",
    "instance_keys",
    "migrations",
    "sign_in_attempts",
}


async def list_tables(connection: Connection) -> dict[str, bool]:
    rows = await connection.fetch(
        "SELECT c.relname, c.relrowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid) AS held"
        " FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace"
        " AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
    )
    return {row["relname"]: row["held"] for row in rows}


async def make_workspace(connection: Connection, name: str) -> UUID:
    id = uuid4()
    await connection.execute(
        "INSERT INTO workspaces VALUES ($1, $2, 'Europe/Rome', 'EUR', 'it', clock_timestamp())", id, name
    )
    await connection.execute("INSERT INTO nodes VALUES ($1, $2, $3)", uuid4(), id, name)
    return id


async def test_every_table_has_a_policy_or_is_the_instances_own(tx: Connection) -> None:
    held = await list_tables(tx)
    assert {table for table, policy in held.items() if not policy} - WITHOUT_POLICY == set()


async def test_the_instances_own_secrets_are_out_of_a_requests_reach(database: Database) -> None:
    for table in ("instance_keys", "sign_in_attempts", "sessions", "migrations"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.request_transaction(uuid4()) as connection:
                await connection.fetch(f"SELECT * FROM {table}")


async def test_a_request_sees_and_writes_its_own_workspace_only(database: Database) -> None:
    async with database.transaction("test.commit") as connection:
        ours, theirs = await make_workspace(connection, "ours"), await make_workspace(connection, "theirs")
    assert database.has_request_role
    async with database.request_transaction(ours) as connection:
        assert [row["name"] for row in await connection.fetch("SELECT name FROM workspaces")] == ["ours"]
        assert [row["name"] for row in await connection.fetch("SELECT name FROM nodes")] == ["ours"]
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with database.request_transaction(ours) as connection:
            await connection.execute(
                "INSERT INTO coupon_pools VALUES ($1, $2, 'pool', clock_timestamp())", uuid4(), theirs
            )


async def test_the_wall_ends_with_the_transaction(database: Database) -> None:
    async with database.transaction("test.commit") as connection:
        await make_workspace(connection, "one")
        await make_workspace(connection, "two")
    async with database.request_transaction(uuid4()) as connection:
        assert await connection.fetchval("SELECT count(*) FROM workspaces") == 0
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM workspaces") == 2


async def test_a_request_without_a_workspace_sees_nothing(database: Database) -> None:
    async with database.transaction("test.commit") as connection:
        await make_workspace(connection, "one")
        await connection.execute("SET LOCAL ROLE percorso_request")
        assert await connection.fetchval("SELECT count(*) FROM workspaces") == 0
