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


async def measure_copy(database: Database, *, seconds: float) -> float:
    """Return the rows per second of COPY alone: the stored facts again, made ready beforehand."""
    async with database.connection() as connection:
        pieces: list[bytes] = []

        async def keep(piece: bytes) -> None:
            pieces.append(bytes(piece))

        await connection.copy_from_query(_queries.sql("read_rows"), output=keep, format="binary")
    chunks = list(_split(b"".join(pieces)))
    copied = 0
    begun = time.perf_counter()
    for rows, data in chunks:
        async with database.transaction("bench.copy") as connection:
            await connection.copy_to_table(
                "facts", source=_whole(data), columns=FACT_COLUMNS, format="binary"
            )
        copied += rows
        if time.perf_counter() - begun > seconds:
            break
    return copied / (time.perf_counter() - begun)


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
