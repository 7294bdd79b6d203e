"""The secret that signs a workspace's calls: made at first use, read, changed. Each is part of its caller's transaction."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import msgspec

from percorso.db import Connection
from percorso.journeys.calls import store
from percorso.journeys.calls.signing import Seal, SealBrokenError, make_secret

OVERLAP: Final = timedelta(hours=24)
"""How long a secret that was changed signs beside the new one, so that receivers can change theirs."""


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret in clear; `signs_until` is None for the one in force. Times are real."""

    secret: str
    created_at: datetime
    signs_until: datetime | None


async def ensure_secrets(
    connection: Connection, workspace_id: UUID, seal: Seal, *, real: datetime
) -> list[Secret]:
    """Return the secrets that sign for a workspace, newest first, the first one made now if there is none.

    Raises SealBrokenError where the one in force cannot be opened; an old one is left out then.
    """
    kept = await store.list_secrets(connection, workspace_id, real=real)
    if not kept or kept[0].signs_until is not None:
        await _put_in_force(connection, workspace_id, seal, real=real)
        kept = await store.list_secrets(connection, workspace_id, real=real)
    opened: list[Secret] = []
    for one in kept:
        try:
            secret = seal.open(one.sealed, workspace_id=workspace_id, id=one.id)
        except SealBrokenError:
            if one.signs_until is None:
                raise
            continue
        opened.append(Secret(secret=secret, created_at=one.created_at, signs_until=one.signs_until))
    return opened


async def rotate_secret(
    connection: Connection, workspace_id: UUID, seal: Seal, *, real: datetime
) -> datetime:
    """Put a new secret in force and return until when the one before signs beside it."""
    until = real + OVERLAP
    await store.retire_secret(connection, workspace_id, until=until, real=real)
    await _put_in_force(connection, workspace_id, seal, real=real)
    return until


async def _put_in_force(connection: Connection, workspace_id: UUID, seal: Seal, *, real: datetime) -> None:
    id = uuid4()
    sealed = seal.close(make_secret(), workspace_id=workspace_id, id=id)
    await store.insert_secret(connection, workspace_id, id, sealed, real=real)
