"""Hints between processes: something was committed, so look now. They may be lost; polling stays behind them.

A loop polls at its own pace as long as hints come, and slowly when there was none for a while. A hint is sent at
most once a second by each process: whoever heard one polls at its own pace for longer than that.
"""

import asyncio
from contextlib import suppress
from typing import Any, Final
from weakref import WeakSet

import asyncpg
from asyncpg import Record

from percorso.db.queries import Connection, load_queries

TELLING: Final = frozenset(
    {
        "intake.append",
        "courier.result",
        "pages.visit",
        "pages.status",
        "coupons.answer",
        "db.request",
        "journeys.command",
        "webhooks.result",
        "webhooks.tell",
        "worker.apply",
        "worker.merge_carry",
        "worker.notices",
    }
)
"""The commit points after which other loops have something to do, and which an idle installation does not pass."""

LIVELY_SECONDS: Final = 5.0
"""For so long after a hint loops keep their own pace."""

_TELL_EVERY_SECONDS: Final = 1.0
_CHANNEL: Final = "percorso"
_AGAIN_SECONDS: Final = 2.0

_queries: Final = load_queries("percorso.db")


class Hints:
    """The hints of one process: sent after its commits, heard over one connection of its pool."""

    def __init__(self, pool: "asyncpg.Pool[Record]") -> None:
        self._pool = pool
        self._listening: asyncio.Task[None] | None = None
        self._told_at = self._heard_at = float("-inf")
        self._pulses: WeakSet[Pulse] = WeakSet()
        self.listening = asyncio.Event()
        """Set while hints are heard."""

    async def tell(self, connection: Connection) -> None:
        """Wake whoever waits, in all processes, unless that was done within the last second."""
        present = asyncio.get_running_loop().time()
        if present - self._told_at < _TELL_EVERY_SECONDS:
            return
        self._told_at = present
        # What was committed stays committed, whatever becomes of the hint.
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await _queries.fetch_value(connection, "send_hint", channel=_CHANNEL)

    def watch(self) -> "Pulse":
        """Return what one loop waits with; the first one makes this process listen."""
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        pulse = Pulse(self)
        self._pulses.add(pulse)
        return pulse

    async def close(self) -> None:
        """Stop listening and give the connection back."""
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
            self._listening = None

    def is_lively(self) -> bool:
        """Whether a hint came lately."""
        return asyncio.get_running_loop().time() - self._heard_at < LIVELY_SECONDS

    def _hear(self, *_: object) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        for pulse in self._pulses:
            pulse.beat()

    async def _listen(self) -> None:
        while True:
            # A database that is away is found by those who work with it.
            with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._listen_once()
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _listen_once(self) -> None:
        ended = asyncio.Event()

        def end(_: Any) -> None:
            ended.set()

        async with self._pool.acquire() as connection:
            connection.add_termination_listener(end)
            await connection.add_listener(_CHANNEL, self._hear)
            self.listening.set()
            try:
                await ended.wait()
            finally:
                self.listening.clear()
                connection.remove_termination_listener(end)
                await connection.remove_listener(_CHANNEL, self._hear)


class Pulse:
    """What one loop waits with between two looks."""

    def __init__(self, hints: Hints) -> None:
        self._hints = hints
        self._beat = asyncio.Event()

    def beat(self) -> None:
        """End the present wait, or the next one."""
        self._beat.set()

    async def wait(self, seconds: float, *, idle_seconds: float, stop: asyncio.Event) -> None:
        """Return at a hint, when `stop` is set, or in time: after `seconds`, if there were no hints `idle_seconds`.

        Hints that came since the last wait count.
        """
        limit = seconds if self._hints.is_lively() else idle_seconds
        waiting = [asyncio.ensure_future(self._beat.wait()), asyncio.ensure_future(stop.wait())]
        try:
            await asyncio.wait(waiting, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
        self._beat.clear()
