"""Giving away places: answers requests, in the worker's process, as the allocator of coupons does.

One bucket at a time: its requests are claimed (locked, so that no other allocator is at them), the places are taken in
the journeys' buckets and committed, then the answers are appended and the requests deleted in the transaction that
claimed them. A crash in between leaves places taken for their visits, which the next claim finds.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog

from percorso.contacts.following import find_goals
from percorso.db import Connection, Database
from percorso.db.away import is_database_away
from percorso.db.clock import read_product_time
from percorso.journeys.places import store
from percorso.journeys.places.model import PathKey, PlaceRequest, Visit, draft_answer
from percorso.kit.ids import Bucket
from percorso.log.actions import append_facts

_AT_ONCE: Final = 500
_LOOK_EVERY_SECONDS: Final = 0.3
_IDLE_SECONDS: Final = 2.0

_log = structlog.get_logger("percorso.places")


async def run_place_allocator(database: Database, stop: asyncio.Event) -> None:
    """Answer requests until `stop` is set, looking for new ones at hints and from time to time.

    A database that is away is waited for. Needs two connections at a time.
    """
    pulse = database.hints.watch()
    while not stop.is_set():
        try:
            done = await allocate_all_places(database)
        except Exception as error:
            if not is_database_away(error):
                _log.exception("places could not be given")
            done = 0
        if not done:
            await pulse.wait(_LOOK_EVERY_SECONDS, idle_seconds=_IDLE_SECONDS, stop=stop)


async def allocate_all_places(database: Database) -> int:
    """Answer all requests that can be answered now and return how many were."""
    answered = 0
    while True:
        async with database.connection() as connection:
            buckets = await store.list_requesting_buckets(connection)
        done = 0
        for bucket in buckets:
            done += await allocate_places(database, Bucket(bucket))
        if not done:
            return answered
        answered += done


async def allocate_places(database: Database, bucket: Bucket) -> int:
    """Answer up to 500 requests of one bucket and return how many were; repeating takes no second place.

    Left for later are requests of a contact that was merged into another while its runs are still on the way.
    """
    async with database.transaction("places.answer") as connection:
        requests = await store.claim_requests(connection, bucket, maximum=_AT_ONCE)
        if not requests:
            return 0
        now = await read_product_time(connection)
        taken: set[Visit] = set()
        for path in dict.fromkeys(request.asked for request in requests):
            asked = [request for request in requests if request.asked == path]
            async with database.transaction("places.take") as taking:
                taken |= await _take(taking, path, asked, now)
        goals = await find_goals(
            connection, [(request.run_id, request.contact_id) for request in requests], now=now
        )
        placed = [
            (request, goal)
            for request in requests
            if (goal := goals.get((request.run_id, request.contact_id))) is not None
        ]
        if placed:
            await store.delete_requests(connection, bucket, [request for request, _ in placed])
            drafts = [
                draft_answer(request, goal, is_taken=request.visited in taken, now=now)
                for request, goal in placed
            ]
            await append_facts(connection, drafts, received_at=now)
        return len(placed)


async def _take(
    connection: Connection, path: PathKey, asked: Sequence[PlaceRequest], now: datetime
) -> set[Visit]:
    """Return the visits that have a place: those that had one, and the next ones as far as there are places."""
    had = await store.list_taken(connection, path, [request.run_id for request in asked])
    without = [request.visited for request in asked if request.visited not in had]
    return had | await store.take_places(connection, path, without, now=now)
