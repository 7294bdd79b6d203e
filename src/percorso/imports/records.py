"""Lines into records: cells of one row each, or why it is none. Pure.

A row that cannot be read harms no other. Where a record that spans lines turns out wrong (a quote never closed, too
few or too many cells), only its first line is given up, and reading goes on at the next line.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from percorso.imports.faults import RowFault
from percorso.imports.lines import LOST, TOO_LONG
from percorso.imports.model import LONGEST_CELL, LONGEST_LINE, Layout

MOST_LINES: Final = 1_000
"""Lines of one record; a quote that stays open longer was never meant."""


class Record(msgspec.Struct, gc=False):
    """One row of a file: its number as a spreadsheet counts (the header is 1), and its cells, or what is wrong."""

    row: int
    cells: list[str]
    fault: RowFault | None = None


class _LongLineError(Exception):
    """A line too long to be held came in the middle of a record."""


class _Feed:
    """Lines for the reader of CSV, remembered until their record is whole."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again = deque[str]()
        self.taken: list[str] = []

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        if line is TOO_LONG:
            raise _LongLineError
        if len(self.taken) > MOST_LINES:
            raise csv.Error("too many lines")
        return line

    def give_back(self) -> str:
        """Take back all lines of the record but its first, and return that."""
        first, *others = self.taken
        self._again.extendleft(reversed(others))
        return first


def read_records(lines: Iterable[str], layout: Layout) -> Iterator[Record]:
    """Yield the records after the header; blank lines are counted and left out."""
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=layout.delimiter, strict=True)
    for _ in range(layout.skip):
        next(feed, None)
    row, width = 0, layout.width
    skips_first = layout.has_header
    while True:
        feed.taken.clear()
        fault: RowFault | None = None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # A quote that is never closed runs to the end of the file, or of our patience.
            cells, fault = [feed.give_back()[:LONGEST_CELL]], RowFault("quotes")
        except _LongLineError:
            cells, fault = _give_up_long(feed)
        row += 1
        if skips_first:
            skips_first = False
            continue
        if fault is None and not any(cells):
            continue
        if fault is None and len(cells) != width:
            if not any(cells[width:]) and len(cells) > width:
                del cells[width:]
            else:
                if len(feed.taken) > 1:
                    feed.give_back()
                fault = RowFault("ragged", cells=len(cells), columns=width)
        if fault is None:
            fault = find_fault(cells, feed.taken)
        yield Record(row, cells, fault)


def find_fault(cells: list[str], taken: list[str]) -> RowFault | None:
    """Return what makes the text of a row impossible to take in, whatever it is for."""
    for line in taken:
        if "\0" in line:
            return RowFault("nul", _place_of(cells, "\0"))
        if LOST in line:
            return RowFault("undecodable", _place_of(cells, LOST))
        if len(line) > LONGEST_CELL or len(taken) > 1:
            for place, cell in enumerate(cells):
                if len(cell) > LONGEST_CELL:
                    return RowFault("long_cell", place, maximum=LONGEST_CELL)
    return None


def _place_of(cells: list[str], character: str) -> int | None:
    return next((place for place, cell in enumerate(cells) if character in cell), None)


def _give_up_long(feed: _Feed) -> tuple[list[str], RowFault]:
    """Give up the long line itself, or the open quote that led into it."""
    if len(feed.taken) == 1:
        return [], RowFault("long_line", maximum=LONGEST_LINE)
    return [feed.give_back()[:LONGEST_CELL]], RowFault("quotes")
