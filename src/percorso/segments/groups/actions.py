"""What can be done with groups: each is part of one transaction of its caller."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.jobs import Handlers, enqueue_job
from percorso.jobs.model import Job
from percorso.jobs.store import count_waiting_jobs
from percorso.kit.ids import derive_id
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft
from percorso.segments.groups import store
from percorso.segments.groups.model import JOINED, LEFT, Group, GroupKind, draft_group_fact

KIND: Final = "segments.group"
"""The kind of job that tells many contacts' facts; its key is the group's id."""

PIECE: Final = 500
"""Contacts of one step of a job: live facts must not wait long behind them."""


class Crowd(msgspec.Struct, frozen=True):
    """Many contacts of one request: those named, or all members of a group.

    `joins`: the group that they join, `leaves`: the one that they leave; both: they move.
    """

    joins: UUID | None
    leaves: UUID | None
    contact_ids: tuple[UUID, ...] = ()
    members_of: UUID | None = None
    after: UUID | None = None
    """The last contact that was done, as long as the job goes on."""


async def create_group(
    connection: Connection,
    workspace_id: UUID,
    *,
    id: UUID,
    name: str,
    notes: str = "",
    kind: GroupKind = "ordinary",
) -> Group:
    """Make a group and return it; repeated with the same id it returns the group as it is.

    Raises GroupNameError.
    """
    now = await read_product_time(connection)
    await store.insert_group(
        connection, workspace_id, id=id, name=name.strip(), notes=notes, kind=kind, now=now
    )
    return await store.get_group(connection, workspace_id, id)


async def update_group(
    connection: Connection,
    workspace_id: UUID,
    id: UUID,
    *,
    name: str | None = None,
    notes: str | None = None,
    kind: GroupKind | None = None,
) -> Group:
    """Change what is given and return the group; raises UnknownGroupError, GroupNameError."""
    now = await read_product_time(connection)
    name = None if name is None else name.strip()
    await store.update_group(connection, workspace_id, id, name=name, notes=notes, kind=kind, now=now)
    return await store.get_group(connection, workspace_id, id)


async def delete_group(connection: Connection, workspace_id: UUID, id: UUID) -> None:
    """Take a group out of use, and let its members leave by a job; raises UnknownGroupError."""
    await store.get_group(connection, workspace_id, id)
    await store.mark_deleted(connection, workspace_id, id, now=await read_product_time(connection))
    await tell_crowd(connection, workspace_id, Crowd(joins=None, leaves=id, members_of=id), key=id)


async def change_member(
    connection: Connection,
    workspace_id: UUID,
    contact_id: UUID,
    *,
    joins: UUID | None,
    leaves: UUID | None,
    cause: UUID,
) -> None:
    """Append that one contact joined a group, left one, or moved; the worker makes it so.

    The caller has looked at the groups. Locks the head of the contact's bucket.
    """
    now = await read_product_time(connection)
    drafts = _draft(workspace_id, [contact_id], joins=joins, leaves=leaves, cause=cause, now=now)
    await append_facts(connection, drafts, received_at=now)


async def tell_crowd(connection: Connection, workspace_id: UUID, crowd: Crowd, *, key: UUID) -> UUID:
    """Ask for the facts of many contacts, and return the job's id.

    Jobs of one group begin in the order of asking; the pieces of two large ones may take turns.
    """
    return await enqueue_job(
        connection, KIND, msgspec.to_builtins(crowd), key=str(key), workspace_id=workspace_id
    )


async def is_changing(connection: Connection, group_id: UUID) -> bool:
    """Whether contacts are still to be told that they joined or left."""
    return await count_waiting_jobs(connection, KIND, str(group_id)) > 0


async def _tell(connection: Connection, job: Job) -> None:
    """Tell the next contacts, and ask for the rest."""
    assert job.workspace_id is not None
    crowd = msgspec.convert(job.arguments, Crowd)
    if crowd.members_of is None:
        piece, rest = crowd.contact_ids[:PIECE], crowd.contact_ids[PIECE:]
        following = msgspec.structs.replace(crowd, contact_ids=rest) if rest else None
    else:
        members = await store.list_members(
            connection, job.workspace_id, crowd.members_of, after=crowd.after, maximum=PIECE
        )
        piece = tuple(member.contact_id for member in members)
        following = msgspec.structs.replace(crowd, after=piece[-1]) if len(piece) == PIECE else None
    known = await store.list_known(connection, job.workspace_id, piece)
    now = await read_product_time(connection)
    drafts = _draft(
        job.workspace_id,
        [id for id in dict.fromkeys(piece) if id in known],
        joins=crowd.joins,
        leaves=crowd.leaves,
        cause=job.id,
        now=now,
    )
    if following is not None:
        await enqueue_job(
            connection,
            KIND,
            msgspec.to_builtins(following),
            key=str(crowd.joins or crowd.leaves),
            workspace_id=job.workspace_id,
            id=derive_id("following", job.id),
        )
    await append_facts(connection, drafts, received_at=now)


def _draft(
    workspace_id: UUID,
    contact_ids: Sequence[UUID],
    *,
    joins: UUID | None,
    leaves: UUID | None,
    cause: UUID,
    now: datetime,
) -> list[FactDraft]:
    said: list[tuple[UUID | None, Literal["groupJoined", "groupLeft"]]] = [(leaves, LEFT), (joins, JOINED)]
    return [
        draft_group_fact(workspace_id, contact_id, group_id, name, cause=cause, now=now)
        for contact_id in contact_ids
        for group_id, name in said
        if group_id is not None
    ]


HANDLERS: Final[Handlers] = {KIND: _tell}
"""What groups do as jobs; the worker's shell runs them."""
