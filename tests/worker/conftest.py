"""Databases for tests that tell one story several times."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from percorso.db import Database
from tests.server import TestServer


@pytest.fixture
def database_urls(server: TestServer) -> Iterator[list[str]]:
    """Addresses of five fresh, migrated databases, dropped afterwards."""
    names = [server.make_database() for _ in range(5)]
    yield [server.url(name) for name in names]
    for name in names:
        server.drop_database(name)


@pytest.fixture
async def databases(database_urls: list[str]) -> AsyncIterator[Iterator[Database]]:
    """Five fresh, migrated databases, handed out one after the other."""
    async with AsyncExitStack() as stack:
        opened = [await Database.open(url, name="test") for url in database_urls]
        for database in opened:
            stack.push_async_callback(database.close)
        yield iter(opened)
