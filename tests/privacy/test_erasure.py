"""Everything that is held about a contact can be handed out, and can be forgotten: twelve values and a searched dump."""

from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from percorso.consent.choices import record_choices
from percorso.consent.errors import ErasedContactError
from percorso.consent.leaves import LeafChange
from percorso.consent.marks import has_mark
from percorso.consent.records import StatusChange, find_broken_link
from percorso.consent.register import Suppression, record_leaf, suppress_address
from percorso.consent.status_store import list_records
from percorso.contacts.store import get_contact
from percorso.db import Connection, Database
from percorso.privacy.erasure import erase_contact
from percorso.privacy.export import export_contact
from percorso.segments.groups.actions import change_member, create_group
from percorso.worker.recount import recount_all
from tests.support.world import World

PLANTED = {
    "email": "wilhelmina.planted@example.com",
    "phone": "+12025550147",
    "user id": "planted-user-7731",
    "external id": "planted-card-9921",
    "anonymous id": "planted-browser-5512",
    "attribute": "Plantedville-on-Sea",
    "nested attribute": "Planted Lane 12",
    "event property": "planted-order-3308",
    "context": "planted-agent/4.7",
    "wording": "Planted yes, version 9.",
    "rejected payload": "planted-note-6604",
    "message text": "planted-dedication-1187",
}
"""What is planted, by where; each is found nowhere else."""

GRAPH = {
    "starts": [
        {
            "id": "order",
            "event": "completedOrder",
            "captures": [{"name": "said", "operand": {"kind": "event", "path": "dedication"}}],
        }
    ],
    "first": "mail",
    "steps": {
        "mail": {"kind": "send_email", "templateId": "", "next": "wait"},
        "wait": {"kind": "wait", "period": {"amount": 2, "unit": "days"}, "next": "again"},
        "again": {"kind": "send_email", "templateId": ""},
    },
}


async def plant(world: World) -> UUID:
    """Let one contact leave each value where it may lie, and return the journey that they are in."""
    template = await world.email_template(
        "Grazie", "Grazie", "<html><body><p>{{ event.dedication }}</p></body></html>"
    )
    graph = msgspec.json.decode(
        msgspec.json.encode(GRAPH).replace(b'"templateId":""', f'"templateId":"{template}"'.encode())
    )
    journey = await world.publish("Grazie", graph)
    traits = {
        "email": PLANTED["email"],
        "phone": PLANTED["phone"],
        "externalId": PLANTED["external id"],
        "city": PLANTED["attribute"],
        "address": {"street": PLANTED["nested attribute"]},
    }
    known = {"userId": PLANTED["user id"], "traits": traits, "messageId": "planted-call-1"}
    await world.post("identify", known)
    browsing = {"anonymousId": PLANTED["anonymous id"], "event": "viewedPage", "messageId": "planted-call-2"}
    await world.post("track", browsing | {"context": {"userAgent": PLANTED["context"]}})
    # From here on the visitor and the customer are one: what the visitor did was carried over.
    who = {"userId": PLANTED["user id"], "anonymousId": PLANTED["anonymous id"]}
    agreed = {
        "listId": str(world.list_id),
        "channel": "email",
        "source": "form",
        "wording": PLANTED["wording"],
    }
    await world.post("track", who | {"event": "campaignSubscribed", "properties": agreed})
    bought = {"orderId": PLANTED["event property"], "dedication": PLANTED["message text"]}
    await world.post("track", who | {"event": "completedOrder", "properties": bought})
    unreadable = {"event": "x", "timestamp": "yesterday", "properties": {"note": PLANTED["rejected payload"]}}
    await world.post("batch", {"batch": [{"type": "track", "userId": PLANTED["user id"]} | unreadable]})
    return journey


async def find_planted(database: Database) -> dict[str, list[str]]:
    """Return in which tables each value stands, as text or as bytes; values that stand nowhere are left out."""
    found: dict[str, list[str]] = {}
    async with database.connection() as connection:
        tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT relispartition ORDER BY relname"
        )
        for (table,) in tables:
            rows = await connection.fetch(f'SELECT t::text FROM "{table}" AS t')
            dump = "\n".join(row[0] for row in rows).lower()
            for name, value in PLANTED.items():
                if value.lower() in dump or value.encode().hex() in dump:
                    found.setdefault(name, []).append(table)
    return found


async def erase(world: World, contact_id: UUID) -> bool:
    async with world.database.snapshot() as connection:
        contact = await get_contact(connection, contact_id)
    assert contact is not None
    async with world.database.transaction("test.commit") as connection:
        return await erase_contact(connection, contact)


async def test_twelve_planted_values_are_handed_out_and_then_found_nowhere(world: World) -> None:
    journey = await plant(world)
    contact_id = await world.contact_id(PLANTED["user id"])
    before = await find_planted(world.database)
    assert before.keys() == PLANTED.keys()
    async with world.database.snapshot() as connection:
        contact = await get_contact(connection, contact_id)
        assert contact is not None
        document = msgspec.json.encode(await export_contact(connection, contact, now=world.now)).decode()
    # What was rejected names nobody: it is not known whose it is.
    assert [name for name, value in PLANTED.items() if value not in document] == ["rejected payload"]
    counted = await world.counters(journey)
    assert await erase(world, contact_id)
    await world.drain()
    assert await find_planted(world.database) == {}
    await world.advance(days=3)
    assert len(await world.mailbox()) == 0
    ended = {("exited", "wait", "erased"): 1, ("ended", "", "neutral"): 1}
    assert await world.counters(journey) == counted | ended
    recount = await recount_all(world.database)
    assert (recount.differences, recount.counters > 0) == ([], True)


async def test_what_is_emptied_keeps_its_place_and_the_proofs_their_chain(world: World) -> None:
    await plant(world)
    contact_id = await world.contact_id(PLANTED["user id"])
    async with world.database.transaction("test.commit") as connection:
        group = await create_group(connection, world.workspace_id, id=uuid4(), name="Regulars")
        await change_member(
            connection, world.workspace_id, contact_id, joins=group.id, leaves=None, cause=uuid4()
        )
    await world.drain()
    async with world.database.connection() as connection:
        heads = await connection.fetch('SELECT bucket, "offset" FROM heads WHERE "offset" > 0')
    await erase(world, contact_id)
    assert not await erase(world, contact_id)
    await world.drain()
    async with world.database.connection() as connection:
        assert await has_mark(connection, contact_id)
        gaps = await connection.fetch(
            'SELECT bucket FROM facts GROUP BY bucket HAVING count(*) <> max("offset") OR min("offset") <> 1'
        )
        emptied = await connection.fetch(
            "SELECT properties, context FROM facts WHERE contact_id IS NULL AND kind <> 'control'"
        )
        records = await list_records(connection, contact_id)
        # Only the mark, the proofs, and where its anonymous past went.
        assert await _list_tables_of(connection) == ["consent_records", "contact_marks", "moved"]
        assert await connection.fetch("SELECT FROM contacts") == []
    assert gaps == []
    assert len(heads) > 0
    assert {(str(row["properties"]), row["context"]) for row in emptied} == {("{}", None)}
    assert [(record.status, record.wording) for record in records] == [("subscribed", "")]
    assert find_broken_link(records, is_emptied=True) is None


async def _list_tables_of(connection: Connection) -> list[str]:
    """Return the tables with rows of any contact."""
    tables = await connection.fetch(
        "SELECT c.relname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid"
        " WHERE a.attname = 'contact_id' AND c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        " AND NOT c.relispartition ORDER BY c.relname"
    )
    return [
        table
        for (table,) in tables
        if await connection.fetch(f'SELECT FROM "{table}" WHERE contact_id IS NOT NULL')
    ]


async def test_the_past_is_refused_and_who_comes_again_is_somebody_new(world: World) -> None:
    await plant(world)
    first = await world.contact_id(PLANTED["user id"])
    asked = Suppression(
        workspace_id=world.workspace_id,
        contact_id=first,
        channel="email",
        address=PLANTED["email"],
        source="test",
        wording="Asked by phone.",
    )
    async with world.database.transaction("test.commit") as connection:
        await suppress_address(connection, asked, now=world.now)
    await world.drain()
    await erase(world, first)
    await world.drain()
    await world.advance(minutes=10)
    who = {"userId": PLANTED["user id"], "event": "viewedPage"}
    earlier = world.now - timedelta(hours=1)
    await world.post("track", who | {"timestamp": earlier.isoformat(), "properties": {"title": "then"}})
    async with world.database.connection() as connection:
        rejected = await connection.fetch("SELECT code, payload, name FROM rejected")
        assert [tuple(row) for row in rejected] == [("erased", "", None)]
        assert await connection.fetch("SELECT FROM contacts") == []
    await world.post(
        "identify", {"userId": PLANTED["user id"], "traits": {"email": PLANTED["email"].upper()}}
    )
    second = await world.contact_id(PLANTED["user id"])
    assert second != first
    assert await world.attributes(PLANTED["user id"]) == {}
    async with world.database.connection() as connection:
        closed = await connection.fetch("SELECT contact_id, channel, address, reason FROM suppressions")
        assert [tuple(row) for row in closed] == [(second, "email", PLANTED["email"], "manual")]
        assert await connection.fetch("SELECT FROM statuses") == []
    # Another event of the past, now that somebody new has the identity, is refused all the same; a new one is not.
    await world.post("track", who | {"timestamp": earlier.isoformat(), "properties": {"title": "then"}})
    await world.post("track", who | {"properties": {"title": "now"}})
    async with world.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT properties FROM facts WHERE name = 'viewedPage' AND contact_id = $1", second
        )
    assert [row["properties"]["title"] for row in rows] == ["now"]


async def test_nothing_is_recorded_of_somebody_who_was_erased_a_moment_ago(world: World) -> None:
    await plant(world)
    contact_id = await world.contact_id(PLANTED["user id"])
    await erase(world, contact_id)
    leaf = LeafChange(
        workspace_id=world.workspace_id,
        contact_id=contact_id,
        leaf="profiling.online",
        status=True,
        source="form",
        wording=PLANTED["wording"],
    )
    status = StatusChange(
        world.workspace_id, contact_id, world.list_id, "sms", "subscribed", "form", PLANTED["wording"]
    )
    with pytest.raises(ErasedContactError):
        async with world.database.transaction("test.commit") as connection:
            await record_leaf(connection, leaf, now=world.now)
    async with world.database.transaction("test.commit") as connection:
        assert await record_choices(connection, [status], message_id=None, now=world.now) == []
    await world.drain()
    assert await find_planted(world.database) == {}
