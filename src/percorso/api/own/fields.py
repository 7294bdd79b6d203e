"""Fields: the attributes that a workspace declared, and what was seen besides."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from percorso.api.own.caller import TheCaller, TheDatabase
from percorso.api.own.idempotency import answer_once
from percorso.api.own.routes import delete, get, post, put
from percorso.contacts.fields import actions
from percorso.contacts.fields.model import Field, FieldType, Labels
from percorso.contacts.fields.store import list_fields
from percorso.reports.contacts import find_contact
from percorso.reports.fields import FieldFaults, SeenFields, check_format, find_contact_faults, list_seen
from percorso.reports.model import Shape

Label = Annotated[str, Meta(min_length=1, max_length=200)]
Path = Annotated[str, Meta(min_length=1, max_length=200)]


class LabelsShape(Shape, frozen=True, forbid_unknown_fields=True):
    """What something is called, in each language of the application."""

    it: Label
    en: Label


class FieldSettings(Shape, frozen=True, forbid_unknown_fields=True):
    """How values are read and what stands in for them. `format`: of dates kept as text, `dd/MM/yyyy` for example."""

    labels: LabelsShape
    type: FieldType
    format: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    default: Any = None
    required: bool = False
    hidden: bool = False


class NewField(FieldSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A field to be declared; `path` is dotted: `pets.dog`."""

    path: Path


class FieldShape(Shape, frozen=True):
    """A field. A standard one keeps its type."""

    path: str
    labels: LabelsShape
    type: FieldType
    format: str | None
    default: Any
    required: bool
    hidden: bool
    is_standard: bool


class FieldPage(Shape, frozen=True):
    """All fields: the standard ones in their order, then those declared."""

    items: list[FieldShape]


@get("/fields")
async def list_all_fields(database: TheDatabase, caller: TheCaller) -> FieldPage:
    """All fields of the workspace."""
    async with database.request_transaction(caller.workspace_id) as connection:
        fields = await list_fields(connection, caller.workspace_id)
    return FieldPage(items=[_shape(field) for field in fields.values()])


@post("/fields", status_code=201)
async def declare(
    request: Request[Any, Any, Any], data: JSONBody[NewField], database: TheDatabase, caller: TheCaller
) -> Response[FieldShape]:
    """Declare a field; values that contacts have at its path are read by it from now on."""

    async def make(_id: UUID) -> FieldShape:
        field = _field(data.path, data)
        check_format(field)
        async with database.request_transaction(caller.workspace_id) as connection:
            return _shape(await actions.declare_field(connection, caller.workspace_id, field))

    return await answer_once(request, database, caller, make)


@put("/fields/{path:str}")
async def change(
    path: FromPath[str], data: JSONBody[FieldSettings], database: TheDatabase, caller: TheCaller
) -> FieldShape:
    """Make a field be as given; values stay as they are."""
    field = _field(path, data)
    check_format(field)
    async with database.request_transaction(caller.workspace_id) as connection:
        return _shape(await actions.update_field(connection, caller.workspace_id, field))


@delete("/fields/{path:str}", status_code=204)
async def remove(path: FromPath[str], database: TheDatabase, caller: TheCaller) -> None:
    """Declare a field no more, or make a standard one be as it was; values stay as they are."""
    async with database.request_transaction(caller.workspace_id) as connection:
        await actions.delete_field(connection, caller.workspace_id, path)


@get("/seen-fields")
async def list_seen_fields(database: TheDatabase, caller: TheCaller) -> SeenFields:
    """What the newest contacts hold that nobody declared, and how often values do not fit what was declared."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return await list_seen(connection, caller.workspace_id)


@get("/contacts/{id:uuid}/field-faults")
async def list_field_faults(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> FieldFaults:
    """What of one contact does not fit the fields: values that conditions call ill-typed, required ones missing."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        contact = await find_contact(connection, caller.workspace_id, id)
        return await find_contact_faults(connection, caller.workspace_id, contact.attributes)


def _field(path: str, data: FieldSettings) -> Field:
    return Field(
        path=path,
        labels=Labels(it=data.labels.it, en=data.labels.en),
        type=data.type,
        format=data.format,
        default=data.default,
        required=data.required,
        hidden=data.hidden,
    )


def _shape(field: Field) -> FieldShape:
    return FieldShape(
        path=field.path,
        labels=LabelsShape(it=field.labels.it, en=field.labels.en),
        type=field.type,
        format=field.format,
        default=field.default,
        required=field.required,
        hidden=field.hidden,
        is_standard=field.is_standard,
    )


HANDLERS = [list_all_fields, declare, change, remove, list_seen_fields, list_field_faults]
