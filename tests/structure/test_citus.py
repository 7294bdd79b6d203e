"""What a Citus cluster needs of every table and query (architecture §2)."""

import asyncpg
import pytest
from sqlglot import exp

from percorso.db import Connection
from percorso.db.queries import parse_query
from tests.structure.inventory import NamedQuery, list_queries
from tests.structure.single_server import SINGLE_SERVER
from tests.structure.statements import binds_bucket, list_locking, list_loose_tables, list_written

REFERENCE_TABLES = frozenset(
    {
        *("api_keys", "audit_records", "instance_keys", "roles", "users", "workspaces"),
        *("event_days", "event_types", "fields", "groups"),
        "cap_rules",
        "holiday_days",
        *("clocks", "coupon_pools", "journeys", "journey_versions", "links", "lists", "nodes"),
        "receiving_domains",
        "webhook_secrets",
        *("segments", "segment_revisions"),
        *("templates", "template_versions"),
    }
)
"""Definitions: small, read often, the same on every node of a cluster."""

COORDINATOR_TABLES = {
    "exports": "who took what out, one line each",
    "imports": "files under way, each held by one process at a time",
    "jobs": "internal work, taken by one process at a time",
    "mailbox": "what the embedded mailbox received: a tool of the first run, not of a cluster",
    "migrations": "the runner's own",
    "sessions": "who is signed in",
    "sign_in_attempts": "who tried to sign in",
}
"""Tables without a bucket that only the coordinator of a cluster has, with what they hold."""


async def _fetch_bucket_tables(connection: Connection) -> set[str]:
    rows = await connection.fetch(
        "SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'bucket' "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
    )
    return {row["relname"] for row in rows}


async def _fetch_keys(connection: Connection) -> list[asyncpg.Record]:
    return await connection.fetch(
        "SELECT t.relname AS table, c.relname AS index, i.indisprimary AS is_primary, "
        "(SELECT array_agg(a.attname ORDER BY k.place) FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place) "
        " JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.number) AS columns "
        "FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid "
        "WHERE i.indisunique AND t.relnamespace = 'public'::regnamespace AND NOT t.relispartition"
    )


async def test_every_table_has_a_bucket_or_is_listed_as_a_definition(tx: Connection) -> None:
    rows = await tx.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
        "AND NOT relispartition"
    )
    without = {row["relname"] for row in rows} - await _fetch_bucket_tables(tx)
    assert without == REFERENCE_TABLES | COORDINATOR_TABLES.keys()


async def test_the_primary_key_of_a_contact_table_begins_with_the_bucket(tx: Connection) -> None:
    tables = await _fetch_bucket_tables(tx)
    keys = {row["table"]: row["columns"] for row in await _fetch_keys(tx) if row["is_primary"]}
    assert tables - keys.keys() == set()
    assert {table: keys[table] for table in tables if keys[table][0] != "bucket"} == {}


async def test_a_unique_index_of_a_contact_table_contains_the_bucket(tx: Connection) -> None:
    tables = await _fetch_bucket_tables(tx)
    keys = [row for row in await _fetch_keys(tx) if row["table"] in tables]
    assert {row["index"]: row["columns"] for row in keys if "bucket" not in row["columns"]} == {}


async def test_a_foreign_key_between_contact_tables_contains_the_bucket(tx: Connection) -> None:
    tables = await _fetch_bucket_tables(tx)
    rows = await tx.fetch(
        "SELECT c.conname, t.relname AS table, r.relname AS referenced, "
        "(SELECT array_agg(a.attname) FROM unnest(c.conkey) AS k JOIN pg_attribute AS a "
        " ON a.attrelid = t.oid AND a.attnum = k) AS columns "
        "FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid JOIN pg_class AS r ON r.oid = c.confrelid "
        "WHERE c.contype = 'f' AND c.conparentid = 0"
    )
    wrong = {
        row["conname"]
        for row in rows
        if row["referenced"] in tables and (row["table"] not in tables or "bucket" not in row["columns"])
    }
    assert wrong == set()


def takes_several_buckets(query: NamedQuery, tables: set[str]) -> bool:
    """Return whether a statement changes or locks rows of contact tables beyond one named bucket."""
    writing = [node for node, table in list_written(query) if table in tables]
    locking = [
        node
        for node in list_locking(query)
        if any(table.name in tables for table in node.find_all(exp.Table))
    ]
    return any(not binds_bucket(query, node) for node in (*writing, *locking))


async def test_a_writing_or_locking_query_binds_one_bucket_or_is_listed(tx: Connection) -> None:
    tables = await _fetch_bucket_tables(tx)
    loose = {query.label for query in list_queries() if takes_several_buckets(query, tables)}
    assert sorted(loose - SINGLE_SERVER.keys()) == []
    assert sorted(SINGLE_SERVER.keys() - loose) == []


async def test_tables_are_joined_within_the_bucket(tx: Connection) -> None:
    tables = await _fetch_bucket_tables(tx)
    loose = {query.label: list_loose_tables(query, tables) for query in list_queries()}
    assert {label: found for label, found in loose.items() if found} == {}


@pytest.mark.parametrize("name", SINGLE_SERVER)
def test_a_single_server_query_says_why(name: str) -> None:
    assert len(SINGLE_SERVER[name].split()) >= 4


@pytest.mark.parametrize(
    ("sql", "loose"),
    [
        ("SELECT 1 FROM runs AS r JOIN contacts AS c ON c.id = r.contact_id", ["runs", "contacts"]),
        ("SELECT 1 FROM runs AS r JOIN contacts AS c ON c.bucket = r.bucket AND c.id = r.contact_id", []),
        ("SELECT 1 FROM runs JOIN contacts USING (bucket, id)", []),
        (
            "SELECT 1 FROM runs AS r WHERE EXISTS (SELECT FROM contacts AS c WHERE c.id = r.contact_id)",
            ["contacts"],
        ),
        ("SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM contacts)", []),
    ],
)
def test_a_join_without_the_bucket_is_noticed(sql: str, loose: list[str]) -> None:
    query = NamedQuery(package="here", query=parse_query("list_x", sql))
    assert list_loose_tables(query, {"runs", "contacts"}) == loose


@pytest.mark.parametrize(
    ("sql", "several"),
    [
        ("UPDATE runs SET step = 'x' WHERE id = :id", True),
        ("UPDATE runs SET step = 'x' WHERE bucket = :bucket::smallint AND id = :id", False),
        ("DELETE FROM runs WHERE bucket > :bucket", True),
        ("INSERT INTO runs (bucket) SELECT unnest(:buckets::smallint[])", True),
        ("INSERT INTO runs (bucket) VALUES (:bucket::smallint)", False),
        ("SELECT id FROM runs WHERE id = :id FOR UPDATE", True),
        ("SELECT id FROM runs WHERE bucket = :bucket FOR UPDATE SKIP LOCKED", False),
        ("SELECT id FROM runs", False),
        ("UPDATE journeys SET name = 'x'", False),
    ],
)
def test_a_statement_over_several_buckets_is_noticed(sql: str, several: bool) -> None:
    query = NamedQuery(package="here", query=parse_query("change_x", sql))
    assert takes_several_buckets(query, {"runs"}) is several
