"""Groups and their members, one query per function."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from asyncpg import UniqueViolationError

from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of
from percorso.segments.groups.errors import GroupNameError, UnknownGroupError
from percorso.segments.groups.model import Group, GroupKind, Joined

_queries: Final = load_queries("percorso.segments.groups")


class Member(msgspec.Struct, frozen=True):
    """A contact in a group, and since when."""

    bucket: int
    contact_id: UUID
    joined_at: datetime


async def insert_group(
    connection: Connection,
    workspace_id: UUID,
    *,
    id: UUID,
    name: str,
    notes: str,
    kind: GroupKind,
    now: datetime,
) -> None:
    """Make a group; repeating does nothing. Raises GroupNameError."""
    await _write(
        connection,
        "insert_group",
        id=id,
        workspace_id=workspace_id,
        name=name,
        notes=notes,
        kind=kind,
        now=now,
    )


async def update_group(
    connection: Connection,
    workspace_id: UUID,
    id: UUID,
    *,
    name: str | None,
    notes: str | None,
    kind: GroupKind | None,
    now: datetime,
) -> bool:
    """Change what is given of a group, and return whether there is one; raises GroupNameError."""
    changed = await _write(
        connection,
        "update_group",
        workspace_id=workspace_id,
        id=id,
        name=name,
        notes=notes,
        kind=kind,
        now=now,
    )
    return changed > 0


async def _write(connection: Connection, query: str, *, name: str | None, **row: Any) -> int:
    try:
        async with connection.transaction():
            return await _queries.execute(connection, query, name=name, **row)
    except UniqueViolationError:
        raise GroupNameError(name or "") from None


async def mark_deleted(connection: Connection, workspace_id: UUID, id: UUID, *, now: datetime) -> bool:
    """Take a group out of use, and return whether it was in use."""
    return (
        await _queries.execute(connection, "mark_group_deleted", workspace_id=workspace_id, id=id, now=now)
        > 0
    )


async def list_groups(connection: Connection, workspace_id: UUID) -> list[Group]:
    """Return all groups in use, by name."""
    rows = await _queries.fetch(connection, "list_groups", workspace_id=workspace_id, id=None)
    return [Group(*row) for row in rows]


async def get_group(connection: Connection, workspace_id: UUID, id: UUID) -> Group:
    """Return a group; raises UnknownGroupError."""
    rows = await _queries.fetch(connection, "list_groups", workspace_id=workspace_id, id=id)
    if not rows:
        raise UnknownGroupError(id)
    return Group(*rows[0])


async def list_members(
    connection: Connection, workspace_id: UUID, group_id: UUID, *, after: UUID | None, maximum: int
) -> list[Member]:
    """Return at most `maximum` members in the order of buckets and ids, those after `after`."""
    rows = await _queries.fetch(
        connection,
        "list_member_ids",
        workspace_id=workspace_id,
        group_id=group_id,
        after_bucket=0 if after is None else bucket_of(after),
        after_id=UUID(int=0) if after is None else after,
        maximum=maximum,
    )
    return [Member(*row) for row in rows]


async def list_known(connection: Connection, workspace_id: UUID, contact_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these contacts the workspace has."""
    rows = await _queries.fetch(
        connection,
        "list_known",
        workspace_id=workspace_id,
        buckets=[bucket_of(id) for id in contact_ids],
        ids=contact_ids,
    )
    return {row[0] for row in rows}


async def load_groups(connection: Connection, contact_ids: Sequence[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return the groups that each of these contacts is in; those in none are left out."""
    rows = await _queries.fetch(
        connection, "load_groups", buckets=[bucket_of(id) for id in contact_ids], contact_ids=contact_ids
    )
    found: dict[UUID, set[UUID]] = {}
    for contact_id, group_id in rows:
        found.setdefault(contact_id, set()).add(group_id)
    return {contact_id: frozenset(groups) for contact_id, groups in found.items()}


async def list_groups_of(connection: Connection, workspace_id: UUID, contact_id: UUID) -> list[Group]:
    """Return the groups in use that a contact is in, by name."""
    rows = await _queries.fetch(
        connection,
        "list_groups_of",
        workspace_id=workspace_id,
        bucket=bucket_of(contact_id),
        contact_id=contact_id,
    )
    return [Group(*row) for row in rows]


async def write_members(
    connection: Connection, changed: Sequence[tuple[UUID, UUID, UUID, Joined | None]]
) -> None:
    """Write who joined and who left (None), as (workspace, contact, group, joined); each pair once."""
    joined = [(where, contact, group, at) for where, contact, group, at in changed if at is not None]
    left = [(contact, group) for _, contact, group, at in changed if at is None]
    if joined:
        await _queries.execute(
            connection,
            "insert_members",
            buckets=[bucket_of(contact) for _, contact, _, _ in joined],
            group_ids=[group for _, _, group, _ in joined],
            contact_ids=[contact for _, contact, _, _ in joined],
            workspace_ids=[where for where, _, _, _ in joined],
            joined_ats=[at.joined_at for _, _, _, at in joined],
            offsets=[at.offset for _, _, _, at in joined],
        )
    if left:
        await _queries.execute(
            connection,
            "delete_members",
            buckets=[bucket_of(contact) for contact, _ in left],
            group_ids=[group for _, group in left],
            contact_ids=[contact for contact, _ in left],
        )


async def delete_memberships(connection: Connection, contact_id: UUID) -> None:
    """Let a contact be in no group any more, without a fact; repeating does nothing."""
    await _queries.execute(
        connection, "delete_memberships", bucket=bucket_of(contact_id), contact_id=contact_id
    )
