"""How a file is written: its encoding, delimiter and header, guessed from its beginning. Pure.

Encodings without a mark are guessed by charset-normalizer from the first bytes that are not ASCII, wherever they
stand; everything guessed is shown and may be set otherwise.
"""

import codecs
import csv
import re
from collections import Counter
from itertools import islice
from typing import Final

from charset_normalizer import from_bytes

from percorso.imports.errors import FileRefusedError
from percorso.imports.faults import RowFault
from percorso.imports.formulas import guard_cell
from percorso.imports.lines import TOO_LONG, split_lines
from percorso.imports.model import MOST_COLUMNS, SAMPLE_BYTES, Layout, Note
from percorso.imports.records import Record, read_records

DELIMITERS: Final = (",", ";", "\t", "|", "^", ":")
"""Tried in this order; the one under which most rows have the same number of cells wins."""

INTERNAL: Final = frozenset(
    {
        "id", "bucket", "offset", "workspace_id", "workspaceid", "node_id", "nodeid", "attributes", "identities",
        "anonymous", "created_at", "updated_at", "last_event_at", "status", "statuses", "contact_id", "contactid",
        "message_id", "messageid", "received_at", "occurred_at",
    }
)  # fmt: skip
"""Names of Percorso's own columns, in lower case: never meant by a header of a file."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY: Final = (
    b"%PDF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x7fELF",
)
_WESTERN: Final = frozenset(
    {"cp1250", "cp1252", "cp1254", "cp1257", "latin_1", "iso8859_15", "iso8859_9", "iso8859_3"}
)
_ASKED: Final = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "iso8859_2", "iso8859_5", "iso8859_7", "koi8_r", "mac_roman",
    "shift_jis", "gb18030", "big5", "euc_kr",
]  # fmt: skip
_ENCODINGS: Final = re.compile(
    r"ascii|utf-8(-sig)?|utf-(16|32)(-[bl]e)?|cp\d+|iso8859-\d+|koi8-[ru]|mac-\w+|shift_jis\w*|euc_\w+|gb\w+|big5\w*"
)
_DATA: Final = re.compile(r"[^@\s]+@[^@\s]+\.\w+|[+(]?\d[\d\s.,/()-]*|\d{4}-\d\d-\d\d.*")


class Sampler:
    """Watches a file go by, and keeps what its form is guessed from: at most twice SAMPLE_BYTES."""

    def __init__(self) -> None:
        self.head = b""
        self.size = 0
        self._foreign = b""
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._is_utf8 = True

    def feed(self, piece: bytes) -> None:
        """Look at the next piece."""
        self.size += len(piece)
        if len(self.head) < SAMPLE_BYTES:
            self.head += piece[: SAMPLE_BYTES - len(self.head)]
        if piece.isascii() and self._is_utf8 and not self._utf8.getstate()[0]:
            return
        if len(self._foreign) < SAMPLE_BYTES:
            self._foreign += _around_foreign(piece)[: SAMPLE_BYTES - len(self._foreign)]
        if self._is_utf8:
            try:
                self._utf8.decode(piece)
            except UnicodeDecodeError:
                self._is_utf8 = False

    def guess_encoding(self) -> tuple[str, bool]:
        """Return the encoding, and whether it is only a guess; raises FileRefusedError for what is no text."""
        head = self.head
        for mark, encoding in _BOMS:
            if head.startswith(mark):
                return encoding, False
        if head.startswith(_BINARY):
            raise FileRefusedError("not_a_table")
        zeros = head[:4096].count(0)
        if zeros * 3 > len(head[:4096]):
            # Text of two bytes a character without a mark: every other one is zero.
            even = head[:4096:2].count(0)
            return ("utf-16-be" if even * 2 > zeros else "utf-16-le"), True
        if self._is_utf8 and not self._utf8.getstate()[0]:
            return "utf-8", False
        return _guess_foreign(self._foreign), True


def _around_foreign(piece: bytes) -> bytes:
    """Return the lines of a piece that are not ASCII."""
    return b"\n".join(line for line in piece.split(b"\n") if not line.isascii())


def _guess_foreign(sample: bytes) -> str:
    best = from_bytes(sample[: 64 * 1024], cp_isolation=_ASKED, enable_fallback=False).best()
    if best is None or best.encoding in _WESTERN:
        # The western ones differ in a few letters; short texts do not tell them apart, and this one is the usual.
        try:
            sample.decode("cp1252")
        except UnicodeDecodeError:
            return best.encoding if best is not None else "latin_1"
        return "cp1252"
    return best.encoding


def find_layout(
    head: bytes,
    encoding: str,
    *,
    delimiter: str | None = None,
    has_header: bool | None = None,
    is_whole: bool,
) -> tuple[Layout, tuple[Note, ...]]:
    """Return how to read a file that begins with `head`, and what to know of it; raises FileRefusedError.

    `delimiter` and `has_header` are taken as given if they are. `is_whole`: `head` is all there is.
    """
    _check_encoding(encoding)
    _check_delimiter(delimiter)
    lines = list(split_lines([head], encoding))
    if not is_whole and len(lines) > 1:
        del lines[-1]
    skip = 0
    while skip < len(lines) and not lines[skip].strip("\r\n\t \0\ufeff"):
        skip += 1
    if skip == len(lines):
        raise FileRefusedError("empty_file")
    told = re.fullmatch(r"sep=(.)\s*", lines[skip], re.IGNORECASE)
    if told is not None:
        skip += 1
        delimiter = delimiter or told[1]
    rows = lines[skip:]
    if not rows:
        raise FileRefusedError("empty_file")
    if rows[0] is TOO_LONG:
        raise FileRefusedError("long_header")
    chosen = delimiter or _choose_delimiter(rows)
    return _describe(rows, encoding, chosen, skip, has_header, is_whole)


def _describe(
    rows: list[str], encoding: str, delimiter: str, skip: int, has_header: bool | None, is_whole: bool
) -> tuple[Layout, tuple[Note, ...]]:
    first = _parse_first(rows, delimiter)
    if len(first) > MOST_COLUMNS:
        raise FileRefusedError("too_many_columns", columns=len(first), maximum=MOST_COLUMNS)
    if has_header is None:
        has_header = not any(_DATA.fullmatch(cell.strip()) for cell in first)
    headers, notes = name_columns(first if has_header else [""] * len(first), is_named=has_header)
    layout = Layout(encoding, delimiter, has_header, skip, len(first), headers)
    sample = list(islice(read_records(rows, msgspec_replace(layout)), 200))
    if not sample and is_whole:
        raise FileRefusedError("only_header")
    return layout, (*notes, *_judge_sample(sample))


def msgspec_replace(layout: Layout) -> Layout:
    """Return the layout for lines from which what comes before the table is gone."""
    return Layout(layout.encoding, layout.delimiter, layout.has_header, 0, layout.width, layout.headers)


def _judge_sample(sample: list[Record]) -> list[Note]:
    notes: list[Note] = []
    ragged = sum(_is_ragged(record.fault) for record in sample)
    if ragged:
        notes.append(Note("ragged_sample", {"rows": ragged}))
    formulas = sum(
        cell[:1] in "=@" and guard_cell(cell) != cell for record in sample for cell in record.cells
    )
    if formulas:
        notes.append(Note("formulas", {"cells": formulas}))
    return notes


def _is_ragged(fault: RowFault | None) -> bool:
    return fault is not None and fault.code in ("ragged", "quotes")


def _parse_first(rows: list[str], delimiter: str) -> list[str]:
    try:
        return next(csv.reader(rows, delimiter=delimiter))
    except csv.Error:
        raise FileRefusedError("long_header") from None


def _choose_delimiter(rows: list[str]) -> str:
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(_widths(rows, delimiter))
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        score = (round(count / widths.total(), 1), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _widths(rows: list[str], delimiter: str) -> list[int]:
    reader = csv.reader((row for row in rows[:100] if row is not TOO_LONG), delimiter=delimiter)
    widths: list[int] = []
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return widths
        except csv.Error:
            continue
        if cells:
            widths.append(len(cells))


def name_columns(cells: list[str], *, is_named: bool) -> tuple[tuple[str, ...], list[Note]]:
    """Return a name for each column, each once, and what to know about them."""
    names: list[str] = []
    notes: list[Note] = []
    given = [" ".join(cell.replace("\0", "").replace("\ufeff", "").split())[:200] for cell in cells]
    times = Counter(name for name in given if name)
    for place, name in enumerate(given, start=1):
        if not name:
            if is_named:
                notes.append(Note("empty_header", {"column": place}))
            name = f"#{place}"
        number, unique = 1, name
        while unique in names:
            number += 1
            unique = f"{name} ({number})"
        names.append(unique)
    notes += [
        Note("duplicate_header", {"name": name, "count": count}) for name, count in times.items() if count > 1
    ]
    notes += [Note("internal_header", {"name": name}) for name in names if name.lower() in INTERNAL]
    return tuple(names), notes


def _check_encoding(encoding: str) -> None:
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        name = ""
    # Python knows others that are no encodings of text, or take forever over some.
    if _ENCODINGS.fullmatch(name) is None:
        raise FileRefusedError("unknown_encoding", encoding=encoding[:40])


def _check_delimiter(delimiter: str | None) -> None:
    if delimiter is not None and (len(delimiter) != 1 or delimiter in "\"\r\n\0'"):
        raise FileRefusedError("bad_delimiter")
