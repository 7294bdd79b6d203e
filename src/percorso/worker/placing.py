"""Giving away places: answers requests, in the worker's process, as the allocator of coupons does.

One bucket at a time: its requests are claimed (locked, so that no other allocator is at them), the places are taken in
the journeys' buckets and committed, then the answers are appended and the requests deleted in the transaction that
claimed them. A crash in between leaves places taken for their visits, which the next claim finds.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog

from percorso.contacts.answering import AT_ONCE, answer_all, answer_until, find_answered
from percorso.db import Connection, Database
from percorso.db.clock import read_product_time
from percorso.journeys.places import store
from percorso.journeys.places.model import PathKey, PlaceRequest, Visit, draft_answer
from percorso.kit.ids import Bucket
from percorso.log.actions import append_facts

_log = structlog.get_logger("percorso.places")


async def run_place_allocator(database: Database, stop: asyncio.Event) -> None:
    """Answer requests until `stop` is set; needs two connections at a time."""
    await answer_until(
        database, stop, allocate_all_places, lambda: _log.exception("places could not be given")
    )


async def allocate_all_places(database: Database) -> int:
    """Answer all requests that can be answered now and return how many were."""
    return await answer_all(database, store.list_requesting_buckets, allocate_places)


async def allocate_places(database: Database, bucket: Bucket) -> int:
    """Answer up to 500 requests of one bucket and return how many were; repeating takes no second place.

    Left for later are requests of a contact that was merged into another while its runs are still on the way.
    """
    async with database.transaction("places.answer") as connection:
        requests = await store.claim_requests(connection, bucket, maximum=AT_ONCE)
        if not requests:
            return 0
        now = await read_product_time(connection)
        taken: set[Visit] = set()
        for path in dict.fromkeys(request.asked for request in requests):
            asked = [request for request in requests if request.asked == path]
            async with database.transaction("places.take") as taking:
                taken |= await _take(taking, path, asked, now)
        placed = await find_answered(connection, requests, now=now)
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
