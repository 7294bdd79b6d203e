"""Forgetting a contact: the first step, which takes effect at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import uuid4

import msgspec

from percorso.consent.marks import has_mark, insert_mark, list_closed
from percorso.contacts.identity.erased import Closed, list_absorbed, record_erased, release_all
from percorso.contacts.identity.normal import Identity
from percorso.contacts.identity.store import Place
from percorso.contacts.model import Contact
from percorso.contacts.store import get_contact
from percorso.db import Connection
from percorso.db.clock import read_clock
from percorso.imports.forgetting_store import list_uploads
from percorso.intake.forgotten import ERASURE_KEY
from percorso.kit.ids import WorkspaceId, bucket_of, bucket_of_value
from percorso.log.actions import append_facts
from percorso.log.append_store import list_moved
from percorso.log.model import FactDraft, FactKind
from percorso.messages.actions import cancel_messages
from percorso.messages.leftover import list_unmarked
from percorso.messages.model import Message, message_properties
from percorso.privacy.errors import ChangingError
from percorso.workspaces.actions import ensure_instance_key

ERASED: Final = "erased"
"""Why a message was skipped and a run ended, of somebody who was erased."""


async def erase_contact(connection: Connection, contact: Contact) -> bool:
    """Make the contact forgotten, as read a moment ago, and return whether it was not already.

    From the commit on nothing begins to leave, nobody is found by its identities, and nothing is appended about it;
    the worker empties what is left. Locks identities, messages, then the head of the contact's bucket. Raises
    ChangingError if the contact is no longer as it was read; the transaction may be repeated.
    """
    if await has_mark(connection, contact.id):
        return False
    clock = await read_clock(connection)
    absorbed, _ = await list_absorbed(connection, contact.workspace_id, contact.id)
    identities = list_identities(contact)
    await release_all(connection, _places(contact, identities), [contact.id, *absorbed])
    secret = await ensure_instance_key(connection, ERASURE_KEY, purpose="erasure", present=clock.real_at)
    if identities:
        await record_erased(
            connection,
            secret,
            contact.workspace_id,
            await _closed(connection, contact, identities),
            erased_at=clock.product_at,
        )
    messages = await list_unmarked(connection, contact.id)
    skipped = await cancel_messages(
        connection, [(message.bucket, message.id, ERASED) for message in messages], now=clock.product_at
    )
    drafts = [_skipped(contact, message, clock.product_at) for message in messages if message.id in skipped]
    drafts.append(_draft(contact, "erasure", "contactErased", {}, clock.product_at))
    offsets = await append_facts(connection, drafts, received_at=clock.product_at)
    await _check_unchanged(connection, contact)
    await insert_mark(
        connection,
        contact.workspace_id,
        contact.id,
        offset=offsets[-1],
        marked_at=clock.product_at,
        uploads=await list_uploads(connection, contact.workspace_id),
    )
    return True


def list_identities(contact: Contact) -> list[Identity]:
    """Return all that the contact is found by, as (kind, value)."""
    return [(kind, value) for kind, values in contact.identities.items() for value in values]


async def _check_unchanged(connection: Connection, contact: Contact) -> None:
    """Look under the head's lock whether the contact is still who was read."""
    if await list_moved(connection, [contact.id]):
        raise ChangingError
    current = await get_contact(connection, contact.id)
    if current is None or current.identities != contact.identities:
        raise ChangingError


async def _closed(
    connection: Connection, contact: Contact, identities: list[Identity]
) -> dict[Identity, list[Closed]]:
    kinds = {"email": "email", "sms": "phone", "push": "device"}
    closed: dict[Identity, list[Closed]] = {identity: [] for identity in identities}
    for channel, address, reason in await list_closed(connection, contact.id):
        identity = (kinds.get(channel, channel), address)
        if identity in closed:
            closed[identity].append((channel, reason))
    return closed


def _places(contact: Contact, identities: list[Identity]) -> list[Place]:
    return [
        Place(
            bucket_of_value(contact.workspace_id, *identity), contact.workspace_id, contact.node_id, identity
        )
        for identity in identities
    ]


def _skipped(contact: Contact, message: Message, now: datetime) -> FactDraft:
    said = message_properties(message) | {"reason": ERASED}
    return _draft(contact, "message", "messageSkipped", said, now)


def _draft(
    contact: Contact, kind: FactKind, name: str, said: Mapping[str, object], now: datetime
) -> FactDraft:
    return FactDraft(
        bucket=bucket_of(contact.id),
        workspace_id=WorkspaceId(contact.workspace_id),
        contact_id=contact.id,
        kind=kind,
        name=name,
        message_id=str(uuid4()),
        occurred_at=now,
        properties=msgspec.json.encode(said),
        origin="job",
    )
