"""Emptying what is left of an erased contact, when its last fact is applied (trust §5).

One transaction under the cursors of the contact and of those that it absorbed: runs end, facts are emptied in place,
every other row goes. What the contact was counted in is kept as a sum without a name, so that the counters still equal
a recount.
"""

from typing import Final
from uuid import UUID

from percorso.channels.mailbox.store import delete_mail
from percorso.consent.marks import PendingErasure, claim_erasure, finish_erasure, list_pending_erasures
from percorso.consent.merging import delete_standings
from percorso.contacts.identity.erased import list_absorbed, sweep
from percorso.contacts.model import Contact
from percorso.contacts.store import delete_contact, load_contacts
from percorso.content.coupons.store import forget_contact
from percorso.db import Connection, Database
from percorso.db.clock import read_product_time
from percorso.imports.forgetting import delete_rejects_naming, end_imports_naming
from percorso.imports.forgetting_store import forget_foreseen
from percorso.intake.store import delete_rejected
from percorso.journeys.calls.store import forget_calls
from percorso.journeys.places import store as places
from percorso.kit.ids import bucket_of
from percorso.log import store as log
from percorso.log.emptying import empty_facts, has_tail
from percorso.messages.caps.store import delete_caps
from percorso.messages.leftover import delete_messages, list_ids
from percorso.privacy.erasure import list_identities
from percorso.segments import membership_store as memberships
from percorso.segments.groups.store import delete_memberships as leave_groups
from percorso.worker import merging_store
from percorso.worker import store as rows
from percorso.worker.catalog import Catalog
from percorso.worker.reading import Slice
from percorso.worker.recount import keep_counts
from percorso.worker.walk import Walk
from percorso.worker.writing import write_batch

ERASED: Final = "erased"
"""Why the runs of somebody who was erased ended."""

_AT_ONCE: Final = 100


async def empty_all(database: Database) -> int:
    """Empty every erased contact whose last fact is applied; return how many were emptied."""
    catalog = Catalog()
    async with database.connection() as connection:
        pending = await list_pending_erasures(connection, maximum=_AT_ONCE)
    emptied = 0
    for erasure in pending:
        emptied += await _empty(database, catalog, erasure)
    return emptied


async def _empty(database: Database, catalog: Catalog, erasure: PendingErasure) -> bool:
    """Empty one contact; False when it must wait."""
    contact_id = erasure.contact_id
    if not await _end_imports(database, erasure):
        return False
    async with database.transaction("privacy.empty") as connection:
        absorbed, is_done = await list_absorbed(connection, erasure.workspace_id, contact_id)
        everyone = [contact_id, *absorbed]
        cursors = {
            bucket: await log.wait_for_cursor(connection, bucket)
            for bucket in sorted({bucket_of(id) for id in everyone})
        }
        own = cursors[bucket_of(contact_id)]
        if not is_done or await has_tail(connection, contact_id, offset=own.offset):
            return False
        if not await claim_erasure(connection, erasure):
            return False
        contact = (await load_contacts(connection, [contact_id])).get(contact_id)
        if contact is not None:
            await _end_runs(connection, catalog, contact, own)
            await _delete_quoted(connection, contact)
        for cursor in cursors.values():
            for id in everyone:
                await keep_counts(connection, cursor, id)
        await _delete_rows(connection, erasure, everyone)
        now = await read_product_time(connection)
        await finish_erasure(connection, erasure, emptied_at=now, absorbed=absorbed)
    return True


async def _end_imports(database: Database, erasure: PendingErasure) -> bool:
    """Let no file bring back who is being erased; False while one that was on its way is not all here.

    Files are searched outside of the transaction that empties.
    """
    async with database.connection() as connection:
        contact = (await load_contacts(connection, [erasure.contact_id])).get(erasure.contact_id)
    if contact is None:
        return True
    return await end_imports_naming(
        database, erasure.workspace_id, list_identities(contact), uploads=erasure.uploads
    )


async def _end_runs(connection: Connection, catalog: Catalog, contact: Contact, cursor: log.Cursor) -> None:
    await catalog.refresh(connection)
    states = await catalog.get_states(connection, [cursor])
    interest = (await catalog.get_interests(connection, states))[cursor.bucket]
    runs = (await rows.load_runs(connection, [contact.id])).get(contact.id, ())
    (head,) = await log.read_heads(connection, [cursor.bucket])
    now = await read_product_time(connection)
    walk = Walk(
        contact.id,
        contact,
        runs,
        interest,
        node_ids=catalog.node_ids,
        templates=catalog.templates,
        deleted_groups=catalog.deleted_groups,
        rules=catalog.rules,
    )
    result = walk.end_runs(ERASED, now, head.offset)
    part = Slice.standing(cursor, states[cursor.bucket], interest)
    await write_batch(connection, catalog, [part], [result], now=now)


async def _delete_quoted(connection: Connection, contact: Contact) -> None:
    """Make rows go that name nobody by id but may quote an address or an identity."""
    values = [value for given in contact.identities.values() for value in given]
    await delete_rejected(connection, contact.workspace_id, values)
    await delete_rejects_naming(connection, contact.workspace_id, list_identities(contact))


async def _delete_rows(connection: Connection, erasure: PendingErasure, everyone: list[UUID]) -> None:
    for id in everyone:
        messages = await list_ids(connection, id)
        await delete_mail(connection, messages)
        await delete_messages(connection, id, messages)
        await delete_caps(connection, id)
        await merging_store.delete_rows(connection, id)
        await forget_contact(connection, id)
        await places.forget_requests(connection, id)
        await forget_calls(connection, id)
        await memberships.forget_contact(connection, id)
        await leave_groups(connection, id)
        await delete_standings(connection, id)
        await delete_contact(connection, id)
        await forget_foreseen(connection, erasure.workspace_id, id)
        await empty_facts(connection, id)
    await sweep(connection, erasure.workspace_id, everyone)
