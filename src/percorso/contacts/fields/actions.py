"""Declaring fields: each is part of one transaction of its caller."""

from typing import Final
from uuid import UUID

import msgspec

from percorso.contacts.fields import store
from percorso.contacts.fields.errors import (
    FieldFaultError,
    FieldPathError,
    FieldTakenError,
    StandardFieldError,
    UnknownFieldError,
)
from percorso.contacts.fields.model import Field, find_rival, fits, is_path
from percorso.contacts.shop.figures import ROOT
from percorso.db import Connection
from percorso.db.clock import read_product_time

TAGS: Final = "tags"
"""The root of what people and rules put on contacts, which no contact brings."""


async def get_field(connection: Connection, workspace_id: UUID, path: str) -> Field:
    """Return a field; raises UnknownFieldError."""
    field = (await store.list_fields(connection, workspace_id)).get(path)
    if field is None:
        raise UnknownFieldError(path)
    return field


async def declare_field(connection: Connection, workspace_id: UUID, field: Field) -> Field:
    """Declare a field and return it; values that are there already are read by it from now on.

    Raises FieldPathError, FieldFaultError, FieldTakenError.
    """
    if not is_path(field.path) or field.path.split(".")[0] == ROOT:
        raise FieldPathError
    check_field(field)
    known = frozenset(await store.list_fields(connection, workspace_id))
    rival = find_rival(field.path, known)
    if rival is not None:
        raise FieldTakenError(field.path, rival)
    now = await read_product_time(connection)
    if not await store.insert_field(connection, workspace_id, field, now=now):
        raise FieldTakenError(field.path, field.path)
    return field


async def update_field(connection: Connection, workspace_id: UUID, field: Field) -> Field:
    """Make a field be as it is given and return it; its values stay as they are.

    Raises UnknownFieldError, FieldFaultError, and StandardFieldError where the type of a standard one would change.
    """
    known = await get_field(connection, workspace_id, field.path)
    if known.is_standard and field.type != known.type:
        raise StandardFieldError(field.path)
    check_field(field)
    await store.write_field(connection, workspace_id, field, now=await read_product_time(connection))
    return msgspec.structs.replace(field, is_standard=known.is_standard)


async def delete_field(connection: Connection, workspace_id: UUID, path: str) -> None:
    """Let a field be declared no more; its values stay, as undeclared ones. A standard field is as it was first.

    Raises UnknownFieldError, and StandardFieldError for a standard one of which nothing was changed.
    """
    known = await get_field(connection, workspace_id, path)
    if not await store.delete_field(connection, workspace_id, path) and known.is_standard:
        raise StandardFieldError(path)


def check_field(field: Field) -> None:
    """Raise FieldFaultError unless type, format and default go together."""
    if field.format is not None and field.type not in ("date", "date-time"):
        raise FieldFaultError("Only dates and date-times have a format.")
    if field.required and field.path.split(".")[0] in (ROOT, TAGS):
        raise FieldFaultError("Percorso fills this field itself: it cannot be required.")
    if field.default is not None and not fits(field, field.default):
        raise FieldFaultError("The default is not of the field's type.")
