"""Work that is done again and again beside the rest."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

logger = structlog.get_logger()


async def repeat(work: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Do work now and every so many seconds until cancelled; an error is noted and waited out."""
    while True:
        try:
            await work()
        except Exception as error:
            logger.warning("courier.upkeep_waits", error=repr(error))
        await asyncio.sleep(seconds)
