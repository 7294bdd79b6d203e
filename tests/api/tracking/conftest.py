import pytest

from percorso.db import Database
from tests.api.tracking.shop import Shop, open_shop


@pytest.fixture
async def shop(database: Database) -> Shop:
    """A workspace whose product time stands still at noon."""
    return await open_shop(database)
