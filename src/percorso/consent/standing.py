"""Reads how contacts stand, for the gate: one query for as many as are asked."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from percorso.consent.gate import Standing
from percorso.consent.records import Channel
from percorso.db import Connection, load_queries

_queries = load_queries("percorso.consent")


class StandingRequest(msgspec.Struct, frozen=True):
    """Whose standing is asked; `address` is where the message would go, None if the contact has none."""

    bucket: int
    contact_id: UUID
    list_id: UUID
    channel: Channel
    address: str | None


async def read_standings(connection: Connection, requests: Sequence[StandingRequest]) -> list[Standing]:
    """Return the standings in the order of the requests, all of one snapshot."""
    rows = await _queries.fetch(
        connection,
        "list_standings",
        buckets=[request.bucket for request in requests],
        contact_ids=[request.contact_id for request in requests],
        list_ids=[request.list_id for request in requests],
        channels=[request.channel for request in requests],
        addresses=[request.address for request in requests],
    )
    return [
        Standing(
            is_marked=row["is_marked"],
            has_address=request.address is not None,
            suppressions=frozenset(row["suppressions"]),
            status=row["status"],
            consent=row["consent"],
        )
        for request, row in zip(requests, rows, strict=True)
    ]
