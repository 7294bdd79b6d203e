"""Pools of coupon codes, and the codes in them."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from percorso.api.own.caller import TheCaller, TheDatabase
from percorso.api.own.idempotency import answer_once
from percorso.api.own.routes import get, post
from percorso.content.coupons.actions import add_codes, create_pool
from percorso.content.coupons.model import Pool
from percorso.content.coupons.store import list_pools
from percorso.db.clock import read_product_time
from percorso.reports.model import Shape

AnyRequest = Request[Any, Any, Any]
Code = Annotated[str, Meta(max_length=1000)]


class NewPool(Shape, frozen=True, forbid_unknown_fields=True):
    """A pool to be made, without codes."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]


class NewCodes(Shape, frozen=True, forbid_unknown_fields=True):
    """Codes to add behind those that the pool has."""

    codes: Annotated[tuple[Code, ...], Meta(max_length=20_000)]


class PoolShape(Shape, frozen=True):
    """A pool, with how many codes it has and how many nobody got yet."""

    id: UUID
    name: str
    codes: int
    free: int


class PoolsShape(Shape, frozen=True):
    """The workspace's pools by name."""

    items: list[PoolShape]


class AddedShape(Shape, frozen=True):
    """What came of adding codes: taken, already there, and those that are none."""

    added: int
    repeated: int
    refused: tuple[str, ...]


@get("/coupon-pools")
async def list_coupon_pools(database: TheDatabase, caller: TheCaller) -> PoolsShape:
    """The workspace's pools."""
    async with database.request_transaction(caller.workspace_id) as connection:
        pools = await list_pools(connection, caller.workspace_id)
    return PoolsShape(items=[_to_shape(pool) for pool in pools])


@post("/coupon-pools", status_code=201)
async def make_pool(
    request: AnyRequest, data: JSONBody[NewPool], database: TheDatabase, caller: TheCaller
) -> Response[PoolShape]:
    """Make a pool."""

    async def make(id: UUID) -> PoolShape:
        async with database.request_transaction(caller.workspace_id) as connection:
            now = await read_product_time(connection)
            pool = await create_pool(
                connection, workspace_id=caller.workspace_id, name=data.name, now=now, pool_id=id
            )
        return _to_shape(pool)

    return await answer_once(request, database, caller, make)


@post("/coupon-pools/{id:uuid}/codes", status_code=200)
async def fill_pool(
    id: FromPath[UUID],
    request: AnyRequest,
    data: JSONBody[NewCodes],
    database: TheDatabase,
    caller: TheCaller,
) -> Response[AddedShape]:
    """Add codes to a pool; those that it has are counted and left as they are."""

    async def make(_id: UUID) -> AddedShape:
        async with database.request_transaction(caller.workspace_id) as connection:
            added = await add_codes(
                connection, workspace_id=caller.workspace_id, pool_id=id, lines=data.codes
            )
        return AddedShape(added=added.added, repeated=added.repeated, refused=added.refused)

    return await answer_once(request, database, caller, make, status=200)


def _to_shape(pool: Pool) -> PoolShape:
    return PoolShape(id=pool.id, name=pool.name, codes=pool.codes, free=pool.free)


HANDLERS = [list_coupon_pools, make_pool, fill_pool]
