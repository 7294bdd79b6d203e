"""Who is in the workspace: invited and changed by an owner or an admin, narrowed to lists and nodes where wanted."""

import secrets
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Meta, UnsetType

from percorso.api.errors import RequestError
from percorso.api.own.caller import Caller, TheCaller, TheDatabase, present
from percorso.api.own.idempotency import answer_once
from percorso.api.own.routes import get, patch, post
from percorso.kit.email_address import parse_email_address
from percorso.reports.model import Shape
from percorso.workspaces.actions import create_user
from percorso.workspaces.members import audit_member, change_member, check_rank, get_member
from percorso.workspaces.model import Language, Member, Narrowing, Role
from percorso.workspaces.secrets import PASSWORD_MINIMUM
from percorso.workspaces.store import list_members, list_nodes

Ids = Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=1_000)]
Text = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class NodeShape(Shape, frozen=True):
    """A customer base of the workspace."""

    id: UUID
    name: str


class NodesShape(Shape, frozen=True):
    """The workspace's nodes by name."""

    items: list[NodeShape]


class UserShape(Shape, frozen=True):
    """A user of the workspace with the role held there; `listIds`, `nodeIds`: what it is narrowed to, null: all.

    `password` is shown once, in the answer that made the user.
    """

    id: UUID
    email: str
    name: str
    language: Language
    role: Role
    list_ids: list[UUID] | None
    node_ids: list[UUID] | None
    created_at: datetime
    password: str | None = None


class UsersShape(Shape, frozen=True):
    """The workspace's users by address."""

    items: list[UserShape]


class NewUser(Shape, frozen=True, forbid_unknown_fields=True):
    """Somebody to be let in. A role that is narrowed sees and touches who is of these lists and nodes, and no more."""

    email: Annotated[str, Meta(min_length=1, max_length=320)]
    role: Role = "editor"
    name: Text | None = None
    language: Language = "en"
    list_ids: Ids | None = None
    node_ids: Ids | None = None


class UserChange(Shape, frozen=True, forbid_unknown_fields=True):
    """What to change of a member; what is left out stays, null takes a narrowing away."""

    role: Role | UnsetType = UNSET
    list_ids: Ids | UnsetType | None = UNSET
    node_ids: Ids | UnsetType | None = UNSET


@get("/nodes")
async def get_nodes(database: TheDatabase, caller: TheCaller) -> NodesShape:
    """The workspace's nodes."""
    async with database.request_transaction(caller.workspace_id) as connection:
        found = await list_nodes(connection, caller.workspace_id)
    return NodesShape(items=[NodeShape(id=id, name=name) for id, name in found])


@get("/users")
async def get_users(database: TheDatabase, caller: TheCaller) -> UsersShape:
    """The workspace's users."""
    async with database.request_transaction(caller.workspace_id) as connection:
        members = await list_members(connection, caller.workspace_id)
    return UsersShape(items=[_shape(member) for member in members])


@post("/users", status_code=201)
async def invite_user(
    request: Request[Any, Any, Any], data: JSONBody[NewUser], database: TheDatabase, caller: TheCaller
) -> Response[UserShape]:
    """Let somebody in. Their first password is in this answer and nowhere else; a repeated POST does not show it."""
    try:
        email = str(parse_email_address(data.email))
    except ValueError:
        raise RequestError(
            422, "invalid_address", "This is no email address that can be written to."
        ) from None
    narrowing = Narrowing(data.list_ids, data.node_ids)

    async def make(id: UUID) -> UserShape:
        password = secrets.token_urlsafe(PASSWORD_MINIMUM)
        async with database.transaction("workspaces.user") as connection:
            check_rank(caller.session.role if caller.session else None, None, data.role)
            await create_user(
                connection,
                workspace_id=caller.workspace_id,
                email=email,
                name=data.name or email,
                password=password,
                role=data.role,
                language=data.language,
                present=present(),
                user_id=id,
                narrowing=narrowing,
            )
            await audit_member(
                connection,
                caller.workspace_id,
                id,
                "member.added",
                data.role,
                narrowing,
                caller=caller.name,
                present=present(),
            )
            made = await get_member(connection, caller.workspace_id, id)
        return msgspec.structs.replace(_shape(made), password=password)

    return await answer_once(request, database, caller, make, keep=_without_password)


@patch("/users/{id:uuid}")
async def change_user(
    id: FromPath[UUID], data: JSONBody[UserChange], database: TheDatabase, caller: TheCaller
) -> UserShape:
    """Change a member's role, or what it is narrowed to; it holds from their next request on."""
    async with database.transaction("workspaces.user") as connection:
        before = (await get_member(connection, caller.workspace_id, id)).narrowing
        after = await change_member(
            connection,
            caller.workspace_id,
            id,
            role=None if data.role is UNSET else data.role,
            narrowing=Narrowing(_given(data.list_ids, before.lists), _given(data.node_ids, before.nodes)),
            by=_user_of(caller),
            caller=caller.name,
            present=present(),
        )
    return _shape(after)


def _given(value: Any, before: tuple[UUID, ...] | None) -> tuple[UUID, ...] | None:
    return before if value is UNSET else value


def _user_of(caller: Caller) -> UUID | None:
    return caller.session.user.id if caller.session else None


def _without_password(user: UserShape) -> UserShape:
    return msgspec.structs.replace(user, password=None)


def _shape(member: Member) -> UserShape:
    lists, nodes = member.narrowing.lists, member.narrowing.nodes
    return UserShape(
        id=member.id,
        email=member.email,
        name=member.name,
        language=member.language,
        role=member.role,
        list_ids=None if lists is None else list(lists),
        node_ids=None if nodes is None else list(nodes),
        created_at=member.created_at,
    )


HANDLERS = [get_nodes, get_users, invite_user, change_user]
