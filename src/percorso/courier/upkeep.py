"""What must be looked at from time to time: moments that came, domains that wait, couriers that died, doubts."""

from percorso.courier.journal import Journal
from percorso.db import Database
from percorso.db.clock import read_clock
from percorso.deliverability.store import has_waiting
from percorso.messages.actions import lapse_claims, promote_messages, put_off_messages
from percorso.messages.result import DOUBT_AFTER, decide_doubt
from percorso.messages.store import list_doubts, read_tries

_AT_ONCE = 500


async def keep_up(database: Database, journal: Journal) -> None:
    """Make planned messages due, put off what must wait, give back lapsed claims, judge doubts.

    Repeating does what is left.
    """
    async with database.transaction("courier.upkeep") as connection:
        clock = await read_clock(connection)
        await lapse_claims(connection, real=clock.real_at)
        now, provider = clock.product_at, journal.provider
        await promote_messages(connection, now=now, size=_AT_ONCE)
        if await has_waiting(connection, provider=provider, now=now):
            await put_off_messages(connection, provider=provider, now=now, size=_AT_ONCE)
    await judge_doubts(database, journal)


async def judge_doubts(database: Database, journal: Journal) -> None:
    """Decide the marks that got no result in time; whoever comes first decides, the others find nothing."""
    async with database.connection() as connection:
        clock = await read_clock(connection)
        doubts = await list_doubts(connection, before=clock.real_at - DOUBT_AFTER, size=_AT_ONCE)
        if not doubts:
            return
        tries = await read_tries(connection, [message for message, _ in doubts])
    for message, courier_id in doubts:
        await journal.tell(message, decide_doubt(message, tries[message.id]), courier_id=courier_id)
