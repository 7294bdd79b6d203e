"""The courier's process, and the same work done until nothing is due: what tests and the demo's loader call."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Protocol

import structlog

from percorso.channels.email.pool import SmtpPool
from percorso.channels.email.smtp import SmtpProvider, Timeouts
from percorso.channels.mailbox.listener import MailboxListener
from percorso.channels.web.client import WebClient
from percorso.content.store import ensure_token_keys
from percorso.courier.calling import run_calls
from percorso.courier.courier import RENEW_SECONDS, Courier
from percorso.courier.repeating import repeat
from percorso.courier.upkeep import keep_up
from percorso.db import Database
from percorso.journeys.calls.signing import Seal

_LIVELY_SECONDS = 0.25
_IDLE_SECONDS = 1.0
_UPKEEP_SECONDS = 1.0
_END_SECONDS = 8.0
_FAULT_SECONDS = 1.0
_SLOTS = 8

logger = structlog.get_logger()


class CourierConfig(Protocol):
    """What a courier must be told."""

    @property
    def public_url(self) -> str:
        """How browsers reach the public pages, without a slash at the end."""
        ...

    @property
    def secret(self) -> str:
        """What the secrets that sign calls are sealed with."""
        ...

    @property
    def private_hosts(self) -> tuple[str, ...]:
        """What calls may reach although it is not public."""
        ...


@asynccontextmanager
async def open_courier(
    database: Database,
    *,
    public_url: str,
    provider: SmtpProvider | None = None,
    timeouts: Timeouts | None = None,
    slots: int = _SLOTS,
    patience: int = 1_000_000,
) -> AsyncGenerator[Courier]:
    """Lend a courier that hands email to `provider`, or to an embedded mailbox of its own if none is given.

    On the way out its connections are closed; what it still holds is dropped.
    """
    async with database.transaction("content.template") as connection:
        keys = await ensure_token_keys(connection)
    async with MailboxListener(database) as listener:
        pool = SmtpPool(provider or listener.provider, timeouts)
        courier = Courier(
            database, public_url=public_url, keys=keys, pool=pool, slots=slots, patience=patience
        )
        renewing = asyncio.create_task(repeat(courier.renew, RENEW_SECONDS))
        try:
            yield courier
        finally:
            renewing.cancel()
            await courier.finish(0)
            await pool.close()


async def hand_over_all(
    database: Database,
    *,
    public_url: str = "http://localhost:8000",
    provider: SmtpProvider | None = None,
    timeouts: Timeouts | None = None,
    slots: int = _SLOTS,
) -> int:
    """Hand over everything due at product now and return how many claims that took.

    Returns when nothing is due and nothing is held; raises what made the courier drop a message. The code is the process's own; only its pauses are missing.
    """
    claimed = 0
    async with open_courier(
        database, public_url=public_url, provider=provider, timeouts=timeouts, slots=slots, patience=3
    ) as courier:
        while True:
            if not courier.held:
                await keep_up(database, courier.journal)
            taken = await courier.take()
            claimed += taken
            if courier.last_error is not None:
                raise courier.last_error
            if courier.held:
                await courier.wait(RENEW_SECONDS)
            elif not taken:
                return claimed


async def run(database: Database, config: CourierConfig, stop: asyncio.Event) -> None:
    """Hand messages over and make calls until `stop` is set; then what is held gets 8 s to end.

    A database that is away is waited for.
    """
    client = WebClient(private_hosts=config.private_hosts)
    await asyncio.gather(
        _hand_over(database, config, stop), run_calls(database, client, Seal(config.secret), stop)
    )


async def _hand_over(database: Database, config: CourierConfig, stop: asyncio.Event) -> None:
    async with open_courier(database, public_url=config.public_url) as courier:
        upkeep = asyncio.create_task(repeat(lambda: keep_up(database, courier.journal), _UPKEEP_SECONDS))
        pulse = database.hints.watch()
        while not stop.is_set():
            try:
                taken = await courier.take()
            except Exception as error:
                logger.warning("courier.waits_for_database", error=repr(error))
                await _pause(_FAULT_SECONDS, stop)
                continue
            if courier.held:
                await courier.wait(_LIVELY_SECONDS)
            elif not taken:
                await pulse.wait(_LIVELY_SECONDS, idle_seconds=_IDLE_SECONDS, stop=stop)
        upkeep.cancel()
        await courier.finish(_END_SECONDS)


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
