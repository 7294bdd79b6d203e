"""A courier killed at each of its commits: no marketing twice, none lost, what is unknown is listed (T3, T4)."""

import asyncio
import os
import re
import signal
import sys
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from percorso.courier.main import hand_over_all
from percorso.db import Database
from percorso.db.clock import set_clock
from tests.support.scene import NOW, add_contact, add_run, plan, read_facts, set_scene
from tests.support.smtp_sink import SmtpSink

POINTS = ("courier.claim", "courier.mark", "courier.result", "courier.upkeep", "mailbox.record")
SLOTS = 2
PATIENCE_SECONDS = 60


async def run_courier(database_url: str, sink: SmtpSink, failpoints: str) -> int:
    """Run a courier to its end, by itself or by the failpoint; return its exit code."""
    process = await start_courier(database_url, sink, failpoints)
    return await asyncio.wait_for(process.wait(), PATIENCE_SECONDS)


async def start_courier(database_url: str, sink: SmtpSink, failpoints: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.courier.process",
        database_url,
        str(sink.provider().port),
        env=os.environ | {"FAILPOINTS": failpoints},
        stdout=asyncio.subprocess.DEVNULL,
    )


async def set_messages(database: Database) -> dict[UUID, str]:
    """Commit two marketing emails, a transactional one, an SMS and a push, all due; return their kinds by id."""
    kinds: dict[UUID, str] = {}
    async with database.transaction("test.commit") as connection:
        scene = await set_scene(connection)
        for kind in ("marketing", "marketing", "transactional"):
            contact_id = await add_contact(connection, scene)
            run_id = await add_run(connection, scene, contact_id)
            message_id = await plan(connection, scene, contact_id, run_id=run_id, message_class=kind)  # type: ignore[arg-type]
            kinds[message_id] = kind
        kinds[await plan(connection, scene, contact_id, channel="sms")] = "sms"
        contact_id = await add_contact(connection, scene, device="token")
        kinds[await plan(connection, scene, contact_id, channel="push")] = "push"
    return kinds


async def pass_time(database: Database) -> None:
    """Let leases lapse, doubts ripen and retries fall due, without waiting."""
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "UPDATE messages SET claimed_until = claimed_until - interval '13 s',"
            " marked_real_at = marked_real_at - interval '661 s' WHERE state IN ('claimed', 'marked')"
        )
        await set_clock(connection, product_at=NOW + timedelta(hours=1), rate=0)


async def count_copies(database: Database, sink: SmtpSink) -> Counter[UUID]:
    copies = Counter[UUID]()
    for received in sink.received:
        found = re.search(rb"Message-ID: <([0-9a-f]{32})@", received.content)
        assert found is not None
        copies[UUID(hex=found[1].decode())] += 1
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT message_id FROM mailbox WHERE channel IN ('sms', 'push')")
    copies.update(row["message_id"] for row in rows)
    return copies


async def check_promises(database: Database, sink: SmtpSink, kinds: dict[UUID, str]) -> None:
    """Assert T3 and T4 of the message table, the log and what the other side really got."""
    copies = await count_copies(database, sink)
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT id, state FROM messages")
    states: dict[UUID, str] = {row["id"]: row["state"] for row in rows}
    assert set(states) == set(kinds)
    told = Counter(
        (fact["name"], UUID(fact["properties"]["messageId"]))
        for fact in await read_facts(database, "campaignSent", "messageUnknown", "messageFailed")
    )
    expected = {
        ({"accepted": "campaignSent", "unknown": "messageUnknown"}[state], id): 1
        for id, state in states.items()
    }
    assert dict(told) == expected
    assert sum(state == "unknown" for state in states.values()) <= SLOTS
    for id, kind in kinds.items():
        most = 2 if kind == "transactional" else 1
        least = 1 if states[id] == "accepted" else 0
        assert least <= copies[id] <= most, (kind, states[id], copies[id])
    assert set(copies) <= set(kinds)


async def kill_and_recover(database: Database, database_url: str, failpoint: str) -> bool:
    """Kill a courier at the failpoint, let another finish, check; return whether it came to be killed."""
    kinds = await set_messages(database)
    async with SmtpSink() as sink:
        code = await run_courier(database_url, sink, failpoint)
        assert code in (0, -signal.SIGKILL)
        for _ in range(2):
            await pass_time(database)
            await hand_over_all(database, provider=sink.provider())
        await check_promises(database, sink, kinds)
    return code != 0


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("point", POINTS)
async def test_a_courier_killed_at_a_commit_breaks_no_promise(
    database: Database, database_url: str, point: str, moment: str
) -> None:
    assert await kill_and_recover(database, database_url, f"{point}.{moment}=kill:1")


@pytest.mark.prove
@pytest.mark.parametrize("nth", range(2, 7))
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("point", POINTS)
async def test_a_courier_killed_at_a_later_commit_breaks_no_promise(
    database: Database, database_url: str, point: str, moment: str, nth: int
) -> None:
    await kill_and_recover(database, database_url, f"{point}.{moment}=kill:{nth}")


async def test_a_courier_stopped_after_its_mark_writes_no_dot_when_it_wakes(
    database: Database, database_url: str
) -> None:
    kinds = await set_messages(database)
    async with SmtpSink() as sink:
        process = await start_courier(database_url, sink, "courier.mark.after=stop:1")
        try:
            await wait_until_stopped(process.pid)
            before = len(sink.received)
            for _ in range(2):
                await pass_time(database)
                await hand_over_all(database, provider=sink.provider())
            process.send_signal(signal.SIGCONT)
            assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert before == 0
        await check_promises(database, sink, kinds)


async def wait_until_stopped(pid: int) -> None:
    """Return when the kernel shows the process as stopped."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                if file.read().rpartition(")")[2].split()[0] == "T":
                    return
            await asyncio.sleep(0.05)
