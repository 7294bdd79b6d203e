"""Statuses and the chain of consent records: one function per query."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from percorso.consent.records import Channel, ConsentRecord, Standing, StatusChange
from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of

_queries: Final = load_queries("percorso.consent")

StatusKey = tuple[UUID, UUID, Channel]
"""(contact, list, channel)."""


async def list_statuses(connection: Connection, keys: Sequence[StatusKey]) -> dict[StatusKey, Standing]:
    """Return the newest statuses; a key without one is left out."""
    rows = await _queries.fetch(
        connection,
        "list_statuses",
        buckets=[bucket_of(contact_id) for contact_id, _, _ in keys],
        contact_ids=[contact_id for contact_id, _, _ in keys],
        list_ids=[list_id for _, list_id, _ in keys],
        channels=[channel for _, _, channel in keys],
    )
    return {keys[row["place"] - 1]: Standing(row["status"], row["changed_at"]) for row in rows}


async def write_statuses(
    connection: Connection, changes: Sequence[StatusChange], *, changed_at: Sequence[datetime]
) -> None:
    """Make these the newest statuses; a key stands once in one call."""
    await _queries.execute(
        connection,
        "write_statuses",
        buckets=[bucket_of(change.contact_id) for change in changes],
        contact_ids=[change.contact_id for change in changes],
        list_ids=[change.list_id for change in changes],
        channels=[change.channel for change in changes],
        workspace_ids=[change.workspace_id for change in changes],
        statuses=[change.status for change in changes],
        sources=[change.source for change in changes],
        wordings=[change.wording for change in changes],
        changed_ats=changed_at,
    )


async def list_last_records(
    connection: Connection, contact_ids: Sequence[UUID]
) -> dict[UUID, tuple[int, bytes]]:
    """Return (number, hash) of the last record of each contact that has one."""
    rows = await _queries.fetch(
        connection,
        "list_last_records",
        buckets=[bucket_of(contact_id) for contact_id in contact_ids],
        contact_ids=contact_ids,
    )
    return {row["contact_id"]: (row["number"], row["hash"]) for row in rows}


async def insert_records(connection: Connection, records: Sequence[ConsentRecord]) -> None:
    """Append to the chains; raises UniqueViolationError if one went on meanwhile."""
    columns: dict[str, list[Any]] = {
        "buckets": [bucket_of(record.contact_id) for record in records],
        "contact_ids": [record.contact_id for record in records],
        "numbers": [record.number for record in records],
        "workspace_ids": [record.workspace_id for record in records],
        "subjects": [record.subject for record in records],
        "statuses": [record.status for record in records],
        "sources": [record.source for record in records],
        "wordings": [record.wording for record in records],
        "recorded_ats": [record.recorded_at for record in records],
        "previous_hashes": [record.previous_hash for record in records],
        "hashes": [record.hash for record in records],
        "payload_hashes": [record.payload_hash for record in records],
    }
    await _queries.execute(connection, "insert_records", **columns)


async def list_records(connection: Connection, contact_id: UUID) -> list[ConsentRecord]:
    """Return a contact's chain from its beginning."""
    rows = await _queries.fetch(
        connection, "list_records", bucket=bucket_of(contact_id), contact_id=contact_id
    )
    return [ConsentRecord(contact_id=contact_id, **dict(row)) for row in rows]
