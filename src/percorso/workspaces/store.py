"""One function per query on the tables of workspaces; values in, values out."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.db import Connection, Record, load_queries
from percorso.kit.ids import derive_id
from percorso.workspaces.model import (
    SESSION_IDLES,
    ApiKey,
    EventSettings,
    Member,
    Narrowing,
    OpenSession,
    Session,
    User,
    Workspace,
)

queries: Final = load_queries("percorso.workspaces")


async def has_workspace(connection: Connection) -> bool:
    """Whether the instance was set up."""
    return bool(await queries.fetch_value(connection, "has_workspace"))


async def list_workspaces(connection: Connection) -> list[Workspace]:
    """Return all workspaces of the instance, oldest first."""
    return [Workspace(**dict(row)) for row in await queries.fetch(connection, "list_workspaces")]


async def list_lists(connection: Connection, workspace_id: UUID) -> list[dict[str, Any]]:
    """Return the lists of a workspace by name."""
    rows = await queries.fetch(connection, "list_lists", workspace_id=workspace_id)
    return [dict(row) for row in rows]


async def list_nodes(connection: Connection, workspace_id: UUID) -> list[tuple[UUID, str]]:
    """Return id and name of the nodes of a workspace by name."""
    rows = await queries.fetch(connection, "list_nodes", workspace_id=workspace_id)
    return [(row["id"], row["name"]) for row in rows]


async def list_members(connection: Connection, workspace_id: UUID) -> list[Member]:
    """Return the users of a workspace with their roles, by address."""
    rows = await queries.fetch(connection, "list_users", workspace_id=workspace_id)
    return [
        Member(
            id=row["id"],
            email=row["email"],
            name=row["name"],
            language=row["language"],
            role=row["role"],
            narrowing=_read_narrowing(row),
            created_at=row["created_at"],
        )
        for row in rows
    ]


def _read_narrowing(row: Record) -> Narrowing:
    lists, nodes = row["list_ids"], row["node_ids"]
    return Narrowing(None if lists is None else tuple(lists), None if nodes is None else tuple(nodes))


async def find_password(connection: Connection, email: str) -> Record | None:
    """Return id, password_hash and workspace_id of the user with this address, None if nobody has it."""
    return await queries.fetch_row(connection, "find_password", email=email)


async def count_failures(
    connection: Connection, *, email_hash: bytes, address: str, since: datetime
) -> tuple[int, int]:
    """Return the failed attempts since a moment: for the email, from the network address."""
    (row,) = await queries.fetch(
        connection, "count_failures", email_hash=email_hash, address=address, since=since
    )
    return row["email_failures"], row["address_failures"]


async def find_session(connection: Connection, token_hash: bytes, *, present: datetime) -> Session | None:
    """Return the session in force behind a token, None if there is none."""
    row = await queries.fetch_row(
        connection,
        "find_session",
        token_hash=token_hash,
        present=present,
        idle_since=present - SESSION_IDLES,
    )
    if row is None:
        return None
    return Session(
        user=User(row["user_id"], row["email"], row["user_name"], row["user_language"]),
        workspace=Workspace(
            id=row["workspace_id"],
            name=row["workspace_name"],
            time_zone=row["time_zone"],
            currency=row["currency"],
            language=row["workspace_language"],
        ),
        role=row["role"],
        csrf_token=row["csrf_token"],
        seen_at=row["seen_at"],
        narrowing=_read_narrowing(row),
    )


async def list_sessions(connection: Connection, user_id: UUID, *, present: datetime) -> list[OpenSession]:
    """Return a user's sessions in force, the last used first."""
    rows = await queries.fetch(
        connection, "list_sessions", user_id=user_id, present=present, idle_since=present - SESSION_IDLES
    )
    return [OpenSession(derive_id("session", row["token_hash"].hex()), *row.values()) for row in rows]


def to_key(row: Record) -> ApiKey:
    """Return the key of a row."""
    return msgspec.convert(dict(row), ApiKey)


async def find_key(connection: Connection, token_hash: bytes) -> ApiKey | None:
    """Return the key in force behind a token, None if there is none."""
    row = await queries.fetch_row(connection, "find_key", token_hash=token_hash)
    return None if row is None else to_key(row)


async def list_keys(connection: Connection, workspace_id: UUID) -> list[ApiKey]:
    """Return the keys of a workspace, newest first."""
    return [to_key(row) for row in await queries.fetch(connection, "list_keys", workspace_id=workspace_id)]


async def find_instance_key(connection: Connection, key_id: str) -> bytes | None:
    """Return the instance's secret under `key_id`, None if it was never made."""
    return await queries.fetch_value(connection, "find_instance_key", id=key_id)


async def read_event_settings(connection: Connection, workspace_id: UUID) -> EventSettings:
    """Return the settings of a workspace's events."""
    (row,) = await queries.fetch(connection, "read_event_settings", workspace_id=workspace_id)
    return EventSettings(*row)


async def write_event_settings(connection: Connection, workspace_id: UUID, settings: EventSettings) -> None:
    """Make the settings be as they are given; intake and worker hear of it within seconds."""
    await queries.execute(
        connection,
        "write_event_settings",
        workspace_id=workspace_id,
        strict=settings.strict,
        cart_minutes=settings.cart_minutes,
        session_minutes=settings.session_minutes,
    )


async def needs_approval(connection: Connection, workspace_id: UUID) -> bool:
    """Whether a second person approves what is published in the workspace."""
    return await queries.fetch_value(connection, "needs_approval", workspace_id=workspace_id)


async def write_needs_approval(connection: Connection, workspace_id: UUID, needs: bool) -> None:
    """Let publishing need a second person from now on, or no more."""
    await queries.execute(connection, "write_needs_approval", workspace_id=workspace_id, needs=needs)
