"""A pool, and runs that wait for codes of it."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec

from percorso.content.coupons.actions import add_codes, create_pool
from percorso.content.coupons.model import Coupon, CouponRequest, Pool
from percorso.content.coupons.store import insert_requests, list_coupons
from percorso.db import Database
from percorso.kit.ids import bucket_of
from tests.support.scene import Scene, add_contact, add_run, set_scene

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class CouponScene(msgspec.Struct):
    scene: Scene
    pool: Pool


def id_in(bucket: int) -> UUID:
    return UUID(int=(uuid4().int & ~0xFF) | bucket)


async def set_coupon_scene(database: Database, codes: list[str]) -> CouponScene:
    """Commit a workspace with a pool that holds these codes."""
    async with database.transaction("test.commit") as connection:
        scene = await set_scene(connection)
        pool = await create_pool(connection, workspace_id=scene.workspace_id, name="Sfilata", now=NOW)
        await add_codes(connection, workspace_id=scene.workspace_id, pool_id=pool.id, lines=codes)
    return CouponScene(scene, pool)


async def ask(
    database: Database,
    made: CouponScene,
    *,
    bucket: int = 7,
    visit: int = 1,
    run: tuple[UUID, UUID] | None = None,
    pool_id: UUID | None = None,
) -> CouponRequest:
    """Commit a request of a run (a new contact's, or of this contact and run) and return it."""
    async with database.transaction("test.commit") as connection:
        if run is None:
            contact_id = await add_contact(connection, made.scene, contact_id=id_in(bucket))
            run = (contact_id, await add_run(connection, made.scene, contact_id))
        request = CouponRequest(
            run_id=run[1],
            step="codice",
            visit=visit,
            contact_id=run[0],
            pool_id=pool_id or made.pool.id,
            workspace_id=made.scene.workspace_id,
            requested_at=NOW,
        )
        await insert_requests(connection, [request])
    return request


async def read_coupons(database: Database, made: CouponScene) -> list[Coupon]:
    async with database.connection() as connection:
        return await list_coupons(connection, made.scene.workspace_id, made.pool.id, maximum=1000)


async def count_requests(database: Database) -> int:
    async with database.connection() as connection:
        return await connection.fetchval("SELECT count(*) FROM coupon_requests")


async def move_contact(database: Database, request: CouponRequest, into: UUID) -> None:
    """Commit the first step of a merge: the mark that every append follows."""
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            'INSERT INTO moved (bucket, contact_id, workspace_id, into_bucket, into_contact_id, "offset", state,'
            " moved_at) VALUES ($1, $2, $3, $4, $5, 1, 'moved', $6)",
            bucket_of(request.contact_id),
            request.contact_id,
            request.workspace_id,
            bucket_of(into),
            into,
            NOW,
        )


async def move_run(database: Database, request: CouponRequest, into: UUID) -> None:
    """Commit what a later step of a merge does to a run."""
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "UPDATE runs SET bucket = $1, contact_id = $2 WHERE bucket = $3 AND id = $4",
            bucket_of(into),
            into,
            bucket_of(request.contact_id),
            request.run_id,
        )
