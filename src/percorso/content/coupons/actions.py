"""What can be done with pools and codes: each is part of one transaction of its caller."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from percorso.content.coupons import store
from percorso.content.coupons.errors import CodeRangeError, PoolNameError, UnknownPoolError
from percorso.content.coupons.model import ALPHABET, Added, Pool, is_code, sort_out_codes, write_code
from percorso.db import Connection

_MAX_GENERATED: Final = 1_000_000
_AT_ONCE: Final = 20_000


async def create_pool(
    connection: Connection, *, workspace_id: UUID, name: str, now: datetime, pool_id: UUID | None = None
) -> Pool:
    """Make a pool without codes and return it; repeated with the same id it returns the pool as it is.

    Raises PoolNameError, and UnknownPoolError for an id that another workspace uses.
    """
    name = name.strip()
    if not 0 < len(name) <= 200 or "\0" in name:
        raise PoolNameError
    pool_id = pool_id or uuid4()
    await store.queries.execute(
        connection, "insert_pool", id=pool_id, workspace_id=workspace_id, name=name, now=now
    )
    return await get_pool(connection, workspace_id, pool_id)


async def get_pool(connection: Connection, workspace_id: UUID, pool_id: UUID) -> Pool:
    """Return a pool with its counts; raises UnknownPoolError."""
    pools = await store.list_pools(connection, workspace_id, pool_id=pool_id)
    if not pools:
        raise UnknownPoolError
    return pools[0]


async def add_codes(
    connection: Connection, *, workspace_id: UUID, pool_id: UUID, lines: Iterable[str]
) -> Added:
    """Add the codes in these lines to a pool, behind those that it has; repeating adds nothing.

    Raises UnknownPoolError.
    """
    pool = await get_pool(connection, workspace_id, pool_id)
    written = sort_out_codes(lines)
    added = 0
    for start in range(0, len(written.codes), _AT_ONCE):
        added += await store.insert_codes(connection, pool, written.codes[start : start + _AT_ONCE])
    return Added(added, written.repeated + len(written.codes) - added, written.refused)


async def generate_codes(
    connection: Connection,
    *,
    workspace_id: UUID,
    pool_id: UUID,
    count: int,
    prefix: str = "",
    length: int = 10,
) -> Added:
    """Add `count` codes of `prefix` and `length` letters that nobody can guess.

    Raises UnknownPoolError, and CodeRangeError where fewer than a thousandth of the possible codes would be unused.
    """
    pool = await get_pool(connection, workspace_id, pool_id)
    if not 0 < count <= _MAX_GENERATED:
        raise CodeRangeError(f"Between 1 and {_MAX_GENERATED} codes can be made at once.")
    if not 4 <= length <= 40 or not is_code(prefix + "A" * length) or prefix != prefix.strip():
        raise CodeRangeError("A code has 4 to 40 letters behind a prefix without spaces around it.")
    if (pool.codes + count) * 1000 > len(ALPHABET) ** length:
        raise CodeRangeError(f"Codes of {length} letters could be guessed; take more letters.")
    added = 0
    while added < count:
        wanted = min(count - added, _AT_ONCE)
        made = {
            write_code(prefix, [secrets.randbelow(len(ALPHABET)) for _ in range(length)])
            for _ in range(wanted)
        }
        added += await store.insert_codes(
            connection, pool, sorted(made, key=lambda _: secrets.token_bytes(8))
        )
    return Added(added, 0)
