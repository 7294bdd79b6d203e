"""The mailbox's SMTP listener: what it has answered 250 to is in the database."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from percorso.channels.email.smtp import SmtpProvider
from percorso.channels.mailbox.store import record_email
from percorso.db import Database
from percorso.db.away import is_database_away
from percorso.db.clock import read_product_time

_MAXIMUM_BYTES = 10_000_000
_PATIENCE_SECONDS = 30.0
"""How long an email waits for the database: longer than a restart of it takes, shorter than any sender waits."""
_PAUSE_SECONDS = 0.2

logger = structlog.get_logger()


class _Keeper:
    """Stores each email before it is answered for."""

    def __init__(self, database: Database, patience_seconds: float) -> None:
        self._database = database
        self._patience_seconds = patience_seconds

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answer 250 when the email is stored, and 451 when the database stayed away for too long."""
        ids = [uuid4() for _ in envelope.rcpt_tos]
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience_seconds
        while True:
            try:
                await self._keep(envelope, ids)
            except Exception as error:
                if not is_database_away(error):
                    raise
                logger.warning("mailbox.unavailable", error=str(error))
                if loop.time() >= deadline:
                    return "451 4.3.0 The mailbox's database does not answer; try again later."
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                return "250 2.0.0 Kept."

    async def _keep(self, envelope: Envelope, ids: Sequence[UUID]) -> None:
        """Store the email for each of its recipients, under these ids; repeating after a doubt stores nothing twice."""
        async with self._database.transaction("mailbox.record") as connection:
            received_at = await read_product_time(connection)
            for recipient, mail_id in zip(envelope.rcpt_tos, ids, strict=True):
                await record_email(
                    connection,
                    mail_id=mail_id,
                    sender=envelope.mail_from or "",
                    recipient=recipient,
                    raw=envelope.original_content or b"",
                    received_at=received_at,
                )


class _Conversation(SMTP):
    """One connection, known to the listener while it lasts."""

    def __init__(self, handler: _Keeper, open_ones: "set[_Conversation]", **options: Any) -> None:
        super().__init__(handler, **options)
        self._open_ones = open_ones

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._open_ones.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._open_ones.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        """Drop the connection."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()


class MailboxListener:
    """A listener on a free port of 127.0.0.1, open from `async with` to its end."""

    def __init__(self, database: Database, *, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        """`patience_seconds`: how long an email waits for a database that is away before it is refused for now."""
        self._keeper = _Keeper(database, patience_seconds)
        self._server: asyncio.Server | None = None
        self._open: set[_Conversation] = set()

    @property
    def provider(self) -> SmtpProvider:
        """How to reach it."""
        if self._server is None:
            raise RuntimeError("The mailbox's listener is not open.")
        port: int = self._server.sockets[0].getsockname()[1]
        return SmtpProvider(name="mailbox", host="127.0.0.1", port=port)

    async def __aenter__(self) -> Self:
        """Open the port."""

        def converse() -> SMTP:
            return _Conversation(
                self._keeper,
                self._open,
                hostname="mailbox.localhost",
                ident="Percorso mailbox",
                data_size_limit=_MAXIMUM_BYTES,
                timeout=600,
            )

        self._server = await asyncio.get_running_loop().create_server(converse, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the port and every conversation."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for conversation in tuple(self._open):
            conversation.hang_up()
