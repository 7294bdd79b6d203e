"""Calls when processes die, are taken for dead, or the contact is merged while a call is under way."""

import asyncio
import os
import signal
import sys
from uuid import UUID

import pytest

from percorso.contacts.identity.store import Move, insert_moved
from percorso.courier.calling import call_all, open_caller, run_calls
from percorso.db.failpoints import Failpoints
from percorso.log.actions import append_facts
from percorso.worker.apply import apply_all
from percorso.worker.main import settle
from percorso.worker.merging import merge_all
from tests.courier.webhooks import ANNA, PATIENCE, SEAL, SECRET, Stage, graph, points
from tests.support.web_sink import Said
from tests.worker.scene import WORKSPACE_ID, contact_id


class _CrashError(BaseException):
    """Stands for a process that died."""


@pytest.mark.parametrize("point", ["webhooks.claim", "webhooks.result"])
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_crash_at_any_commit_loses_nothing_and_tells_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, point: str, moment: str
) -> None:
    await stage.begin(points(100))

    def die(self: Failpoints, name: str, when: str) -> None:
        del self
        if (name, when) == (point, moment):
            raise _CrashError

    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", die)
        with pytest.raises(_CrashError):
            await call_all(stage.database, stage.client, SEAL, begin_seconds=PATIENCE)
    async with stage.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE webhook_calls SET claimed_until = claimed_until - interval '13 s'")
    await stage.call()
    assert await stage.outcomes() == ["positive"]
    assert [name for name, _ in await stage.told()] == ["webhookAnswered"]
    expected = 2 if (point, moment) == ("webhooks.result", "before") else 1
    assert len(stage.sink.received) == expected
    assert len({one.headers["webhook-id"] for one in stage.sink.received}) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("point", ["webhooks.claim", "webhooks.result"])
async def test_a_process_killed_at_a_commit_loses_nothing_and_tells_once(
    stage: Stage, database_url: str, point: str, moment: str
) -> None:
    await stage.begin(points(100))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.courier.calling_process",
        database_url,
        stage.sink.host,
        SECRET,
        env=os.environ | {"FAILPOINTS": f"{point}.{moment}=kill:1"},
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert await asyncio.wait_for(process.wait(), 60) == -signal.SIGKILL
    async with stage.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE webhook_calls SET claimed_until = claimed_until - interval '13 s'")
    await stage.call()
    assert await stage.outcomes() == ["positive"]
    assert [name for name, _ in await stage.told()] == ["webhookAnswered"]
    assert len(stage.sink.received) == (2 if (point, moment) == ("webhooks.result", "before") else 1)
    assert len({one.headers["webhook-id"] for one in stage.sink.received}) == 1


async def test_a_holder_that_was_taken_for_dead_says_nothing(stage: Stage) -> None:
    """Its claim lapsed and another made the call: the run is told by that one alone."""
    await stage.begin(points(20))
    waiting = asyncio.Event()

    async def answer_late() -> Said:
        await waiting.wait()
        return points(500)

    stage.sink.answers = [answer_late, points(20)]
    async with open_caller(stage.database, stage.client, SEAL, begin_seconds=PATIENCE) as slow:
        await slow.take()
        async with asyncio.timeout(30):
            while not stage.sink.received:
                await asyncio.sleep(0.01)
        async with stage.database.transaction("test.commit") as connection:
            await connection.execute(
                "UPDATE webhook_calls SET claimed_until = claimed_until - interval '13 s'"
            )
        await stage.call()
        waiting.set()
        await slow.finish(30)
        assert slow.last_error is None
    assert [said["answer"] for _, said in await stage.told()] == [{"balance": {"points": 20}}]
    assert await stage.outcomes() == ["neutral"]


async def test_what_is_held_is_held_longer(stage: Stage) -> None:
    await stage.begin(stage.sink.hang)
    async with open_caller(stage.database, stage.client, SEAL, begin_seconds=PATIENCE) as caller:
        await caller.take()
        before = await stage.calls("claimed_until")
        await caller.renew()
        assert await stage.calls("claimed_until") > before


async def test_an_answer_told_again_counts_once(stage: Stage) -> None:
    await stage.begin(points(100))
    await stage.call()
    ((_, said),) = await stage.told()
    again = stage.scene.event(ANNA, "webhookAnswered", said, kind="run", origin="courier")
    await stage.scene.append(again)
    await settle(stage.database)
    assert await stage.outcomes() == ["positive"]
    counted = await stage.scene.rows("counters", "name", "step", "value")
    assert sum(value for name, step, value in counted if (name, step) == ("left", "call")) == 1


@pytest.mark.parametrize("gone", [ANNA, contact_id(1, bucket=9)], ids=["other bucket", "same bucket"])
async def test_the_answer_follows_a_run_to_whom_its_contact_was_merged_into(stage: Stage, gone: UUID) -> None:
    keeper = contact_id(2, bucket=9)
    scene = stage.scene
    stage.sink.answers = [points(100)]
    await scene.publish("show", graph(stage.sink.url()), buckets=(7, 9))
    await scene.append(scene.known(keeper, 2), scene.update(gone, identities={"anonymous_id": ["z1"]}))
    await scene.append(scene.event(gone, "began"))
    await apply_all(stage.database)
    async with stage.database.transaction("test.commit") as connection:
        draft = scene.event(gone, "contactMoved", {"intoContactId": str(keeper)}, kind="moved")
        (offset,) = await append_facts(connection, [draft], received_at=scene.now)
        await insert_moved(connection, [Move(WORKSPACE_ID, gone, keeper, offset, scene.now)])
    # It is called while the run is on the way, and answered when the run has arrived.
    assert await call_all(stage.database, stage.client, SEAL, begin_seconds=PATIENCE) == 1
    assert await stage.told() == []
    await apply_all(stage.database)
    await merge_all(stage.database)
    assert await call_all(stage.database, stage.client, SEAL, begin_seconds=PATIENCE) == 0
    await settle(stage.database)
    assert (keeper, "positive") in await scene.rows("runs", "contact_id", "outcome")
    assert [name for name, _ in await stage.told()] == ["webhookAnswered"]
    assert len(stage.sink.received) == 1


async def test_a_call_goes_on_after_its_contact_was_merged(stage: Stage) -> None:
    keeper = contact_id(2, bucket=9)
    await stage.begin(Said(503), points(100))
    await stage.call()
    await stage.scene.append(stage.scene.known(keeper, 2))
    await apply_all(stage.database)
    async with stage.database.transaction("test.commit") as connection:
        draft = stage.scene.event(ANNA, "contactMoved", {"intoContactId": str(keeper)}, kind="moved")
        (offset,) = await append_facts(connection, [draft], received_at=stage.scene.now)
        await insert_moved(connection, [Move(WORKSPACE_ID, ANNA, keeper, offset, stage.scene.now)])
    await settle(stage.database)
    await stage.scene.move_clock(seconds=5)
    assert await stage.call() == 1
    assert (keeper, "positive") in await stage.scene.rows("runs", "contact_id", "outcome")


async def test_the_loop_calls_until_it_is_stopped(stage: Stage) -> None:
    await stage.begin(points(100))
    stop = asyncio.Event()
    loop = asyncio.create_task(run_calls(stage.database, stage.client, SEAL, stop))
    async with asyncio.timeout(60):
        while not await stage.told():
            await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(loop, 60)
    assert len(stage.sink.received) == 1
