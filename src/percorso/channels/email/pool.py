"""Open connections to one provider, kept between messages."""

import asyncio

from percorso.channels.email.replies import SmtpFault
from percorso.channels.email.smtp import Letter, SmtpConnection, SmtpProvider, StaleConnection, Timeouts
from percorso.channels.model import AskMark, HandOver, Temporary

_PER_CONNECTION = 200
"""Transactions on one connection: many servers end it after some hundreds."""
_IDLE_SECONDS = 20.0


class SmtpPool:
    """As many connections to `provider` as there are hand-overs at once; the caller limits those."""

    def __init__(self, provider: SmtpProvider, timeouts: Timeouts | None = None) -> None:
        self.provider = provider
        self._timeouts = timeouts or Timeouts()
        self._idle: list[tuple[SmtpConnection, float]] = []

    async def hand_over(self, letter: Letter, ask_mark: AskMark) -> HandOver:
        """Carry one letter over a kept or a new connection; a kept one that died unnoticed is replaced once."""
        try:
            connection = self._take() or await SmtpConnection.open(self.provider, self._timeouts)
            try:
                outcome = await connection.hand_over(letter, ask_mark)
            except StaleConnection:
                connection = await SmtpConnection.open(self.provider, self._timeouts)
                outcome = await connection.hand_over(letter, ask_mark)
        except SmtpFault as fault:
            return Temporary(fault.reply)
        await self._keep(connection)
        return outcome

    def _take(self) -> SmtpConnection | None:
        oldest = asyncio.get_running_loop().time() - _IDLE_SECONDS
        while self._idle:
            connection, since = self._idle.pop()
            if connection.is_open and since > oldest:
                return connection
            connection.abort()
        return None

    async def _keep(self, connection: SmtpConnection) -> None:
        if connection.is_open and connection.used < _PER_CONNECTION:
            self._idle.append((connection, asyncio.get_running_loop().time()))
        else:
            await connection.close()

    async def close(self) -> None:
        """End all kept connections politely."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(connection.close() for connection, _ in idle))
