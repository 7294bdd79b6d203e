"""The rejected list, and which errors of the driver mean what to a group."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from percorso.db import Connection, load_queries
from percorso.intake.model import Rejection
from percorso.kit.ids import bucket_of, derive_id

_queries: Final = load_queries("percorso.intake")

RACES: Final = (
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)
"""Somebody else was faster, or waited for us: the transaction may be tried again."""

NO_ROOM: Final = asyncpg.CheckViolationError
"""No partition holds the row: the clock went further than room was made."""

UNSTORABLE: Final = (
    asyncpg.DataError,
    asyncpg.ProgramLimitExceededError,
    asyncpg.IntegrityConstraintViolationError,
)
"""One of the rows cannot be stored, whenever it is tried."""


async def insert_rejected(
    connection: Connection, rejections: Sequence[Rejection], *, received_at: datetime
) -> None:
    """Keep calls aside; the same call of the same workspace is kept once."""
    ids = [derive_id("rejected", given.source.node.workspace_id, given.payload) for given in rejections]
    await _queries.execute(
        connection,
        "insert_rejected",
        buckets=[bucket_of(id) for id in ids],
        ids=ids,
        workspace_ids=[given.source.node.workspace_id for given in rejections],
        codes=[given.code for given in rejections],
        reasons=[given.reason for given in rejections],
        names=[given.name for given in rejections],
        payloads=[given.payload for given in rejections],
        received_at=received_at,
    )


async def delete_rejected(connection: Connection, workspace_id: UUID, values: Sequence[str]) -> None:
    """Make rejected calls go that quote one of these values, in any case."""
    if values:
        await _queries.execute(connection, "delete_rejected", workspace_id=workspace_id, values=list(values))
