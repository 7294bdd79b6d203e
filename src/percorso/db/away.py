"""Tells a database that is away for the moment from a fault of ours."""

from typing import Final

import asyncpg

RETRY_AFTER_SECONDS: Final = 2
"""What a client is told to wait before it asks again while the database is away."""

LOCK_BUSY: Final = asyncpg.LockNotAvailableError
"""A lock was not to be had within its time limit."""

_AWAY: Final = (
    OSError,  # refused, reset, unreachable; TimeoutError is one of them
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shut down, starting up, cancelled by a time limit
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby that was not promoted yet
    asyncpg.IdleInTransactionSessionTimeoutError,
    # What the driver says when a connection is lost in the middle of a COPY.
    asyncpg.InternalClientError,
)


def is_database_away(error: BaseException) -> bool:
    """Whether `error` means that the database cannot work now and the same call may succeed later."""
    if isinstance(error, asyncpg.InterfaceError):
        # The driver says so of a connection that was lost, in the middle of a COPY too, or of a closing pool.
        return any(words in str(error) for words in ("clos", "lost", "another operation"))
    return isinstance(error, _AWAY)


_PASSING: Final = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError)


def is_transient(error: BaseException) -> bool:
    """Whether the same transaction may succeed when it is tried again as it was: nothing in it is to blame."""
    return is_database_away(error) or isinstance(error, _PASSING)
