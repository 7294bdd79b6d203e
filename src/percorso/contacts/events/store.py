"""Event types and settings of a workspace, one query per function."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.contacts.events.model import Accepted, EventLabels, EventType
from percorso.contacts.events.schemas import compile_schema
from percorso.db import Connection, load_queries

_queries: Final = load_queries("percorso.contacts.events")


async def list_event_types(connection: Connection, workspace_id: UUID) -> dict[str, EventType]:
    """Return the declared event types by name."""
    rows = await _queries.fetch(connection, "list_event_types", workspace_id=workspace_id)
    return {row[0]: EventType(row[0], msgspec.convert(row[1], EventLabels), row[2]) for row in rows}


async def read_accepted(connection: Connection, workspace_id: UUID) -> Accepted | None:
    """Return what a strict workspace accepts, None for an open one."""
    if not await _queries.fetch_value(connection, "is_strict", workspace_id=workspace_id):
        return None
    types = await list_event_types(connection, workspace_id)
    return Accepted(
        {
            name: None if type_.schema is None else compile_schema(msgspec.json.encode(type_.schema))
            for name, type_ in types.items()
        }
    )


async def insert_event_type(
    connection: Connection, workspace_id: UUID, type_: EventType, *, now: datetime
) -> bool:
    """Declare an event type, and return whether nobody had."""
    labels = msgspec.to_builtins(type_.labels)
    return (
        await _queries.execute(
            connection,
            "insert_event_type",
            workspace_id=workspace_id,
            name=type_.name,
            labels=labels,
            schema=type_.schema,
            now=now,
        )
        > 0
    )


async def write_event_type(
    connection: Connection, workspace_id: UUID, type_: EventType, *, now: datetime
) -> bool:
    """Make an event type be as it is given, and return whether it was declared."""
    labels = msgspec.to_builtins(type_.labels)
    return (
        await _queries.execute(
            connection,
            "update_event_type",
            workspace_id=workspace_id,
            name=type_.name,
            labels=labels,
            schema=type_.schema,
            now=now,
        )
        > 0
    )


async def delete_event_type(connection: Connection, workspace_id: UUID, name: str) -> bool:
    """Let an event type be declared no more, and return whether it was."""
    return await _queries.execute(connection, "delete_event_type", workspace_id=workspace_id, name=name) > 0
