"""Hands SMS over to the embedded mailbox, under the same rules as any provider."""

import asyncio
from uuid import UUID

import msgspec

from percorso.channels.mailbox.store import record_sms
from percorso.channels.model import (
    MARK_SECONDS,
    Accepted,
    AskMark,
    Doubtful,
    HandOver,
    NotMarked,
    Withdrawn,
)
from percorso.db import Database
from percorso.db.clock import read_product_time


class Sms(msgspec.Struct, frozen=True, kw_only=True):
    """One SMS: `recipient` in E.164, `sender` an alias or a number."""

    message_id: UUID
    workspace_id: UUID
    sender: str
    recipient: str
    text: str


class SmsMailbox:
    """A provider of SMS that keeps them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def hand_over(self, sms: Sms, ask_mark: AskMark) -> HandOver:
        """Keep one SMS once it is marked; an error of the database leaves doubt, as a gateway's silence would."""
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        if not await ask_mark():
            return NotMarked()
        if loop.time() - asked_at > MARK_SECONDS:
            return Withdrawn("The mark came too late to be used.")
        try:
            async with self._database.transaction("mailbox.record") as connection:
                await record_sms(
                    connection,
                    workspace_id=sms.workspace_id,
                    message_id=sms.message_id,
                    sender=sms.sender,
                    recipient=sms.recipient,
                    text=sms.text,
                    received_at=await read_product_time(connection),
                )
        except Exception as error:
            return Doubtful(f"The mailbox did not answer: {type(error).__name__}.")
        return Accepted("kept")
