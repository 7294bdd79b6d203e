"""A shop that imports: files given as text, imported by the ways that the API uses, worker and all."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from percorso.db import Database
from percorso.imports import store
from percorso.imports.actions import check_import, start_import
from percorso.imports.faults import Reject
from percorso.imports.model import Counts, Import, Preview, Settings, Subscribing
from percorso.imports.receiving import get_import, preview_import, receive_file
from tests.support.world import World


async def in_pieces(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    """A file as a network brings it."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


class Desk:
    """Where files are brought to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.database = world.database
        self.workspace_id = world.workspace_id

    async def receive(self, content: bytes | str, name: str = "contacts.csv") -> Import:
        """Bring a file."""
        raw = content.encode() if isinstance(content, str) else content
        return await receive_file(
            self.database, self.workspace_id, in_pieces(raw), id=uuid4(), file_name=name, made_by="key"
        )

    async def preview(self, id: UUID) -> Preview:
        """What a screen would show of it."""
        async with self.database.connection() as connection:
            return await preview_import(connection, self.workspace_id, id)

    async def get(self, id: UUID) -> Import:
        async with self.database.connection() as connection:
            return await get_import(connection, self.workspace_id, id)

    async def guess(self, id: UUID, **more: Any) -> Settings:
        """The settings that the guesses make, with whatever is said otherwise."""
        return Settings(targets=(await self.preview(id)).targets, **more)

    def subscribing(self, **more: Any) -> tuple[Subscribing, ...]:
        """To the world's list, by email unless said otherwise."""
        return (Subscribing(list_id=self.world.list_id, **more),)

    async def start(self, id: UUID, settings: Settings) -> Import:
        async with self.database.transaction("test.commit") as connection:
            return await start_import(connection, self.workspace_id, id, settings)

    async def check(self, id: UUID, settings: Settings) -> Counts | None:
        """A dry run."""
        async with self.database.transaction("test.commit") as connection:
            await check_import(connection, self.workspace_id, id, settings)
        await self.world.drain()
        return (await self.get(id)).checked

    async def take_in(self, content: bytes | str, **more: Any) -> Import:
        """Bring a file and import it by its guesses, until its last row is folded."""
        found = await self.receive(content)
        await self.start(found.id, await self.guess(found.id, **more))
        await self.world.drain()
        return await self.get(found.id)

    async def rejects(self, id: UUID) -> list[Reject]:
        async with self.database.connection() as connection:
            return await store.list_rejects(connection, self.workspace_id, id, after=0, size=1000)

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        async with self.database.connection() as connection:
            return list(await connection.fetch(query, *arguments))

    async def people(self) -> dict[str, dict[str, Any]]:
        """Attributes of all known contacts by email."""
        rows = await self.fetch("SELECT email, attributes FROM contacts WHERE NOT anonymous")
        return {row["email"]: row["attributes"] for row in rows}

    async def statuses(self) -> dict[tuple[str, str], str]:
        """The newest status by email and channel."""
        rows = await self.fetch(
            "SELECT c.email, s.channel, s.status FROM statuses AS s JOIN contacts AS c ON c.id = s.contact_id"
        )
        return {(row["email"], row["channel"]): row["status"] for row in rows}


@pytest.fixture
async def desk(database: Database) -> Desk:
    """An empty shop's desk."""
    return Desk(await World.open(database))


def plain(value: Any) -> Any:
    """What a value is in JSON."""
    return msgspec.to_builtins(value)
