"""The allocator: in order, once for each visit, told at the right place, whatever dies in between."""

import asyncio
import os
import signal
import sys
from uuid import UUID

import pytest

from percorso.content.coupons.allocator import allocate_all, allocate_coupons, run_allocator
from percorso.db import Database
from percorso.kit.ids import Bucket, bucket_of
from tests.content.coupons.scene import (
    ask,
    count_requests,
    id_in,
    move_contact,
    move_run,
    read_coupons,
    set_coupon_scene,
)
from tests.support.scene import read_facts

ANSWERS = ("couponAssigned", "couponPoolEmpty")


async def test_codes_are_assigned_in_order_and_the_run_is_told(database: Database) -> None:
    made = await set_coupon_scene(database, ["B2", "A1", "C3"])
    first, second = await ask(database, made), await ask(database, made, bucket=200)
    assert await allocate_all(database) == 2
    facts = {fact["contact_id"]: fact for fact in await read_facts(database)}
    told = {request.contact_id: facts[request.contact_id] for request in (first, second)}
    assert {id: fact["properties"]["code"] for id, fact in told.items()} == {
        first.contact_id: "B2",
        second.contact_id: "A1",
    }
    fact = told[first.contact_id]
    assert fact["properties"] == {
        "poolId": str(made.pool.id),
        "runId": str(first.run_id),
        "step": "codice",
        "visit": 1,
        "code": "B2",
    }
    assert (fact["name"], fact["kind"], fact["origin"], fact["bucket"]) == (
        "couponAssigned",
        "coupon",
        "job",
        7,
    )
    coupons = await read_coupons(database, made)
    assert [(coupon.code, coupon.run_id) for coupon in coupons] == [
        ("B2", first.run_id),
        ("A1", second.run_id),
        ("C3", None),
    ]
    assert await count_requests(database) == 0
    assert await allocate_all(database) == 0


async def test_an_empty_pool_is_answered_so(database: Database) -> None:
    made = await set_coupon_scene(database, ["A1"])
    requests = [await ask(database, made) for _ in range(3)]
    assert await allocate_coupons(database, Bucket(7)) == 3
    facts = await read_facts(database)
    assert sorted(fact["name"] for fact in facts) == ["couponAssigned", "couponPoolEmpty", "couponPoolEmpty"]
    empty = [fact for fact in facts if fact["name"] == "couponPoolEmpty"]
    assert all("code" not in fact["properties"] for fact in empty)
    assert {fact["contact_id"] for fact in facts} == {request.contact_id for request in requests}


async def test_a_pool_that_does_not_exist_or_is_of_another_workspace_is_empty(database: Database) -> None:
    made = await set_coupon_scene(database, ["A1"])
    await ask(database, made, pool_id=id_in(3))
    async with database.transaction("test.commit") as connection:
        await connection.execute("UPDATE coupons SET workspace_id = gen_random_uuid()")
    await ask(database, made)
    assert await allocate_all(database) == 2
    assert [fact["name"] for fact in await read_facts(database)] == ["couponPoolEmpty", "couponPoolEmpty"]


async def test_each_visit_of_a_step_takes_a_code_of_its_own(database: Database) -> None:
    made = await set_coupon_scene(database, ["A1", "A2"])
    first = await ask(database, made)
    await allocate_all(database)
    await ask(database, made, run=(first.contact_id, first.run_id), visit=2)
    await allocate_all(database)
    assert [fact["properties"]["code"] for fact in await read_facts(database, *ANSWERS)] == ["A1", "A2"]


CHILD = """
import asyncio, sys
from percorso.content.coupons.allocator import allocate_all
from percorso.db import Database

async def main():
    database = await Database.open(sys.argv[1])
    await allocate_all(database)
    await database.close()

asyncio.run(main())
"""


@pytest.mark.parametrize("point", ["mark.before", "mark.after", "answer.before", "answer.after"])
async def test_a_crash_at_any_commit_costs_no_second_code(
    database: Database, database_url: str, point: str
) -> None:
    made = await set_coupon_scene(database, ["A1", "A2", "A3", "A4"])
    requests = [await ask(database, made), await ask(database, made)]
    environment = {**os.environ, "FAILPOINTS": f"coupons.{point}=kill:1"}
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, database_url, env=environment)
    assert await asyncio.wait_for(child.wait(), 60) == -signal.SIGKILL
    # What the dead process held is free when PostgreSQL has seen that it is gone.
    async with asyncio.timeout(60):
        while await count_requests(database):
            await allocate_all(database)
    coupons = await read_coupons(database, made)
    assert {coupon.run_id for coupon in coupons[:2]} == {request.run_id for request in requests}
    assert [coupon.run_id for coupon in coupons[2:]] == [None, None]
    told = {(fact["properties"]["runId"], fact["properties"]["code"]) for fact in await read_facts(database)}
    assert told == {(str(coupon.run_id), coupon.code) for coupon in coupons[:2]}
    assert len(await read_facts(database)) == 2


async def test_many_allocators_at_once_hand_out_each_code_once(database: Database) -> None:
    made = await set_coupon_scene(database, [f"C{number}" for number in range(50)])
    requests = [await ask(database, made, bucket=number % 5) for number in range(60)]
    await asyncio.gather(*(allocate_all(database) for _ in range(4)))
    await allocate_all(database)
    facts = await read_facts(database)
    assert sorted(fact["properties"]["runId"] for fact in facts) == sorted(
        str(request.run_id) for request in requests
    )
    codes = [fact["properties"]["code"] for fact in facts if fact["name"] == "couponAssigned"]
    assert sorted(codes) == sorted(f"C{number}" for number in range(50))
    assert [fact["name"] for fact in facts].count("couponPoolEmpty") == 10
    marked = {(str(coupon.run_id), coupon.code) for coupon in await read_coupons(database, made)}
    assert marked == {
        (fact["properties"]["runId"], fact["properties"]["code"])
        for fact in facts
        if "code" in fact["properties"]
    }


async def test_a_pool_is_not_called_empty_while_somebody_may_give_its_last_code_back(
    database: Database,
) -> None:
    made = await set_coupon_scene(database, ["A1"])
    await ask(database, made)
    async with database.pool.acquire() as holding:
        transaction = holding.transaction()
        await transaction.start()
        await holding.execute("SELECT FROM coupons FOR UPDATE")
        allocating = asyncio.create_task(allocate_all(database))
        async with database.connection() as connection, asyncio.timeout(30):
            while not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
                await asyncio.sleep(0)
        await transaction.rollback()
    assert await allocating == 1
    assert [fact["name"] for fact in await read_facts(database)] == ["couponAssigned"]


async def test_the_answer_follows_a_run_to_the_contact_it_was_merged_into(database: Database) -> None:
    made = await set_coupon_scene(database, ["A1", "A2"])
    request, into = await ask(database, made), id_in(90)
    await move_contact(database, request, into)
    assert await allocate_all(database) == 0
    assert await read_facts(database) == []
    assert await count_requests(database) == 1
    await move_run(database, request, into)
    assert await allocate_all(database) == 1
    (fact,) = await read_facts(database)
    assert (fact["contact_id"], fact["bucket"], fact["properties"]["code"]) == (into, bucket_of(into), "A1")


async def test_a_request_that_moved_with_its_run_keeps_its_code(database: Database) -> None:
    made = await set_coupon_scene(database, ["A1", "A2"])
    request, into = await ask(database, made), id_in(90)
    await move_contact(database, request, into)
    await allocate_all(database)
    await move_run(database, request, into)
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "UPDATE coupon_requests SET bucket = $1, contact_id = $2", bucket_of(into), into
        )
    assert await allocate_all(database) == 1
    (fact,) = await read_facts(database)
    assert (fact["contact_id"], fact["properties"]["code"]) == (into, "A1")


async def test_the_loop_answers_until_it_is_stopped(database: Database) -> None:
    made = await set_coupon_scene(database, ["A1"])
    stop = asyncio.Event()
    loop = asyncio.create_task(run_allocator(database, stop))
    await ask(database, made)
    async with asyncio.timeout(30):
        while not await read_facts(database):
            await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(loop, 10)
    facts: list[UUID] = [fact["contact_id"] for fact in await read_facts(database)]
    assert len(facts) == 1


async def test_the_loop_goes_on_after_the_database_cut_it_off(database: Database, database_url: str) -> None:
    made = await set_coupon_scene(database, ["A1", "A2"])
    own = await Database.open(database_url, name="allocator")
    stop = asyncio.Event()
    loop = asyncio.create_task(run_allocator(own, stop))
    await ask(database, made)
    async with asyncio.timeout(30):
        while len(await read_facts(database)) < 1:
            await asyncio.sleep(0.01)
    async with database.connection() as connection:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'allocator'"
        assert all(row[0] for row in await connection.fetch(cut))
    await ask(database, made)
    async with asyncio.timeout(30):
        while len(await read_facts(database)) < 2:
            await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(loop, 10)
    await own.close()
    assert [coupon.run_id is not None for coupon in await read_coupons(database, made)] == [True, True]
