"""What leaves a workspace, with the line that says who took it: contacts, and the report of rejected rows."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec

from percorso.conditions import compile_sql, encode_condition
from percorso.conditions.model import Condition
from percorso.db import Connection, Database, as_json
from percorso.db.clock import read_clock
from percorso.imports import store
from percorso.imports.errors import ExportRefusedError
from percorso.imports.exporting import (
    Audience,
    Export,
    Written,
    check_fields,
    count_parameters,
    stream_contacts,
)
from percorso.imports.faults import REPORT_WORDS, Language, say_fault
from percorso.imports.formulas import guard_cell
from percorso.imports.receiving import get_import
from percorso.workspaces.audit import record_audit

_PAGE: Final = 1_000


class ExportRecord(msgspec.Struct, frozen=True):
    """One line of who took what; `rows` and `bytes` are None of what did not end."""

    id: UUID
    kind: str
    question: dict[str, Any]
    made_by: str
    rows: int | None
    bytes: int | None
    created_at: datetime
    finished_at: datetime | None
    key_name: str | None
    """Of the key that took it."""


async def begin_export(
    database: Database,
    workspace_id: UUID,
    *,
    fields: tuple[str, ...],
    audience: Audience,
    condition: Condition | None,
    delimiter: str = ",",
    for_spreadsheet: bool = False,
    made_by: str,
) -> AsyncIterator[bytes]:
    """Record who takes what, and return the CSV of it, page by page.

    Raises ExportRefusedError for fields or audiences that there are not, ConditionError for a tree with faults.
    """
    check_fields(fields)
    async with database.transaction("exports.record") as connection:
        await _check_audience(connection, workspace_id, audience)
        clock = await read_clock(connection)
        compiled = None
        if condition is not None:
            compiled = compile_sql(
                condition,
                now=clock.product_at,
                time_zone=await store.find_zone(connection, workspace_id),
                first_parameter=count_parameters(),
            )
        question = {
            "fields": fields,
            "audience": audience,
            "condition": None if condition is None else msgspec.json.decode(encode_condition(condition)),
        }
        export_id = await _record(connection, workspace_id, "contacts", question, made_by, clock.real_at)
    export = Export(fields, audience, compiled, delimiter, for_spreadsheet)
    written = Written()
    pieces = stream_contacts(database, workspace_id, export, written)
    return _finish_after(database, workspace_id, export_id, pieces, written)


async def _check_audience(connection: Connection, workspace_id: UUID, audience: Audience) -> None:
    if audience.segment_id is not None and not await store.has_segment(
        connection, workspace_id, audience.segment_id
    ):
        raise ExportRefusedError("no_such_segment")
    if audience.group_id is not None and not await store.list_groups(
        connection, workspace_id, [audience.group_id]
    ):
        raise ExportRefusedError("no_such_group")
    if audience.list_id is not None and audience.list_id not in await store.list_lists(
        connection, workspace_id
    ):
        raise ExportRefusedError("no_such_list")


async def _record(
    connection: Connection,
    workspace_id: UUID,
    kind: str,
    question: dict[str, Any],
    made_by: str,
    present: datetime,
) -> UUID:
    export_id = uuid4()
    await store.queries.execute(
        connection,
        "insert_export",
        id=export_id,
        workspace_id=workspace_id,
        kind=kind,
        question=as_json(question),
        made_by=made_by,
        present=present,
    )
    await record_audit(
        connection,
        workspace_id,
        caller=made_by,
        action="contacts.downloaded",
        subject=str(export_id),
        detail={"kind": kind},
        at=present,
    )
    return export_id


async def _finish_after(
    database: Database, workspace_id: UUID, export_id: UUID, pieces: AsyncIterator[bytes], written: Written
) -> AsyncIterator[bytes]:
    """Yield the pieces, and then note that all of them left."""
    async for piece in pieces:
        yield piece
    async with database.transaction("exports.record") as connection:
        await store.queries.execute(
            connection,
            "finish_export",
            id=export_id,
            workspace_id=workspace_id,
            rows=written.rows,
            bytes=written.bytes,
            present=(await read_clock(connection)).real_at,
        )


async def begin_report(
    database: Database, workspace_id: UUID, import_id: UUID, *, language: Language, made_by: str
) -> AsyncIterator[bytes]:
    """Record who takes it, and return the rejected rows of an import as CSV: number, column, why, then its cells.

    Raises UnknownImportError.
    """
    async with database.transaction("exports.record") as connection:
        found = await get_import(connection, workspace_id, import_id)
        present = (await read_clock(connection)).real_at
        export_id = await _record(
            connection, workspace_id, "rejects", {"importId": str(import_id)}, made_by, present
        )
    headers = found.layout.headers if found.layout is not None else ()
    written = Written()
    pieces = _stream_rejects(database, workspace_id, import_id, headers, language, written)
    return _finish_after(database, workspace_id, export_id, pieces, written)


async def _stream_rejects(
    database: Database,
    workspace_id: UUID,
    import_id: UUID,
    headers: tuple[str, ...],
    language: Language,
    written: Written,
) -> AsyncIterator[bytes]:
    rows: list[list[str]] = [[*REPORT_WORDS[language], *headers]]
    after = 0
    while True:
        text = io.StringIO()
        csv.writer(text).writerows([[guard_cell(cell) for cell in row] for row in rows])
        piece = text.getvalue().encode()
        written.bytes += len(piece)
        yield piece
        async with database.connection() as connection:
            rejects = await store.list_rejects(connection, workspace_id, import_id, after=after, size=_PAGE)
        if not rejects:
            return
        after = rejects[-1].row
        written.rows += len(rejects)
        rows = [
            [
                str(reject.row),
                headers[reject.column] if reject.column is not None and reject.column < len(headers) else "",
                say_fault(reject.code, reject.values, language),
                *reject.cells,
            ]
            for reject in rejects
        ]


async def list_exports(
    connection: Connection, workspace_id: UUID, *, before: tuple[datetime, UUID] | None, size: int
) -> list[ExportRecord]:
    """Return who took what, the newest first, those made before a place."""
    rows = await store.queries.fetch(
        connection,
        "list_exports",
        workspace_id=workspace_id,
        before_at=before[0] if before else None,
        before_id=before[1] if before else None,
        size=size,
    )
    return [ExportRecord(*row) for row in rows]
