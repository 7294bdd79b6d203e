"""Hands SMS and push over to the embedded mailbox, under the same rules as any provider."""

import asyncio

from percorso.channels.mailbox.store import record_direct
from percorso.channels.model import (
    MARK_SECONDS,
    Accepted,
    AskMark,
    Doubtful,
    HandOver,
    NotMarked,
    Withdrawn,
)
from percorso.channels.push.model import Push
from percorso.channels.sms.model import Sms
from percorso.db import Database
from percorso.db.clock import read_product_time


class DirectMailbox:
    """A provider of SMS and push that keeps them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def hand_over(self, load: Sms | Push, ask_mark: AskMark) -> HandOver:
        """Keep one message once it is marked; an error of the database leaves doubt, as a gateway's silence would."""
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        if not await ask_mark():
            return NotMarked()
        if loop.time() - asked_at > MARK_SECONDS:
            return Withdrawn("The mark came too late to be used.")
        try:
            async with self._database.transaction("mailbox.record") as connection:
                await record_direct(connection, load, received_at=await read_product_time(connection))
        except Exception as error:
            return Doubtful(f"The mailbox did not answer: {type(error).__name__}.")
        return Accepted("kept")
