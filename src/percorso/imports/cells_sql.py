"""What an export asks of PostgreSQL: a cell for each field, made where the values lie. Pure.

The functions `export_cell` and `export_moment` are migration 0050's. Names that people chose are parameters, never text.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

CHANNELS: Final = ("email", "sms", "push")
_COLUMNS: Final = {
    "id": "page.id::text",
    "email": "export_cell(page.email, 'string')",
    "phone": "export_cell(page.phone, 'string')",
    "externalId": "export_cell(page.external_id, 'string')",
    "userId": "export_cell(page.user_id, 'string')",
    "createdAt": "export_moment(page.created_at)",
    "updatedAt": "export_moment(page.updated_at)",
    "groups": "chr(1) || page.groups",
}

FIELDS: Final = tuple(_COLUMNS)
"""What can be exported besides attributes and statuses."""


class CellsSql(msgspec.Struct, frozen=True):
    """Text for the places that `read_cells` leaves open, and its parameters, which follow all others."""

    cells: str
    values: str
    parameters: tuple[str, ...]


def find_status(field: str) -> tuple[UUID, str] | None:
    """Return list and channel of `status.<list id>.<channel>`; None for any other field."""
    kind, _, rest = field.partition(".")
    list_id, _, channel = rest.partition(".")
    try:
        return (UUID(list_id), channel) if kind == "status" and channel in CHANNELS else None
    except ValueError:
        return None


def compile_cells(fields: Sequence[str], *, first_parameter: int) -> CellsSql:
    """Return what reads these fields, in their order; they must have been checked."""
    places: dict[str, str] = {}
    cells: list[str] = []
    values: list[str] = []

    def bind(name: str) -> str:
        return places.setdefault(name, f"${first_parameter + len(places)}::text")

    for number, field in enumerate(fields):
        if column := _COLUMNS.get(field):
            cells.append(column)
        elif status := find_status(field):
            list_id, channel = status
            cells.append(f"page.statuses ->> {bind(f'{list_id}.{channel}')}")
        else:
            # Step by step: a path as one array would count a name of digits as a place in a list.
            *above, last = [bind(name) for name in field.removeprefix("attributes.").split(".")]
            down = "".join(f" -> {name}" for name in above)
            values.append(f", contacts.attributes{down} ->> {last} AS v{number}")
            cells.append(f"export_cell(page.v{number}, jsonb_typeof(page.attributes{down} -> {last}))")
    return CellsSql(", ".join(cells), "".join(values), tuple(places))
