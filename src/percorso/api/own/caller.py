"""Who asks: the session or key of a request, what it may do, and what a browser must prove to write."""

import ipaddress
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler

from percorso.api.errors import RequestError
from percorso.api.own.permissions import NARROWED, ROUTES, Ask, to_openapi_path
from percorso.config import Config
from percorso.db import Database, NarrowedDatabase
from percorso.db.errors import NarrowedError
from percorso.workspaces.model import WHOLE, Narrowing, Session
from percorso.workspaces.secrets import hash_token, is_same_token
from percorso.workspaces.store import find_key, find_session, queries

SECURE_COOKIE: Final = "__Host-percorso"
PLAIN_COOKIE: Final = "percorso"
"""The session's cookie over plain http, loopback only: `__Host-` needs https."""

TheDatabase = NamedDependency[Database]
"""A handler's parameter that is given the database."""
TheConfig = NamedDependency[Config]
"""A handler's parameter that is given the settings."""

_TOUCH_AFTER: Final = timedelta(minutes=1)
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

Connection = ASGIConnection[Any, Any, Any, Any]


class Caller(msgspec.Struct, frozen=True):
    """A user's session (`session` and `token`) or a key (`scopes`), in one workspace."""

    workspace_id: UUID
    session: Session | None = None
    token: str = ""
    scopes: frozenset[str] = frozenset()
    key_id: UUID | None = None

    @property
    def name(self) -> str:
        """Who it is, for the audit: `user:<id>`, or `key:<id>`."""
        return f"user:{self.session.user.id}" if self.session else f"key:{self.key_id}"

    def may(self, ask: Ask) -> bool:
        """Whether the role or the scopes hold what a route asks for."""
        if ask == "anyone":
            return True
        if ask == "session":
            return self.session is not None
        return ask in (self.session.permissions if self.session else self.scopes)

    @property
    def narrowing(self) -> Narrowing:
        """What of the workspace is open to whoever asks; keys are the workspace's and never narrowed."""
        return self.session.narrowing if self.session else WHOLE

    def look_through(self, database: Database) -> Database:
        """Return the database as this caller sees it: a narrowed member's requests run behind policies of their own."""
        found = self.narrowing
        if found.is_whole:
            return database
        return NarrowedDatabase(database, self.workspace_id, lists=found.lists, nodes=found.nodes)


TheCaller = NamedDependency[Caller]
"""A handler's parameter that is given who asks."""


def scope_of(connection: Connection) -> dict[str, Any]:
    """Return the ASGI scope of a request; the framework's type would have it of a websocket, too."""
    return cast("dict[str, Any]", connection.scope)


def present() -> datetime:
    """Return real time: sessions and keys do not live in product time."""
    return datetime.now(UTC)


def is_secure(connection: Connection, config: Config) -> bool:
    """Whether the browser speaks https with us, perhaps through a proxy that the public address tells of."""
    return scope_of(connection)["scheme"] == "https" or config.public_url.startswith("https://")


def cookie_name(connection: Connection, config: Config) -> str:
    """Return the name of the session's cookie on this connection."""
    return SECURE_COOKIE if is_secure(connection, config) else PLAIN_COOKIE


def is_loopback(connection: Connection) -> bool:
    """Whether both the peer and the host that it named are this machine."""
    client = scope_of(connection).get("client")
    host = urlsplit(f"//{connection.headers.get('host', '')}").hostname or ""
    return bool(client) and _is_own_address(client[0]) and (host == "localhost" or _is_own_address(host))


def check_origin(connection: Connection, *, required: bool) -> None:
    """Raise RequestError unless the page that sent this is ours (or no page did, where that is allowed)."""
    origin = connection.headers.get("origin")
    if origin is None and not required:
        return
    host = connection.headers.get("host", "").lower()
    if origin is None or urlsplit(origin).netloc.lower() != host:
        raise RequestError(
            403, "foreign_origin", "This request did not come from the application's own pages."
        )


class Guard:
    """Lets a request pass whose caller may do what its route asks for; the caller is then in its state."""

    def __init__(self, database: Database, config: Config) -> None:
        self._database = database
        self._config = config

    async def __call__(self, connection: Connection, _handler: BaseRouteHandler) -> None:
        """Find the caller and hold it against the matrix; raises RequestError."""
        ask = find_ask(scope_of(connection))
        if ask is None:
            return
        caller = await self._find_caller(connection)
        if ask == "anyone":
            return
        if caller is None:
            raise RequestError(
                401,
                "not_signed_in",
                "Sign in, or send a key as Authorization: Bearer.",
                headers={"www-authenticate": "Bearer"},
            )
        if not caller.narrowing.is_whole and find_route(scope_of(connection)) not in NARROWED:
            raise NarrowedError
        if not caller.may(ask):
            raise RequestError(403, "not_allowed", f"This needs the permission {ask}.")
        connection.state.caller = caller

    async def _find_caller(self, connection: Connection) -> Caller | None:
        authorization = connection.headers.get("authorization")
        if authorization is not None:
            scheme, _, token = authorization.partition(" ")
            return await self._find_key(token.strip()) if scheme.lower() == "bearer" else None
        token = connection.cookies.get(cookie_name(connection, self._config))
        return await self._find_session(connection, token) if token else None

    async def _find_key(self, token: str) -> Caller | None:
        async with self._database.connection() as database:
            key = await find_key(database, hash_token(token))
        return Caller(key.workspace_id, scopes=frozenset(key.scopes), key_id=key.id) if key else None

    async def _find_session(self, connection: Connection, token: str) -> Caller | None:
        now = present()
        async with self._database.connection() as database:
            session = await find_session(database, hash_token(token), present=now)
        if session is None:
            return None
        if scope_of(connection)["method"] not in _SAFE and not _is_sign_in(connection):
            check_origin(connection, required=True)
            sent = connection.headers.get("x-csrf-token", "")
            if not is_same_token(sent, session.csrf_token):
                raise RequestError(
                    403, "csrf_token", "The header X-CSRF-Token is missing or of another session."
                )
        if now - session.seen_at > _TOUCH_AFTER:
            async with self._database.transaction("workspaces.session") as database:
                await queries.execute(database, "touch_session", token_hash=hash_token(token), present=now)
        return Caller(session.workspace.id, session=session, token=token)


def find_ask(scope: dict[str, Any]) -> Ask | None:
    """Return what a route asks for; None for the published document. Raises RequestError for any other."""
    route = find_route(scope)
    ask = ROUTES.get(route)
    if ask is None and route[1].startswith("/api/v1/"):
        raise RequestError(403, "not_allowed", "Nobody may do this yet.")
    return ask


def find_route(scope: dict[str, Any]) -> tuple[str, str]:
    """Return method and path of a request, as the matrix has them."""
    return scope["method"], to_openapi_path(scope["path_template"])


def _is_sign_in(connection: Connection) -> bool:
    return (
        scope_of(connection)["method"] == "POST"
        and scope_of(connection)["path"].rstrip("/") == "/api/v1/session"
    )


def _is_own_address(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False
