"""Rows that go over from one contact to another: one function per query."""

from typing import Final
from uuid import UUID

from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of

_queries: Final = load_queries("percorso.worker")


async def load_all_runs(connection: Connection, contact_id: UUID) -> list[tuple[UUID, UUID, str]]:
    """Return (id, journey, state) of all runs that the contact ever had."""
    found = await _queries.fetch(
        connection, "load_all_runs", bucket=bucket_of(contact_id), contact_id=contact_id
    )
    return [(row["id"], row["journey_id"], row["state"]) for row in found]


async def take_over_rows(connection: Connection, contact_id: UUID, into_contact_id: UUID) -> None:
    """Give ended runs, entries and traces to another contact; repeating does nothing."""
    for query in ("take_over_ended", "take_over_entries", "take_over_traces"):
        await _queries.execute(
            connection,
            query,
            bucket=bucket_of(contact_id),
            contact_id=contact_id,
            into_bucket=bucket_of(into_contact_id),
            into_contact_id=into_contact_id,
        )


async def delete_waiting_runs(connection: Connection, contact_id: UUID) -> None:
    """Make room for runs that stay in their bucket under another contact."""
    await _queries.execute(
        connection, "delete_waiting_run", bucket=bucket_of(contact_id), contact_id=contact_id
    )


async def delete_rows(connection: Connection, contact_id: UUID) -> None:
    """Make what went over go from where it was."""
    for query in ("delete_runs", "delete_entries", "delete_traces", "delete_moments"):
        await _queries.execute(connection, query, bucket=bucket_of(contact_id), contact_id=contact_id)
