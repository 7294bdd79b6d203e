"""Event types: known, declared and seen; and how strict the workspace is."""

from typing import Annotated, Any

from litestar.params import FromPath, JSONBody
from msgspec import Meta

from percorso.api.own.caller import TheCaller, TheDatabase
from percorso.api.own.routes import delete, get, put
from percorso.contacts.events import actions
from percorso.contacts.events.model import EventLabels, EventType
from percorso.reports.events import EventTypePage, SeenEvent, get_seen, list_types
from percorso.reports.model import Shape
from percorso.workspaces.model import EventSettings
from percorso.workspaces.store import read_event_settings, write_event_settings

Label = Annotated[str, Meta(min_length=1, max_length=200)]
Minutes = Annotated[int, Meta(ge=5, le=1440)]


class NewLabels(Shape, frozen=True, forbid_unknown_fields=True):
    """What an event is called, in each language of the application."""

    it: Label
    en: Label


class EventTypeSettings(Shape, frozen=True, forbid_unknown_fields=True):
    """An event type as it is declared. `schema`: a JSON schema of its properties; left out: any."""

    labels: NewLabels
    schema: dict[str, Any] | None = None


class DeclaredEvent(Shape, frozen=True):
    """An event type that was declared."""

    name: str
    labels: NewLabels
    schema: dict[str, Any] | None


class EventSettingsShape(Shape, frozen=True, forbid_unknown_fields=True):
    """`strict`: events that are neither known nor declared, or do not fit, are kept aside in the rejected list.

    `cartMinutes`, `sessionMinutes`: after so long untouched a basket or visit counts as abandoned; null: never.
    """

    strict: bool
    cart_minutes: Minutes | None
    session_minutes: Minutes | None


@get("/event-types")
async def list_event_types(database: TheDatabase, caller: TheCaller) -> EventTypePage:
    """All event types, with how many of each came in the last 30 days."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return await list_types(connection, caller.workspace_id)


@get("/event-types/{name:str}/seen")
async def get_seen_event(name: FromPath[str], database: TheDatabase, caller: TheCaller) -> SeenEvent:
    """What was seen of an event: how many by day, and the properties of some of the newest."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return await get_seen(connection, caller.workspace_id, name)


@put("/event-types/{name:str}")
async def declare_event_type(
    name: FromPath[str], data: JSONBody[EventTypeSettings], database: TheDatabase, caller: TheCaller
) -> DeclaredEvent:
    """Declare an event type, or make it be as given."""
    type_ = EventType(name, EventLabels(it=data.labels.it, en=data.labels.en), data.schema)
    async with database.request_transaction(caller.workspace_id) as connection:
        await actions.declare_event_type(connection, caller.workspace_id, type_)
    return DeclaredEvent(name=name, labels=data.labels, schema=data.schema)


@delete("/event-types/{name:str}", status_code=204)
async def delete_event_type(name: FromPath[str], database: TheDatabase, caller: TheCaller) -> None:
    """Declare an event type no more; its events stay."""
    async with database.request_transaction(caller.workspace_id) as connection:
        await actions.delete_event_type(connection, caller.workspace_id, name)


@get("/event-settings")
async def get_event_settings(database: TheDatabase, caller: TheCaller) -> EventSettingsShape:
    """How strict the workspace is, and what counts as abandoned."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return _shape(await read_event_settings(connection, caller.workspace_id))


@put("/event-settings")
async def set_event_settings(
    data: JSONBody[EventSettingsShape], database: TheDatabase, caller: TheCaller
) -> EventSettingsShape:
    """Make the settings be as given; they hold within seconds."""
    settings = EventSettings(data.strict, data.cart_minutes, data.session_minutes)
    async with database.request_transaction(caller.workspace_id) as connection:
        await write_event_settings(connection, caller.workspace_id, settings)
        return _shape(await read_event_settings(connection, caller.workspace_id))


def _shape(settings: EventSettings) -> EventSettingsShape:
    return EventSettingsShape(
        strict=settings.strict,
        cart_minutes=settings.cart_minutes,
        session_minutes=settings.session_minutes,
    )


HANDLERS = [
    list_event_types,
    get_seen_event,
    declare_event_type,
    delete_event_type,
    get_event_settings,
    set_event_settings,
]
