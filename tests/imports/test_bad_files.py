"""Whatever is in a file: refused or reported in words, with bounded memory, and its neighbours unharmed."""

import io
import subprocess
import sys
import textwrap
import zipfile

import openpyxl
import pytest

from percorso.imports.errors import REFUSALS, SETTING_FAULTS, FileRefusedError
from percorso.imports.faults import FAULTS, NOTES, say_fault, say_note
from percorso.imports.model import LONGEST_CELL, LONGEST_LINE, MOST_COLUMNS, Settings, Target
from tests.imports.conftest import Desk

GOOD = "good@example.com,G"
TWO = Settings(targets=(Target("email"), Target("attribute", "note")))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n\r\n  \n", "empty_file"),
        (b"email,nome\n", "only_header"),
        (b"email,nome", "only_header"),
        ((",".join(f"c{n}" for n in range(10_000)) + "\n").encode() * 2, "too_many_columns"),
        (b"x" * (LONGEST_LINE + 2) + b"\na@example.com\n", "long_header"),
        (b"%PDF-1.7 \x00\x01", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not_a_table"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "old_workbook"),
        (b"PK\x03\x04 this is no workbook", "broken_workbook"),
    ],
)
async def test_a_file_that_is_no_table_is_refused_in_words(desk: Desk, content: bytes, code: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        await desk.receive(content)
    assert refused.value.code == code
    assert await desk.fetch("SELECT 1 FROM imports") == []
    assert await desk.fetch("SELECT 1 FROM import_pieces") == []


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        (b"a@example.com", "ragged", None),
        (b"a@example.com;A", "ragged", None),
        (b"a@example.com,A,more", "ragged", None),
        (b'a@example.com,"never closed', "quotes", None),
        (b'a@example.com,"closed" and more', "quotes", None),
        (b"a@example.com,N\x00UL", "nul", 1),
        (b"a@example.com,\xff\xfe", "undecodable", 1),
        (b"a@example.com," + b"x" * (LONGEST_CELL + 1), "long_cell", 1),
        (b"a@example.com," + b"x" * (LONGEST_LINE + 1), "long_line", None),
        (b"nobody,A", "email", 0),
        (b",A", "no_identity", None),
    ],
)
async def test_a_bad_row_is_rejected_and_its_neighbours_are_not(
    desk: Desk, line: bytes, code: str, column: int | None
) -> None:
    content = b"email,note\nfirst@example.com,F\n" + line + b"\n" + GOOD.encode() + b"\n"
    content += "caffè@example.com,x\nlast@example.com,però\n".encode()
    found = await desk.receive(content)
    async with desk.database.transaction("test.commit") as connection:
        # As its owner would say who knows it.
        from percorso.imports.receiving import look_again

        await look_again(connection, desk.workspace_id, found.id, encoding="utf-8", delimiter=",")
    await desk.start(found.id, TWO)
    await desk.world.drain()
    assert set(await desk.people()) == {"first@example.com", "good@example.com", "last@example.com"}
    rejects = await desk.rejects(found.id)
    assert [(reject.row, reject.code) for reject in rejects] == [(3, code), (5, "email")]
    assert rejects[0].column == column
    for language in ("it", "en"):
        assert say_fault(code, rejects[0].values, language)  # type: ignore[arg-type]


async def test_a_cell_of_a_hundred_megabytes_harms_nobody(desk: Desk) -> None:
    content = b'email,note\nfirst@example.com,F\na@example.com,"' + b"x" * 30_000_000
    content += b'"\n' + GOOD.encode() + b"\n"
    done = await desk.take_in(content)
    assert set(await desk.people()) == {"first@example.com", "good@example.com"}
    assert (done.counts.new, done.counts.rejected) == (2, 1)


async def test_headers_are_told_apart_and_internal_ones_left_out(desk: Desk) -> None:
    found = await desk.receive("email,bucket,workspace_id,Nome,Nome,,=1+1\na@example.com,9,x,A,B,c,d\n")
    preview = await desk.preview(found.id)
    assert found.layout is not None
    assert found.layout.headers == ("email", "bucket", "workspace_id", "Nome", "Nome (2)", "#6", "=1+1")
    kinds = [(target.kind, target.path) for target in preview.targets]
    assert kinds[:3] == [("email", ""), ("skip", ""), ("skip", "")]
    assert kinds[3:5] == [("attribute", "firstName"), ("attribute", "Nome (2)")]
    assert {note.code for note in preview.notes} == {"duplicate_header", "internal_header", "empty_header"}


async def test_formulas_stay_text_and_come_back_as_they_were(desk: Desk) -> None:
    found = await desk.receive("email,note\na@example.com,=HYPERLINK(1)\nb@example.com,'=kept\n")
    assert "formulas" in {note.code for note in found.notes}
    await desk.start(found.id, TWO)
    await desk.world.drain()
    assert await desk.people() == {
        "a@example.com": {"note": "=HYPERLINK(1)"},
        "b@example.com": {"note": "=kept"},
    }


def make_workbook(rows: list[list[object]], *, sheets: int = 1) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for _ in range(sheets - 1):
        book.create_sheet()
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


async def test_a_workbook_is_read_with_its_numbers_and_dates(desk: Desk) -> None:
    from datetime import date

    content = make_workbook(
        [["Email", "Nascita", "Punti", "CAP"], ["ada@example.com", date(1985, 12, 10), 12.5, "00184"]],
        sheets=2,
    )
    done = await desk.take_in(content)
    assert done.format == "xlsx"
    assert await desk.people() == {
        "ada@example.com": {"birthDate": "1985-12-10", "Punti": 12.5, "address": {"zip": "00184"}}
    }
    assert "other_sheets" in {note.code for note in done.notes}


async def test_a_bomb_of_a_workbook_is_refused(desk: Desk) -> None:
    file = io.BytesIO(make_workbook([["email"], ["ada@example.com"]]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as parts, parts.open("xl/media/x.bin", "w") as part:
        for _ in range(1100):
            part.write(bytes(1 << 20))
    with pytest.raises(FileRefusedError) as refused:
        await desk.receive(file.getvalue(), "bomb.xlsx")
    assert refused.value.code == "workbook_too_large"


async def test_a_workbook_with_too_many_columns_is_refused(desk: Desk) -> None:
    with pytest.raises(FileRefusedError) as refused:
        await desk.receive(make_workbook([[f"c{n}" for n in range(MOST_COLUMNS + 1)]] * 2))
    assert refused.value.code == "too_many_columns"


MEASURE = textwrap.dedent("""
    import resource, sys
    from percorso.imports.detect import Sampler, find_layout
    from percorso.imports.lines import split_lines
    from percorso.imports.records import read_records
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kind, megabytes = sys.argv[1], int(sys.argv[2])
    def pieces():
        yield b"email,note\\na@example.com,A\\n"
        if kind == "cell":
            yield b'b@example.com,"'
            for _ in range(megabytes): yield b"x" * 1048576
            yield b'"\\nz@example.com,Z\\n'
        elif kind == "quotes":
            line = b'b@example.com,"never closed\\n' + b"c@example.com,C\\n" * 1000
            for _ in range(megabytes * 1048576 // len(line)): yield line
        else:
            for _ in range(megabytes): yield b"c@example.com,C\\n" * 65536
    sampler = Sampler()
    for piece in pieces(): sampler.feed(piece)
    layout, _ = find_layout(sampler.head, sampler.guess_encoding()[0], is_whole=False)
    good = sum(record.fault is None for record in read_records(split_lines(pieces(), "utf-8"), layout))
    print(good, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base)
""")


@pytest.mark.parametrize("kind", ["cell", "quotes", "many"])
def test_memory_does_not_depend_on_what_is_in_a_file(kind: str) -> None:
    """A hundred megabytes take no more than a few beyond what reading takes anyway."""
    grown: list[int] = []
    for megabytes in ("5", "100" if kind == "cell" else "20"):
        said = subprocess.run(
            [sys.executable, "-c", MEASURE, kind, megabytes], capture_output=True, text=True, check=True
        ).stdout.split()
        assert int(said[0]) >= 2
        grown.append(int(said[1]))
    assert grown[1] < grown[0] + 12 * 1024
    assert grown[1] < 64 * 1024


@pytest.mark.parametrize("table", [REFUSALS, SETTING_FAULTS, FAULTS, NOTES])
def test_everything_is_said_in_both_languages_with_the_same_values(table: dict[str, tuple[str, str]]) -> None:
    import re

    for code, (english, italian) in table.items():
        assert english != italian, code
        assert set(re.findall(r"\{(\w+)\}", english)) == set(re.findall(r"\{(\w+)\}", italian)), code


def test_notes_are_said() -> None:
    from percorso.imports.model import Note

    assert "Nome" in say_note(Note("duplicate_header", {"name": "Nome", "count": 2}), "it")
