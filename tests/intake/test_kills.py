"""A process killed at each commit of intake: what it acknowledged is stored, and repeating stores nothing twice (T1)."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from typing import Any

import pytest

from percorso.db import Database
from percorso.log.append_store import ensure_week
from tests.api.tracking.shop import NOON, Shop, open_shop
from tests.intake.process import CALLS, send
from tests.server import TestServer
from tests.worker.test_failpoints import open_one

PATIENCE_SECONDS = 60
POINTS = ("log.partitions", "intake.append")


async def run_until_killed(shop: Shop, url: str, failpoints: str) -> tuple[int, list[int]]:
    """Return the exit code of a process that takes the calls in, and the numbers that it acknowledged."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.intake.process"),
        *(url, str(shop.setup.workspace_id), str(shop.setup.node_id)),
        env=os.environ | {"FAILPOINTS": failpoints},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
    assert process.returncode in (0, -signal.SIGKILL)
    return process.returncode, [int(line) for line in output.split()]


async def kill_once(server: TestServer, point: str, moment: str, nth: int) -> bool:
    """Kill at the nth pass, repeat all calls, and check what is stored; False: there were fewer passes."""
    async with open_one(server) as database:
        shop = await open_shop(database)
        async with database.transaction("test.commit") as connection:
            # A week past its time, to be dropped: the one commit that no append needs.
            await ensure_week(connection, NOON.date() - timedelta(days=30))
        url = server.url(await shop_name(database))
        code, acknowledged = await run_until_killed(shop, url, f"{point}.{moment}=kill:{nth}")
        assert acknowledged == list(range(len(acknowledged)))
        stored = await count_calls(shop)
        assert [stored.get(f"m{number}") for number in acknowledged] == [1] * len(acknowledged)
        if code == 0:
            return False
        repeated: list[int] = []
        await send(database, shop.setup.workspace_id, shop.setup.node_id, repeated.append)
        assert repeated == list(range(len(CALLS)))
        await check_whole(shop)
        return True


async def shop_name(database: Database) -> str:
    async with database.connection() as connection:
        return str(await connection.fetchval("SELECT current_database()"))


async def count_calls(shop: Shop) -> dict[Any, Any]:
    rows = await shop.fetch("SELECT message_id, count(*) FROM facts WHERE message_id ~ '^m[0-9]$' GROUP BY 1")
    return dict(rows)


async def check_whole(shop: Shop) -> None:
    """Each call is stored once, offsets have no gaps, two contacts were met and one was merged into the other."""
    assert await count_calls(shop) == {f"m{number}": 1 for number in range(len(CALLS))}
    gaps = await shop.fetch(
        'SELECT heads.bucket FROM heads LEFT JOIN facts USING (bucket) GROUP BY heads.bucket, heads."offset"'
        ' HAVING (count(facts."offset"), coalesce(max(facts."offset"), 0)) <> (heads."offset", heads."offset")'
    )
    assert gaps == []
    contact_id = await shop.contact_of("user_id", "u1")
    moved: list[tuple[Any, ...]] = await shop.fetch("SELECT into_contact_id FROM moved")
    assert moved == [(contact_id,)]
    assert await shop.fetch("SELECT count(DISTINCT contact_id) FROM facts") == [(2,)]
    seen = await shop.fetch("SELECT DISTINCT message_id FROM seen WHERE message_id ~ '^m[0-9]$' ORDER BY 1")
    assert seen == [(f"m{number}",) for number in range(len(CALLS))]


async def test_a_process_killed_at_its_first_append_loses_and_doubles_nothing(server: TestServer) -> None:
    for moment in ("before", "after"):
        assert await kill_once(server, "intake.append", moment, 1)


@pytest.mark.prove
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("point", POINTS)
async def test_a_process_killed_at_each_commit_loses_and_doubles_nothing(
    server: TestServer, point: str, moment: str
) -> None:
    passes = 0
    while await kill_once(server, point, moment, passes + 1):
        passes += 1
    assert passes >= {"intake.append": len(CALLS), "log.partitions": 2}[point]
