"""The schema is what the migrations say, all of them, once, on any PostgreSQL that is supported."""

import re

import pytest

from percorso.db import Connection
from percorso.db.migrate import list_migrations


def test_each_migration_begins_with_a_lock_timeout() -> None:
    statements = {
        migration.file_name: re.sub(r"--[^\n]*\n", "", migration.sql).strip().lower()
        for migration in list_migrations()
    }
    assert [name for name, sql in statements.items() if not sql.startswith("set local lock_timeout")] == []


def test_no_migration_makes_the_wall_clock_a_default() -> None:
    volatile = re.compile(r"default\s+(now\(|current_|localtime|statement_timestamp)", re.IGNORECASE)
    assert [migration.file_name for migration in list_migrations() if volatile.search(migration.sql)] == []


def test_a_nullable_column_says_what_absence_means() -> None:
    """A comment "null: …" stands on its line, or at the first of several such columns in a row."""
    silent: list[str] = []
    for migration in list_migrations():
        inside = explained = False
        previous = ""
        for line in migration.sql.splitlines():
            text = line.strip()
            inside = text.upper().startswith("CREATE TABLE") or (inside and not text.startswith(")"))
            if inside and _is_nullable_column(text):
                explained = explained or "null:" in f"{previous} {text}".lower()
                if not explained:
                    silent.append(f"{migration.file_name}: {text}")
            else:
                explained = False
            previous = text
    assert silent == []


def _is_nullable_column(line: str) -> bool:
    if not re.match(
        r'^"?[a-z_]+"?\s+(uuid|text|integer|bigint|smallint|boolean|jsonb|bytea|date|numeric|timestamptz|double)',
        line,
    ):
        return False
    return "NOT NULL" not in line and "PRIMARY KEY" not in line


async def test_the_schema_has_nothing_that_a_cluster_would_run_elsewhere(tx: Connection) -> None:
    triggers = await tx.fetch("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
    assert [row["tgname"] for row in triggers] == []


@pytest.mark.parametrize("name", ["CREATE DATABASE", "pg_advisory", "txid_current", "pg_current_xact_id"])
def test_migrations_use_nothing_that_a_cluster_lacks(name: str) -> None:
    assert [
        migration.file_name for migration in list_migrations() if name.lower() in migration.sql.lower()
    ] == []
