"""People stored for the SQL evaluator, and the same people as the Python evaluator sees them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from percorso.conditions import Past, SetSource, compile_fold, list_needs, register_set
from percorso.conditions.model import Condition, Subject
from percorso.conditions.needs import Need
from percorso.conditions.scalars import Lower
from percorso.db import Connection
from percorso.kit.ids import bucket_of, derive_id
from tests.conditions.histories import Person

WORKSPACE = derive_id("agreement")

INSERT_CONTACTS = """
INSERT INTO contacts (bucket, id, workspace_id, node_id, attributes, identities, anonymous, created_at, updated_at,
    "offset")
SELECT bucket, id, $1, $1, attributes, identities, false, '2025-01-01', '2025-01-01', 1
FROM unnest($2::smallint[], $3::uuid[], $4::jsonb[], $5::jsonb[]) AS given (bucket, id, attributes, identities)
"""
INSERT_STATUSES = """
INSERT INTO statuses (bucket, contact_id, list_id, channel, workspace_id, status, source, wording, changed_at)
SELECT bucket, id, list_id, channel, $1, status, '', '', '2025-01-01'
FROM unnest($2::smallint[], $3::uuid[], $4::uuid[], $5::text[], $6::text[]) AS given (bucket, id, list_id, channel, status)
"""
INSERT_CONSENTS = """
INSERT INTO consents (bucket, contact_id, leaf, workspace_id, status, limitation, objection, changed_at)
SELECT bucket, id, leaf, $1, status, limitation, objection, '2025-01-01'
FROM unnest($2::smallint[], $3::uuid[], $4::text[], $5::boolean[], $6::boolean[], $7::boolean[])
    AS given (bucket, id, leaf, status, limitation, objection)
"""
INSERT_GROUPS = """
INSERT INTO group_members (bucket, group_id, contact_id, workspace_id, joined_at, "offset")
SELECT bucket, group_id, id, $1, '2025-01-01', 1
FROM unnest($2::smallint[], $3::uuid[], $4::uuid[]) AS given (bucket, id, group_id)
"""
INSERT_MEMBERS = """
INSERT INTO memberships (bucket, contact_id, segment_id, workspace_id, entered_at, judge_at)
SELECT bucket, id, segment_id, $1, entered_at, '2030-01-01'
FROM unnest($2::smallint[], $3::uuid[], $4::uuid[], $5::timestamptz[]) AS given (bucket, id, segment_id, entered_at)
"""
FACT_COLUMNS = (
    "bucket",
    "offset",
    "workspace_id",
    "contact_id",
    "kind",
    "name",
    "message_id",
    "occurred_at",
    "received_at",
    "properties",
    "context",
    "origin",
    "historical",
    "depth",
)


async def store_people(tx: Connection, people: Sequence[Person]) -> None:
    """Store people and their facts; memberships hold rows of people who are no members, too."""
    register_set("group", SetSource(table="group_members", id_column="group_id"))
    register_set(
        "segment", SetSource(table="memberships", id_column="segment_id", present_column="entered_at")
    )
    buckets, ids = [bucket_of(one.id) for one in people], [one.id for one in people]
    attributes, identities = [one.attributes for one in people], [one.identities for one in people]
    await tx.execute(INSERT_CONTACTS, WORKSPACE, buckets, ids, attributes, identities)
    await _insert(
        tx,
        INSERT_STATUSES,
        [(one.id, *key, status) for one in people for key, status in one.statuses.items()],
    )
    await _insert(
        tx,
        INSERT_CONSENTS,
        [
            (one.id, leaf, said.status, said.limitation, said.objection)
            for one in people
            for leaf, said in one.consents.items()
        ],
    )
    await _insert(tx, INSERT_GROUPS, [(one.id, id) for one in people for id in one.groups])
    entered_at = datetime.fromisoformat("2025-01-01T00:00:00Z")
    members = [(one.id, id, entered_at) for one in people for id in one.segments]
    absent = derive_id("thing", 0)
    others = [(one.id, absent, None) for one in people if absent not in one.segments]
    await _insert(tx, INSERT_MEMBERS, members + others)
    await store_facts(tx, [fact for one in people for fact in one.facts])


async def _insert(tx: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        columns = list(zip(*rows, strict=True))
        await tx.execute(statement, WORKSPACE, [bucket_of(row[0]) for row in rows], *map(list, columns))


async def store_facts(tx: Connection, facts: Iterable[Any]) -> None:
    """Store facts, each in the partition of its month."""
    rows = list(facts)
    for month in sorted({fact.received_at.date().replace(day=1) for fact in rows}):
        await tx.execute("SELECT ensure_month_of_facts($1)", month)
    records = [tuple(getattr(fact, column) for column in FACT_COLUMNS) for fact in rows]
    await tx.copy_records_to_table("facts", records=records, columns=FACT_COLUMNS)


def fold_pasts(
    person: Person, needs: Iterable[Need], lower: Lower, *, limit: int | None = 1000
) -> Mapping[str, Past]:
    """Return the pasts of a person after all of their facts, read back from the JSON that would be stored."""
    pasts: dict[str, Past] = {}
    for need in needs:
        fold, past = compile_fold(need, lower=lower, limit=limit), Past()
        for fact in person.facts:
            said = msgspec.json.decode(msgspec.json.encode(fact.properties))
            past = fold(past, msgspec.structs.replace(fact, properties=said))
            past = msgspec.json.decode(msgspec.json.encode(past), type=Past)
        if past != Past():
            pasts[need.key] = past
    return pasts


def see(
    person: Person,
    trees: Sequence[Condition],
    lower: Lower,
    *,
    now: datetime,
    zone: str,
    captured: dict[str, Any] | None = None,
) -> Subject:
    """Return a person as the Python evaluator sees them."""
    needs = {need.key: need for tree in trees for need in list_needs(tree, zone)}
    return Subject(
        attributes=msgspec.json.decode(msgspec.json.encode(person.attributes)),
        event=None,
        captured=captured or {},
        now=now,
        time_zone=zone,
        pasts=fold_pasts(person, needs.values(), lower),
        groups=person.groups,
        segments=person.segments,
        statuses=person.statuses,
        consents=person.consents,
        identities=person.identities,
    )


async def ask_sql(tx: Connection, condition: Any) -> dict[UUID, bool]:
    """Return what PostgreSQL says of each contact; a join that adds or takes a row fails."""
    rows = await tx.fetch(
        f"SELECT contacts.id, {condition.text} AS holds FROM contacts {condition.joins} WHERE contacts.workspace_id = $1",
        WORKSPACE,
        *condition.parameters,
    )
    found = {row["id"]: row["holds"] for row in rows}
    assert len(found) == len(rows)
    return found
