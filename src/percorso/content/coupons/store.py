"""Reading and writing pools, codes and requests."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import UniqueViolationError

from percorso.content.coupons.model import Coupon, CouponRequest, Pool
from percorso.db import Connection, Record, load_queries
from percorso.kit.ids import bucket_of

queries: Final = load_queries("percorso.content.coupons")

_REQUEST_COLUMNS: Final = (
    "bucket",
    "run_id",
    "step",
    "visit",
    "contact_id",
    "pool_id",
    "workspace_id",
    "requested_at",
)

Visit = tuple[UUID, str, int]
"""Run, step and visit: what a code is marked for."""


async def list_pools(
    connection: Connection, workspace_id: UUID, *, pool_id: UUID | None = None
) -> list[Pool]:
    """Return a workspace's pools by name, or the one asked for, if it has it."""
    rows = await queries.fetch(connection, "list_pools", workspace_id=workspace_id, pool_id=pool_id)
    return [Pool(*row.values()) for row in rows]


async def list_coupons(
    connection: Connection, workspace_id: UUID, pool_id: UUID, *, after: int = 0, maximum: int = 100
) -> list[Coupon]:
    """Return the codes of a pool whose number is greater than `after`, in the order of handing out."""
    rows = await queries.fetch(
        connection,
        "list_coupons",
        bucket=bucket_of(pool_id),
        pool_id=pool_id,
        workspace_id=workspace_id,
        after=after,
        maximum=maximum,
    )
    return [Coupon(*row.values()) for row in rows]


async def insert_codes(connection: Connection, pool: Pool, codes: Sequence[str]) -> int:
    """Add codes behind those that the pool has and return how many it lacked; needs a transaction."""
    while True:
        try:
            async with connection.transaction():
                return await queries.execute(
                    connection,
                    "insert_codes",
                    bucket=bucket_of(pool.id),
                    pool_id=pool.id,
                    workspace_id=pool.workspace_id,
                    codes=list(codes),
                )
        except UniqueViolationError:
            # Somebody else added at the same moment and took our numbers; theirs are visible now.
            continue


async def insert_requests(connection: Connection, requests: Iterable[CouponRequest]) -> None:
    """Ask for codes, in the bucket of each contact; raises UniqueViolationError for a visit that has asked."""
    records = [
        (
            bucket_of(request.contact_id),
            *request.visited,
            request.contact_id,
            request.pool_id,
            request.workspace_id,
            request.requested_at,
        )
        for request in requests
    ]
    if records:
        await connection.copy_records_to_table("coupon_requests", records=records, columns=_REQUEST_COLUMNS)


async def list_requesting_buckets(connection: Connection) -> list[int]:
    """Return the buckets that hold requests, in ascending order."""
    return [row["bucket"] for row in await queries.fetch(connection, "list_requesting_buckets")]


async def claim_requests(connection: Connection, bucket: int, *, maximum: int) -> list[CouponRequest]:
    """Return the oldest requests of a bucket, locked; those that another allocator holds are left out."""
    rows = await queries.fetch(connection, "claim_requests", bucket=bucket, maximum=maximum)
    return [CouponRequest(**dict(row)) for row in rows]


def _by_visit(rows: Iterable[Record]) -> dict[Visit, str]:
    return {(row["run_id"], row["step"], row["visit"]): row["code"] for row in rows}


async def list_marked(
    connection: Connection, pool_id: UUID, requests: Sequence[CouponRequest]
) -> dict[Visit, str]:
    """Return the codes that visits of these runs have of a pool."""
    run_ids = [request.run_id for request in requests]
    rows = await queries.fetch(
        connection, "list_marked", bucket=bucket_of(pool_id), pool_id=pool_id, run_ids=run_ids
    )
    return _by_visit(rows)


async def mark_codes(
    connection: Connection, pool_id: UUID, requests: Sequence[CouponRequest], *, assigned_at: datetime
) -> dict[Visit, str]:
    """Mark free codes for these visits, in order, as far as they go, and return them.

    The requests are of one pool and workspace. Locks the codes until the transaction ends; raises
    UniqueViolationError if one of the visits has a code.
    """
    rows = await queries.fetch(
        connection,
        "mark_codes",
        bucket=bucket_of(pool_id),
        pool_id=pool_id,
        workspace_id=requests[0].workspace_id,
        run_ids=[request.run_id for request in requests],
        steps=[request.step for request in requests],
        visits=[request.visit for request in requests],
        contact_ids=[request.contact_id for request in requests],
        assigned_at=assigned_at,
    )
    return _by_visit(rows)


async def delete_requests(connection: Connection, bucket: int, requests: Sequence[CouponRequest]) -> None:
    """Take answered requests away."""
    await queries.execute(
        connection,
        "delete_requests",
        bucket=bucket,
        run_ids=[request.run_id for request in requests],
        steps=[request.step for request in requests],
        visits=[request.visit for request in requests],
    )


async def hand_over_codes(
    connection: Connection, pool_id: UUID, codes: Sequence[str], contact_id: UUID, *, into_contact_id: UUID
) -> None:
    """Make these codes of a pool another contact's, as far as they are the first one's; repeating does nothing."""
    await queries.execute(
        connection,
        "hand_over_codes",
        bucket=bucket_of(pool_id),
        pool_id=pool_id,
        codes=list(codes),
        contact_id=contact_id,
        into_contact_id=into_contact_id,
    )


async def forget_contact(connection: Connection, contact_id: UUID) -> None:
    """Make a contact's requests go, and its codes nobody's; they are not handed out again."""
    await queries.execute(connection, "forget_requests", bucket=bucket_of(contact_id), contact_id=contact_id)
    await queries.execute(connection, "forget_holder", contact_id=contact_id)
