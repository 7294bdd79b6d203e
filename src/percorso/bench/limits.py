"""What the machine reaches when it does only what cannot be avoided."""

import struct
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Final

from percorso.db import Database, load_queries
from percorso.kit.ids import BUCKETS
from percorso.log.rows import FACT_COLUMNS

_queries: Final = load_queries("percorso.bench")

COPY_IS: Final = "COPY of the same rows into the same table, 1,000 a commit, one connection"

_HEADER_BYTES: Final = 19
_ROWS_A_COMMIT: Final = 1000


class CopyLimit:
    """The rate of COPY alone, measured in slices between those of the figure, so that both meet the same machine."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._round = 0
        self._rows = 0
        self._seconds = 0.0

    @property
    def rate(self) -> float:
        """Rows per second over all slices."""
        return self._rows / self._seconds

    async def measure(self, *, seconds: float) -> None:
        """Copy stored facts again for a while; they are read and made ready beforehand."""
        self._round += 1
        pieces: list[bytes] = []

        async def keep(piece: bytes) -> None:
            pieces.append(bytes(piece))

        async with self._database.connection() as connection:
            query = _queries.sql("read_rows")
            await connection.copy_from_query(query, self._round, output=keep, format="binary")
        chunks = list(_split(b"".join(pieces)))
        begun = time.perf_counter()
        for rows, data in chunks:
            async with self._database.transaction("bench.copy") as connection:
                await connection.copy_to_table(
                    "facts", source=_whole(data), columns=FACT_COLUMNS, format="binary"
                )
            self._rows += rows
            if time.perf_counter() - begun > seconds:
                break
        self._seconds += time.perf_counter() - begun


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _split(copy: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield a binary COPY as several of 1,000 rows, as (rows, data)."""
    header, place, start, rows = copy[:_HEADER_BYTES], _HEADER_BYTES, _HEADER_BYTES, 0
    while True:
        (fields,) = struct.unpack_from(">h", copy, place)
        if fields == -1 or rows == _ROWS_A_COMMIT:
            if rows:
                yield rows, header + copy[start:place] + b"\xff\xff"
            start, rows = place, 0
            if fields == -1:
                return
        place += 2
        for _ in range(fields):
            (length,) = struct.unpack_from(">i", copy, place)
            place += 4 + max(length, 0)
        rows += 1


async def measure_copy(database: Database, *, seconds: float) -> float:
    """Return the rows per second of COPY alone in one slice."""
    limit = CopyLimit(database)
    await limit.measure(seconds=seconds)
    return limit.rate


async def measure_tables(database: Database, tables: Sequence[str], *, contacts: int) -> float:
    """Return contacts per second of COPY alone, given the tables that hold what belongs to so many contacts.

    The rows of every tenth bucket are copied, into tables made alike, with their indexes.
    """
    seconds = 0.0
    for table in tables:
        _, taken = await _copy_sample(database, table)
        seconds += taken
    share = sum(1 for bucket in range(BUCKETS) if bucket % 10 == 0) / BUCKETS
    return contacts * share / seconds


async def measure_written(database: Database, written: Mapping[str, int]) -> float:
    """Return the seconds that COPY alone takes for so many rows of each table, at the pace of a tenth of what it holds."""
    seconds = 0.0
    for table, rows in written.items():
        copied, taken = await _copy_sample(database, table)
        seconds += taken * rows / max(1, copied)
    return seconds


async def _copy_sample(database: Database, table: str) -> tuple[int, float]:
    """Copy the rows of every tenth bucket into a table made alike; return how many they are, and the seconds."""
    async with database.connection() as connection:
        written = await _queries.fetch_row(connection, "write_sample", name=table)
        assert written is not None
        await connection.execute(written["sample"])
        await connection.execute(written["alike"])
        pieces: list[bytes] = []

        async def keep(piece: bytes) -> None:
            pieces.append(bytes(piece))

        await connection.copy_from_table(f"sample_{table}", output=keep, format="binary")
    chunks = list(_split(b"".join(pieces)))
    begun = time.perf_counter()
    for _, data in chunks:
        async with database.transaction("bench.copy") as connection:
            await connection.copy_to_table(f"limit_{table}", source=_whole(data), format="binary")
    return sum(rows for rows, _ in chunks), time.perf_counter() - begun


async def measure_copy_out(database: Database) -> float:
    """Return contacts per second of COPY to here, ten columns each."""
    size = 0

    async def count(piece: bytes) -> None:
        nonlocal size
        size += len(piece)

    async with database.connection() as connection:
        begun = time.perf_counter()
        status = await connection.copy_from_query(_queries.sql("read_columns"), output=count, format="csv")
        seconds = time.perf_counter() - begun
    return int(status.rpartition(" ")[2]) / seconds
