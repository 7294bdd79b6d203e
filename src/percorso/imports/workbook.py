"""The first sheet of a workbook, as CSV: in a process of its own with bounds, because a small file can be a bomb.

    python -m percorso.imports.workbook IN OUT

Exit 0: OUT is CSV (UTF-8, commas), and stdout says how many sheets there are. Exit 3: it cannot be read. Exit 4 or a
signal: it is more than is read. Nothing is said about what is in it.
"""

import asyncio
import csv
import resource
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import python_calamine

from percorso.imports.errors import FileRefusedError
from percorso.imports.model import LARGEST_FILE, LONGEST_CELL, MOST_COLUMNS

MEMORY: Final = 2 << 30
"""Bytes of address space that reading may take; a million rows of ten columns take a third."""
SECONDS: Final = 300
"""Seconds of CPU that reading may take; a million rows of ten columns take seven."""
UNPACKED: Final = 1 << 30
"""Bytes to which the parts of a workbook may unpack together, as its directory says."""

UNREADABLE: Final = 3
TOO_MUCH: Final = 4


async def convert_workbook(source: str, target: str) -> int:
    """Write the CSV of a workbook's first sheet, and return how many sheets it has; raises FileRefusedError."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "percorso.imports.workbook", source, target,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        return int(said)
    raise FileRefusedError("broken_workbook" if process.returncode == UNREADABLE else "workbook_too_large")


def main() -> None:
    """Convert the workbook named on the command line, and exit as the module says."""
    source, target = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    try:
        check_parts(source)
        sys.stdout.write(str(write_rows(source, target)))
    except MemoryError:
        sys.exit(TOO_MUCH)
    except OSError:
        # The file grew beyond its limit.
        sys.exit(TOO_MUCH)
    except OverflowError:
        sys.exit(TOO_MUCH)
    except (zipfile.BadZipFile, python_calamine.CalamineError, ValueError, EOFError):
        sys.exit(UNREADABLE)
    except BaseException as error:
        # The reader is written in Rust: what it gives up on comes as a panic.
        sys.exit(TOO_MUCH if "alloc" in str(error) or "capacity" in str(error) else UNREADABLE)


def check_parts(source: str) -> None:
    """Raise OverflowError for a workbook that says it unpacks to more than is read."""
    with zipfile.ZipFile(source) as parts:
        if sum(part.file_size for part in parts.infolist()) > UNPACKED:
            raise OverflowError


def write_rows(source: str, target: str) -> int:
    """Write the first sheet that holds anything, and return how many sheets there are."""
    workbook = python_calamine.load_workbook(source)  # pyright: ignore[reportUnknownMemberType]
    count = len(workbook.sheet_names)
    with open(target, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for place in range(count):
            sheet = workbook.get_sheet_by_index(place)
            if sheet.end is None:
                continue
            if sheet.width > MOST_COLUMNS:
                # Refused with its number of columns by who reads the CSV: the first row is enough.
                writer.writerow([f"#{number}" for number in range(sheet.width)])
                break
            for row in sheet.iter_rows():
                writer.writerow([write_value(value) for value in row])
            break
    return count


def write_value(value: Any) -> str:
    """Return a cell of a workbook as text: numbers without what Excel adds, dates as ISO 8601 has them."""
    if isinstance(value, str):
        # What does not fit a cell of ours is cut, one character beyond, so that its row is rejected for it.
        return value[: LONGEST_CELL + 1]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


if __name__ == "__main__":
    main()
