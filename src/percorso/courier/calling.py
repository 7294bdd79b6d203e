"""Makes the calls of Webhook steps: claim, sign, post, say what came of it. Beside the courier, in its process."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import msgspec
import structlog

from percorso.channels.web.client import WebClient
from percorso.courier.repeating import repeat
from percorso.db import Connection, Database
from percorso.db.clock import read_clock
from percorso.journeys.calls.actions import claim_calls, ensure_secrets, record_result, tell_all
from percorso.journeys.calls.model import Call, Change
from percorso.journeys.calls.retries import decide_change, try_again
from percorso.journeys.calls.signing import Seal, SealBrokenError, sign
from percorso.journeys.calls.store import renew_calls

RENEW_SECONDS: Final = 4.0
_BEGIN_SECONDS: Final = 1.0
"""How old a claim may be when its try begins: what was committed since was not asked about."""
_LOOK_SECONDS: Final = 0.25
_IDLE_SECONDS: Final = 2.0
_END_SECONDS: Final = 8.0
_LONGEST_PAUSE: Final = 2.0
_SLOTS: Final = 16

_log = structlog.get_logger("percorso.webhooks")


class Caller:
    """Claims calls and makes them, `slots` at a time."""

    def __init__(
        self,
        database: Database,
        client: WebClient,
        seal: Seal,
        *,
        slots: int = _SLOTS,
        patience: int = 1_000_000,
        begin_seconds: float = _BEGIN_SECONDS,
    ) -> None:
        self.id = uuid4()
        self._database = database
        self._client = client
        self._seal = seal
        self._slots = slots
        self._patience = patience
        self._begin_seconds = begin_seconds
        self._held: dict[asyncio.Task[None], Call] = {}
        self.last_error: BaseException | None = None
        """What made it drop a call: a fault of ours or of the database, never of a receiver."""

    @property
    def held(self) -> int:
        """How many calls it holds."""
        return len(self._held)

    async def take(self) -> int:
        """Claim as many due calls as there is room for, begin to make them, and return how many."""
        room = self._slots - len(self._held)
        if room <= 0:
            return 0
        asked_at = asyncio.get_running_loop().time()
        async with self._database.transaction("webhooks.claim") as connection:
            clock = await read_clock(connection)
            calls = await claim_calls(
                connection, holder=self.id, now=clock.product_at, real=clock.real_at, size=room
            )
            secrets = await self._read_secrets(connection, calls, real=clock.real_at)
        for call in calls:
            task = asyncio.create_task(self._make(call, secrets[call.workspace_id], clock.real_at, asked_at))
            self._held[task] = call
            task.add_done_callback(self._let_go)
        return len(calls)

    async def _read_secrets(
        self, connection: Connection, calls: Sequence[Call], *, real: datetime
    ) -> dict[UUID, list[str] | None]:
        """Return what signs for each workspace; None where it cannot be opened."""
        signed_by: dict[UUID, list[str] | None] = {}
        for workspace_id in {call.workspace_id for call in calls}:
            try:
                kept = await ensure_secrets(connection, workspace_id, self._seal, real=real)
            except SealBrokenError as error:
                _log.error("calls cannot be signed", workspace_id=str(workspace_id), error=str(error))
                signed_by[workspace_id] = None
            else:
                signed_by[workspace_id] = [one.secret for one in kept]
        return signed_by

    def _let_go(self, task: asyncio.Task[None]) -> None:
        self._held.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The claim lapses, and the call is made again with the same id.
            self.last_error = error
            _log.error("call dropped", error=repr(error))

    async def _make(self, call: Call, signed_by: list[str] | None, real: datetime, asked_at: float) -> None:
        if asyncio.get_running_loop().time() - asked_at > self._begin_seconds:
            # The next claim asks again whether anybody waits for it.
            await self._tell(call, Change(state="due", reason="begun_late"))
            return
        if signed_by is None:
            async with self._database.connection() as connection:
                clock = await read_clock(connection)
            await self._tell(call, try_again(call, "secret_unreadable", now=clock.product_at))
            return
        body = msgspec.json.encode(call.body)
        headers = {
            "content-type": "application/json",
            "user-agent": "Percorso",
            **sign(call.id, body, signed_by, at=real),
        }
        reply = await self._client.post(call.url, body, headers)
        async with self._database.connection() as connection:
            clock = await read_clock(connection)
        await self._tell(call, decide_change(call, reply, now=clock.product_at, real=clock.real_at))

    async def _tell(self, call: Call, change: Change) -> None:
        """Write what came of a call; while the database does not answer it is tried again."""
        for tries in range(1, self._patience + 1):
            try:
                await record_result(self._database, call, change, holder=self.id)
            except Exception as error:
                if tries == self._patience:
                    raise
                _log.warning("result waits", error=type(error).__name__, tries=tries)
                await asyncio.sleep(min(0.05 * 2**tries, _LONGEST_PAUSE))
            else:
                return

    async def wait(self, seconds: float) -> None:
        """Return when a call is done with, at the latest after `seconds`."""
        if self._held:
            await asyncio.wait(self._held, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    async def finish(self, seconds: float) -> None:
        """Bring what is held to its end, and drop after `seconds` what has not ended."""
        if self._held:
            await asyncio.wait(tuple(self._held), timeout=seconds)
        for task in tuple(self._held):
            task.cancel()

    async def renew(self) -> None:
        """Hold on to what is held, for another lease."""
        if not self._held:
            return
        async with self._database.transaction("webhooks.renew") as connection:
            clock = await read_clock(connection)
            await renew_calls(connection, tuple(self._held.values()), holder=self.id, real=clock.real_at)


@asynccontextmanager
async def open_caller(
    database: Database,
    client: WebClient,
    seal: Seal,
    *,
    slots: int = _SLOTS,
    patience: int = 1_000_000,
    begin_seconds: float = _BEGIN_SECONDS,
) -> AsyncGenerator[Caller]:
    """Lend somebody who makes calls; on the way out what is still held is dropped."""
    caller = Caller(database, client, seal, slots=slots, patience=patience, begin_seconds=begin_seconds)
    renewing = asyncio.create_task(repeat(caller.renew, RENEW_SECONDS))
    try:
        yield caller
    finally:
        renewing.cancel()
        await caller.finish(0)


async def call_all(
    database: Database, client: WebClient, seal: Seal, *, begin_seconds: float = _BEGIN_SECONDS
) -> int:
    """Make every call that is due at product now, tell the runs, and return how many tries that took.

    Raises what made it drop a call. The code is the process's own; only its pauses are missing.
    """
    made = 0
    async with open_caller(database, client, seal, patience=3, begin_seconds=begin_seconds) as caller:
        while True:
            taken = await caller.take()
            made += taken
            if caller.last_error is not None:
                raise caller.last_error
            if caller.held:
                await caller.wait(RENEW_SECONDS)
            elif not taken:
                break
    await tell_all(database)
    return made


async def run_calls(database: Database, client: WebClient, seal: Seal, stop: asyncio.Event) -> None:
    """Make calls until `stop` is set; then what is held gets 8 s to end. A database that is away is waited for."""
    async with open_caller(database, client, seal) as caller:
        pulse = database.hints.watch()
        while not stop.is_set():
            try:
                taken = await caller.take()
                told = await tell_all(database)
            except Exception as error:
                _log.warning("calls wait for the database", error=repr(error))
                taken = told = 0
            if caller.held:
                await caller.wait(_LOOK_SECONDS)
            elif not (taken or told):
                await pulse.wait(_LOOK_SECONDS, idle_seconds=_IDLE_SECONDS, stop=stop)
        await caller.finish(_END_SECONDS)
