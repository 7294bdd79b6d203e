"""Every query is named, explained, cast, called, and means something to the migrated schema (architecture §8.6)."""

import ast
import re
from collections import defaultdict

import asyncpg

from percorso.db import Connection
from tests.structure.inventory import SOURCE, list_modules, list_queries, place

_WALL_CLOCK = re.compile(
    r"\b(now\s*\(|current_(date|time|timestamp)\b|localtime|statement_timestamp|transaction_timestamp)"
)
_TARGET = re.compile(
    r"(?<!for )(?<!do )(?<!key )\b(?:insert into|update|delete from|merge into|truncate)\s+(?:only\s+)?(\w+)"
)
_COPY_TARGET = re.compile(r"""copy_records_to_table\(\s*["'](\w+)["']""")
_STATEMENT = re.compile(
    r"^\s*(select\s.+\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s*\()",
    re.IGNORECASE | re.DOTALL,
)

# The condition compiler builds statements, as it must; db makes databases before there are queries.
_MAY_HOLD_SQL = ("conditions", "db")


async def test_every_query_can_be_prepared_against_the_migrated_schema(tx: Connection) -> None:
    refused: dict[str, str] = {}
    for query in list_queries():
        # A statement that cannot be prepared ends its transaction; each gets one of its own.
        try:
            async with tx.transaction():
                await tx.prepare(query.query.sql)
        except asyncpg.PostgresError as error:
            refused[query.label] = str(error)
    assert refused == {}


def test_a_query_is_explained() -> None:
    assert [query.label for query in list_queries() if len(query.query.explanation.split()) < 3] == []


def test_a_parameter_says_its_type() -> None:
    bare = [
        f"{query.label} :{parameter}"
        for query in list_queries()
        for parameter in query.query.parameters
        if not re.search(rf":{parameter}\s*::", query.bare) and f"cast(:{parameter} as" not in query.bare
    ]
    assert bare == []


def test_no_query_reads_the_wall_clock() -> None:
    assert [query.label for query in list_queries() if _WALL_CLOCK.search(query.bare)] == []


def test_every_query_is_called() -> None:
    named = {
        node.value
        for _, module in list_modules("src")
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [query.label for query in list_queries() if query.query.name not in named] == []


def list_writers() -> dict[str, set[str]]:
    """Return the packages that write each table."""
    writers = defaultdict[str, set[str]](set)
    for query in list_queries():
        for table in _TARGET.findall(query.bare):
            writers[table].add(query.owner)
    for path, _ in list_modules("src"):
        for table in _COPY_TARGET.findall(path.read_text()):
            writers[table].add(path.relative_to(SOURCE).parts[0])
    return writers


async def test_a_table_is_written_by_one_package(tx: Connection) -> None:
    rows = await tx.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    writers = list_writers()
    shared = {row["tablename"]: sorted(writers[row["tablename"]]) for row in rows}
    assert {table: owners for table, owners in shared.items() if len(owners) > 1} == {}


def test_sql_lives_in_queries_files_only() -> None:
    found = [
        place(path, node)
        for path, module in list_modules("src")
        if path.relative_to(SOURCE).parts[0] not in _MAY_HOLD_SQL
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _STATEMENT.match(node.value)
    ]
    assert found == []
