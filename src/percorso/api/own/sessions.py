"""Signing in and out, the clock, lists, users and keys."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from percorso.api.errors import RequestError
from percorso.api.own.caller import (
    TheCaller,
    TheConfig,
    TheDatabase,
    check_origin,
    cookie_name,
    is_loopback,
    is_secure,
    present,
    scope_of,
)
from percorso.api.own.idempotency import answer_once
from percorso.api.own.routes import delete, get, post, post_once
from percorso.reports.model import ClockReading, Shape
from percorso.reports.store import get_clock_reading
from percorso.workspaces.actions import close_session, create_key, revoke_key, revoke_session
from percorso.workspaces.model import SESSION_LASTS, ApiKey, Language, Permission, Role, Session
from percorso.workspaces.secrets import hash_token
from percorso.workspaces.sign_in import sign_in
from percorso.workspaces.store import find_session, list_keys, list_sessions

AnyRequest = Request[Any, Any, Any]


class SignIn(Shape, frozen=True):
    """What a person signs in with."""

    email: Annotated[str, Meta(min_length=1, max_length=320)]
    password: Annotated[str, Meta(min_length=1, max_length=1024)]


class SessionUser(Shape, frozen=True):
    """Who is signed in."""

    id: UUID
    email: str
    name: str
    language: Language


class SessionWorkspace(Shape, frozen=True):
    """Where."""

    id: UUID
    name: str
    time_zone: str
    currency: str
    language: Language


class SessionShape(Shape, frozen=True):
    """A session: writes send `csrfToken` in the header X-CSRF-Token. `permissions`: what the role allows.

    `listIds`, `nodeIds`: what it is narrowed to; null: all lists, all nodes.
    """

    user: SessionUser
    workspace: SessionWorkspace
    role: Role
    permissions: list[Permission]
    list_ids: list[UUID] | None
    node_ids: list[UUID] | None
    csrf_token: str


class OpenSessionShape(Shape, frozen=True):
    """One of one's own sessions; `current` is the one that asks."""

    id: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    current: bool


class SessionsShape(Shape, frozen=True):
    """One's own sessions in force, the last used first."""

    items: list[OpenSessionShape]


class NewKey(Shape, frozen=True, forbid_unknown_fields=True):
    """A key to be made. A browser's key can track and nothing else."""

    name: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    kind: Literal["server", "browser"]
    scopes: Annotated[tuple[str, ...], Meta(max_length=50)] = ()


class KeyShape(Shape, frozen=True):
    """A key. `token` is shown once, in the answer that made it."""

    id: UUID
    name: str
    kind: Literal["server", "browser"]
    scopes: tuple[str, ...]
    prefix: str
    created_at: datetime
    revoked_at: datetime | None
    token: str | None = None


class KeysShape(Shape, frozen=True):
    """The workspace's keys, the newest first."""

    items: list[KeyShape]


@post_once("/session", status_code=201)
async def open_session(
    request: AnyRequest, data: JSONBody[SignIn], database: TheDatabase, config: TheConfig
) -> Response[SessionShape]:
    """Sign in: the answer sets the session's cookie. Refused over plain http unless on this machine."""
    secure = is_secure(request, config)
    if not secure and not is_loopback(request):
        raise RequestError(
            403,
            "insecure_connection",
            "Signing in needs https, or a browser on the same machine as Percorso.",
        )
    check_origin(request, required=False)
    client = scope_of(request).get("client")
    token = await sign_in(
        database,
        email=data.email,
        password=data.password,
        address=client[0] if client else "",
        present=present(),
    )
    async with database.connection() as connection:
        session = await find_session(connection, hash_token(token), present=present())
    if session is None:
        raise RequestError(401, "not_signed_in", "The session ended at once. Sign in again.")
    cookie = Cookie(
        key=cookie_name(request, config),
        value=token,
        max_age=int(SESSION_LASTS.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    return Response(_to_session(session), status_code=201, cookies=[cookie])


@get("/session")
async def get_session(caller: TheCaller) -> SessionShape:
    """Who is signed in, and the token that writes need."""
    assert caller.session is not None
    return _to_session(caller.session)


@delete("/session", status_code=204)
async def end_session(
    request: AnyRequest, caller: TheCaller, database: TheDatabase, config: TheConfig
) -> Response[None]:
    """Sign out: the session ends at once."""
    async with database.whole.transaction("workspaces.session") as connection:
        await close_session(connection, caller.token, present=present())
    response = Response[None](None, status_code=204)
    response.delete_cookie(cookie_name(request, config), path="/")
    return response


@get("/sessions")
async def get_sessions(database: TheDatabase, caller: TheCaller) -> SessionsShape:
    """Where one is signed in."""
    assert caller.session is not None
    async with database.whole.connection() as connection:
        found = await list_sessions(connection, caller.session.user.id, present=present())
    own = hash_token(caller.token)
    return SessionsShape(
        items=[
            OpenSessionShape(
                id=session.id,
                created_at=session.created_at,
                seen_at=session.seen_at,
                expires_at=session.expires_at,
                current=session.token_hash == own,
            )
            for session in found
        ]
    )


@delete("/sessions/{id:uuid}", status_code=204)
async def end_other_session(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> None:
    """Sign out somewhere else, at once."""
    assert caller.session is not None
    async with database.whole.transaction("workspaces.session") as connection:
        await revoke_session(connection, user_id=caller.session.user.id, session_id=id, present=present())


@get("/clock")
async def get_clock(database: TheDatabase, caller: TheCaller) -> ClockReading:
    """Product time now, and how fast it goes."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return await get_clock_reading(connection)


@get("/api-keys")
async def get_keys(database: TheDatabase, caller: TheCaller) -> KeysShape:
    """The workspace's keys, without their tokens."""
    async with database.request_transaction(caller.workspace_id) as connection:
        keys = await list_keys(connection, caller.workspace_id)
    return KeysShape(items=[_to_key(key) for key in keys])


@post("/api-keys", status_code=201)
async def make_key(
    request: AnyRequest, data: JSONBody[NewKey], database: TheDatabase, caller: TheCaller
) -> Response[KeyShape]:
    """Make a key. Its token is in this answer and nowhere else; a repeated POST does not show it again."""

    async def make(id: UUID) -> KeyShape:
        async with database.request_transaction(caller.workspace_id) as connection:
            key, token = await create_key(
                connection,
                workspace_id=caller.workspace_id,
                name=data.name,
                kind=data.kind,
                scopes=data.scopes,
                present=present(),
                key_id=id,
            )
        return _to_key(key, token)

    return await answer_once(request, database, caller, make, keep=without_token)


@delete("/api-keys/{id:uuid}", status_code=200)
async def end_key(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> KeyShape:
    """Stop a key at once; repeating keeps the first moment."""
    async with database.request_transaction(caller.workspace_id) as connection:
        key = await revoke_key(connection, workspace_id=caller.workspace_id, key_id=id, present=present())
    return _to_key(key)


def without_token(key: KeyShape) -> KeyShape:
    """Return the key as a repeated POST shows it: tokens are stored nowhere."""
    return msgspec.structs.replace(key, token=None)


def _to_session(session: Session) -> SessionShape:
    return SessionShape(
        user=msgspec.convert(session.user, SessionUser, from_attributes=True),
        workspace=msgspec.convert(session.workspace, SessionWorkspace, from_attributes=True),
        role=session.role,
        permissions=sorted(session.permissions),
        list_ids=None if session.narrowing.lists is None else list(session.narrowing.lists),
        node_ids=None if session.narrowing.nodes is None else list(session.narrowing.nodes),
        csrf_token=session.csrf_token,
    )


def _to_key(key: ApiKey, token: str | None = None) -> KeyShape:
    return KeyShape(
        id=key.id,
        name=key.name,
        kind=key.kind,
        scopes=key.scopes,
        prefix=key.prefix,
        created_at=key.created_at,
        revoked_at=key.revoked_at,
        token=token,
    )


HANDLERS = [
    open_session,
    get_session,
    end_session,
    get_sessions,
    end_other_session,
    get_clock,
    get_keys,
    make_key,
    end_key,
]
