"""Marks of erasure: what the gate and every append read, and how far the emptying of rows has come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of

_queries: Final = load_queries("percorso.consent")


class PendingErasure(msgspec.Struct, frozen=True):
    """A contact that was erased and whose rows are still to be emptied; its last fact lies at `offset`."""

    bucket: int
    contact_id: UUID
    workspace_id: UUID
    offset: int
    marked_at: datetime
    uploads: Sequence[UUID]
    """Imports whose file was on its way when it was asked for."""


async def insert_mark(
    connection: Connection,
    workspace_id: UUID,
    contact_id: UUID,
    *,
    offset: int,
    marked_at: datetime,
    uploads: Sequence[UUID] = (),
) -> None:
    """Mark the contact as erased; its head is locked by the caller, so no fact comes after `offset`.

    `uploads` are imports whose files are on their way; the emptying waits for them.
    """
    await _queries.execute(
        connection,
        "insert_mark",
        bucket=bucket_of(contact_id),
        contact_id=contact_id,
        workspace_id=workspace_id,
        offset=offset,
        marked_at=marked_at,
        uploads=uploads,
    )


async def has_mark(connection: Connection, contact_id: UUID) -> bool:
    """Whether the contact was erased."""
    found = await _queries.fetch_value(
        connection, "has_mark", bucket=bucket_of(contact_id), contact_id=contact_id
    )
    return bool(found)


async def list_pending_erasures(connection: Connection, *, maximum: int) -> list[PendingErasure]:
    """Return the oldest erasures whose last fact is applied and whose rows are still there."""
    rows = await _queries.fetch(connection, "list_pending_erasures", maximum=maximum)
    return [PendingErasure(*row) for row in rows]


async def claim_erasure(connection: Connection, erasure: PendingErasure) -> bool:
    """Take the erasure for this transaction; False when someone else holds it or it is done."""
    found = await _queries.fetch_value(
        connection, "lock_erasure", bucket=erasure.bucket, contact_id=erasure.contact_id
    )
    return found is not None


async def finish_erasure(
    connection: Connection, erasure: PendingErasure, *, emptied_at: datetime, absorbed: Sequence[UUID]
) -> None:
    """Note that nothing is left of the contact; proofs of it and of those it absorbed name nobody any more."""
    for contact_id in (erasure.contact_id, *absorbed):
        await _queries.execute(
            connection, "empty_records", bucket=bucket_of(contact_id), contact_id=contact_id
        )
    await _queries.execute(
        connection,
        "finish_mark",
        bucket=erasure.bucket,
        contact_id=erasure.contact_id,
        emptied_at=emptied_at,
    )


async def list_closed(connection: Connection, contact_id: UUID) -> list[tuple[str, str, str]]:
    """Return (channel, address, reason) of the suppressions of a contact."""
    rows = await _queries.fetch(
        connection, "list_closed", bucket=bucket_of(contact_id), contact_id=contact_id
    )
    return [(row["channel"], row["address"], row["reason"]) for row in rows]
