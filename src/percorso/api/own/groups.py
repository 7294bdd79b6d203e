"""Groups: made, changed, deleted; who is in them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from litestar import Request, Response
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UNSET, Meta, UnsetType

from percorso.api.errors import RequestError
from percorso.api.own.authoring import Name, Note, given
from percorso.api.own.caller import Caller, TheCaller, TheDatabase
from percorso.api.own.idempotency import answer_once
from percorso.api.own.routes import delete, get, patch, post, put
from percorso.db import Connection, Database
from percorso.reports.contacts import find_contact
from percorso.reports.groups import MemberPage, list_group_members
from percorso.reports.model import Shape
from percorso.segments.groups import actions, store
from percorso.segments.groups.model import Group, GroupKind

Cursor = Annotated[
    str | None, QueryParameter(name="cursor", max_length=2000, description="From `nextCursor`.")
]

AT_ONCE = 20_000
"""Contacts that one request may name."""


class NewGroup(Shape, frozen=True, forbid_unknown_fields=True):
    """A group to be made; `test` groups are sent tests."""

    name: Name
    notes: Note = ""
    kind: GroupKind = "ordinary"


class GroupChange(Shape, frozen=True, forbid_unknown_fields=True):
    """What to change of a group; what is left out stays."""

    name: Name | UnsetType = UNSET
    notes: Note | UnsetType = UNSET
    kind: GroupKind | UnsetType = UNSET


class GroupShape(Shape, frozen=True):
    """A group, and how many are in it as far as facts are applied. `changing`: more are on their way."""

    id: UUID
    name: str
    notes: str
    kind: GroupKind
    created_at: datetime
    modified_at: datetime
    members: int | None
    changing: bool


class GroupPage(Shape, frozen=True):
    """Groups by name."""

    items: list[GroupShape]


class Moving(Shape, frozen=True, forbid_unknown_fields=True):
    """Contacts to be added: those named, or all members of `membersOf`. `leaves`: the group that they leave for it."""

    contact_ids: Annotated[tuple[UUID, ...], Meta(max_length=AT_ONCE)] = ()
    members_of: UUID | None = None
    leaves: UUID | None = None


class Asked(Shape, frozen=True):
    """A job that goes on: read the group until it is not `changing`."""

    job_id: UUID


@get("/groups")
async def list_groups(database: TheDatabase, caller: TheCaller) -> GroupPage:
    """All groups by name."""
    async with database.request_transaction(caller.workspace_id) as connection:
        groups = await store.list_groups(connection, caller.workspace_id)
        return GroupPage(items=[await _shape(connection, group) for group in groups])


@post("/groups", status_code=201)
async def make_group(
    request: Request[Any, Any, Any], data: JSONBody[NewGroup], database: TheDatabase, caller: TheCaller
) -> Response[GroupShape]:
    """Make a group."""

    async def make(id: UUID) -> GroupShape:
        async with database.request_transaction(caller.workspace_id) as connection:
            group = await actions.create_group(
                connection, caller.workspace_id, id=id, name=data.name, notes=data.notes, kind=data.kind
            )
            return await _shape(connection, group)

    return await answer_once(request, database, caller, make)


@get("/groups/{id:uuid}")
async def get_group(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> GroupShape:
    """One group."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return await _shape(connection, await store.get_group(connection, caller.workspace_id, id))


@patch("/groups/{id:uuid}")
async def change_group(
    id: FromPath[UUID], data: JSONBody[GroupChange], database: TheDatabase, caller: TheCaller
) -> GroupShape:
    """Change a group's name, notes or kind."""
    async with database.request_transaction(caller.workspace_id) as connection:
        group = await actions.update_group(
            connection,
            caller.workspace_id,
            id,
            name=given(data.name),
            notes=given(data.notes),
            kind=given(data.kind),
        )
        return await _shape(connection, group)


@delete("/groups/{id:uuid}", status_code=204)
async def delete_group(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> None:
    """Delete a group; its members leave it, which may end runs that wait for that."""
    async with database.request_transaction(caller.workspace_id) as connection:
        await actions.delete_group(connection, caller.workspace_id, id)


@get("/groups/{id:uuid}/members")
async def list_members(
    id: FromPath[UUID], database: TheDatabase, caller: TheCaller, cursor: Cursor = None
) -> MemberPage:
    """Who is in a group, in no order that means anything."""
    async with database.request_transaction(caller.workspace_id) as connection:
        await store.get_group(connection, caller.workspace_id, id)
        return await list_group_members(connection, caller.workspace_id, id, cursor=cursor)


@post("/groups/{id:uuid}/members", status_code=202)
async def add_members(
    request: Request[Any, Any, Any],
    id: FromPath[UUID],
    data: JSONBody[Moving],
    database: TheDatabase,
    caller: TheCaller,
) -> Response[Asked]:
    """Let many contacts join the group, by a job; with `leaves` they move there. Unknown contacts are left out."""
    if bool(data.contact_ids) == (data.members_of is not None):
        raise RequestError(422, "contacts_needed", "Name either contacts or the group that they are in.")

    async def make(_id: UUID) -> Asked:
        async with database.request_transaction(caller.workspace_id) as connection:
            for group_id in {id, data.members_of, data.leaves} - {None}:
                assert group_id is not None
                await store.get_group(connection, caller.workspace_id, group_id)
            crowd = actions.Crowd(
                joins=id,
                leaves=data.leaves if data.leaves != id else None,
                contact_ids=data.contact_ids,
                members_of=data.members_of,
            )
            return Asked(job_id=await actions.tell_crowd(connection, caller.workspace_id, crowd, key=id))

    return await answer_once(request, database, caller, make, status=202)


@put("/groups/{id:uuid}/members/{contact_id:uuid}", status_code=204)
async def add_member(
    id: FromPath[UUID],
    contact_id: FromPath[UUID],
    database: TheDatabase,
    caller: TheCaller,
    leaves: Annotated[
        UUID | None, QueryParameter(name="leaves", description="The group that it leaves for this one.")
    ] = None,
) -> None:
    """Let one contact join the group, or move to it; one that is in it already stays."""
    await _change(database, caller, contact_id, joins=id, leaves=leaves if leaves != id else None)


@delete("/groups/{id:uuid}/members/{contact_id:uuid}", status_code=204)
async def remove_member(
    id: FromPath[UUID], contact_id: FromPath[UUID], database: TheDatabase, caller: TheCaller
) -> None:
    """Let one contact leave the group; one that is not in it stays out."""
    await _change(database, caller, contact_id, joins=None, leaves=id)


@get("/contacts/{id:uuid}/groups")
async def list_groups_of(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> GroupPage:
    """The groups that one contact is in, as far as facts are applied."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        contact = await find_contact(connection, caller.workspace_id, id)
        groups = await store.list_groups_of(connection, caller.workspace_id, contact.id)
        return GroupPage(items=[await _shape(connection, group) for group in groups])


async def _change(
    database: Database, caller: Caller, contact_id: UUID, *, joins: UUID | None, leaves: UUID | None
) -> None:
    async with database.request_snapshot(caller.workspace_id) as connection:
        for group_id in {joins, leaves} - {None}:
            assert group_id is not None
            await store.get_group(connection, caller.workspace_id, group_id)
        contact = await find_contact(connection, caller.workspace_id, contact_id)
    async with database.whole.transaction("segments.group") as connection:
        await actions.change_member(
            connection, caller.workspace_id, contact.id, joins=joins, leaves=leaves, cause=uuid4()
        )


async def _shape(connection: Connection, group: Group) -> GroupShape:
    return GroupShape(
        id=group.id,
        name=group.name,
        notes=group.notes,
        kind=group.kind,
        created_at=group.created_at,
        modified_at=group.modified_at,
        members=group.members,
        changing=await actions.is_changing(connection, group.id),
    )


HANDLERS = [
    list_groups,
    make_group,
    get_group,
    change_group,
    delete_group,
    list_members,
    add_members,
    add_member,
    remove_member,
    list_groups_of,
]
