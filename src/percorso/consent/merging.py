"""What two contacts that are one agreed to: a no of either is a no (architecture §9.3, decision 0660)."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.consent.actions import record_statuses
from percorso.consent.leaves import LeafChange, LeafStanding, unite_leaf
from percorso.consent.records import Standing, StatusChange, decide_united
from percorso.consent.register import list_leaf_standings, record_united_leaves
from percorso.consent.status_store import StatusKey, list_statuses
from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of

_queries: Final = load_queries("percorso.consent")

_MERGE: Final = "merge"
"""How a leaf came to stand as it does, when nobody said it of this contact."""


class United(msgspec.Struct, frozen=True):
    """What the contact that stays must take over from the one that goes: what is stricter, newer or new to it."""

    statuses: tuple[StatusChange, ...]
    leaves: tuple[LeafChange, ...]


async def plan_union(connection: Connection, contact_id: UUID, into_contact_id: UUID) -> United:
    """Return what the second contact must take over from the first.

    It holds as long as neither changes: look again under the head's lock of the second.
    """
    return United(
        tuple(await _plan_statuses(connection, contact_id, into_contact_id)),
        tuple(await _plan_leaves(connection, contact_id, into_contact_id)),
    )


async def _plan_statuses(
    connection: Connection, contact_id: UUID, into_contact_id: UUID
) -> list[StatusChange]:
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
            row["changed_at"],
        )
        for row in rows
    ]
    keys: list[StatusKey] = [(into_contact_id, change.list_id, change.channel) for change in changes]
    known: dict[StatusKey, Standing] = await list_statuses(connection, keys) if keys else {}
    return [
        change
        for change, key in zip(changes, keys, strict=True)
        if decide_united(known.get(key), change) is not None
    ]


async def _plan_leaves(connection: Connection, contact_id: UUID, into_contact_id: UUID) -> list[LeafChange]:
    rows = await _queries.fetch(
        connection, "list_contact_leaves", bucket=bucket_of(contact_id), contact_id=contact_id
    )
    known = await list_leaf_standings(connection, into_contact_id, [row["leaf"] for row in rows])
    changes: list[LeafChange] = []
    for row in rows:
        other = LeafStanding(row["status"], row["limitation"], row["objection"], row["changed_at"])
        united = unite_leaf(known.get(row["leaf"]), other)
        if united is not None:
            changes.append(
                LeafChange(
                    workspace_id=row["workspace_id"],
                    contact_id=into_contact_id,
                    leaf=row["leaf"],
                    status=united.status,
                    limitation=united.limitation,
                    objection=united.objection,
                    source=_MERGE,
                    wording="",
                )
            )
    return changes


async def unite_standings(
    connection: Connection, contact_id: UUID, into_contact_id: UUID, united: United, *, moment: datetime
) -> None:
    """Make what the first contact refused, and is owed, hold for the second, with its proof.

    Call it under the head's lock of the second, in the transaction of the facts; repeating does nothing.
    """
    for query in ("unite_suppressions", "unite_notices"):
        await _queries.execute(
            connection,
            query,
            bucket=bucket_of(contact_id),
            contact_id=contact_id,
            into_bucket=bucket_of(into_contact_id),
            into_contact_id=into_contact_id,
        )
    recorded_at: dict[int, datetime] = {bucket_of(into_contact_id): moment}
    await record_statuses(connection, united.statuses, recorded_at=recorded_at, decide=decide_united)
    await record_united_leaves(connection, united.leaves, moment)


async def delete_standings(connection: Connection, contact_id: UUID) -> None:
    """Make a contact's statuses, leaves and suppressions go; the chain of its proofs stays."""
    for query in ("delete_statuses", "delete_consents", "delete_suppressions", "delete_notices"):
        await _queries.execute(connection, query, bucket=bucket_of(contact_id), contact_id=contact_id)
