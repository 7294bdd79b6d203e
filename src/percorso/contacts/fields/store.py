"""Fields of a workspace, one query per function."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.contacts.fields.model import Field, Labels
from percorso.contacts.fields.standard import STANDARD
from percorso.db import Connection, load_queries

_queries: Final = load_queries("percorso.contacts.fields")


async def list_fields(connection: Connection, workspace_id: UUID) -> dict[str, Field]:
    """Return all fields by path: the standard ones in their order, then those declared, by path."""
    rows = await _queries.fetch(connection, "list_field_rows", workspace_id=workspace_id)
    fields = dict(STANDARD)
    for path, labels, type_, format_, default, required, hidden in rows:
        fields[path] = Field(
            path=path,
            labels=msgspec.convert(labels, Labels),
            type=type_,
            format=format_,
            default=default,
            required=required,
            hidden=hidden,
            is_standard=path in STANDARD,
        )
    return fields


async def list_defaults(
    connection: Connection, workspace_ids: Collection[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Return what stands in for empty values, by workspace and path; workspaces without any are left out."""
    rows = await _queries.fetch(connection, "list_defaults", workspace_ids=list(workspace_ids))
    defaults: dict[UUID, dict[str, Any]] = {}
    for workspace_id, path, default in rows:
        defaults.setdefault(workspace_id, {})[path] = default
    return defaults


async def insert_field(connection: Connection, workspace_id: UUID, field: Field, *, now: datetime) -> bool:
    """Declare a field, and return whether nobody had."""
    return await _queries.execute(connection, "insert_field", **_row(workspace_id, field, now)) > 0


async def write_field(connection: Connection, workspace_id: UUID, field: Field, *, now: datetime) -> None:
    """Make the field be as it is given."""
    await _queries.execute(connection, "upsert_field", **_row(workspace_id, field, now))


async def delete_field(connection: Connection, workspace_id: UUID, path: str) -> bool:
    """Let a field be declared no more, and return whether it was."""
    return await _queries.execute(connection, "delete_field", workspace_id=workspace_id, path=path) > 0


def _row(workspace_id: UUID, field: Field, now: datetime) -> dict[str, Any]:
    return {
        "workspace_id": workspace_id,
        "path": field.path,
        "labels": msgspec.to_builtins(field.labels),
        "type": field.type,
        "format": field.format,
        "default_value": field.default,
        "required": field.required,
        "hidden": field.hidden,
        "now": now,
    }
