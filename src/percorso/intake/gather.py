"""Group commit: what concurrent requests bring within a few milliseconds is stored by one transaction."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from percorso.db import Database
from percorso.intake import store
from percorso.intake.actions import append_calls
from percorso.intake.errors import OverloadError
from percorso.intake.forgotten import Forgetting
from percorso.intake.model import Call, Node, Rejection, Taking
from percorso.log.partitions import Partitions
from percorso.telemetry import get_log

log = get_log(__name__)

LINGER_SECONDS: Final = 0.002
"""How long the first waits for company: far below what a commit costs."""

GROUP_CALLS: Final = 1000
"""Calls after which a group is full; heads stay locked while a group is written."""

QUEUE_CALLS: Final = 50_000
"""Calls that may wait; beyond, requests are refused with 503."""

PATIENCE_SECONDS: Final = 10.0
"""How long a request waits to become durable before it is told to come again."""

_ANOTHER_WRITER: Final = 250
"""Calls that wait before a second transaction is begun beside the first: below, one larger group costs less."""

MACHINE_WRITERS: Final = 2
"""Groups under way on one machine: one is prepared while the other holds the heads, and a third could only wait."""


class _Waiting(msgspec.Struct, eq=False):
    taking: Taking
    done: asyncio.Future[None]
    until: float


class Gatherer:
    """Takes what requests bring, and lets each go when its part is committed."""

    def __init__(self, database: Database, *, writers: int = MACHINE_WRITERS) -> None:
        """`writers` is how many groups are stored at once: share `MACHINE_WRITERS` between the processes."""
        self._database = database
        self._writers = writers
        self._partitions = Partitions(database)
        self._forgetting = Forgetting()
        self._nodes: dict[UUID, Node] = {}
        self._waiting: deque[_Waiting] = deque()
        self._calls = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._writing = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_lingering = False
        self._under_way: deque[_Waiting] = deque()
        self._watch: asyncio.TimerHandle | None = None

    def node(self, workspace_id: UUID, node_id: UUID) -> Node:
        """Return the one value that stands for a node in this process."""
        node = self._nodes.get(node_id)
        if node is None:
            node = self._nodes[node_id] = Node(workspace_id, node_id)
        return node

    async def make_new(self, call: Call) -> None:
        """Return when the contact that the call names is made; raises TakenError where it is there already.

        Not gathered with others: it is refused by itself.
        """
        await append_calls(self._database, self._partitions, self._forgetting, [call], (), must_be_new=True)

    async def take_in(self, taking: Taking) -> None:
        """Return when everything in `taking` is durable.

        Raises OverloadError when too much waits, and what the database raises: then nothing may be
        acknowledged, and sending it again is harmless; TimeoutError after ten seconds. Being cancelled, or too
        late, leaves the storing under way.
        """
        if self._calls > QUEUE_CALLS:
            raise OverloadError
        loop = self._loop
        if loop is None:
            # Once: Python 3.11 asks the system for its process id each time.
            loop = self._loop = asyncio.get_running_loop()
        waiting = _Waiting(taking, loop.create_future(), loop.time() + PATIENCE_SECONDS)
        self._waiting.append(waiting)
        self._under_way.append(waiting)
        if self._watch is None:
            self._watch = loop.call_later(PATIENCE_SECONDS, self._end_patience, loop)
        self._calls += _size(taking)
        if self._writing == 0 or (
            self._writing < self._writers and self._calls > _ANOTHER_WRITER and not self._is_lingering
        ):
            self._writing += 1
            writer = loop.create_task(self._write())
            self._tasks.add(writer)
            writer.add_done_callback(self._tasks.discard)
        try:
            await waiting.done
        finally:
            # Whoever is answered must not keep what it brought until the timer comes round.
            under_way = self._under_way
            while under_way and under_way[0].done.done():
                under_way.popleft()

    def _end_patience(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let go whoever waited too long: one timer for all, because most never need it."""
        under_way, now = self._under_way, loop.time()
        while under_way and (under_way[0].done.done() or under_way[0].until <= now):
            waiting = under_way.popleft()
            if not waiting.done.done():
                waiting.done.set_exception(TimeoutError("It was not stored in time."))
        self._watch = None
        if under_way:
            self._watch = loop.call_at(under_way[0].until, self._end_patience, loop)

    async def _write(self) -> None:
        try:
            while self._waiting:
                if self._calls < GROUP_CALLS:
                    self._is_lingering = True
                    await asyncio.sleep(LINGER_SECONDS)
                    self._is_lingering = False
                await self._write_group(self._next_group())
        finally:
            # In the same step that found nothing waiting: who comes after must start a writer.
            self._writing -= 1

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        size = 0
        while self._waiting and (not group or size + _size(self._waiting[0].taking) <= GROUP_CALLS):
            waiting = self._waiting.popleft()
            size += _size(waiting.taking)
            group.append(waiting)
        self._calls -= size
        return group

    async def _write_group(self, group: list[_Waiting]) -> None:
        calls = [call for waiting in group for call in waiting.taking.calls]
        rejections = [rejection for waiting in group for rejection in waiting.taking.rejections]
        try:
            if calls or rejections:
                await append_calls(self._database, self._partitions, self._forgetting, calls, rejections)
        except store.UNSTORABLE:
            await self._write_apart(group)
        except Exception as error:
            _fail(group, error)
        else:
            for waiting in group:
                if not waiting.done.done():
                    waiting.done.set_result(None)

    async def _write_apart(self, group: list[_Waiting]) -> None:
        """Store a group in which something cannot be stored: halved until that stands alone and is rejected."""
        if len(group) > 1:
            half = len(group) // 2
            await self._write_group(group[:half])
            await self._write_group(group[half:])
            return
        (waiting,) = group
        try:
            await self._store_or_reject(waiting.taking.calls)
            if waiting.taking.rejections:
                await append_calls(
                    self._database, self._partitions, self._forgetting, (), waiting.taking.rejections
                )
        except Exception as error:
            _fail(group, error)
        else:
            if not waiting.done.done():
                waiting.done.set_result(None)

    async def _store_or_reject(self, calls: Sequence[Call]) -> None:
        try:
            if calls:
                await append_calls(self._database, self._partitions, self._forgetting, calls, ())
        except store.UNSTORABLE as error:
            if len(calls) > 1:
                half = len(calls) // 2
                await self._store_or_reject(calls[:half])
                await self._store_or_reject(calls[half:])
                return
            # The checks at the edge should have found it: worth knowing.
            log.error("call cannot be stored", error=type(error).__name__, detail=str(error))
            rejection = Rejection(
                source=calls[0].source,
                code="unstorable",
                reason="The database cannot store it.",
                name=None,
                payload=calls[0].raw.decode(errors="replace").replace("\0", ""),
            )
            await append_calls(self._database, self._partitions, self._forgetting, (), [rejection])


def _size(taking: Taking) -> int:
    # A request costs something even when it brings nothing.
    return len(taking.calls) + len(taking.rejections) + 1


def _fail(group: list[_Waiting], error: Exception) -> None:
    for waiting in group:
        if not waiting.done.done():
            waiting.done.set_exception(error)
