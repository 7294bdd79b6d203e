"""An import that this process is at: its file on this disk, read up to a row; and what its rows would come to."""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import resources
from typing import Final
from uuid import UUID

import msgspec

from percorso.contacts.identity.normal import Identity
from percorso.contacts.identity.resolution import Resolved, resolve_identities
from percorso.imports.faults import Reject, RowFault
from percorso.imports.lines import split_lines
from percorso.imports.mapping import Mapper
from percorso.imports.model import Import, Layout
from percorso.imports.records import Record, read_records
from percorso.intake.model import Call
from percorso.kit.ids import derive_id

LOT_ROWS: Final = 500
"""Rows of a lot: with two facts each its append holds the heads for some 20 ms."""
LOT_CHARACTERS: Final = 4 << 20
"""Characters after which a lot is full."""
_READ_BYTES: Final = 64 * 1024
_KEPT_CHARACTERS: Final = 1_000
_FIND: Final = resources.files("percorso.imports").joinpath("foreseen.sql").read_text(encoding="utf-8")


class Lot(msgspec.Struct):
    """The next rows of a file, mapped: what one transaction takes in."""

    until_row: int
    until_byte: int
    rows: list[list[Call]]
    """The calls of each row that can be taken in."""
    records: list[Record]
    """Those rows as they stand in the file."""
    rejects: list[Reject]

    def halves(self) -> tuple["Lot", "Lot"]:
        """Return the lot as two, the first with all its rejects."""
        middle = len(self.rows) // 2
        return (
            Lot(self.records[middle - 1].row, self.until_byte, self.rows[:middle], self.records[:middle], []),
            Lot(self.until_row, self.until_byte, self.rows[middle:], self.records[middle:], self.rejects),
        )


class Work:
    """Reads one file from its local copy, lot by lot."""

    def __init__(self, found: Import, mapper: Mapper) -> None:
        assert found.layout is not None
        self.found = found
        self.mapper = mapper
        self.layout: Layout = found.layout
        self.read_rows = 0
        self.moved: dict[UUID, UUID] = {}
        self.required: tuple[str, ...] = ()
        """Paths of fields that a contact must have."""
        self.waiting: list[Lot] = []
        """Lots that were made and not taken in, in order."""
        self._file = tempfile.TemporaryFile(prefix="percorso-import-")  # noqa: SIM115
        self._records: Iterator[Record] | None = None
        self._passed = 0

    def write(self, piece: bytes) -> None:
        """Add the next piece to the local copy."""
        self._file.write(piece)

    def begin(self, *, after_row: int) -> None:
        """Read from the beginning, passing over the rows up to one."""
        self._file.seek(0)
        self._passed = 0
        self.waiting.clear()
        self.read_rows = after_row
        records = read_records(split_lines(self._pieces(), self.layout.encoding), self.layout)
        self._records = (record for record in records if record.row > after_row)

    def close(self) -> None:
        """Let the local copy go."""
        self._file.close()

    def _pieces(self) -> Iterator[bytes]:
        while piece := self._file.read(_READ_BYTES):
            self._passed += len(piece)
            yield piece

    def next_lot(self) -> Lot | None:
        """Return the next rows, None after the last."""
        if self.waiting:
            return self.waiting.pop(0)
        assert self._records is not None
        lot = Lot(self.read_rows, 0, [], [], [])
        characters = 0
        for record in self._records:
            lot.until_row = record.row
            characters += sum(map(len, record.cells)) if len(record.cells) < 200 else 20_000
            try:
                lot.rows.append(self.mapper.read(record))
                lot.records.append(record)
            except RowFault as fault:
                lot.rejects.append(make_reject(record, fault))
            if len(lot.rows) + len(lot.rejects) >= LOT_ROWS or characters > LOT_CHARACTERS:
                break
        if lot.until_row == self.read_rows:
            return None
        # Some of what was read is still held; the last lot is told by the state, not by this.
        lot.until_byte = max(self._passed - _READ_BYTES, 0)
        return lot

    def give_back(self, lots: Sequence[Lot]) -> None:
        """Take lots back, to be given again in this order."""
        self.waiting[:0] = lots


def make_reject(record: Record, fault: RowFault) -> Reject:
    """Return the reject of a row, with as much of its cells as is worth keeping."""
    left = _KEPT_CHARACTERS * 8
    cells: list[str] = []
    for cell in record.cells:
        kept = cell.replace("\0", "\ufffd")[: min(left, _KEPT_CHARACTERS)]
        left -= len(kept)
        cells.append(kept)
    return Reject(record.row, fault.code, fault.column, dict(fault.values), tuple(cells))


class Foreseen:
    """Who the rows of a dry run would be: owners as stored, and those whom earlier rows would make.

    Kept in a file of SQLite, so that a million of them take no memory.
    """

    def __init__(self) -> None:
        self._made = sqlite3.connect("", isolation_level=None)
        self._made.execute("PRAGMA journal_mode = OFF")
        self._made.execute(
            "CREATE TABLE made (identity BLOB PRIMARY KEY, contact BLOB NOT NULL) WITHOUT ROWID"
        )

    def close(self) -> None:
        """Forget everything."""
        self._made.close()

    def list_known(self, identities: Sequence[Identity]) -> set[Identity]:
        """Return those of the identities that earlier rows would give to somebody."""
        return {one for one in identities if self._made.execute(_FIND, (_key(one),)).fetchone() is not None}

    def resolve_rows(
        self, rows: Sequence[tuple[Identity, ...]], owners: dict[Identity, UUID]
    ) -> list[Resolved]:
        """Return whom each of these rows, in order, would be about; later calls know of those they would make."""
        keys = {identity: _key(identity) for identities in rows for identity in identities}
        known = dict(owners)
        for identity, key in keys.items():
            if identity not in known:
                found = self._made.execute(_FIND, (key,)).fetchone()
                if found is not None:
                    known[identity] = UUID(bytes=found[0])
        found_rows: list[Resolved] = []
        claimed: list[tuple[bytes, bytes]] = []
        for identities in rows:
            resolved = resolve_identities(
                identities,
                known,
                kinds_of=_no_kinds,
                new_id=partial(derive_id, "foreseen", *_flat(identities)),
            )
            found_rows.append(resolved)
            for identity in resolved.claims:
                known[identity] = resolved.contact_id
                claimed.append((keys[identity], resolved.contact_id.bytes))
        self._made.execute("BEGIN")
        self._made.executemany("INSERT OR REPLACE INTO made VALUES (?, ?)", claimed)
        self._made.execute("COMMIT")
        return found_rows


def _key(identity: Identity) -> bytes:
    return derive_id(*identity).bytes


def _flat(identities: Sequence[Identity]) -> list[str]:
    return [part for identity in identities for part in identity]


def _no_kinds(_contact_id: UUID) -> frozenset[str]:
    # Files name no devices and no anonymous ids, so nothing depends on what else a contact holds.
    return frozenset()
