"""Which failures no fact is to blame for."""

from typing import Final

import asyncpg

from percorso.db.away import is_database_away

_PASSING: Final = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
)


def is_transient(error: BaseException) -> bool:
    """Whether the same batch may succeed when it is tried again as it was."""
    return is_database_away(error) or isinstance(error, _PASSING)
