"""Contacts as CSV, a page of a bucket at a time: pure but for the reading of pages.

No transaction is open while somebody reads, however slowly: each page is a query of its own, after the last contact
of the page before, and is asked for again when the database was away. So an export is not one moment: each contact is
as it stood when its page was read, and stands in the file once.
"""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import UUID

import msgspec

from percorso.conditions import SqlCondition
from percorso.consent.records import Channel, Status
from percorso.db import Connection, Database
from percorso.db.away import is_transient
from percorso.imports.attribute_columns import AttributeColumns, Column
from percorso.imports.cells import write_cell
from percorso.imports.errors import ExportRefusedError
from percorso.imports.formulas import guard_cell
from percorso.imports.store import queries
from percorso.intake.mapping import MAXIMUM_PATH
from percorso.kit.ids import BUCKETS

PAGE: Final = 2_000
"""Contacts of a page: what an export holds at once, twice."""
MOST_FIELDS: Final = 1_000
"""Fields of an export: as many as a file may have columns."""
_FIRST: Final = UUID(int=0)
_PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
_CONDITION: Final = "true /* condition */"

FIELDS: Final = ("id", "email", "phone", "externalId", "userId", "createdAt", "updatedAt", "groups")
"""What can be exported besides attributes and statuses."""


More = dict[tuple[str, str], Any]
"""What is told of a contact elsewhere, by its id and the field."""


class Row(msgspec.Struct, array_like=True, gc=False):
    """What a page says of a contact, in the order of the query."""

    id: str
    email: str | None
    phone: str | None
    attributes: Any
    """In the shape of what was chosen."""
    identities: dict[str, list[str]] | None
    created_at: datetime | None
    updated_at: datetime | None


def make_decoder(shape: Any) -> Callable[[str], list[Row]]:
    """Return what decodes a page whose contacts' attributes have this shape."""
    row = msgspec.defstruct("Chosen", [("attributes", shape)], bases=(Row,), array_like=True, gc=False)
    return cast("Callable[[str], list[Row]]", msgspec.json.Decoder(list[row]).decode)


class Audience(msgspec.Struct, frozen=True, rename="camel"):
    """Whose rows: known contacts that meet all that is named."""

    segment_id: UUID | None = None
    group_id: UUID | None = None
    list_id: UUID | None = None
    """On this list and channel, with this status."""
    channel: Channel = "email"
    status: Status = "subscribed"
    contact_ids: tuple[UUID, ...] | None = None
    """Only these."""


class Export(msgspec.Struct, frozen=True):
    """What is to be written."""

    fields: tuple[str, ...]
    """`email`, `attributes.address.city`, `status.<list id>.email` … in the order of the columns."""
    audience: Audience = Audience()
    condition: SqlCondition | None = None
    """Compiled with `first_parameter` of `count_parameters()`."""
    delimiter: str = ","
    for_spreadsheet: bool = False
    """Begins with a mark by which Excel knows the encoding."""


class Written(msgspec.Struct):
    """What left so far."""

    rows: int = 0
    bytes: int = 0


def count_parameters() -> int:
    """Return the number of the first parameter that a condition may use."""
    return len(queries.get_query("read_contacts").parameters) + 1


def check_fields(fields: Sequence[str]) -> None:
    """Raise ExportRefusedError for fields that cannot be exported."""
    if not 0 < len(fields) <= MOST_FIELDS:
        raise ExportRefusedError("no_fields")
    for field in fields:
        kind, _, rest = field.partition(".")
        is_known = (
            field in FIELDS
            or (
                kind == "attributes"
                and all(rest.split("."))
                and len(rest) <= MAXIMUM_PATH
                and "\0" not in rest
            )
            or (kind == "status" and _find_status(rest) is not None)
        )
        if not is_known:
            raise ExportRefusedError("unknown_field", field=field[:60])


def _find_status(rest: str) -> tuple[UUID, str] | None:
    list_id, _, channel = rest.partition(".")
    try:
        return (UUID(list_id), channel) if channel in ("email", "sms", "push") else None
    except ValueError:
        return None


async def stream_contacts(
    database: Database, workspace_id: UUID, export: Export, written: Written
) -> AsyncIterator[bytes]:
    """Yield the CSV, its header first; `written` counts what left. Raises ExportRefusedError before anything."""
    check_fields(export.fields)
    reader = _Reader(database, workspace_id, export)
    head = _write_rows([[name_field(field) for field in export.fields]], export.delimiter)
    yield _count(written, b"\xef\xbb\xbf" + head if export.for_spreadsheet else head, rows=0)
    next_page = asyncio.create_task(reader.read(0, _FIRST))
    try:
        bucket, after = 0, _FIRST
        while bucket < BUCKETS:
            rows, more = await next_page
            if len(rows) == PAGE:
                after = UUID(rows[-1].id)
            else:
                bucket, after = bucket + 1, _FIRST
            if bucket < BUCKETS:
                next_page = asyncio.create_task(reader.read(bucket, after))
            if rows:
                yield _count(written, reader.write(rows, more), rows=len(rows))
    finally:
        next_page.cancel()


def _count(written: Written, piece: bytes, *, rows: int) -> bytes:
    written.rows += rows
    written.bytes += len(piece)
    return piece


def name_field(field: str) -> str:
    """Return what a column is called: attributes by their path, so that an import guesses them."""
    return guard_cell(field.removeprefix("attributes."))


class _Reader:
    """Reads pages, and writes them."""

    def __init__(self, database: Database, workspace_id: UUID, export: Export) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._export = export
        self._with_groups = "groups" in export.fields
        self._with_statuses = any(field.startswith("status.") for field in export.fields)
        self._with_more = not {"externalId", "userId", "createdAt", "updatedAt"}.isdisjoint(export.fields)
        condition = export.condition
        query = queries.sql("read_contacts")
        self._query = query if condition is None else query.replace(_CONDITION, condition.text)
        names = [
            field.removeprefix("attributes.") for field in export.fields if field.startswith("attributes.")
        ]
        self._attributes = AttributeColumns(names)
        self._decode = make_decoder(self._attributes.shape)

    async def read(self, bucket: int, after: UUID) -> tuple[list[Row], More]:
        """Return the next page of a bucket, and what is told of its contacts elsewhere."""
        for pause in (*_PAUSES, None):
            try:
                async with self._database.connection() as connection:
                    return await self._read(connection, bucket, after)
            except Exception as error:
                if pause is None or not is_transient(error):
                    raise
                await asyncio.sleep(pause)
        raise AssertionError

    async def _read(self, connection: Connection, bucket: int, after: UUID) -> tuple[list[Row], More]:
        audience = self._export.audience
        arguments = queries.arguments(
            "read_contacts",
            {
                "bucket": bucket,
                "workspace_id": self._workspace_id,
                "after": after,
                "with_more": self._with_more,
                "segment_id": audience.segment_id,
                "group_id": audience.group_id,
                "list_id": audience.list_id,
                "channel": audience.channel,
                "status": audience.status,
                "contact_ids": audience.contact_ids,
                "size": PAGE,
            },
        )
        condition = self._export.condition
        parameters = condition.parameters if condition else ()
        page: str | None = await connection.fetchval(self._query, *arguments, *parameters)
        rows = [] if page is None else self._decode(page)
        where = {"bucket": bucket, "ids": [row.id for row in rows], "workspace_id": self._workspace_id}
        more: More = {}
        if self._with_statuses and rows:
            for row in await queries.fetch(connection, "read_statuses", **where):
                more[str(row["contact_id"]), f"status.{row['list_id']}.{row['channel']}"] = row["status"]
        if self._with_groups and rows:
            for row in await queries.fetch(connection, "read_groups", **where):
                more[str(row["contact_id"]), "groups"] = row["names"]
        return rows, more

    def write(self, rows: Sequence[Row], more: More) -> bytes:
        """Return the page as CSV."""
        attributes = iter(self._attributes.read([row.attributes for row in rows]))
        columns = [
            next(attributes) if field.startswith("attributes.") else _read_column(field, rows, more)
            for field in self._export.fields
        ]
        return _write_rows(zip(*map(_write_column, columns), strict=True), self._export.delimiter)


_RISKY: Final = frozenset("'=+-@\t\r＝＋－＠")


def _write_other(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    written = write_cell(value)
    # A number is no formula, and a spreadsheet should know it as one.
    return written if isinstance(value, int | float) else guard_cell(written)


def _write_column(values: Column) -> list[str]:
    return [
        (value if value[:1] not in _RISKY else guard_cell(value))
        if type(value) is str
        else ("" if value is None else _write_other(value))
        for value in values
    ]


def _read_column(field: str, rows: Sequence[Row], more: More) -> Column:
    """Return what a field that is no attribute says of each contact."""
    if column := _COLUMNS.get(field):
        return [getattr(row, column) for row in rows]
    if kind := _IDENTITIES.get(field):
        held = [(row.identities or {}).get(kind) for row in rows]
        return [values[-1] if values else None for values in held]
    if field != "groups":
        list_id, channel = cast("tuple[UUID, str]", _find_status(field.removeprefix("status.")))
        field = f"status.{list_id}.{channel}"
    return [more.get((row.id, field)) for row in rows]


_COLUMNS: Final[Mapping[str, str]] = {
    "id": "id",
    "email": "email",
    "phone": "phone",
    "createdAt": "created_at",
    "updatedAt": "updated_at",
}
_IDENTITIES: Final[Mapping[str, str]] = {"externalId": "external_id", "userId": "user_id"}


def _write_rows(rows: Iterable[Sequence[str]], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()
