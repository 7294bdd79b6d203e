"""Answering what runs asked for outside their buckets: codes, places. One bucket after another, until nothing is left."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, Protocol, TypeVar
from uuid import UUID

from percorso.contacts.following import find_goals
from percorso.db import Connection, Database
from percorso.db.away import is_database_away
from percorso.kit.ids import Bucket

AT_ONCE: Final = 500
"""Requests of a bucket that are answered in one transaction."""
_LOOK_EVERY_SECONDS: Final = 0.3
_IDLE_SECONDS: Final = 2.0


class Asking(Protocol):
    """A request: which run asked, and of whom it was then."""

    @property
    def run_id(self) -> UUID:
        """The run that waits for the answer."""
        ...

    @property
    def contact_id(self) -> UUID:
        """Whose run it was when it asked; by now that contact may have been merged into another."""
        ...


Request = TypeVar("Request", bound=Asking)


async def answer_until(
    database: Database,
    stop: asyncio.Event,
    answer: Callable[[Database], Awaitable[int]],
    complain: Callable[[], object],
) -> None:
    """Answer requests until `stop` is set, looking for new ones at hints and from time to time.

    A database that is away is waited for; of any other error `complain` tells, where it is handled.
    """
    pulse = database.hints.watch()
    while not stop.is_set():
        try:
            done = await answer(database)
        except Exception as error:
            if not is_database_away(error):
                complain()
            done = 0
        if not done:
            await pulse.wait(_LOOK_EVERY_SECONDS, idle_seconds=_IDLE_SECONDS, stop=stop)


async def answer_all(
    database: Database,
    list_buckets: Callable[[Connection], Awaitable[Sequence[int]]],
    answer: Callable[[Database, Bucket], Awaitable[int]],
) -> int:
    """Answer all requests that can be answered now, bucket by bucket, and return how many were."""
    answered = 0
    while True:
        async with database.connection() as connection:
            buckets = await list_buckets(connection)
        done = 0
        for bucket in buckets:
            done += await answer(database, Bucket(bucket))
        if not done:
            return answered
        answered += done


async def find_answered(
    connection: Connection, requests: Sequence[Request], *, now: datetime
) -> list[tuple[Request, UUID]]:
    """Return the requests that can be answered, in order, each with the contact to answer to (`find_goals`)."""
    asked = [(request.run_id, request.contact_id) for request in requests]
    goals = await find_goals(connection, asked, now=now)
    return [(request, goals[key]) for request, key in zip(requests, asked, strict=True) if key in goals]
