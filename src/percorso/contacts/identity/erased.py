"""What stays of identities whose contact was erased: keyed hashes (trust §5).

They refuse what occurred before the erasure and keep closed addresses closed, without saying whose they were.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.contacts.identity.normal import Identity
from percorso.contacts.identity.store import Place
from percorso.db import Connection, as_json, load_queries
from percorso.kit.ids import bucket_of_value

_queries: Final = load_queries("percorso.contacts.identity")

Closed = tuple[str, str]
"""(channel, reason) of a suppression that holds for whoever has the address next."""


class Erased(msgspec.Struct, frozen=True):
    """An identity that was erased: what occurred before `erased_at` is refused; `closed` holds on."""

    erased_at: datetime
    closed: tuple[Closed, ...]


def digest_identity(secret: bytes, workspace_id: UUID, identity: Identity) -> bytes:
    """Return the keyed hash of an identity: HMAC-SHA-256, so that nobody without the key can try addresses."""
    text = "\0".join((str(workspace_id), *identity))
    return hmac.new(secret, text.encode(), hashlib.sha256).digest()


async def record_erased(
    connection: Connection,
    secret: bytes,
    workspace_id: UUID,
    closed: Mapping[Identity, Sequence[Closed]],
    *,
    erased_at: datetime,
) -> None:
    """Keep the hashes of the identities; one that was erased before is erased anew."""
    identities = list(closed)
    await _queries.execute(
        connection,
        "insert_erased",
        workspace_id=workspace_id,
        erased_at=erased_at,
        buckets=[bucket_of_value(workspace_id, *identity) for identity in identities],
        digests=[digest_identity(secret, workspace_id, identity) for identity in identities],
        suppressions=[as_json([list(pair) for pair in closed[identity]]) for identity in identities],
    )


async def find_erased(
    connection: Connection, secret: bytes, workspace_id: UUID, identities: Sequence[Identity]
) -> dict[Identity, Erased]:
    """Return which of the identities were erased, and what holds on of them."""
    rows = await _queries.fetch(
        connection,
        "list_erased",
        workspace_id=workspace_id,
        buckets=[bucket_of_value(workspace_id, *identity) for identity in identities],
        digests=[digest_identity(secret, workspace_id, identity) for identity in identities],
    )
    return {
        identities[row["place"] - 1]: Erased(
            row["erased_at"], msgspec.json.decode(row["suppressions"], type=tuple[Closed, ...])
        )
        for row in rows
    }


async def release_all(connection: Connection, places: Sequence[Place], contact_ids: Sequence[UUID]) -> None:
    """Give back these identities, so that whoever comes with one is somebody new."""
    await _queries.execute(
        connection,
        "release_all",
        buckets=[place.bucket for place in places],
        workspace_ids=[place.workspace_id for place in places],
        node_ids=[place.node_id for place in places],
        kinds=[place.identity[0] for place in places],
        values=[place.identity[1] for place in places],
        contact_ids=list(contact_ids),
    )


async def sweep(connection: Connection, workspace_id: UUID, contact_ids: Sequence[UUID]) -> None:
    """Make identities and conflicts of these contacts go, under any value; reads both tables whole."""
    for query in ("sweep_identities", "sweep_conflicts"):
        await _queries.execute(connection, query, workspace_id=workspace_id, contact_ids=list(contact_ids))


async def list_absorbed(
    connection: Connection, workspace_id: UUID, contact_id: UUID
) -> tuple[list[UUID], bool]:
    """Return the contacts that were merged into this one, through others too, and whether all has gone over."""
    absorbed: list[UUID] = []
    newest, is_done = [contact_id], True
    while newest:
        rows = await _queries.fetch(
            connection, "list_absorbed", workspace_id=workspace_id, contact_ids=newest
        )
        newest = [row["contact_id"] for row in rows if row["contact_id"] not in absorbed]
        is_done = is_done and all(row["state"] == "done" for row in rows)
        absorbed += newest
    return absorbed, is_done
