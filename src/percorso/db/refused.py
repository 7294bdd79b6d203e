"""Tells a value that PostgreSQL cannot hold, and a question that took too long, from a fault of ours."""

import asyncpg


def is_value_refused(error: BaseException) -> bool:
    """Whether `error` says that a parameter holds what no column can: NUL, a number out of range, a bad zone.

    The last net behind the checks at the edge: it is the sender's fault, and sending it again will not help.
    """
    return isinstance(error, asyncpg.DataError | asyncpg.ProgramLimitExceededError)


def is_cut_short(error: BaseException) -> bool:
    """Whether `error` says that a statement took longer than it may."""
    return isinstance(error, asyncpg.QueryCanceledError)
