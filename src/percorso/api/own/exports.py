"""Contacts taken out: streamed as CSV with a permission of its own, and the list of who took what."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request
from litestar.params import JSONBody
from litestar.response import Stream
from msgspec import Meta

from percorso.api.errors import FieldProblem, RequestError
from percorso.api.language import TheLanguage
from percorso.api.own.caller import TheCaller, TheDatabase
from percorso.api.own.imports import make_download
from percorso.api.own.reading import Cursor
from percorso.api.own.routes import get, post_once
from percorso.conditions import ConditionError, convert_condition
from percorso.imports.downloading import begin_export, list_exports
from percorso.imports.exporting import MOST_FIELDS, Audience
from percorso.reports.cursors import PAGE, read_cursor, write_cursor
from percorso.reports.model import Shape
from percorso.reports.store import await_applied

AnyRequest = Request[Any, Any, Any]
Field = Annotated[str, Meta(min_length=1, max_length=300)]


class ExportAsk(Shape, frozen=True, forbid_unknown_fields=True):
    """What to take out: columns, and known contacts that meet all that is named.

    A field is `id`, `email`, `phone`, `externalId`, `userId`, `createdAt`, `updatedAt`, `groups`,
    `attributes.<path>` or `status.<list id>.<channel>`. `condition` is a tree as filters and segments have it.
    """

    fields: Annotated[list[Field], Meta(min_length=1, max_length=MOST_FIELDS)]
    segment_id: UUID | None = None
    group_id: UUID | None = None
    list_id: UUID | None = None
    channel: Literal["email", "sms", "push"] = "email"
    status: Literal["subscribed", "pending", "unsubscribed"] = "subscribed"
    contact_ids: Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=1000)] | None = None
    condition: dict[str, Any] | None = None
    delimiter: Literal[",", ";", "\t"] = ","
    for_spreadsheet: bool = False


class ExportLine(Shape, frozen=True):
    """Who took what and when; `rows` and `bytes` are null of what did not end, `key_name` is of a key that took it."""

    id: UUID
    kind: Literal["contacts", "rejects"]
    question: dict[str, Any]
    made_by: str
    rows: int | None
    bytes: int | None
    created_at: datetime
    finished_at: datetime | None
    key_name: str | None


class ExportPage(Shape, frozen=True):
    """A page of what was taken out, the newest first."""

    items: list[ExportLine]
    next_cursor: str | None


@post_once("/exports", status_code=200, media_type="text/csv")
async def export_contacts(
    data: JSONBody[ExportAsk], database: TheDatabase, caller: TheCaller, language: TheLanguage
) -> Stream:
    """Contacts as CSV, streamed: any number of them. What might be a formula gets an apostrophe in front."""
    condition = None
    await await_applied(database)
    try:
        if data.condition is not None:
            condition = convert_condition(data.condition)
        pieces = await begin_export(
            database,
            caller.workspace_id,
            fields=tuple(data.fields),
            audience=Audience(
                data.segment_id, data.group_id, data.list_id, data.channel, data.status, data.contact_ids
            ),
            condition=condition,
            delimiter=data.delimiter,
            for_spreadsheet=data.for_spreadsheet,
            made_by=caller.name,
        )
    except ConditionError as error:
        raise RequestError(
            422,
            "condition_invalid",
            "The condition cannot be used as it is.",
            fields=tuple(
                FieldProblem(f"condition.{fault.where}".rstrip("."), fault.say(language))
                for fault in error.faults
            ),
        ) from None
    return make_download(pieces, "contacts.csv")


@get("/exports")
async def list_(database: TheDatabase, caller: TheCaller, cursor: Cursor = None) -> ExportPage:
    """Who took what out, the newest first."""
    before = read_cursor(cursor, tuple[datetime, UUID])
    async with database.request_transaction(caller.workspace_id) as connection:
        found = await list_exports(connection, caller.workspace_id, before=before, size=PAGE + 1)
    shown = found[:PAGE]
    more = len(found) > PAGE
    return ExportPage(
        items=[ExportLine(**msgspec.structs.asdict(one)) for one in shown],  # pyright: ignore[reportArgumentType]
        next_cursor=write_cursor((shown[-1].created_at, shown[-1].id)) if more else None,
    )


HANDLERS = [export_contacts, list_]
