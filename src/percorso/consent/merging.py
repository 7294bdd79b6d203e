"""What two contacts that are one agreed to: a no of either is a no (architecture §9.3)."""

from typing import Final
from uuid import UUID

from percorso.consent.records import StatusChange
from percorso.consent.status_store import StatusKey, list_statuses
from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of

_queries: Final = load_queries("percorso.consent")

_STRICTNESS: Final = {"subscribed": 0, "pending": 1, "unsubscribed": 2}


async def plan_united_statuses(
    connection: Connection, contact_id: UUID, into_contact_id: UUID
) -> list[StatusChange]:
    """Return the statuses of the first contact that the second must take over: stricter ones, and new ones."""
    rows = await _queries.fetch(
        connection, "list_contact_statuses", bucket=bucket_of(contact_id), contact_id=contact_id
    )
    changes = [
        StatusChange(
            row["workspace_id"],
            into_contact_id,
            row["list_id"],
            row["channel"],
            row["status"],
            row["source"],
            row["wording"],
        )
        for row in rows
    ]
    keys: list[StatusKey] = [(into_contact_id, change.list_id, change.channel) for change in changes]
    known = await list_statuses(connection, keys) if keys else {}
    return [
        change
        for change, key in zip(changes, keys, strict=True)
        if key not in known or _STRICTNESS[known[key].status] < _STRICTNESS[change.status]
    ]


async def unite_standings(connection: Connection, contact_id: UUID, into_contact_id: UUID) -> None:
    """Make what the first contact refused, and is owed, hold for the second; repeating does nothing."""
    for query in ("unite_consents", "unite_suppressions", "unite_notices"):
        await _queries.execute(
            connection,
            query,
            bucket=bucket_of(contact_id),
            contact_id=contact_id,
            into_bucket=bucket_of(into_contact_id),
            into_contact_id=into_contact_id,
        )


async def delete_standings(connection: Connection, contact_id: UUID) -> None:
    """Make a contact's statuses, leaves and suppressions go; the chain of its proofs stays."""
    for query in ("delete_statuses", "delete_consents", "delete_suppressions", "delete_notices"):
        await _queries.execute(connection, query, bucket=bucket_of(contact_id), contact_id=contact_id)
