"""Who is a member of a workspace with which role, narrowed to which lists and nodes: decided and kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from percorso.db import Connection
from percorso.workspaces.audit import Action, record_audit
from percorso.workspaces.errors import MemberRefusedError, NarrowingError, UnknownMemberError
from percorso.workspaces.model import Member, Narrowing, Role
from percorso.workspaces.store import list_lists, list_members, list_nodes, queries


async def check_narrowing(
    connection: Connection, workspace_id: UUID, role: Role, narrowing: Narrowing
) -> None:
    """Raise NarrowingError unless the workspace has these lists and nodes, and the role may be narrowed."""
    if narrowing.is_whole:
        return
    if role == "owner":
        raise NarrowingError("An owner is answerable for the whole workspace and cannot be narrowed.")
    lists = {row["id"] for row in await list_lists(connection, workspace_id)}
    nodes = {id for id, _ in await list_nodes(connection, workspace_id)}
    if not _is_some(narrowing.lists, lists):
        raise NarrowingError("Name at least one list, each of this workspace.")
    if not _is_some(narrowing.nodes, nodes):
        raise NarrowingError("Name at least one node, each of this workspace.")


def _is_some(wanted: tuple[UUID, ...] | None, known: set[UUID]) -> bool:
    return wanted is None or (bool(wanted) and set(wanted) <= known)


def check_rank(acting: Role | None, before: Role | None, after: Role) -> None:
    """Raise MemberRefusedError where somebody who is no owner makes one, or changes one.

    `acting` is None for a key, `before` for somebody new.
    """
    if acting != "owner" and "owner" in (before, after):
        raise MemberRefusedError("Only an owner makes somebody an owner, or changes one.")


async def change_member(
    connection: Connection,
    workspace_id: UUID,
    user_id: UUID,
    *,
    role: Role | None,
    narrowing: Narrowing | None,
    by: UUID | None,
    caller: str,
    present: datetime,
    is_operator: bool = False,
) -> Member:
    """Give a member another role or narrowing, what is None stays; return the member as of now.

    It holds from the member's next request on. `by` is the user who asks, None for a key; `is_operator`: it is who
    runs the instance, whom no rank holds. Raises UnknownMemberError,
    MemberRefusedError, NarrowingError. Locks the workspace's roles.
    """
    roles = {
        row["user_id"]: row["role"]
        for row in await queries.fetch(connection, "lock_roles", workspace_id=workspace_id)
    }
    before = {member.id: member for member in await list_members(connection, workspace_id)}.get(user_id)
    if before is None:
        raise UnknownMemberError
    if by == user_id:
        raise MemberRefusedError("Nobody changes their own role. Ask another owner or admin.")
    after = role or before.role
    kept = before.narrowing if narrowing is None else narrowing
    if not is_operator:
        check_rank(roles.get(by) if by is not None else None, before.role, after)
    await check_narrowing(connection, workspace_id, after, kept)
    await queries.execute(
        connection,
        "write_role",
        workspace_id=workspace_id,
        user_id=user_id,
        role=after,
        list_ids=kept.lists,
        node_ids=kept.nodes,
    )
    if (after, kept) != (before.role, before.narrowing):
        await audit_member(
            connection, workspace_id, user_id, "member.changed", after, kept, caller=caller, present=present
        )
    return await get_member(connection, workspace_id, user_id)


async def get_member(connection: Connection, workspace_id: UUID, user_id: UUID) -> Member:
    """Return one member; raises UnknownMemberError."""
    for member in await list_members(connection, workspace_id):
        if member.id == user_id:
            return member
    raise UnknownMemberError


async def audit_member(
    connection: Connection,
    workspace_id: UUID,
    user_id: UUID,
    action: Action,
    role: Role,
    narrowing: Narrowing,
    *,
    caller: str,
    present: datetime,
) -> None:
    """Keep a line of what a member may do from now on, and where; null: everywhere."""
    detail: dict[str, Any] = {
        "role": role,
        "lists": None if narrowing.lists is None else [str(id) for id in narrowing.lists],
        "nodes": None if narrowing.nodes is None else [str(id) for id in narrowing.nodes],
    }
    await record_audit(
        connection,
        workspace_id,
        caller=caller,
        action=action,
        subject=str(user_id),
        detail=detail,
        at=present,
    )
