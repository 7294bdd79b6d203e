"""Two databases: one in which a story is made up, and one in which it happens."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from percorso.db import Database
from tests.server import TestServer


@pytest.fixture
def two_urls(server: TestServer) -> Iterator[list[str]]:
    """Addresses of two fresh, migrated databases, dropped afterwards."""
    names = [server.make_database() for _ in range(2)]
    yield [server.url(name) for name in names]
    for name in names:
        server.drop_database(name)


@pytest.fixture
async def database_pair(two_urls: list[str]) -> AsyncIterator[tuple[Database, Database]]:
    """Both, opened."""
    async with AsyncExitStack() as stack:
        first, second = [await Database.open(url, name="test") for url in two_urls]
        stack.push_async_callback(first.close)
        stack.push_async_callback(second.close)
        yield first, second
