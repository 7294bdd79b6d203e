"""Questions about contacts that are worth so much time and no more: what takes longer is not known."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from percorso.db import Connection, load_queries
from percorso.db.refused import is_cut_short

PATIENCE: Final = 5_000
"""Milliseconds that one question to the contacts may take."""

_queries: Final = load_queries("percorso.journeys")
Answer = TypeVar("Answer")


async def find_in_time(connection: Connection, ask: Callable[[], Awaitable[Answer]]) -> Answer | None:
    """Return what `ask` answers, which only reads, None where one of its statements takes too long."""
    aside = connection.transaction()
    await aside.start()
    try:
        await _queries.fetch_value(connection, "limit_question", milliseconds=str(PATIENCE))
        return await ask()
    except Exception as error:
        if is_cut_short(error):
            return None
        raise
    finally:
        # The limit goes with it.
        await aside.rollback()
