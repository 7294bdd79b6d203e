"""Whom to answer, when a run asked for something outside its bucket and its contact may be merged meanwhile."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of
from percorso.log.append_store import list_moved, lock_heads

_queries: Final = load_queries("percorso.contacts")

_LONGEST_CHAIN: Final = 8

Asked = tuple[UUID, UUID]
"""A run, and the contact that it was of when it asked."""


async def find_goals(connection: Connection, asked: Sequence[Asked], *, now: datetime) -> dict[Asked, UUID]:
    """Return the contact to answer to, without the runs that are on the way to another contact.

    Locks the heads of all contacts concerned, in ascending order, until the transaction ends: a merge writes its mark
    under the head's lock, so nobody moves before the answer is appended. Of a run that stands nowhere any more an
    answer loses nothing.
    """
    contact_ids = {contact_id for _, contact_id in asked}
    seen = await follow_contacts(connection, contact_ids)
    buckets = sorted({bucket_of(id) for chain in seen.values() for id in chain})
    await lock_heads(connection, buckets, received_at=now)
    chains = await follow_contacts(connection, contact_ids)
    rows = await _queries.fetch(
        connection, "find_run_contacts", buckets=buckets, ids=[run_id for run_id, _ in asked]
    )
    holders: dict[UUID, set[UUID]] = {}
    for row in rows:
        holders.setdefault(row["id"], set()).add(row["contact_id"])
    goals: dict[Asked, UUID] = {}
    for run_id, contact_id in asked:
        chain = chains[contact_id]
        # Who moved on between the two looks is found by the next one, under the lock that it needs.
        if chain == seen[contact_id] and (run_id not in holders or chain[-1] in holders[run_id]):
            goals[run_id, contact_id] = chain[-1]
    return goals


async def follow_contacts(connection: Connection, contact_ids: Iterable[UUID]) -> Mapping[UUID, list[UUID]]:
    """Return each contact with those that it was merged into, one after the other."""
    chains = {id: [id] for id in contact_ids}
    for _ in range(_LONGEST_CHAIN):
        moved = await list_moved(connection, list({chain[-1] for chain in chains.values()}))
        if not moved:
            break
        for chain in chains.values():
            if (into := moved.get(chain[-1])) is not None:
                chain.append(into)
    return chains
