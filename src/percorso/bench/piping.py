"""Rows made by a query on one connection, written by COPY on another: as fast as a table can be filled."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from percorso.db import Database


async def pipe_rows(
    database: Database, query: str, values: Sequence[Any], *, table: str, columns: Sequence[str]
) -> None:
    """Write what the query with these values gives into columns of a table, in one transaction."""
    pieces: asyncio.Queue[bytes | None] = asyncio.Queue(16)

    async def make() -> None:
        try:
            async with database.connection() as connection:
                await connection.copy_from_query(query, *values, output=_keep, format="binary")
        finally:
            await pieces.put(None)

    async def _keep(piece: bytes) -> None:
        await pieces.put(bytes(piece))

    async def read() -> AsyncIterator[bytes]:
        while (piece := await pieces.get()) is not None:
            yield piece

    async with asyncio.TaskGroup() as group, database.connection() as connection:
        group.create_task(make())
        await connection.copy_to_table(table, source=read(), columns=columns, format="binary")
