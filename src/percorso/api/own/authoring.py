"""What people write: journeys and what becomes of them, templates."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Meta, UnsetType, field

from percorso.api.errors import RequestError
from percorso.api.own.caller import Caller, TheCaller, TheDatabase
from percorso.api.own.idempotency import answer_once
from percorso.api.own.routes import patch, post
from percorso.content.actions import create_template
from percorso.content.model import Design, Kind
from percorso.db import Connection, Database
from percorso.db.clock import read_product_time
from percorso.journeys import actions as journeys
from percorso.journeys.simulation.expectation import MOST_TESTS
from percorso.reports.journeys import get_journey
from percorso.reports.model import JourneyDetail, Shape
from percorso.workspaces.store import list_lists

AnyRequest = Request[Any, Any, Any]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Note = Annotated[str, Meta(max_length=5000)]
Tags = Annotated[tuple[Name, ...], Meta(max_length=50)]
JourneyTests = Annotated[tuple[dict[str, Any], ...], Meta(max_length=MOST_TESTS)]
Liquid = Annotated[str, Meta(max_length=500_000)]
Address = Annotated[str, Meta(max_length=4000)]


class NewJourney(Shape, frozen=True, forbid_unknown_fields=True):
    """A journey to be made, as a draft. `graph` may be incomplete; `listId` may be left out where there is one list.

    `tests`: stories and what must come of them (docs/reference/simulation.md), run before the draft is published.
    """

    name: Name
    description: Note = ""
    tags: Tags = ()
    list_id: UUID | None = None
    graph: dict[str, Any] | None = None
    tests: JourneyTests = ()


class JourneyChange(Shape, frozen=True, forbid_unknown_fields=True):
    """What to change of a journey; what is left out stays. `readAt`: the `modifiedAt` that the editor last saw."""

    name: Name | UnsetType = UNSET
    description: Note | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    list_id: UUID | UnsetType = UNSET
    graph: dict[str, Any] | UnsetType = UNSET
    tests: JourneyTests | UnsetType = UNSET
    read_at: datetime | UnsetType = UNSET


class NewTemplate(Shape, frozen=True, forbid_unknown_fields=True):
    """A template to be made. Texts are Liquid; `html` and `subject` are empty for SMS.

    Of a push, `subject` is its title, `link` where tapping it leads, `image` the address of its picture; each may be empty.
    """

    name: Name
    kind: Kind
    class_: Literal["marketing", "transactional"] = field(default="marketing", name="class")
    list_id: UUID | None = None
    subject: Annotated[str, Meta(max_length=1000)] = ""
    html: Liquid = ""
    body: Liquid = ""
    link: Address = ""
    image: Address = ""


class TemplateShape(Shape, frozen=True):
    """A template that was made."""

    id: UUID
    name: str
    kind: Kind
    version: int


@post("/journeys", status_code=201)
async def make_journey(
    request: AnyRequest, data: JSONBody[NewJourney], database: TheDatabase, caller: TheCaller
) -> Response[JourneyDetail]:
    """Make a journey, as a draft."""

    async def make(id: UUID) -> JourneyDetail:
        async with database.request_transaction(caller.workspace_id) as connection:
            await journeys.create_journey(
                connection,
                caller.workspace_id,
                list_id=await choose_list(connection, caller, data.list_id),
                name=data.name,
                description=data.description,
                tags=data.tags,
                draft=data.graph,
                tests=data.tests,
                id=id,
            )
            return await get_journey(connection, caller.workspace_id, id)

    return await answer_once(request, database, caller, make)


@patch("/journeys/{id:uuid}")
async def change_journey(
    id: FromPath[UUID], data: JSONBody[JourneyChange], database: TheDatabase, caller: TheCaller
) -> JourneyDetail:
    """Change a journey's settings or its draft; the version that runs stays as it is."""
    async with database.request_transaction(caller.workspace_id) as connection:
        await journeys.update_journey(
            connection,
            caller.workspace_id,
            id,
            name=given(data.name),
            description=given(data.description),
            tags=given(data.tags),
            list_id=given(data.list_id),
            draft=given(data.graph),
            tests=given(data.tests),
            read_at=given(data.read_at),
        )
        return await get_journey(connection, caller.workspace_id, id)


@post("/journeys/{id:uuid}/activate", status_code=200)
async def activate_journey(
    id: FromPath[UUID], request: AnyRequest, database: TheDatabase, caller: TheCaller
) -> Response[JourneyDetail]:
    """Switch the journey on."""
    return await _decide(request, database, caller, id, journeys.activate_journey)


@post("/journeys/{id:uuid}/pause", status_code=200)
async def pause_journey(
    id: FromPath[UUID], request: AnyRequest, database: TheDatabase, caller: TheCaller
) -> Response[JourneyDetail]:
    """Stop entries and sends."""
    return await _decide(request, database, caller, id, journeys.pause_journey)


@post("/journeys/{id:uuid}/archive", status_code=200)
async def archive_journey(
    id: FromPath[UUID], request: AnyRequest, database: TheDatabase, caller: TheCaller
) -> Response[JourneyDetail]:
    """Put the journey away for good."""
    return await _decide(request, database, caller, id, journeys.archive_journey)


@post("/templates", status_code=201)
async def make_template(
    request: AnyRequest, data: JSONBody[NewTemplate], database: TheDatabase, caller: TheCaller
) -> Response[TemplateShape]:
    """Make a template and its first version; answers 422 where it cannot be used as written."""

    async def make(id: UUID) -> TemplateShape:
        async with database.request_transaction(caller.workspace_id) as connection:
            await create_template(
                connection,
                workspace_id=caller.workspace_id,
                list_id=await choose_list(connection, caller, data.list_id),
                name=data.name,
                design=Design(
                    kind=data.kind,
                    template_class=data.class_,
                    subject=data.subject,
                    html=data.html,
                    body=data.body,
                    link=data.link,
                    image=data.image,
                ),
                now=await read_product_time(connection),
                template_id=id,
            )
        return TemplateShape(id=id, name=data.name, kind=data.kind, version=1)

    return await answer_once(request, database, caller, make)


async def _decide(
    request: AnyRequest,
    database: Database,
    caller: Caller,
    journey_id: UUID,
    decide: Callable[[Connection, UUID, UUID], Awaitable[Any]],
) -> Response[JourneyDetail]:
    async def make(_id: UUID) -> JourneyDetail:
        async with database.request_transaction(caller.workspace_id) as connection:
            await decide(connection, caller.workspace_id, journey_id)
            return await get_journey(connection, caller.workspace_id, journey_id)

    return await answer_once(request, database, caller, make, status=200)


async def choose_list(connection: Connection, caller: Caller, list_id: UUID | None) -> UUID:
    """Return the list that was named, or the workspace's only one; raises RequestError."""
    if list_id is not None:
        return list_id
    lists = await list_lists(connection, caller.workspace_id)
    if len(lists) != 1:
        raise RequestError(422, "list_needed", "There are several lists: say which one in listId.")
    return lists[0]["id"]


def given(value: Any) -> Any:
    """Return the value, None where it was left out."""
    return None if value is UNSET else value


HANDLERS = [
    make_journey,
    change_journey,
    activate_journey,
    pause_journey,
    archive_journey,
    make_template,
]
