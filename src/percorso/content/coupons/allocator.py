"""The allocator: answers requests for codes, in the worker's process.

One bucket at a time: its requests are claimed (locked, so that no other allocator is at them), the codes are marked
in the pools' buckets and committed, then the answers are appended and the requests deleted in the transaction that
claimed them. A crash in between leaves codes marked for their visits, which the next claim finds.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from percorso.contacts.answering import AT_ONCE, answer_all, answer_until, find_answered
from percorso.content.coupons import store
from percorso.content.coupons.model import CouponRequest
from percorso.content.coupons.store import Visit
from percorso.db import Connection, Database
from percorso.db.clock import read_product_time
from percorso.kit.ids import Bucket, WorkspaceId, bucket_of, derive_id
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft

_log = structlog.get_logger("percorso.coupons")


async def run_allocator(database: Database, stop: asyncio.Event) -> None:
    """Answer requests until `stop` is set; needs two connections at a time."""
    await answer_until(database, stop, allocate_all, lambda: _log.exception("coupons could not be assigned"))


async def allocate_all(database: Database) -> int:
    """Answer all requests that can be answered now and return how many were."""
    return await answer_all(database, store.list_requesting_buckets, allocate_coupons)


async def allocate_coupons(database: Database, bucket: Bucket) -> int:
    """Answer up to 500 requests of one bucket and return how many were; repeating gives no second code.

    Left for later are requests of a contact that was merged into another while its runs are still on the way.
    """
    async with database.transaction("coupons.answer") as connection:
        requests = await store.claim_requests(connection, bucket, maximum=AT_ONCE)
        if not requests:
            return 0
        now = await read_product_time(connection)
        codes: dict[Visit, str] = {}
        for pool_id in dict.fromkeys(request.pool_id for request in requests):
            asked = [request for request in requests if request.pool_id == pool_id]
            async with database.transaction("coupons.mark") as marking:
                codes |= await _mark(marking, pool_id, asked, now)
        placed = await find_answered(connection, requests, now=now)
        if placed:
            await _follow(connection, placed, codes)
            await store.delete_requests(connection, bucket, [request for request, _ in placed])
            drafts = [draft_answer(request, to, codes.get(request.visited), now) for request, to in placed]
            await append_facts(connection, drafts, received_at=now)
        return len(placed)


async def _mark(
    connection: Connection, pool_id: UUID, requests: Sequence[CouponRequest], now: datetime
) -> dict[Visit, str]:
    """Return a code for each visit: the one it has, or the next free one; none where the pool is empty."""
    marked = await store.list_marked(connection, pool_id, requests)
    for workspace_id in dict.fromkeys(request.workspace_id for request in requests):
        without = [
            request
            for request in requests
            if request.workspace_id == workspace_id and request.visited not in marked
        ]
        if without:
            marked |= await store.mark_codes(connection, pool_id, without, assigned_at=now)
    return marked


async def _follow(
    connection: Connection, placed: Sequence[tuple[CouponRequest, UUID]], codes: dict[Visit, str]
) -> None:
    """Make codes belong to those who are answered, where they are others than who asked."""
    for request, goal in placed:
        if goal != request.contact_id and request.visited in codes:
            await store.hand_over_codes(
                connection,
                request.pool_id,
                [codes[request.visited]],
                request.contact_id,
                into_contact_id=goal,
            )


def draft_answer(request: CouponRequest, contact_id: UUID, code: str | None, now: datetime) -> FactDraft:
    """Return the fact that answers a request: with a code, or that the pool is empty."""
    run_id, step, visit = request.visited
    properties = {"poolId": str(request.pool_id), "runId": str(run_id), "step": step, "visit": visit}
    if code is not None:
        properties["code"] = code
    return FactDraft(
        bucket=bucket_of(contact_id),
        workspace_id=WorkspaceId(request.workspace_id),
        contact_id=contact_id,
        kind="coupon",
        name="couponPoolEmpty" if code is None else "couponAssigned",
        message_id=str(derive_id("coupon", run_id, step, visit)),
        occurred_at=now,
        properties=msgspec.json.encode(properties),
        origin="job",
    )
