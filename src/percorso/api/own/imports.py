"""Files of contacts brought in: upload, preview, dry run, import, and the report of what was rejected."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

import msgspec
from litestar import Request
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream
from msgspec import Meta

from percorso.api.language import TheLanguage
from percorso.api.own.caller import TheCaller, TheDatabase, present
from percorso.api.own.reading import Cursor
from percorso.api.own.routes import get, patch, post, post_file
from percorso.db import Database
from percorso.imports.actions import cancel_import, check_import, start_import
from percorso.imports.downloading import begin_report
from percorso.imports.faults import Language, say_fault, say_note
from percorso.imports.model import (
    LARGEST_FILE,
    Counts,
    FileFormat,
    ForeseenChange,
    ForeseenRow,
    Import,
    ImportState,
    Preview,
    RowOutcome,
    Settings,
    Target,
)
from percorso.imports.receiving import get_import, look_again, preview_import, receive_file
from percorso.imports.store import list_imports, read_foreseen
from percorso.reports.cursors import PAGE, read_cursor, write_cursor
from percorso.reports.model import Shape
from percorso.workspaces.audit import record_audit

AnyRequest = Request[Any, Any, Any]
FileName = Annotated[
    str,
    QueryParameter(name="fileName", max_length=300, description="What the file is called, to know it by."),
]

CSV_HEADERS: Final = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
"""What goes with a file that leaves."""


class ImportStatus(Shape, frozen=True):
    """One file and what became of it. `progress` is the share of it that is in, 0 to 1."""

    id: UUID
    file_name: str
    format: FileFormat
    state: ImportState
    progress: float
    headers: list[str]
    encoding: str | None
    delimiter: str | None
    has_header: bool | None
    settings: Settings | None
    checked: Counts | None
    counts: Counts
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class ImportNote(Shape, frozen=True):
    """Something about a file that its owner should know, in the language of the request."""

    code: str
    sentence: str


class ImportPreview(ImportStatus, frozen=True):
    """A file with its first rows, what its columns are probably for, and what to know about it."""

    rows: list[list[str]]
    targets: list[Target]
    notes: list[ImportNote]


class ImportPage(Shape, frozen=True):
    """A page of imports, the newest first."""

    items: list[ImportStatus]
    next_cursor: str | None


class ForeseenItem(Shape, frozen=True):
    """One row of a file as a dry run sees it: why it would be rejected, or what it would change.

    `row` counts as a spreadsheet does, `column` is the header of the cell at fault, None where the whole row is.
    """

    row: int
    outcome: RowOutcome
    contact_id: UUID | None
    column: str | None
    cell: str
    sentence: str | None
    changes: list[ForeseenChange]
    more_changes: int


class ForeseenRows(Shape, frozen=True):
    """The first rows of each outcome: rejected, updated, new, each in the order of the file."""

    items: list[ForeseenItem]


class ReadingAsk(Shape, frozen=True, forbid_unknown_fields=True):
    """How a file is to be read; what is left out is guessed again, or stays."""

    encoding: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] | None = None
    has_header: bool | None = None


@post_file("/imports", request_max_body_size=LARGEST_FILE, media_type="application/json")
async def upload(
    request: AnyRequest,
    database: TheDatabase,
    caller: TheCaller,
    language: TheLanguage,
    name: FileName = "",
) -> ImportPreview:
    """Bring a file, CSV or XLSX, as the body itself. Nothing is imported before it is started."""
    found = await receive_file(
        database,
        caller.workspace_id,
        _stream(request),
        id=uuid4(),
        file_name=name,
        made_by=caller.name,
    )
    return await _preview(database, caller, found.id, language)


async def _stream(request: AnyRequest) -> AsyncIterator[bytes]:
    async for piece in request.stream():
        yield piece


@get("/imports")
async def list_(database: TheDatabase, caller: TheCaller, cursor: Cursor = None) -> ImportPage:
    """Files that were brought, the newest first."""
    before = read_cursor(cursor, tuple[datetime, UUID])
    async with database.request_transaction(caller.workspace_id) as connection:
        found = await list_imports(connection, caller.workspace_id, before=before, size=PAGE + 1)
    shown = found[:PAGE]
    more = len(found) > PAGE
    return ImportPage(
        items=[ImportStatus(**_describe(one)) for one in shown],
        next_cursor=write_cursor((shown[-1].created_at, shown[-1].id)) if more else None,
    )


@get("/imports/{id:uuid}")
async def read(
    id: FromPath[UUID], database: TheDatabase, caller: TheCaller, language: TheLanguage
) -> ImportPreview:
    """A file, how far it is, and its first rows as long as it is here."""
    return await _preview(database, caller, id, language)


@patch("/imports/{id:uuid}")
async def read_otherwise(
    id: FromPath[UUID],
    data: JSONBody[ReadingAsk],
    database: TheDatabase,
    caller: TheCaller,
    language: TheLanguage,
) -> ImportPreview:
    """Read the file with another encoding, delimiter or header from now on."""
    async with database.request_transaction(caller.workspace_id) as connection:
        await look_again(connection, caller.workspace_id, id, **msgspec.structs.asdict(data))
    return await _preview(database, caller, id, language)


@post("/imports/{id:uuid}/check", status_code=200)
async def check(
    id: FromPath[UUID], data: JSONBody[Settings], database: TheDatabase, caller: TheCaller
) -> ImportStatus:
    """Begin a dry run: how many rows would be new, updated, rejected. They come in `checked`."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return _status(await check_import(connection, caller.workspace_id, id, data))


@get("/imports/{id:uuid}/foreseen")
async def foresee(
    id: FromPath[UUID], database: TheDatabase, caller: TheCaller, language: TheLanguage
) -> ForeseenRows:
    """Which rows the dry run of these settings would reject and why, and what it would change of whom.

    The first hundred of each outcome; empty before the dry run is over, and once the import is started.
    """
    async with database.request_snapshot(caller.workspace_id) as connection:
        found = await get_import(connection, caller.workspace_id, id)
        rows = await read_foreseen(connection, caller.workspace_id, id)
    headers = found.layout.headers if found.layout else ()
    return ForeseenRows(items=[_foreseen(row, headers, language) for row in rows])


def _foreseen(row: ForeseenRow, headers: tuple[str, ...], language: Language) -> ForeseenItem:
    return ForeseenItem(
        row=row.row,
        outcome=row.outcome,
        contact_id=row.contact_id,
        column=None if row.column is None else headers[row.column],
        cell=row.cell,
        sentence=None if row.code is None else say_fault(row.code, row.values, language),
        changes=list(row.changes),
        more_changes=row.more_changes,
    )


@post("/imports/{id:uuid}/start", status_code=200)
async def start(
    id: FromPath[UUID], data: JSONBody[Settings], database: TheDatabase, caller: TheCaller
) -> ImportStatus:
    """Begin to take in the rows; asking again for the same changes nothing."""
    async with database.request_transaction(caller.workspace_id) as connection:
        before = await get_import(connection, caller.workspace_id, id)
        found = await start_import(connection, caller.workspace_id, id, data)
        if before.state == "ready":
            await record_audit(
                connection,
                caller.workspace_id,
                caller=caller.name,
                action="contacts.imported",
                subject=str(id),
                detail={"evidence": data.evidence is not None},
                at=present(),
            )
    return _status(found)


@post("/imports/{id:uuid}/cancel", status_code=200)
async def cancel(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> ImportStatus:
    """Stop where it stands; rows that are in stay in, the file goes."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return _status(await cancel_import(connection, caller.workspace_id, id))


@get("/imports/{id:uuid}/rejects", media_type="text/csv")
async def download_rejects(
    id: FromPath[UUID], database: TheDatabase, caller: TheCaller, language: TheLanguage
) -> Stream:
    """The rows that were not taken in and why, as CSV in the language of the request."""
    pieces = await begin_report(database, caller.workspace_id, id, language=language, made_by=caller.name)
    return make_download(pieces, "rejected.csv")


def make_download(pieces: AsyncIterator[bytes], name: str) -> Stream:
    """Return a file that leaves as it is written, under a name that we gave it."""
    return Stream(
        pieces,
        media_type="text/csv; charset=utf-8",
        headers={**CSV_HEADERS, "content-disposition": f'attachment; filename="{name}"'},
    )


async def _preview(database: Database, caller: TheCaller, id: UUID, language: Language) -> ImportPreview:
    async with database.request_snapshot(caller.workspace_id) as connection:
        preview: Preview = await preview_import(connection, caller.workspace_id, id)
    return ImportPreview(
        **_describe(preview.found),
        rows=[list(row) for row in preview.rows],
        targets=list(preview.targets),
        notes=[ImportNote(code=note.code, sentence=say_note(note, language)) for note in preview.notes],
    )


def _status(found: Import) -> ImportStatus:
    return ImportStatus(**_describe(found))


def _describe(found: Import) -> dict[str, Any]:
    layout = found.layout
    return {
        "id": found.id,
        "file_name": found.file_name,
        "format": found.format,
        "state": found.state,
        "progress": round(found.progress, 4),
        "headers": list(layout.headers) if layout else [],
        "encoding": layout.encoding if layout else None,
        "delimiter": layout.delimiter if layout else None,
        "has_header": layout.has_header if layout else None,
        "settings": found.settings,
        "checked": found.checked,
        "counts": found.counts,
        "error": found.error,
        "created_at": found.created_at,
        "started_at": found.started_at,
        "finished_at": found.finished_at,
    }


HANDLERS = [upload, list_, read, read_otherwise, check, start, cancel, foresee, download_rejects]
