"""Marks and results, committed in groups."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import structlog

from percorso.courier.gathering import Gathering
from percorso.db import Database
from percorso.db.clock import read_clock
from percorso.deliverability.model import Destination
from percorso.messages.actions import Marked, Told, mark_messages, record_results
from percorso.messages.model import Message
from percorso.messages.result import Change

_LONGEST_PAUSE = 2.0

logger = structlog.get_logger()


class Journal:
    """Where one courier writes what it is about to do, and what came of it."""

    def __init__(self, database: Database, *, courier_id: UUID, provider: str, patience: int) -> None:
        self._database = database
        self._courier_id = courier_id
        self.provider = provider
        """The name of who carries email."""
        self._patience = patience
        self._marks = Gathering(self._commit_marks)
        self._results = Gathering(self._commit_results)

    async def mark(self, marked: Marked) -> bool:
        """Return whether the message is marked, committed; raises what the database raises."""
        return await self._marks.ask(marked)

    async def _commit_marks(self, marked: Sequence[Marked]) -> list[bool]:
        async with self._database.transaction("courier.mark") as connection:
            clock = await read_clock(connection)
            passed = await mark_messages(
                connection,
                marked,
                courier_id=self._courier_id,
                provider=self.provider,
                now=clock.product_at,
                real=clock.real_at,
            )
        return [asked.message.id in passed for asked in marked]

    async def tell(
        self,
        message: Message,
        change: Change,
        *,
        courier_id: UUID | None = None,
        destination: Destination | None = None,
    ) -> bool:
        """Write what came of a message; return False if it was no longer this courier's to say.

        While the database does not answer it is tried again: what is known here is known nowhere else.
        """
        told = Told(
            message=message,
            change=change,
            courier_id=courier_id or self._courier_id,
            provider=self.provider,
            destination=destination,
        )
        for tries in range(1, self._patience + 1):
            try:
                return await self._results.ask(told)
            except Exception as error:
                if tries == self._patience:
                    raise
                logger.warning("courier.result_waits", error=type(error).__name__, tries=tries)
                await asyncio.sleep(min(0.05 * 2**tries, _LONGEST_PAUSE))
        raise AssertionError("patience is at least 1")

    async def _commit_results(self, told: Sequence[Told]) -> list[bool]:
        async with self._database.transaction("courier.result") as connection:
            clock = await read_clock(connection)
            changed = await record_results(connection, told, now=clock.product_at, real=clock.real_at)
        return [result.message.id in changed for result in told]
