"""What an operator wants to know of a database at a glance."""

import msgspec

from percorso.db.migrate import list_migrations
from percorso.db.queries import Connection, load_queries

_queries = load_queries("percorso.db")


class Condition(msgspec.Struct, frozen=True):
    """A database as it stands."""

    server_version: int
    """As PostgreSQL numbers itself: 180006 is 18.6."""
    missing_migrations: int
    """How many files have not been applied yet."""
    lag: int
    """Facts that the worker has not applied yet, over all buckets; 0 while migrations are missing."""


async def read_condition(connection: Connection) -> Condition:
    """Return the condition of the database behind `connection`; works on an empty one too."""
    version = int(await _queries.fetch_value(connection, "get_server_version"))
    has_schema = bool(await _queries.fetch_value(connection, "has_migrations"))
    applied = await _queries.fetch(connection, "list_migrations") if has_schema else []
    missing = max(0, len(list_migrations()) - len(applied))
    lag = int(await _queries.fetch_value(connection, "get_lag")) if not missing else 0
    return Condition(server_version=version, missing_migrations=missing, lag=lag)
