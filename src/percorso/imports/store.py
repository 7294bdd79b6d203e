"""Imports, pieces and rejects: one function per query."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.db import Connection, Record, as_json, load_queries
from percorso.imports.faults import Reject
from percorso.imports.model import (
    Counts,
    FileFormat,
    ForeseenRow,
    Import,
    ImportState,
    Layout,
    Note,
    Settings,
)
from percorso.kit.ids import bucket_of

queries: Final = load_queries("percorso.imports")


class Claim(msgspec.Struct, frozen=True):
    """An import that this process holds now."""

    id: UUID
    workspace_id: UUID


async def insert_import(
    connection: Connection,
    *,
    id: UUID,
    workspace_id: UUID,
    file_name: str,
    format: FileFormat,
    made_by: str,
    present: datetime,
) -> None:
    """Begin an import whose file is on its way."""
    await queries.execute(
        connection,
        "insert_import",
        id=id,
        workspace_id=workspace_id,
        file_name=file_name,
        format=format,
        counts=as_json(Counts()),
        made_by=made_by,
        present=present,
    )


async def insert_piece(
    connection: Connection, workspace_id: UUID, import_id: UUID, *, number: int, content: bytes
) -> bool:
    """Keep the nth piece of a file, from 0; False where the import has ended meanwhile, and nothing is kept."""
    if not await queries.fetch_value(connection, "hold_upload", id=import_id, workspace_id=workspace_id):
        return False
    await queries.execute(
        connection,
        "insert_piece",
        bucket=bucket_of(import_id),
        import_id=import_id,
        number=number,
        workspace_id=workspace_id,
        content=content,
    )
    return True


async def read_pieces(connection: Connection, import_id: UUID, *, number: int, maximum: int) -> list[bytes]:
    """Return at most so many pieces of a file from the nth on."""
    rows = await queries.fetch(
        connection,
        "read_pieces",
        bucket=bucket_of(import_id),
        import_id=import_id,
        number=number,
        maximum=maximum,
    )
    return [row["content"] for row in rows]


async def delete_file(connection: Connection, import_id: UUID) -> None:
    """Make the file of an import go; doing it again does nothing."""
    await queries.execute(connection, "delete_pieces", bucket=bucket_of(import_id), import_id=import_id)


async def delete_import(connection: Connection, import_id: UUID) -> None:
    """Make an import go whose file did not arrive; doing it again does nothing."""
    await queries.execute(connection, "delete_import", id=import_id)


async def read_backlog(connection: Connection) -> tuple[int, float]:
    """Return how many facts and seconds of real time the worker is behind, where it is farthest."""
    row = await queries.fetch_row(connection, "read_backlog")
    return (0, 0.0) if row is None else (row["facts"], row["seconds"])


async def delete_rejects(connection: Connection, import_id: UUID) -> None:
    """Make the rejected rows of an import go; doing it again does nothing."""
    await queries.execute(connection, "delete_rejects", bucket=bucket_of(import_id), import_id=import_id)


async def set_layout(
    connection: Connection,
    workspace_id: UUID,
    id: UUID,
    *,
    bytes: int,
    layout: Layout,
    notes: Sequence[Note],
) -> bool:
    """Note how the file is read; False when the import is past that."""
    return bool(
        await queries.execute(
            connection,
            "set_layout",
            id=id,
            workspace_id=workspace_id,
            bytes=bytes,
            layout=as_json(layout),
            notes=as_json(notes),
        )
    )


async def find_import(connection: Connection, workspace_id: UUID, id: UUID) -> Import | None:
    """Return the import, None if the workspace has no such one."""
    row = await queries.fetch_row(connection, "find_import", id=id, workspace_id=workspace_id)
    return None if row is None else _import(row)


async def list_imports(
    connection: Connection, workspace_id: UUID, *, before: tuple[datetime, UUID] | None, size: int
) -> list[Import]:
    """Return imports, the newest first, those made before a place."""
    rows = await queries.fetch(
        connection,
        "list_imports",
        workspace_id=workspace_id,
        before_at=before[0] if before else None,
        before_id=before[1] if before else None,
        size=size,
    )
    return [_import(row) for row in rows]


async def set_settings(
    connection: Connection,
    workspace_id: UUID,
    id: UUID,
    settings: Settings,
    *,
    state: ImportState,
    checked: Counts | None,
    present: datetime,
) -> bool:
    """Begin a dry run (`checking`) or the import (`running`); False unless it was ready."""
    return bool(
        await queries.execute(
            connection,
            "set_settings",
            id=id,
            workspace_id=workspace_id,
            state=state,
            settings=as_json(settings),
            checked=None if checked is None else as_json(checked),
            counts=as_json(Counts()),
            present=present,
        )
    )


async def end_import(
    connection: Connection,
    id: UUID,
    state: ImportState,
    *,
    states: Sequence[ImportState],
    error: str | None = None,
    present: datetime,
) -> bool:
    """End an import that is in one of these states; False if it is in another."""
    return bool(
        await queries.execute(
            connection, "end_import", id=id, state=state, states=states, error=error, present=present
        )
    )


async def has_work(connection: Connection) -> bool:
    """Whether there is an import with something to do that nobody holds."""
    return bool(await queries.fetch_value(connection, "has_work"))


async def claim_import(
    connection: Connection, process_id: UUID, *, present: datetime, until: datetime
) -> Claim | None:
    """Take the oldest import with something to do that nobody holds, until a moment of real time."""
    row = await queries.fetch_row(
        connection, "claim_import", process_id=process_id, present=present, until=until
    )
    return None if row is None else Claim(row["id"], row["workspace_id"])


async def release_imports(connection: Connection, process_id: UUID) -> None:
    """Give back what this process holds."""
    await queries.execute(connection, "release_imports", process_id=process_id)


async def hold_import(
    connection: Connection,
    process_id: UUID,
    id: UUID,
    *,
    state: ImportState,
    read_rows: int,
    until: datetime,
) -> tuple[Counts, list[int] | None] | None:
    """Keep an import that stands where this process believes, locked until the transaction ends.

    Returns its counts and reach; None: another process has it, or it was cancelled.
    """
    row = await queries.fetch_row(
        connection,
        "hold_import",
        process_id=process_id,
        id=id,
        state=state,
        read_rows=read_rows,
        until=until,
    )
    return None if row is None else (msgspec.convert(row["counts"], Counts), row["reach"])


async def record_progress(
    connection: Connection, id: UUID, *, read_rows: int, read_bytes: int, counts: Counts
) -> None:
    """Note how far the file is read; the caller holds the import."""
    await queries.execute(
        connection,
        "record_progress",
        id=id,
        read_rows=read_rows,
        read_bytes=read_bytes,
        counts=as_json(counts),
    )


async def record_check(
    connection: Connection, process_id: UUID, id: UUID, counts: Counts, rows: Sequence[ForeseenRow]
) -> None:
    """Note what a dry run came to, and what the first rows would do."""
    await queries.execute(
        connection,
        "record_check",
        id=id,
        process_id=process_id,
        checked=as_json(counts),
        foreseen=as_json(rows),
    )


async def read_foreseen(connection: Connection, workspace_id: UUID, id: UUID) -> list[ForeseenRow]:
    """Return what the first rows of each outcome would do; nothing where no dry run of these settings is over."""
    found = await queries.fetch_value(connection, "read_foreseen", id=id, workspace_id=workspace_id)
    return [] if found is None else msgspec.convert(found, list[ForeseenRow])


async def record_reach(connection: Connection, id: UUID) -> None:
    """Note that all is appended; the caller holds the import."""
    await queries.execute(connection, "record_reach", id=id)


async def has_reached(connection: Connection, offsets: Sequence[int]) -> bool:
    """Whether the worker has applied all buckets up to these offsets."""
    return bool(await queries.fetch_value(connection, "has_reached", offsets=offsets))


async def insert_rejects(
    connection: Connection, workspace_id: UUID, import_id: UUID, rejects: Sequence[Reject]
) -> None:
    """Keep rows that were not taken in."""
    await queries.execute(
        connection,
        "insert_rejects",
        bucket=bucket_of(import_id),
        import_id=import_id,
        workspace_id=workspace_id,
        rows=[reject.row for reject in rejects],
        codes=[reject.code for reject in rejects],
        columns=[reject.column for reject in rejects],
        values=[as_json(reject.values) for reject in rejects],
        cells=[as_json(reject.cells) for reject in rejects],
    )


async def list_rejects(
    connection: Connection, workspace_id: UUID, import_id: UUID, *, after: int, size: int
) -> list[Reject]:
    """Return rejected rows in order, those after a row."""
    rows = await queries.fetch(
        connection,
        "list_rejects",
        bucket=bucket_of(import_id),
        import_id=import_id,
        workspace_id=workspace_id,
        after=after,
        size=size,
    )
    return [
        Reject(row["row"], row["code"], row["column"], row["values"], tuple(row["cells"])) for row in rows
    ]


async def list_stale(connection: Connection, *, day_ago: datetime, month_ago: datetime) -> list[UUID]:
    """Return imports of which something is left that nobody will ask for."""
    rows = await queries.fetch(connection, "list_stale", day_ago=day_ago, month_ago=month_ago)
    return [row["id"] for row in rows]


async def find_zone(connection: Connection, workspace_id: UUID) -> str:
    """Return the time zone of a workspace."""
    return await queries.fetch_value(connection, "find_zone", workspace_id=workspace_id)


async def list_lists(connection: Connection, workspace_id: UUID) -> Mapping[UUID, bool]:
    """Return the lists of a workspace, and whether each asks for confirmation."""
    rows = await queries.fetch(connection, "list_lists", workspace_id=workspace_id)
    return {row["id"]: row["confirms"] for row in rows}


async def list_groups(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these groups that the workspace has."""
    rows = await queries.fetch(connection, "list_groups", workspace_id=workspace_id, ids=ids)
    return {row["id"] for row in rows}


async def find_list(connection: Connection, workspace_id: UUID, name: str) -> UUID | None:
    """Return the list of this name or id, None if the workspace has none."""
    return await queries.fetch_value(connection, "find_list", workspace_id=workspace_id, name=name)


async def has_segment(connection: Connection, workspace_id: UUID, id: UUID) -> bool:
    """Whether the workspace has the segment."""
    return bool(await queries.fetch_value(connection, "has_segment", id=id, workspace_id=workspace_id))


def _import(row: Record) -> Import:
    values: dict[str, Any] = dict(row)
    for name, kind in _JSON.items():
        if values[name] is not None:
            values[name] = msgspec.convert(values[name], kind)
    return Import(**values)


_JSON: Final[dict[str, Any]] = {
    "layout": Layout,
    "notes": tuple[Note, ...],
    "settings": Settings,
    "checked": Counts,
    "counts": Counts,
}
