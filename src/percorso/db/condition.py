"""What an operator wants to know of a database at a glance."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.db.migrate import list_migrations
from percorso.db.queries import Connection, load_queries

_queries = load_queries("percorso.db")

_NAMED: Final = 20


class SetAside(msgspec.Struct, frozen=True):
    """What the worker gave up after three tries, because the database or the engine refused it.

    A run where `run_id` is given; the moment `due_at` of a segment's membership, or of a shop, where that is given;
    else the fact at `offset`.
    """

    at: datetime
    bucket: int
    offset: int
    run_id: UUID | None
    segment_id: UUID | None
    due_at: datetime | None
    contact_id: UUID | None
    error: str


class Condition(msgspec.Struct, frozen=True):
    """A database as it stands."""

    server_version: int
    """As PostgreSQL numbers itself: 180006 is 18.6."""
    missing_migrations: int
    """How many files have not been applied yet."""
    lag: int
    """Facts that the worker has not applied yet, over all buckets; 0 while migrations are missing."""
    given_up: int = 0
    """What was set aside, in all."""
    newest_given_up: tuple[SetAside, ...] = ()
    """The newest of it, at most 20."""


async def read_lag(connection: Connection) -> int:
    """Return how many facts lie beyond the cursors of all buckets."""
    return int(await _queries.fetch_value(connection, "get_lag"))


async def read_condition(connection: Connection) -> Condition:
    """Return the condition of the database behind `connection`; works on an empty one too."""
    version = int(await _queries.fetch_value(connection, "get_server_version"))
    has_schema = bool(await _queries.fetch_value(connection, "has_migrations"))
    applied = await _queries.fetch(connection, "list_migrations") if has_schema else []
    missing = max(0, len(list_migrations()) - len(applied))
    if missing:
        return Condition(server_version=version, missing_migrations=missing, lag=0)
    newest = await _queries.fetch(connection, "list_set_aside", maximum=_NAMED)
    return Condition(
        server_version=version,
        missing_migrations=0,
        lag=await read_lag(connection),
        given_up=int(await _queries.fetch_value(connection, "count_set_aside")),
        newest_given_up=tuple(SetAside(*row) for row in newest),
    )
