"""Rows of identities, moves and conflicts: one function per query."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.contacts.identity.normal import Identity
from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of

_queries: Final = load_queries("percorso.contacts.identity")


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where an identity's row lies."""

    bucket: int
    """Of the value (`kit.ids.bucket_of_value`)."""
    workspace_id: UUID
    node_id: UUID
    identity: Identity


class Claim(msgspec.Struct, frozen=True, gc=False):
    """An identity becomes a contact's; `owner` is whose it was, None if nobody's."""

    place: Place
    contact_id: UUID
    owner: UUID | None = None


class Move(msgspec.Struct, frozen=True):
    """A contact was merged into another at `offset` of its own bucket."""

    workspace_id: UUID
    contact_id: UUID
    into_contact_id: UUID
    offset: int
    moved_at: datetime


async def read_owners(
    connection: Connection, workspace_id: UUID, node_id: UUID, identities: Mapping[Identity, int]
) -> tuple[datetime, list[UUID | None]]:
    """Return product time, and the owners (None: nobody) of identities of one node, given with their buckets."""
    row = await _queries.fetch_row(
        connection,
        "read_owners",
        workspace_id=workspace_id,
        node_id=node_id,
        buckets=list(identities.values()),
        kinds=[kind for kind, _ in identities],
        values=[value for _, value in identities],
    )
    assert row is not None
    return row["product_at"], row["owners"]


async def list_kinds(connection: Connection, contact_ids: Sequence[UUID]) -> dict[UUID, frozenset[str]]:
    """Return the kinds of identity that each contact holds at the head of the log."""
    rows = await _queries.fetch(
        connection,
        "list_kinds",
        buckets=[bucket_of(contact_id) for contact_id in contact_ids],
        contact_ids=contact_ids,
    )
    return {row["contact_id"]: frozenset(row["kinds"]) for row in rows}


async def claim_identities(connection: Connection, claims: Sequence[Claim], *, claimed_at: datetime) -> int:
    """Claim identities that nobody owned, and return how many were still free; waits for other claimers."""
    return await _queries.execute(
        connection,
        "claim_identities",
        **_columns([claim.place for claim in claims]),
        contact_ids=[claim.contact_id for claim in claims],
        claimed_at=claimed_at,
    )


async def move_identities(connection: Connection, claims: Sequence[Claim], *, claimed_at: datetime) -> int:
    """Take identities over from their owners, and return how many were still theirs."""
    return await _queries.execute(
        connection,
        "move_identities",
        **_columns([claim.place for claim in claims]),
        owners=[claim.owner for claim in claims],
        contact_ids=[claim.contact_id for claim in claims],
        claimed_at=claimed_at,
    )


async def insert_moved(connection: Connection, moves: Sequence[Move]) -> None:
    """Record merged contacts; the heads of their buckets are locked by the caller."""
    await _queries.execute(
        connection,
        "insert_moved",
        buckets=[bucket_of(move.contact_id) for move in moves],
        contact_ids=[move.contact_id for move in moves],
        workspace_ids=[move.workspace_id for move in moves],
        into_buckets=[bucket_of(move.into_contact_id) for move in moves],
        into_contact_ids=[move.into_contact_id for move in moves],
        offsets=[move.offset for move in moves],
        moved_ats=[move.moved_at for move in moves],
    )


async def record_conflicts(
    connection: Connection, conflicts: Sequence[tuple[UUID, UUID, UUID, Identity]], *, seen_at: datetime
) -> None:
    """List conflicts as (workspace, contact, the other, identity); repeating keeps the first moment."""
    await _queries.execute(
        connection,
        "record_conflicts",
        buckets=[bucket_of(contact_id) for _, contact_id, _, _ in conflicts],
        contact_ids=[contact_id for _, contact_id, _, _ in conflicts],
        other_contact_ids=[other for _, _, other, _ in conflicts],
        kinds=[identity[0] for _, _, _, identity in conflicts],
        values=[identity[1] for _, _, _, identity in conflicts],
        workspace_ids=[workspace_id for workspace_id, _, _, _ in conflicts],
        seen_at=seen_at,
    )


def _columns(places: Iterable[Place]) -> dict[str, list[object]]:
    places = list(places)
    return {
        "buckets": [place.bucket for place in places],
        "workspace_ids": [place.workspace_id for place in places],
        "node_ids": [place.node_id for place in places],
        "kinds": [place.identity[0] for place in places],
        "values": [place.identity[1] for place in places],
    }
