"""What the machine reaches when it does only what cannot be avoided."""

import struct
import time
from collections.abc import AsyncIterator, Iterator
from typing import Final

from percorso.db import Database, load_queries
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
