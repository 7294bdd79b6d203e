"""The database of a command that runs, does one thing and ends."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from percorso.config import Config, read_config
from percorso.db import Database, migrate
from percorso.db.embedded import EmbeddedServer
from percorso.db.errors import FolderInUseError
from percorso.db.running import find_running_url


@asynccontextmanager
async def open_database(name: str) -> AsyncGenerator[Database]:
    """Lend the database that PERCORSO_DATABASE_URL names, else the embedded one, started for this if it is not up.

    `name` shows in pg_stat_activity.
    """
    config = read_config()
    async with AsyncExitStack() as stack:
        url = config.database_url or await _reach_embedded(config, stack)
        database = await Database.open(url, maximum=1, name=name)
        stack.push_async_callback(database.close)
        yield database


async def _reach_embedded(config: Config, stack: AsyncExitStack) -> str:
    server = EmbeddedServer(config.data_folder)
    try:
        await server.start()
    except FolderInUseError:
        return find_running_url(config.data_folder)
    stack.push_async_callback(server.stop)
    await migrate(server.url())
    return server.url()
