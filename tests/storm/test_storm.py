"""T1, T2, T3, T5, T8, T10: nothing acknowledged is lost, nothing leaves twice, nobody is stuck, whatever is killed."""

import asyncio
import os
import random
from pathlib import Path

import asyncpg
import msgspec
import pytest

from tests.storm.check import Findings, check_counters, check_storm, is_drained
from tests.storm.faults import Fault, plan_faults, strike
from tests.storm.instance import Instance, publish_journey, running_instance
from tests.storm.shop import Ledger, Sent, Shop, orders_and_visits, subscriptions

_STORMS = "1:200000,2:5000,3:5000"
_CONTACTS = 5_000
_DRAIN_SECONDS = 900
_HANDED_OVER_AT_ONCE = 8


class Struck(msgspec.Struct):
    """What a fault cost the clients: calls made again, and the longest that a batch waited."""

    victim: str
    signal: str
    retries: int
    longest_wait: float


class Storm(msgspec.Struct):
    """One storm as it came out, for `docs/proofs.md`."""

    seed: int
    count: int
    findings: Findings
    struck: list[Struck]


@pytest.mark.prove
async def test_whatever_is_killed_nothing_is_lost_or_sent_twice(tmp_path: Path) -> None:
    # Side by side, because each of them waits 660 s for its doubts; STORMS=seed:events,… asks for others.
    asked = [pair.split(":") for pair in os.environ.get("STORMS", _STORMS).split(",")]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_blow(tmp_path, int(seed), int(count))) for seed, count in asked]
    storms = [task.result() for task in tasks]
    print()
    for storm in storms:
        print(msgspec.json.encode({"storm": storm}).decode())
    for storm in storms:
        _judge(storm)


def _judge(storm: Storm) -> None:
    findings, faults = storm.findings, plan_faults(seed=storm.seed)
    assert findings.broken == []
    assert findings.acknowledged == findings.stored == storm.count + _CONTACTS
    doubts = sum(_HANDED_OVER_AT_ONCE for fault in faults if fault.leaves_doubts)
    assert findings.unknown <= doubts, "more doubts than connections that a crash can have cut"
    calm = [
        struck
        for fault, struck in zip(faults, storm.struck, strict=True)
        if fault.cuts_calls and not struck.retries
    ]
    assert calm == [], "faults that no call felt have proved nothing"


async def _blow(folder: Path, seed: int, count: int) -> Storm:
    folder = folder / f"storm-{seed}"
    folder.mkdir()
    async with running_instance(folder) as instance:
        await publish_journey(instance)
        events = orders_and_visits(seed=seed, count=count, contacts=_CONTACTS)
        with Ledger(folder) as ledger:
            shop = Shop(
                url=instance.url,
                write_key=instance.write_key,
                list_id=instance.list_id,
                ledger=ledger,
                seed=seed,
            )
            await shop.send(subscriptions(_CONTACTS))
            struck = await _send_through_faults(instance, shop, events, seed=seed)
        return Storm(seed, count, await _check_when_drained(instance, folder, events), struck)


async def _send_through_faults(
    instance: Instance, shop: Shop, events: list[Sent], *, seed: int
) -> list[Struck]:
    """Send each fault its share of the events, evenly around it."""
    faults, chance = plan_faults(seed=seed), random.Random(seed)
    struck: list[Struck] = []
    for number, fault in enumerate(faults):
        first, last = (len(events) * at // len(faults) for at in (number, number + 1))
        struck.append(await _send_through(instance, shop, events[first:last], fault, chance))
    return struck


async def _send_through(
    instance: Instance, shop: Shop, events: list[Sent], fault: Fault, chance: random.Random
) -> Struck:
    retries, shop.longest_wait = shop.retries, 0.0
    sending = asyncio.create_task(shop.send(events, over_seconds=fault.interval_seconds))
    await asyncio.sleep(chance.uniform(1, 3))
    await strike(instance.supervisor, fault, shop.wait_until_in_flight)
    await sending
    return Struck(fault.victim, fault.signal.name, shop.retries - retries, round(shop.longest_wait, 1))


async def _check_when_drained(instance: Instance, folder: Path, events: list[Sent]) -> Findings:
    connection = await asyncpg.connect(instance.database_url)
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            while not await is_drained(connection):
                await asyncio.sleep(1)
        findings = await check_storm(connection, folder, events)
    finally:
        await connection.close()
    await check_counters(instance.database_url, findings)
    return findings
