"""What members who are narrowed to lists or nodes see of each table was decided, and costs nobody else anything."""

import ast
from pathlib import Path
from typing import Final
from uuid import uuid4

import percorso.api.own
from percorso.db import Connection, Database

BY_POLICY: Final = {
    # by list
    "lists",
    "templates",
    "journeys",
    "statuses",
    "experiments",
    "messages",
    "notices",
    # by node
    "nodes",
    # by contact
    "contacts",
    "changes",
    "consents",
    "suppressions",
    "contact_marks",
    "group_members",
    "memberships",
    "pasts",
    "moved",
    "facts",
    "runs",
    "entries",
    "traces",
    "webhook_calls",
    "webhook_tries",
    "start_moments",
    "mailbox",
    # by journey
    "counters",
    "bucket_journeys",
    "ceilings",
}
THROUGH_ANOTHER: Final = {
    "template_versions": "templates",
    "links": "templates",
    "journey_versions": "journeys",
}
"""Tables whose policy for everybody asks a table that is narrowed."""
READABLE: Final = {
    # Of no list.
    "clocks",
    "heads",
    "cursors",
    "emptied",
    "workspaces",
    "coupon_pools",
    "fields",
    "event_types",
    "event_days",
    "groups",
    "segments",
    "segment_revisions",
    "cap_rules",
    "holiday_days",
    # Found by a key that is derived from who asks.
    "idempotency",
}
IN_PART: Final = {
    "bucket_segments": {"bucket", "segment_id", "workspace_id", "revision", "offset"},
    "coupons": {"bucket", "pool_id", "number", "workspace_id", "run_id"},
    "jobs": {"id", "kind", "key", "number", "state", "workspace_id"},
}
"""Columns that are readable of tables that are refused otherwise."""
REFUSED: Final = {
    "api_keys",
    "attempts",
    "audit_records",
    "caps",
    "consent_records",
    "coupon_requests",
    "exports",
    "identities",
    "identity_conflicts",
    "import_pieces",
    "import_rejects",
    "imports",
    "place_requests",
    "places",
    "receiving_domains",
    "rejected",
    "roles",
    "set_aside",
    "users",
    "webhook_secrets",
}
"""What is of the whole workspace and cannot be cut, or that no route of a narrowed member needs."""

OWNERS_WAYS: Final = {
    "consents.set_status",
    "groups._change",
    "sessions.end_other_session",
    "sessions.end_session",
    "sessions.get_sessions",
    "tags.change_contact_tags",
    "tags.change_tags_of_many",
}
"""Handlers that go round the narrowed view: what is one's own, or was found through it before."""


async def list_rights(connection: Connection, role: str) -> dict[str, set[str]]:
    """Return the columns that a role may read, by table."""
    rows = await connection.fetch(
        "SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0"
        " AND NOT a.attisdropped AND has_column_privilege($1, c.oid, a.attnum, 'SELECT')",
        role,
    )
    rights: dict[str, set[str]] = {}
    for row in rows:
        rights.setdefault(row["relname"], set()).add(row["attname"])
    return rights


async def test_each_table_that_requests_read_has_its_narrowing_decided(tx: Connection) -> None:
    asked = set(await list_rights(tx, "percorso_request"))
    decided = BY_POLICY | THROUGH_ANOTHER.keys() | READABLE | IN_PART.keys() | REFUSED
    assert asked - decided == set(), "say here, and in a migration, what members narrowed to a list see of it"
    assert decided - asked <= {"erased_counts"}


async def test_a_narrowed_member_reads_what_was_decided_and_nothing_else(tx: Connection) -> None:
    given = await list_rights(tx, "percorso_narrowed")
    assert given.keys() == BY_POLICY | THROUGH_ANOTHER.keys() | READABLE | IN_PART.keys()
    assert {table: given[table] for table in IN_PART} == IN_PART
    rows = await tx.fetch(
        "SELECT polrelid::regclass::text AS held, polpermissive FROM pg_policy"
        " WHERE 'percorso_narrowed'::regrole = ANY (polroles)"
    )
    assert {row["held"] for row in rows} == BY_POLICY
    assert not any(row["polpermissive"] for row in rows)
    for table, asked in THROUGH_ANOTHER.items():
        said = await tx.fetchval(
            "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = $1::text::regclass", table
        )
        assert f"FROM {asked}" in said


async def test_who_is_not_narrowed_is_planned_as_before(database: Database) -> None:
    for asked in ("SELECT count(*) FROM contacts", "SELECT id FROM contacts WHERE email ILIKE '%a%'"):
        async with database.request_transaction(uuid4()) as connection:
            plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN (COSTS OFF) {asked}"))
        assert "narrowed_to" not in plan
        assert "statuses" not in plan
        async with database.transaction("test.commit") as connection:
            await connection.execute("SET LOCAL ROLE percorso_narrowed")
            plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN (COSTS OFF) {asked}"))
        assert "statuses" in plan


def test_each_way_round_the_narrowed_view_is_known() -> None:
    found: set[str] = set()
    for path in Path(percorso.api.own.__file__).parent.glob("*.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Attribute) and node.attr in ("whole", "pool"):
                    found.add(f"{path.stem}.{function.name}")
    assert found == OWNERS_WAYS
