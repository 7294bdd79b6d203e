"""Fixtures of the courier's tests."""

from collections.abc import AsyncIterator

import pytest

from percorso.db import Database
from tests.courier.webhooks import Stage
from tests.support.web_sink import WebSink
from tests.worker.scene import Scene


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    """A shop and a receiver of webhooks."""
    async with WebSink() as sink:
        yield Stage(await Scene.open(database), sink)
