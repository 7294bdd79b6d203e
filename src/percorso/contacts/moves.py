"""Contacts on their way into others: which steps are to be taken, one query per function."""

from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.db import Connection, load_queries

_queries: Final = load_queries("percorso.contacts")

MoveState = Literal["moved", "carried", "done"]
"""moved: appends follow already. carried: its facts and rows are the other's. done: its own rows are gone."""


class PendingMove(msgspec.Struct, frozen=True):
    """A contact that was merged into another and still has something to hand over."""

    bucket: int
    contact_id: UUID
    workspace_id: UUID
    into_contact_id: UUID
    offset: int
    state: MoveState


async def list_moves(connection: Connection, *, maximum: int) -> list[PendingMove]:
    """Return the oldest merges that can go on: all facts of their contact are applied."""
    return [PendingMove(*row) for row in await _queries.fetch(connection, "list_moves", maximum=maximum)]


async def claim_move(connection: Connection, move: PendingMove) -> bool:
    """Take the merge for this transaction; False when someone else holds it or it went on meanwhile."""
    row = await _queries.fetch_row(connection, "lock_move", bucket=move.bucket, contact_id=move.contact_id)
    return row is not None and row["state"] == move.state


async def set_move_state(connection: Connection, move: PendingMove, state: MoveState) -> None:
    """Note that a step of the merge is done."""
    await _queries.execute(
        connection, "set_move_state", bucket=move.bucket, contact_id=move.contact_id, state=state
    )
