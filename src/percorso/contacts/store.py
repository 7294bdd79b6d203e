"""Rows of contacts, loaded and written by the set; a contact as its row and its tail say together."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.contacts.fold import fold_fact, new_contact
from percorso.contacts.model import AttributeChange, ChangesMade, Contact
from percorso.contacts.past import RecordedChange, undo_changes
from percorso.contacts.shop.model import Shop, ShopRules
from percorso.db import Connection, Record, as_json, load_queries
from percorso.kit.ids import bucket_of, bucket_of_value
from percorso.log.store import read_tail

_queries: Final = load_queries("percorso.contacts")
_decode: Final = msgspec.json.Decoder().decode
_decode_changes: Final = msgspec.json.Decoder(list[AttributeChange]).decode
_decode_shop: Final = msgspec.json.Decoder(Shop).decode
_encode: Final = msgspec.json.Encoder().encode

_COLUMNS: Final = (
    "bucket", "id", "workspace_id", "node_id", "attributes", "identities", "email", "phone", "anonymous",
    "created_at", "updated_at", "last_event_at", "offset", "shop", "due_at",
)  # fmt: skip
_CHANGE_COLUMNS: Final = ("bucket", "contact_id", "offset", "changed_at", "workspace_id", "changed")


async def load_contacts(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Return the folded contacts by id; ids without a row are left out."""
    rows = await _queries.fetch(connection, "load_contacts", buckets=[bucket_of(id) for id in ids], ids=ids)
    return {row[0]: _contact(row) for row in rows}


async def get_contact(connection: Connection, id: UUID) -> Contact | None:
    """Return the contact as the log tells it up to its head, None if it speaks of no such contact.

    The row and the facts not yet applied must be one snapshot: call inside one repeatable-read transaction
    (`Database.snapshot`), or under the head lock.
    """
    contact = (await load_contacts(connection, [id])).get(id)
    tail = await read_tail(connection, bucket_of(id), id)
    rules = (
        (await list_shop_rules(connection)).get(tail[0].workspace_id, ShopRules()) if tail else ShopRules()
    )
    for fact in tail:
        if contact is None:
            node_id = await find_entry_node(connection, fact.workspace_id)
            contact = new_contact(fact, node_id or UUID(int=0))
        contact, _ = fold_fact(contact, fact, rules)
    return contact


async def get_contact_as_of(connection: Connection, id: UUID, moment: datetime) -> Contact | None:
    """Return the contact as it was at a moment, None if the log speaks of no such contact until then.

    Under the same conditions as `get_contact`. What was merged into it later is not in it.
    """
    contact = (await load_contacts(connection, [id])).get(id)
    if contact is not None:
        contact = undo_changes(contact, await list_changes_since(connection, id, since=moment))
    rules = await list_shop_rules(connection)
    for fact in await read_tail(connection, bucket_of(id), id):
        if fact.received_at > moment:
            break
        if contact is None:
            node_id = await find_entry_node(connection, fact.workspace_id)
            contact = new_contact(fact, node_id or UUID(int=0))
        contact, _ = fold_fact(contact, fact, rules.get(fact.workspace_id, ShopRules()))
    return None if contact is None or contact.created_at > moment else contact


async def list_shop_rules(connection: Connection) -> dict[UUID, ShopRules]:
    """Return what each workspace says about shops."""
    rows = await _queries.fetch(connection, "list_shop_rules")
    return {row[0]: ShopRules(row[1], row[2], row[3]) for row in rows}


async def find_entry_node(connection: Connection, workspace_id: UUID) -> UUID | None:
    """Return the node that takes the writes of the workspace, None if there is no such workspace."""
    return await _queries.fetch_value(connection, "find_entry_node", workspace_id=workspace_id)


async def insert_contacts(connection: Connection, contacts: Iterable[Contact]) -> None:
    """Write rows of contacts that have none; the caller holds the buckets' cursors."""
    records = [
        (
            bucket_of(contact.id),
            contact.id,
            contact.workspace_id,
            contact.node_id,
            as_json(contact.attributes),
            as_json(contact.identities),
            contact.email,
            contact.phone,
            contact.anonymous,
            contact.created_at,
            contact.updated_at,
            contact.last_event_at,
            contact.offset,
            _shop_json(contact),
            contact.due_at,
        )
        for contact in contacts
    ]
    if records:
        await connection.copy_records_to_table("contacts", records=records, columns=_COLUMNS)


async def read_last_events(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, datetime | None]:
    """Return when the newest event of these contacts occurred; ids without a row are left out."""
    rows = await _queries.fetch(
        connection, "read_last_events", buckets=[bucket_of(id) for id in ids], ids=ids
    )
    return {row[0]: row[1] for row in rows}


async def touch_contacts(
    connection: Connection, touched: Sequence[tuple[UUID, datetime | None, int]]
) -> None:
    """Write `last_event_at` and the offset of contacts of which nothing else changed."""
    if touched:
        await _queries.execute(
            connection,
            "touch_contacts",
            buckets=[bucket_of(id) for id, _, _ in touched],
            ids=[id for id, _, _ in touched],
            last_event_ats=[last_event_at for _, last_event_at, _ in touched],
            offsets=[offset for _, _, offset in touched],
        )


async def update_contacts(connection: Connection, pairs: Sequence[tuple[Contact, Contact]]) -> None:
    """Write what became of contacts, given as (before, after); the caller holds the buckets' cursors."""
    await touch_contacts(
        connection,
        [
            (after.id, after.last_event_at, after.offset)
            for before, after in pairs
            if _is_only_touched(before, after)
        ],
    )
    changed = [after for before, after in pairs if not _is_only_touched(before, after)]
    if changed:
        await _queries.execute(
            connection,
            "update_contacts",
            buckets=[bucket_of(contact.id) for contact in changed],
            ids=[contact.id for contact in changed],
            node_ids=[contact.node_id for contact in changed],
            attributes=[as_json(contact.attributes) for contact in changed],
            identities=[as_json(contact.identities) for contact in changed],
            emails=[contact.email for contact in changed],
            phones=[contact.phone for contact in changed],
            anonymous=[contact.anonymous for contact in changed],
            updated_ats=[contact.updated_at for contact in changed],
            last_event_ats=[contact.last_event_at for contact in changed],
            offsets=[contact.offset for contact in changed],
            shops=[_shop_json(contact) for contact in changed],
            due_ats=[contact.due_at for contact in changed],
        )


async def list_due_contacts(
    connection: Connection, horizons: Mapping[int, datetime], *, maximum: int
) -> list[tuple[int, UUID, datetime]]:
    """Return (bucket, contact, due at) of at most `maximum` contacts per bucket due at its horizon or before."""
    rows = await _queries.fetch(
        connection,
        "list_due_contacts",
        buckets=list(horizons),
        horizons=list(horizons.values()),
        maximum=maximum,
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def list_changes_since(connection: Connection, id: UUID, *, since: datetime) -> list[RecordedChange]:
    """Return what was changed of a contact after a moment, in no order."""
    rows = await _queries.fetch(
        connection, "list_changes_since", bucket=bucket_of(id), contact_id=id, since=since
    )
    return [
        RecordedChange(row[0], row[1], number, change)
        for row in rows
        for number, change in enumerate(_decode_changes(row[2]))
    ]


async def forget_due(connection: Connection, id: UUID) -> None:
    """Let the contact's shop wait for its next event; the caller holds the bucket's cursor."""
    await _queries.execute(connection, "forget_due", bucket=bucket_of(id), id=id)


async def insert_changes(connection: Connection, made: Iterable[tuple[UUID, ChangesMade]]) -> None:
    """Record what changed of contacts."""
    records = [
        (
            bucket_of(contact_id),
            contact_id,
            offset,
            changed_at,
            workspace_id,
            as_json(list(by_path.values())),
        )
        for contact_id, changes in made
        for (offset, changed_at), (workspace_id, by_path) in changes.items()
    ]
    if records:
        await connection.copy_records_to_table("changes", records=records, columns=_CHANGE_COLUMNS)


async def release_identities(connection: Connection, released: Sequence[tuple[UUID, UUID, str, str]]) -> None:
    """Give back identities, as (workspace, contact, kind, value), that the contact still owns."""
    if not released:
        return
    await _queries.execute(
        connection,
        "release_identities",
        buckets=[bucket_of_value(workspace_id, kind, value) for workspace_id, _, kind, value in released],
        workspace_ids=[workspace_id for workspace_id, _, _, _ in released],
        kinds=[kind for _, _, kind, _ in released],
        values=[value for _, _, _, value in released],
        contact_ids=[contact_id for _, contact_id, _, _ in released],
    )


async def delete_contact(connection: Connection, id: UUID) -> None:
    """Make the contact's row and the record of its changes go; doing it again does nothing."""
    await _queries.execute(connection, "delete_contact", bucket=bucket_of(id), id=id)
    await _queries.execute(connection, "delete_changes", bucket=bucket_of(id), id=id)


def _shop_json(contact: Contact) -> msgspec.Raw | None:
    return None if contact.shop is None else msgspec.Raw(_encode(contact.shop))


def _contact(row: Record) -> Contact:
    return Contact(
        id=row[0],
        workspace_id=row[1],
        node_id=row[2],
        attributes=_decode(row[3]),
        identities=_decode(row[4]),
        email=row[5],
        phone=row[6],
        anonymous=row[7],
        created_at=row[8],
        updated_at=row[9],
        last_event_at=row[10],
        offset=row[11],
        shop=None if row[12] is None else _decode_shop(row[12]),
        due_at=row[13],
    )


def _is_only_touched(before: Contact, after: Contact) -> bool:
    return (
        before.attributes is after.attributes
        and before.identities is after.identities
        and before.node_id == after.node_id
        and before.shop is after.shop
        and before.due_at == after.due_at
        and before.updated_at == after.updated_at
    )
