import pytest

from percorso.db import Database
from tests.support.world import World


@pytest.fixture
async def world(database: Database) -> World:
    """A whole Percorso with a clock to turn."""
    return await World.open(database)
