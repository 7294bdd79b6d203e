"""`percorso coupons`: pools of codes from the command line, for who runs the instance."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TextIO, TypeVar
from uuid import UUID

import click

from percorso.content.coupons.actions import add_codes, create_pool, generate_codes
from percorso.content.coupons.errors import UnknownPoolError
from percorso.content.coupons.model import Added, Pool
from percorso.content.coupons.store import list_pools
from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.kit.output import json_option, print_result
from percorso.processes.command import open_database
from percorso.workspaces.actions import get_first_workspace_id

Result = TypeVar("Result")


@click.group()
def coupons() -> None:
    """Make pools of coupon codes and fill them. Needs PERCORSO_DATABASE_URL, or starts the embedded database."""


@coupons.command()
@click.argument("name")
@json_option
def create(name: str, *, as_json: bool) -> None:
    """Make an empty pool in the oldest workspace and print its id."""

    async def act(connection: Connection, workspace_id: UUID) -> Pool:
        now = await read_product_time(connection)
        return await create_pool(connection, workspace_id=workspace_id, name=name, now=now)

    pool = _run(act)
    print_result(_pool_result(pool), as_json=as_json)


@coupons.command()
@click.argument("pool")
@click.argument("file", type=click.File(encoding="utf-8"), required=False)
@click.option("--generate", "count", type=int, help="Make up this many codes instead of reading a file.")
@click.option("--prefix", default="", help="What made-up codes begin with.")
@click.option("--length", default=10, show_default=True, help="Letters of made-up codes, behind the prefix.")
@json_option
def add(
    pool: str, file: TextIO | None, *, count: int | None, prefix: str, length: int, as_json: bool
) -> None:
    """Add codes to POOL (its id or name): one a line from FILE (- for standard input), or made up."""
    if (file is None) == (count is None):
        raise click.UsageError("Name a file of codes, or say how many to make with --generate.")
    lines = file.read().splitlines() if file else []

    async def act(connection: Connection, workspace_id: UUID) -> Added:
        found = await _find_pool(connection, workspace_id, pool)
        if count is None:
            return await add_codes(connection, workspace_id=workspace_id, pool_id=found.id, lines=lines)
        return await generate_codes(
            connection, workspace_id=workspace_id, pool_id=found.id, count=count, prefix=prefix, length=length
        )

    added = _run(act)
    for code in added.refused[:20]:
        click.echo(f"percorso: not a code: {code[:60]!r}", err=True)
    result = {"added": added.added, "repeated": added.repeated, "refused": len(added.refused)}
    print_result(result, as_json=as_json)


@coupons.command(name="list")
@json_option
def list_(*, as_json: bool) -> None:
    """Print the pools of the oldest workspace: id, codes, free codes, name."""

    async def act(connection: Connection, workspace_id: UUID) -> list[Pool]:
        return await list_pools(connection, workspace_id)

    pools = _run(act)
    if as_json:
        print_result({"pools": [_pool_result(pool) for pool in pools]}, as_json=True)
        return
    for pool in pools:
        click.echo(f"{pool.id}\t{pool.codes}\t{pool.free}\t{pool.name}")


def _pool_result(pool: Pool) -> dict[str, Any]:
    return {"id": str(pool.id), "name": pool.name, "codes": pool.codes, "free": pool.free}


async def _find_pool(connection: Connection, workspace_id: UUID, said: str) -> Pool:
    """Return the pool of this id, or the only one of this name; raises UnknownPoolError."""
    pools = await list_pools(connection, workspace_id)
    found = [pool for pool in pools if str(pool.id) == said.lower()] or [
        pool for pool in pools if pool.name == said
    ]
    if len(found) > 1:
        raise click.UsageError(f"{len(found)} pools are called {said}; name one by its id.")
    if not found:
        raise UnknownPoolError
    return found[0]


def _run(act: Callable[[Connection, UUID], Awaitable[Result]]) -> Result:
    return asyncio.run(_act(act))


async def _act(act: Callable[[Connection, UUID], Awaitable[Result]]) -> Result:
    async with (
        open_database("percorso coupons") as database,
        database.transaction("coupons.pool") as connection,
    ):
        return await act(connection, await get_first_workspace_id(connection))
