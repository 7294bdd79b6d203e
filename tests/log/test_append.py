"""Appending: offsets without gaps, moments that never go back, moved contacts followed, both encoders alike."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from percorso.db import Database
from percorso.db.clock import read_product_time, set_clock
from percorso.kit.ids import WorkspaceId, bucket_of
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft
from percorso.log.rows import Row, encode_draft, encode_rows, to_microseconds

_WORKSPACE = WorkspaceId(UUID(int=7))
_NOON = datetime(2031, 3, 9, 12, tzinfo=UTC)


def contact_in(bucket: int) -> UUID:
    return UUID(int=(uuid4().int & ~0xFF) | bucket)


def draft_of(contact_id: UUID | None, message_id: str = "m", *, bucket: int | None = None) -> FactDraft:
    return FactDraft(
        bucket=bucket_of(contact_id) if contact_id else bucket or 0,  # pyright: ignore[reportArgumentType]
        workspace_id=_WORKSPACE,
        contact_id=contact_id,
        kind="event" if contact_id else "control",
        name="viewedPage",
        message_id=message_id,
        occurred_at=_NOON,
        properties=b'{"title":"Caf\xc3\xa9"}',
        context=b'{"ip":"192.0.2.1"}' if contact_id else None,
        historical=message_id == "old",
        depth=3,
    )


async def set_still_clock(database: Database, moment: datetime) -> None:
    async with database.transaction("test.commit") as connection:
        await set_clock(connection, product_at=moment, rate=0)


async def test_offsets_are_gapless_within_a_bucket_and_in_the_order_of_the_drafts(database: Database) -> None:
    one, other = contact_in(3), contact_in(200)
    async with database.transaction("test.commit") as connection:
        drafts = [draft_of(other), draft_of(one), draft_of(one), draft_of(other), draft_of(None, bucket=3)]
        assert await append_facts(connection, drafts, received_at=_NOON) == [1, 1, 2, 2, 3]
    async with database.transaction("test.commit") as connection:
        assert await append_facts(connection, [draft_of(one)], received_at=_NOON) == [4]
        assert await append_facts(connection, [], received_at=_NOON) == []
        heads = await connection.fetch(
            'SELECT bucket, "offset" FROM heads WHERE "offset" > 0 ORDER BY bucket'
        )
    assert [tuple(head) for head in heads] == [(3, 4), (200, 2)]


async def test_a_fact_is_stored_as_its_draft_says(database: Database) -> None:
    await set_still_clock(database, _NOON)
    contact = contact_in(9)
    async with database.transaction("test.commit") as connection:
        await append_facts(connection, [draft_of(contact, "old")], received_at=_NOON)
        (stored,) = await connection.fetch("SELECT * FROM facts")
    assert dict(stored) == {
        "bucket": 9,
        "offset": 1,
        "workspace_id": _WORKSPACE,
        "contact_id": contact,
        "kind": "event",
        "name": "viewedPage",
        "message_id": "old",
        "occurred_at": _NOON,
        "received_at": _NOON,
        "properties": {"title": "Café"},
        "context": {"ip": "192.0.2.1"},
        "origin": "api",
        "historical": True,
        "depth": 3,
    }


async def test_a_moment_of_receipt_never_goes_back_though_the_clock_does(database: Database) -> None:
    contact = contact_in(1)
    await set_still_clock(database, _NOON)
    async with database.transaction("test.commit") as connection:
        await append_facts(connection, [draft_of(contact)], received_at=_NOON - timedelta(days=1))
    await set_still_clock(database, _NOON - timedelta(days=40))
    async with database.transaction("test.commit") as connection:
        await append_facts(connection, [draft_of(contact)], received_at=_NOON - timedelta(days=40))
        await append_facts(connection, [draft_of(contact)], received_at=_NOON + timedelta(hours=1))
        rows = await connection.fetch('SELECT received_at FROM facts ORDER BY "offset"')
    assert [row["received_at"] for row in rows] == [_NOON, _NOON, _NOON + timedelta(hours=1)]


async def test_an_append_makes_the_month_that_it_needs(database: Database) -> None:
    contact = contact_in(1)
    for moment in (datetime(2031, 12, 31, 23, tzinfo=UTC), datetime(2032, 1, 1, 0, tzinfo=UTC)):
        await set_still_clock(database, moment)
        async with database.transaction("test.commit") as connection:
            await append_facts(connection, [draft_of(contact)], received_at=moment)
    async with database.connection() as connection:
        rows = await connection.fetch('SELECT tableoid::regclass::text AS place FROM facts ORDER BY "offset"')
    assert [row["place"] for row in rows] == ["facts_203112", "facts_203201"]


async def test_a_fact_about_a_merged_contact_goes_to_whom_it_was_merged_into(database: Database) -> None:
    first, second, last = contact_in(10), contact_in(20), contact_in(30)
    async with database.transaction("test.commit") as connection:
        for source, target in ((first, second), (second, last)):
            await connection.execute(
                "INSERT INTO moved VALUES ($1, $2, $3, $4, $5, 1, 'moved', $6)",
                bucket_of(source), source, _WORKSPACE, bucket_of(target), target, _NOON,
            )  # fmt: skip
        present = await read_product_time(connection)
        assert await append_facts(connection, [draft_of(first), draft_of(last)], received_at=present) == [
            1,
            2,
        ]
        rows = await connection.fetch('SELECT bucket, contact_id FROM facts ORDER BY "offset"')
    assert [tuple(row) for row in rows] == [(30, last), (30, last)]


@pytest.mark.parametrize("bucket", [0, 127, 128, 255])
async def test_rows_by_hand_read_back_as_the_driver_writes_them(tx: asyncpg.Connection, bucket: int) -> None:
    contact = contact_in(bucket)
    await tx.execute("CREATE TEMP TABLE copies (LIKE facts)")
    row = encode_draft(draft_of(contact, "é" * 40))
    data = encode_rows([row, Row(5, None, encode_draft(draft_of(None, bucket=5)).body)], [8, 9], {
        bucket: to_microseconds(_NOON), 5: to_microseconds(_NOON - timedelta(microseconds=1)),
    })  # fmt: skip

    async def source():
        yield data

    columns = ["offset", "received_at", "bucket", "workspace_id", "contact_id", "kind", "name", "message_id",
               "occurred_at", "properties", "context", "origin", "historical", "depth"]  # fmt: skip
    await tx.copy_to_table("copies", source=source(), columns=columns, format="binary")
    properties, context = {"title": "Café"}, {"ip": "192.0.2.1"}
    await tx.copy_records_to_table("copies", columns=columns, records=[
        (8, _NOON, bucket, _WORKSPACE, contact, "event", "viewedPage", "é" * 40, _NOON, properties, context,
         "api", False, 3),
        (9, _NOON - timedelta(microseconds=1), 5, _WORKSPACE, None, "control", "viewedPage", "m", _NOON, properties,
         None, "api", False, 3),
    ])  # fmt: skip
    rows = [tuple(row) for row in await tx.fetch('SELECT * FROM copies ORDER BY "offset"')]
    assert len(rows) == 4
    assert (rows[0], rows[2]) == (rows[1], rows[3])
