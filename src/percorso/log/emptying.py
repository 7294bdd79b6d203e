"""Emptying the facts of somebody who was erased, in place: offsets stay gapless."""

from typing import Final
from uuid import UUID

from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of, bucket_of_message

_queries: Final = load_queries("percorso.log")


async def has_tail(connection: Connection, contact_id: UUID, *, offset: int) -> bool:
    """Whether facts of the contact lie beyond the offset and are still to be applied."""
    found = await _queries.fetch_value(
        connection, "has_tail", bucket=bucket_of(contact_id), contact_id=contact_id, offset=offset
    )
    return bool(found)


async def empty_facts(connection: Connection, contact_id: UUID) -> None:
    """Empty all facts of the contact, and forget under which message ids they came; the cursor is locked."""
    rows = await _queries.fetch(
        connection, "list_received_ids", bucket=bucket_of(contact_id), contact_id=contact_id
    )
    if rows:
        message_ids = [row["message_id"] for row in rows]
        await _queries.execute(
            connection,
            "forget_seen",
            workspace_id=rows[0]["workspace_id"],
            buckets=[bucket_of_message(message_id) for message_id in message_ids],
            message_ids=message_ids,
        )
    for query in ("empty_facts", "forget_set_aside"):
        await _queries.execute(connection, query, bucket=bucket_of(contact_id), contact_id=contact_id)
