"""Messages of a contact that is to be forgotten: what may still leave, and rows that go."""

from collections.abc import Sequence
from uuid import UUID

from percorso.db import Connection
from percorso.kit.ids import bucket_of
from percorso.messages.model import Message
from percorso.messages.store import queries, to_message


async def list_unmarked(connection: Connection, contact_id: UUID) -> list[Message]:
    """Return the messages of a contact that cannot have left yet."""
    rows = await queries.fetch(
        connection, "list_unmarked", bucket=bucket_of(contact_id), contact_id=contact_id
    )
    return [to_message(row) for row in rows]


async def list_ids(connection: Connection, contact_id: UUID) -> list[UUID]:
    """Return the ids of all messages that were ever meant for a contact."""
    rows = await queries.fetch(
        connection, "list_ids_of_contact", bucket=bucket_of(contact_id), contact_id=contact_id
    )
    return [row["id"] for row in rows]


async def delete_messages(connection: Connection, contact_id: UUID, ids: Sequence[UUID]) -> None:
    """Make messages and their journals go; one that is being handed over has no row to be tried again by."""
    bucket = bucket_of(contact_id)
    await queries.execute(connection, "delete_attempts", bucket=bucket, ids=list(ids))
    await queries.execute(connection, "delete_messages", bucket=bucket, ids=list(ids))
