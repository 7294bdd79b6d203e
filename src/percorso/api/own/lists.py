"""Subscription lists: what they are set to, who is on them, and the templates that they have."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import UNSET, Meta, UnsetType

from percorso.api.own.caller import Caller, TheCaller, TheDatabase, present
from percorso.api.own.idempotency import answer_once
from percorso.api.own.routes import get, patch, post
from percorso.content.list_templates import check_list_templates
from percorso.content.model import Kind
from percorso.content.store import list_templates
from percorso.db import Connection
from percorso.deliverability.store import list_waits
from percorso.reports.lists import ListFiguresPage, count_lists
from percorso.reports.model import Shape
from percorso.workspaces import lists
from percorso.workspaces.list_settings import ListSettings, OptIn, Warned, list_warnings
from percorso.workspaces.model import Language

Text = Annotated[str, Meta(max_length=1000)]
_AT_ONCE = 500


class NewList(Shape, frozen=True, forbid_unknown_fields=True):
    """A list to be made. `timeZone` and `language` are the workspace's unless said otherwise.

    `optIn`: `double` lets those who ask wait until they confirm. `smsSender`: a name of at most 11 characters, a number
    or a short code. The list's own templates are chosen when it has some.
    """

    name: Text
    sender_name: Text
    sender_address: Text
    reply_to: Text | None = None
    sms_sender: Text | None = None
    time_zone: Text | None = None
    language: Language | None = None
    opt_in: OptIn = "single"
    tracks_opens: bool = True
    tracks_clicks: bool = True


class ListChange(Shape, frozen=True, forbid_unknown_fields=True):
    """What to change of a list; what is left out stays. Null takes an optional setting away.

    `confirmationTemplateId`: a transactional email template of the list with a link to `confirm_url`; null: Percorso's
    own text. `hasWelcome`: the first notification goes out, once per contact, by `welcomeTemplateId`.
    """

    name: Text | UnsetType = UNSET
    sender_name: Text | UnsetType = UNSET
    sender_address: Text | UnsetType = UNSET
    reply_to: Text | UnsetType | None = UNSET
    sms_sender: Text | UnsetType | None = UNSET
    time_zone: Text | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    opt_in: OptIn | UnsetType = UNSET
    tracks_opens: bool | UnsetType = UNSET
    tracks_clicks: bool | UnsetType = UNSET
    confirmation_template_id: UUID | UnsetType | None = UNSET
    welcome_template_id: UUID | UnsetType | None = UNSET
    has_welcome: bool | UnsetType = UNSET


class ListShape(Shape, frozen=True):
    """A subscription list with its sender.

    `warnings`: what may keep its email from arriving, and stops nothing: `free_mailbox`, the sender's domain belongs to
    a provider of mailboxes; `domain_waits`, the sender's own domain takes no email from us at present.
    """

    id: UUID
    name: str
    sender_name: str
    sender_address: str
    reply_to: str | None
    sms_sender: str | None
    time_zone: str
    language: Language
    opt_in: OptIn
    tracks_opens: bool
    tracks_clicks: bool
    confirmation_template_id: UUID | None
    welcome_template_id: UUID | None
    has_welcome: bool
    warnings: list[Warned]


class ListsShape(Shape, frozen=True):
    """The workspace's lists by name."""

    items: list[ListShape]


class TemplateLine(Shape, frozen=True):
    """A template as it is chosen from."""

    id: UUID
    list_id: UUID
    name: str
    kind: Kind
    class_: Literal["marketing", "transactional"] = msgspec.field(name="class")


class TemplatesShape(Shape, frozen=True):
    """The workspace's templates by name."""

    items: list[TemplateLine]


@get("/lists")
async def get_lists(database: TheDatabase, caller: TheCaller) -> ListsShape:
    """The workspace's subscription lists."""
    async with database.request_transaction(caller.workspace_id) as connection:
        waiting = await _list_waiting(connection, caller)
        rows = await lists.list_all(connection, caller.workspace_id)
    return ListsShape(items=[_shape(row, waiting) for row in rows])


@get("/lists/{id:uuid}")
async def get_one_list(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> ListShape:
    """One list."""
    async with database.request_transaction(caller.workspace_id) as connection:
        waiting = await _list_waiting(connection, caller)
        return _shape(await lists.get_list(connection, caller.workspace_id, id), waiting)


@post("/lists", status_code=201)
async def make_list(
    request: Request[Any, Any, Any], data: JSONBody[NewList], database: TheDatabase, caller: TheCaller
) -> Response[ListShape]:
    """Make a list; nobody is on it yet."""

    async def make(id: UUID) -> ListShape:
        async with database.request_transaction(caller.workspace_id) as connection:
            zone, language = await lists.find_ways(connection, caller.workspace_id)
            given = msgspec.structs.asdict(data)
            given |= {"time_zone": data.time_zone or zone, "language": data.language or language}
            made = await lists.create_list(
                connection,
                caller.workspace_id,
                ListSettings(**given),
                id=id,
                caller=caller.name,
                present=present(),
            )
            return _shape(made, await _list_waiting(connection, caller))

    return await answer_once(request, database, caller, make)


@patch("/lists/{id:uuid}")
async def change_list(
    id: FromPath[UUID], data: JSONBody[ListChange], database: TheDatabase, caller: TheCaller
) -> ListShape:
    """Change a list's settings; what is on its way leaves by the new ones."""
    given = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
    async with database.request_transaction(caller.workspace_id) as connection:
        found = await lists.get_list(connection, caller.workspace_id, id)
        settings = ListSettings(**(_settings_of(found) | given))
        await check_list_templates(connection, caller.workspace_id, id, settings)
        changed = await lists.change_list(
            connection, caller.workspace_id, settings, id=id, caller=caller.name, present=present()
        )
        return _shape(changed, await _list_waiting(connection, caller))


@get("/list-figures")
async def get_figures(database: TheDatabase, caller: TheCaller) -> ListFiguresPage:
    """How many contacts are subscribed, pending and unsubscribed, by list and channel."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return await count_lists(connection, caller.workspace_id)


@get("/templates")
async def get_templates(
    database: TheDatabase, caller: TheCaller, list_id: FromQuery[UUID | None] = None
) -> TemplatesShape:
    """Templates by name; with `list_id`, those of one list."""
    async with database.request_transaction(caller.workspace_id) as connection:
        found = await list_templates(connection, caller.workspace_id)
    return TemplatesShape(
        items=[
            TemplateLine(
                id=version.template_id,
                list_id=version.list_id,
                name=version.name,
                kind=version.kind,
                class_=version.template_class,
            )
            for version in found
            if list_id in (None, version.list_id)
        ]
    )


async def _list_waiting(connection: Connection, caller: Caller) -> frozenset[str]:
    if not caller.narrowing.is_whole:
        # What a domain answers may quote whom we wrote to, on any list.
        return frozenset()
    waits = await list_waits(connection, caller.workspace_id, size=_AT_ONCE)
    return frozenset(wait.destination.domain for wait in waits)


def _settings_of(row: lists.ListRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ListSettings.__struct_fields__}


def _shape(row: lists.ListRow, waiting: frozenset[str]) -> ListShape:
    return ListShape(
        id=row.id,
        warnings=list_warnings(row.sender_address, waiting_domains=waiting),
        **_settings_of(row),
    )


HANDLERS = [get_lists, get_one_list, make_list, change_list, get_figures, get_templates]
