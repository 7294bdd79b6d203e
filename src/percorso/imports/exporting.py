"""Contacts as CSV, a page at a time: pure but for the reading of pages.

No transaction is open while somebody reads, however slowly: each page is a query of its own, of a range of ids, and is
asked for again when the database was away. So an export is not one moment: each contact is as it stood when its page
was read, and stands in the file once. PostgreSQL writes the CSV itself (COPY); where a cell has to be finished here, because
it is a list or an object, the cells are read and written one by one.
"""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.conditions import SqlCondition
from percorso.consent.records import Channel, Status
from percorso.db import Connection, Database
from percorso.db.away import is_transient
from percorso.imports.cells import write_cell
from percorso.imports.cells_sql import FIELDS, compile_cells, find_status
from percorso.imports.errors import ExportRefusedError
from percorso.imports.formulas import guard_cell
from percorso.imports.store import queries
from percorso.intake.mapping import MAXIMUM_PATH
from percorso.kit.ids import BUCKETS

PAGE: Final = 5_000
"""Contacts of a page at most: what an export holds at once, twice."""
MOST_FIELDS: Final = 1_000
"""Fields of an export: as many as a file may have columns."""
_MOST_BUCKETS: Final = 64
_FIRST: Final = UUID(int=0)
_PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
_UNFINISHED: Final = "\x01"
"""What `export_cell` puts before a cell that has to be finished."""


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
    return len(queries.get_query("read_cells").parameters) + 1


def check_fields(fields: Sequence[str]) -> None:
    """Raise ExportRefusedError for fields that cannot be exported."""
    if not 0 < len(fields) <= MOST_FIELDS:
        raise ExportRefusedError("no_fields")
    for field in fields:
        kind, _, rest = field.partition(".")
        is_path = (
            kind == "attributes" and all(rest.split(".")) and len(rest) <= MAXIMUM_PATH and "\0" not in rest
        )
        if not (field in FIELDS or is_path or find_status(field) is not None):
            raise ExportRefusedError("unknown_field", field=field[:60])


async def stream_contacts(
    database: Database, workspace_id: UUID, export: Export, written: Written
) -> AsyncIterator[bytes]:
    """Yield the CSV, its header first; `written` counts what left. Raises ExportRefusedError before anything."""
    check_fields(export.fields)
    reader = _Reader(database, workspace_id, export)
    head = _write_rows([[name_field(field) for field in export.fields]], export.delimiter)
    yield _count(written, Page(b"\xef\xbb\xbf" + head if export.for_spreadsheet else head, 0, None))
    place: Place | None = Place(0, 1, _FIRST)
    next_page = asyncio.create_task(reader.read(place))
    try:
        while True:
            page = await next_page
            place = page.following
            if place is not None:
                next_page = asyncio.create_task(reader.read(place))
            if page.rows:
                yield _count(written, page)
            if place is None:
                return
    finally:
        next_page.cancel()


class Place(msgspec.Struct, frozen=True):
    """Where a page begins: `width` buckets from `bucket` on; of one alone, after an id."""

    bucket: int
    width: int
    after: UUID


class Page(msgspec.Struct, frozen=True):
    """A piece of the file, how many contacts it tells of, and where the next one begins; None: nowhere."""

    content: bytes
    rows: int
    following: Place | None


def choose_following(place: Place, rows: int) -> Place | None:
    """Return where it goes on after the buckets of a place, which had so many contacts: as many as half a page's."""
    bucket = place.bucket + place.width
    if bucket >= BUCKETS:
        return None
    width = PAGE * place.width // (2 * max(1, rows))
    return Place(bucket, max(1, min(width, 2 * place.width, _MOST_BUCKETS, BUCKETS - bucket)), _FIRST)


def _count(written: Written, page: Page) -> bytes:
    written.rows += page.rows
    written.bytes += len(page.content)
    return page.content


def name_field(field: str) -> str:
    """Return what a column is called: attributes by their path, so that an import guesses them."""
    return guard_cell(field.removeprefix("attributes."))


class _Reader:
    """Reads pages as CSV."""

    def __init__(self, database: Database, workspace_id: UUID, export: Export) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._export = export
        query, conditions = queries.sql("read_cells"), tuple[Any, ...]()
        if export.condition is not None:
            query = query.replace("true /* condition */", export.condition.text)
            conditions = tuple(export.condition.parameters)
        sql = compile_cells(export.fields, first_parameter=count_parameters() + len(conditions))
        self._query = query.replace("page.id /* cells */", sql.cells).replace("/* values */", sql.values)
        self._more = (*conditions, *sql.parameters)
        self._has_unfinished = "groups" in export.fields
        """Whether cells had to be finished; then COPY is not tried again."""

    async def read(self, place: Place) -> Page:
        """Return the page that begins there, and again when the database was away."""
        for pause in (*_PAUSES, None):
            try:
                async with self._database.connection() as connection:
                    return await self._read(connection, place)
            except Exception as error:
                if pause is None or not is_transient(error):
                    raise
                await asyncio.sleep(pause)
        raise AssertionError

    async def _read(self, connection: Connection, place: Place) -> Page:
        if place.width > 1:
            content, rows = await self._read_cells(connection, place, None)
            if rows < PAGE:
                return Page(content, rows, choose_following(place, rows))
            # More than a page holds: bucket by bucket.
            place = Place(place.bucket, 1, _FIRST)
        until: UUID | None = await queries.fetch_value(
            connection,
            "find_page_end",
            bucket=place.bucket,
            workspace_id=self._workspace_id,
            after=place.after,
            size=PAGE,
        )
        content, rows = await self._read_cells(connection, place, until)
        following = choose_following(place, rows) if until is None else Place(place.bucket, 1, until)
        return Page(content, rows, following)

    async def _read_cells(
        self, connection: Connection, place: Place, until: UUID | None
    ) -> tuple[bytes, int]:
        """Return what is to be written of a range, and how many contacts that is."""
        audience = self._export.audience
        arguments = queries.arguments(
            "read_cells",
            {
                "buckets": list(range(place.bucket, place.bucket + place.width)),
                "workspace_id": self._workspace_id,
                "after": place.after,
                "until": until,
                "segment_id": audience.segment_id,
                "group_id": audience.group_id,
                "list_id": audience.list_id,
                "channel": audience.channel,
                "status": audience.status,
                "contact_ids": audience.contact_ids,
                # What came since the page's end was looked for belongs to the page, too.
                "size": PAGE if place.width > 1 else None,
            },
        )
        if not self._has_unfinished:
            content, rows = await self._copy(connection, *arguments, *self._more)
            if _UNFINISHED.encode() not in content:
                return content, rows
            self._has_unfinished = True
        found = await connection.fetch(self._query, *arguments, *self._more)
        cells = ([_finish(cell) for cell in row.values()] for row in found)
        return _write_rows(cells, self._export.delimiter), len(found)

    async def _copy(self, connection: Connection, *arguments: Any) -> tuple[bytes, int]:
        pieces: list[bytes] = []

        async def take(piece: bytes) -> None:
            pieces.append(piece)

        status = await connection.copy_from_query(
            self._query, *arguments, output=take, format="csv", delimiter=self._export.delimiter
        )
        return b"".join(pieces), int(status.rpartition(" ")[2])


def _finish(cell: str | None) -> str:
    """Return a cell as it is written; see `export_cell` for what is to be finished."""
    if cell is None or cell[:1] != _UNFINISHED:
        return cell or ""
    said = cell[1:]
    return guard_cell(said if said[:1] == _UNFINISHED else write_cell(msgspec.json.decode(said)))


def _write_rows(rows: Iterable[Sequence[str]], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
