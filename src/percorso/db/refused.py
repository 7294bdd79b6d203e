"""Tells a value that PostgreSQL cannot hold from a fault of ours."""

import asyncpg


def is_value_refused(error: BaseException) -> bool:
    """Whether `error` says that a parameter holds what no column can: NUL, a number out of range, a bad zone.

    The last net behind the checks at the edge: it is the sender's fault, and sending it again will not help.
    """
    return isinstance(error, asyncpg.DataError | asyncpg.ProgramLimitExceededError)
