"""Reading and writing the receiving domains that wait."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from percorso.db import Connection, Record, load_queries
from percorso.deliverability.model import Destination, DomainWait

queries: Final = load_queries("percorso.deliverability")


async def find_wait(connection: Connection, destination: Destination) -> DomainWait | None:
    """Return what is known of a destination that did not take email when last tried, None where it took it."""
    row = await queries.fetch_row(connection, "find_wait", **_key(destination))
    return None if row is None else _to_wait(row)


async def list_waits(connection: Connection, workspace_id: UUID, *, size: int) -> list[DomainWait]:
    """Return the workspace's destinations that did not take email, paused ones first, then the next due."""
    rows = await queries.fetch(connection, "list_waits", workspace_id=workspace_id, size=size)
    return [_to_wait(row) for row in rows]


async def has_waiting(connection: Connection, *, provider: str, now: datetime) -> bool:
    """Return whether anything is to be left alone now (product time)."""
    return bool(await queries.fetch_value(connection, "has_waiting", provider=provider, now=now))


async def write_waits(connection: Connection, waits: Sequence[DomainWait]) -> None:
    """Note these waits; repeating one, or telling one that another courier told, changes nothing.

    Where the destination took something meanwhile nothing is noted. Locks rows in order of their key.
    """
    # Of two waits of one destination in a group the later step is true.
    latest = {wait.destination: wait for wait in sorted(waits, key=_weight)}
    await queries.execute(
        connection,
        "write_waits",
        **_keys(tuple(latest)),
        ids=[destination.id for destination in latest],
        steps=[wait.step for wait in latest.values()],
        sinces=[wait.since for wait in latest.values()],
        next_ats=[wait.next_at for wait in latest.values()],
        paused_ats=[wait.paused_at for wait in latest.values()],
        replies=[wait.reply for wait in latest.values()],
        replied_ats=[wait.replied_at for wait in latest.values()],
    )


async def delete_waits(connection: Connection, destinations: Sequence[Destination]) -> None:
    """Forget that these destinations ever waited; locks rows in order of their key."""
    await queries.execute(connection, "delete_waits", **_keys(destinations))


async def release_wait(connection: Connection, workspace_id: UUID, wait_id: UUID) -> DomainWait | None:
    """Let email leave to a destination at once and return how it waited, None where the workspace has none such."""
    row = await queries.fetch_row(connection, "release_wait", workspace_id=workspace_id, id=wait_id)
    return None if row is None else _to_wait(row)


def _weight(wait: DomainWait) -> tuple[int, bool]:
    return wait.step, wait.paused_at is not None


def _key(destination: Destination) -> dict[str, Any]:
    return {
        "workspace_id": destination.workspace_id,
        "provider": destination.provider,
        "domain": destination.domain,
    }


def _keys(destinations: Sequence[Destination]) -> dict[str, Any]:
    return {
        "workspace_ids": [destination.workspace_id for destination in destinations],
        "providers": [destination.provider for destination in destinations],
        "domains": [destination.domain for destination in destinations],
    }


def _to_wait(row: Record) -> DomainWait:
    return DomainWait(
        destination=Destination(row["workspace_id"], row["provider"], row["domain"]),
        step=row["step"],
        since=row["since"],
        next_at=row["next_at"],
        paused_at=row["paused_at"],
        reply=row["reply"],
        replied_at=row["replied_at"],
    )
