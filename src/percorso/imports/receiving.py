"""A file comes in: piece by piece into the database, its form guessed on the way; and looked at again."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from percorso.db import Connection, Database
from percorso.db.clock import read_clock
from percorso.imports import store
from percorso.imports.detect import Sampler, find_layout
from percorso.imports.errors import FileRefusedError, ImportStateError, UnknownImportError
from percorso.imports.guesses import guess_targets, is_day_first
from percorso.imports.lines import split_lines
from percorso.imports.model import (
    LARGEST_FILE,
    LARGEST_WORKBOOK,
    PIECE_BYTES,
    PREVIEW_ROWS,
    SAMPLE_BYTES,
    Import,
    Layout,
    Note,
    Preview,
)
from percorso.imports.records import read_records
from percorso.imports.workbook import convert_workbook

_ZIP: Final = b"PK\x03\x04"
_OLD: Final = b"\xd0\xcf\x11\xe0"
_GUESSED_ROWS: Final = 200
_LONGEST_NAME: Final = 200
_LONGEST_SHOWN: Final = 200


ERASED_MEANWHILE: Final = "erased_meanwhile"
"""Why an import ended: somebody was erased while its file was on its way, and the rest of it took too long."""


async def receive_file(
    database: Database,
    workspace_id: UUID,
    pieces: AsyncIterator[bytes],
    *,
    id: UUID,
    file_name: str,
    made_by: str,
) -> Import:
    """Return the import of a file whose bytes come in `pieces`; raises FileRefusedError, and keeps nothing then.

    Each piece is stored in a transaction of its own: however slowly it comes, nothing waits for it.
    """
    gathered = _gather(pieces)
    first = await anext(gathered, b"")
    if first.startswith(_OLD):
        raise FileRefusedError("old_workbook")
    is_workbook = first.startswith(_ZIP)
    name = "".join(character for character in file_name if character.isprintable())[:_LONGEST_NAME]
    async with database.request_transaction(workspace_id, "imports.change") as connection:
        await store.insert_import(
            connection,
            id=id,
            workspace_id=workspace_id,
            file_name=name or "contacts",
            format="xlsx" if is_workbook else "csv",
            made_by=made_by,
            present=(await read_clock(connection)).real_at,
        )
    receiving = _Receiving(database, workspace_id, id)
    try:
        await (receiving.take_workbook if is_workbook else receiving.take_text)(first, gathered)
        await receiving.describe()
    except BaseException:
        await receiving.abandon()
        raise
    async with database.connection() as connection:
        return await get_import(connection, workspace_id, id)


class _Receiving:
    """One file on its way into the database."""

    def __init__(self, database: Database, workspace_id: UUID, id: UUID) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._id = id
        self._sampler = Sampler()
        self._count = 0
        self._notes: list[Note] = []
        self._encoding: str | None = None

    async def take_text(self, first: bytes, pieces: AsyncIterator[bytes]) -> None:
        """Keep a file of text as it comes."""
        await self._keep(first)
        async for piece in pieces:
            await self._keep(piece)

    async def take_workbook(self, first: bytes, pieces: AsyncIterator[bytes]) -> None:
        """Keep the first sheet of a workbook as CSV; the workbook lies on the disk meanwhile."""
        with tempfile.TemporaryDirectory(prefix="percorso-import-") as folder:
            source, target = Path(folder, "in.xlsx"), Path(folder, "out.csv")
            await _spool(source, first, pieces)
            sheets = await convert_workbook(str(source), str(target))
            if sheets > 1:
                self._notes.append(Note("other_sheets", {"sheets": sheets}))
            for piece in _read_file(target):
                await self._keep(piece)
        self._encoding = "utf-8"

    async def _keep(self, piece: bytes) -> None:
        self._sampler.feed(piece)
        if self._sampler.size > LARGEST_FILE:
            raise FileRefusedError("file_too_large", maximum=LARGEST_FILE >> 20)
        if not piece:
            return
        async with self._database.request_transaction(self._workspace_id, "imports.piece") as connection:
            is_kept = await store.insert_piece(
                connection, self._workspace_id, self._id, number=self._count, content=piece
            )
        if not is_kept:
            await self._refuse_ended()
        self._count += 1

    async def _refuse_ended(self) -> None:
        """Raise FileRefusedError that says who ended the import meanwhile."""
        async with self._database.connection() as connection:
            found = await store.find_import(connection, self._workspace_id, self._id)
        is_erased = found is not None and found.error == ERASED_MEANWHILE
        raise FileRefusedError(ERASED_MEANWHILE if is_erased else "ended_meanwhile")

    async def describe(self) -> None:
        """Note how the file is to be read; raises FileRefusedError."""
        sampler = self._sampler
        if not sampler.size:
            raise FileRefusedError("empty_file")
        encoding, is_guessed = self._encoding or "", False
        if self._encoding is None:
            encoding, is_guessed = sampler.guess_encoding()
        layout, notes = find_layout(
            sampler.head,
            encoding,
            delimiter="," if self._encoding else None,
            is_whole=sampler.size <= SAMPLE_BYTES,
        )
        if is_guessed:
            self._notes.append(Note("guessed_encoding", {"encoding": encoding}))
        async with self._database.request_transaction(self._workspace_id, "imports.change") as connection:
            is_kept = await store.set_layout(
                connection,
                self._workspace_id,
                self._id,
                bytes=sampler.size,
                layout=layout,
                notes=(*self._notes, *notes),
            )
        if not is_kept:
            await self._refuse_ended()

    async def abandon(self) -> None:
        """Leave nothing of a file that was refused or did not arrive."""
        async with self._database.transaction("imports.change") as connection:
            await store.delete_file(connection, self._id)
            await store.delete_import(connection, self._id)


async def _gather(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield what comes in pieces of PIECE_BYTES."""
    held = bytearray()
    async for piece in pieces:
        held += piece
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    if held:
        yield bytes(held)


async def _spool(path: Path, first: bytes, pieces: AsyncIterator[bytes]) -> None:
    size = len(first)
    with _open_new(path) as file:
        file.write(first)
        async for piece in pieces:
            size += file.write(piece)
            if size > LARGEST_WORKBOOK:
                raise FileRefusedError("file_too_large", maximum=LARGEST_WORKBOOK >> 20)


def _open_new(path: Path) -> BinaryIO:
    return path.open("wb")


def _read_file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


async def get_import(connection: Connection, workspace_id: UUID, id: UUID) -> Import:
    """Return the import; raises UnknownImportError."""
    found = await store.find_import(connection, workspace_id, id)
    if found is None:
        raise UnknownImportError
    return found


async def look_again(
    connection: Connection,
    workspace_id: UUID,
    id: UUID,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    has_header: bool | None = None,
) -> None:
    """Read the file otherwise from now on: what is None stays guessed.

    Raises UnknownImportError, ImportStateError once rows are being read, FileRefusedError.
    """
    found = await get_import(connection, workspace_id, id)
    if found.layout is None or found.state != "ready":
        raise ImportStateError(found.state)
    head = await _read_head(connection, id)
    layout, notes = find_layout(
        head,
        encoding or found.layout.encoding,
        delimiter=delimiter or (None if encoding else found.layout.delimiter),
        has_header=has_header,
        is_whole=found.bytes <= len(head),
    )
    await store.set_layout(connection, workspace_id, id, bytes=found.bytes, layout=layout, notes=notes)


async def preview_import(connection: Connection, workspace_id: UUID, id: UUID) -> Preview:
    """Return the import with its first rows and guesses; raises UnknownImportError."""
    found = await get_import(connection, workspace_id, id)
    layout = found.layout
    head = b"" if layout is None or found.finished_at else await _read_head(connection, id)
    if layout is None or not head:
        return Preview(found, (), (), found.notes)
    cells = list(islice(_read_cells(head, layout, is_whole=found.bytes <= len(head)), _GUESSED_ROWS))
    zone = await store.find_zone(connection, workspace_id)
    targets, notes = guess_targets(layout, cells, day_first=is_day_first(zone))
    shown = tuple(
        tuple(cell.replace("\0", "\ufffd")[:_LONGEST_SHOWN] for cell in row) for row in cells[:PREVIEW_ROWS]
    )
    return Preview(found, shown, targets, (*found.notes, *notes))


def _read_cells(head: bytes, layout: Layout, *, is_whole: bool) -> Iterator[list[str]]:
    lines = list(split_lines([head], layout.encoding))
    if not is_whole and len(lines) > 1:
        del lines[-1]
    for record in read_records(lines, layout):
        if record.fault is None:
            yield record.cells


async def _read_head(connection: Connection, id: UUID) -> bytes:
    pieces = await store.read_pieces(connection, id, number=0, maximum=1)
    return pieces[0] if pieces else b""
