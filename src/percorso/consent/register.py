"""The register: consent leaves and suppressions of one contact, each change with its fact and its proof.

One transaction each, one bucket: the fact is appended first, so that the head's lock guards the chain.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec

from percorso.consent import status_store as store
from percorso.consent.errors import ErasedContactError, UnknownLeafError
from percorso.consent.leaves import LEAVES, LeafChange, LeafStanding, decide_leaf, is_same, state_leaf
from percorso.consent.records import NO_RECORD, Channel, Statement, link_record
from percorso.db import Connection, load_queries
from percorso.db.clock import read_product_time
from percorso.kit.ids import WorkspaceId, bucket_of
from percorso.log.actions import append_facts, follow_moved
from percorso.log.model import FactDraft

_queries: Final = load_queries("percorso.consent")

CONSENT_CHANGED: Final = "consentChanged"
"""The fact of a leaf: {leaf, status, limitation, objection, source, wording}."""
SUPPRESSED: Final = "campaignBlacklisted"
"""The fact of a suppression: {channel, reason, source}."""
LIFTED: Final = "suppressionLifted"
"""The fact of a suppression that was taken back: {channel, reason, source}."""


class Suppression(msgspec.Struct, frozen=True, kw_only=True):
    """An address of a contact to be closed or opened, by whom and for what reason in words."""

    workspace_id: UUID
    contact_id: UUID
    channel: Channel
    address: str
    source: str
    wording: str


async def record_leaf(connection: Connection, change: LeafChange, *, now: datetime) -> bool:
    """Make the leaf stand as the contact said, with its proof, and return whether anything changed.

    Saying the same again is recorded once more only if it is a yes: a confirmation. Follows merges; locks the
    head of the contact's bucket. Raises UnknownLeafError, ErasedContactError.
    """
    if change.leaf not in LEAVES:
        raise UnknownLeafError(change.leaf)
    holder = await find_holder(connection, change.workspace_id, change.contact_id, now=now)
    change = msgspec.structs.replace(change, contact_id=holder)
    current = (await list_leaf_standings(connection, holder, [change.leaf])).get(change.leaf)
    if not decide_leaf(current, change):
        return False
    said = leaf_properties(change)
    moment = await _tell(connection, change.workspace_id, holder, CONSENT_CHANGED, said, now=now)
    await _write_leaf(connection, change, moment)
    return not is_same(current, change)


def leaf_properties(change: LeafChange) -> dict[str, Any]:
    """Return what the fact of a leaf says."""
    return {
        "leaf": change.leaf,
        "status": change.status,
        "limitation": change.limitation,
        "objection": change.objection,
        "source": change.source,
        "wording": change.wording,
    }


async def record_united_leaves(
    connection: Connection, changes: Sequence[LeafChange], moment: datetime
) -> None:
    """Make leaves of a contact stand so, with proof, because of who it turned out to be; the facts are appended."""
    for change in changes:
        await _write_leaf(connection, change, moment)


async def list_leaf_standings(
    connection: Connection, contact_id: UUID, leaves: Sequence[str]
) -> dict[str, LeafStanding]:
    """Return how these leaves of a contact stand; one that was never set is left out."""
    rows = await _queries.fetch(
        connection,
        "list_leaves",
        buckets=[bucket_of(contact_id)] * len(leaves),
        contact_ids=[contact_id] * len(leaves),
        leaves=leaves,
    )
    return {leaves[int(row["place"]) - 1]: LeafStanding(*row[1:]) for row in rows}


async def suppress_address(connection: Connection, asked: Suppression, *, now: datetime) -> bool:
    """Close the address by hand and return whether it was open; repeating does nothing."""
    holder = await find_holder(connection, asked.workspace_id, asked.contact_id, now=now)
    is_new = await _queries.fetch_value(
        connection,
        "insert_suppression",
        bucket=bucket_of(holder),
        contact_id=holder,
        channel=asked.channel,
        address=asked.address,
        workspace_id=asked.workspace_id,
        reason="manual",
        created_at=now,
    )
    if is_new:
        await _record_suppression(connection, asked, holder, SUPPRESSED, "manual", now=now)
    return bool(is_new)


async def lift_suppression(connection: Connection, asked: Suppression, *, now: datetime) -> bool:
    """Open the address again and return whether it was closed. A status or leaf that refuses still refuses."""
    holder = await find_holder(connection, asked.workspace_id, asked.contact_id, now=now)
    reason = await _queries.fetch_value(
        connection,
        "delete_suppression",
        bucket=bucket_of(holder),
        contact_id=holder,
        channel=asked.channel,
        address=asked.address,
        workspace_id=asked.workspace_id,
    )
    if reason is not None:
        await _record_suppression(connection, asked, holder, LIFTED, reason, now=now)
    return reason is not None


async def close_addresses(
    connection: Connection,
    workspace_id: UUID,
    closed: Sequence[tuple[UUID, str, str, str]],
    *,
    created_at: datetime,
) -> None:
    """Close addresses, as (contact, channel, address, reason), that were closed for whoever had them before."""
    await _queries.execute(
        connection,
        "insert_suppressions",
        workspace_id=workspace_id,
        buckets=[bucket_of(contact_id) for contact_id, _, _, _ in closed],
        contact_ids=[contact_id for contact_id, _, _, _ in closed],
        channels=[channel for _, channel, _, _ in closed],
        addresses=[address for _, _, address, _ in closed],
        reasons=[reason for _, _, _, reason in closed],
        created_at=created_at,
    )


async def find_holder(connection: Connection, workspace_id: UUID, contact_id: UUID, *, now: datetime) -> UUID:
    """Return who the contact is now: the one that it was merged into, or itself."""
    draft = _draft(workspace_id, contact_id, CONSENT_CHANGED, {}, now=now)
    (followed,) = await follow_moved(connection, [draft])
    return followed.contact_id or contact_id


async def _write_leaf(connection: Connection, change: LeafChange, moment: datetime) -> None:
    await _queries.execute(
        connection,
        "write_leaf",
        bucket=bucket_of(change.contact_id),
        contact_id=change.contact_id,
        leaf=change.leaf,
        workspace_id=change.workspace_id,
        status=change.status,
        limitation=change.limitation,
        objection=change.objection,
        changed_at=moment,
    )
    await _prove(connection, state_leaf(change), moment)


async def _record_suppression(
    connection: Connection, asked: Suppression, holder: UUID, name: str, reason: str, *, now: datetime
) -> None:
    said = {"channel": asked.channel, "reason": reason, "source": asked.source}
    moment = await _tell(connection, asked.workspace_id, holder, name, said, now=now)
    statement = Statement(
        workspace_id=asked.workspace_id,
        contact_id=holder,
        subject=f"suppression:{asked.channel}",
        status="suppressed" if name == SUPPRESSED else "lifted",
        source=asked.source,
        wording=asked.wording,
    )
    await _prove(connection, statement, moment)


async def _tell(
    connection: Connection,
    workspace_id: UUID,
    contact_id: UUID,
    name: str,
    said: dict[str, Any],
    *,
    now: datetime,
) -> datetime:
    """Append the fact and return the moment of receipt; the head of the bucket is locked from here on.

    Raises ErasedContactError: the transaction must not commit.
    """
    drafts = [_draft(workspace_id, contact_id, name, said, now=now)]
    if await append_facts(connection, drafts, received_at=now) == [0]:
        raise ErasedContactError
    return await read_product_time(connection)


async def _prove(connection: Connection, statement: Statement, moment: datetime) -> None:
    ends = await store.list_last_records(connection, [statement.contact_id])
    number, previous = ends.get(statement.contact_id, (0, NO_RECORD))
    record = link_record(statement, moment, number=number + 1, previous_hash=previous)
    await store.insert_records(connection, [record])


def _draft(
    workspace_id: UUID, contact_id: UUID, name: str, said: dict[str, Any], *, now: datetime
) -> FactDraft:
    return FactDraft(
        bucket=bucket_of(contact_id),
        workspace_id=WorkspaceId(workspace_id),
        contact_id=contact_id,
        kind="status",
        name=name,
        message_id=str(uuid4()),
        occurred_at=now,
        properties=msgspec.json.encode(said),
    )
