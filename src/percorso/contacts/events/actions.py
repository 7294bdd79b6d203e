"""Declaring event types: each is part of one transaction of its caller."""

from typing import Final
from uuid import UUID

from percorso.contacts.events import store
from percorso.contacts.events.errors import EventNameError, KnownEventError, UnknownEventTypeError
from percorso.contacts.events.known import KNOWN
from percorso.contacts.events.model import EventType
from percorso.contacts.events.schemas import check_schema
from percorso.db import Connection
from percorso.db.clock import read_product_time

_LONGEST_NAME: Final = 200


async def declare_event_type(connection: Connection, workspace_id: UUID, type_: EventType) -> EventType:
    """Declare an event type and return it; declared again it is as it is given now.

    Raises EventNameError, KnownEventError, SchemaError.
    """
    name = type_.name
    if not 0 < len(name) <= _LONGEST_NAME or name != name.strip() or "\0" in name:
        raise EventNameError
    if name in KNOWN:
        raise KnownEventError(name)
    if type_.schema is not None:
        check_schema(type_.schema)
    now = await read_product_time(connection)
    if not await store.insert_event_type(connection, workspace_id, type_, now=now):
        await store.write_event_type(connection, workspace_id, type_, now=now)
    return type_


async def delete_event_type(connection: Connection, workspace_id: UUID, name: str) -> None:
    """Let an event type be declared no more; raises UnknownEventTypeError."""
    if not await store.delete_event_type(connection, workspace_id, name):
        raise UnknownEventTypeError(name)
