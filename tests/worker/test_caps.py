"""The workspace's cap from the step to the trace, for email and SMS; and what was counted of two who are one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.kit.ids import bucket_of
from percorso.messages.caps.actions import set_caps
from percorso.messages.caps.model import CapRule
from percorso.worker.main import settle
from percorso.worker.recount import recount_all
from tests.support.world import World
from tests.worker.scene import WORKSPACE_ID, Scene, contact_id
from tests.worker.test_merging import K, move


async def open_world(database: Database, *rules: CapRule) -> World:
    world = await World.open(database)
    async with database.transaction("test.commit") as connection:
        await set_caps(connection, world.workspace_id, rules, caller="test", present=world.now)
    return world


def send(template: str, kind: str, when: str, priority: int) -> dict[str, Any]:
    step = {"kind": kind, "templateId": template, "whenCapped": when, "next": "end"}
    return {
        "starts": [{"id": "s", "event": "completedOrder"}],
        "first": "mail",
        "steps": {"mail": step, "end": {"kind": "end", "outcome": "positive"}},
        "options": {"priority": priority},
    }


@pytest.mark.parametrize("channel", ["email", "sms"])
async def test_the_highest_leaves_the_next_waits_and_says_so_and_one_that_may_is_skipped(
    database: Database, channel: Any
) -> None:
    world = await open_world(database, CapRule(channel, "day", 1))
    make = world.email_template if channel == "email" else world.sms_template
    journeys: dict[str, UUID] = {}
    for name, priority, when in (("second", 0, "postpone"), ("first", 7, "postpone"), ("never", -1, "skip")):
        graph = send(await make(name), f"send_{channel}", when, priority)
        journeys[name] = await world.publish(name, graph)
    await world.join("ada")
    await world.track("ada", "completedOrder", orderId="o1", amount=10)
    assert await world.subjects("ada") == ["first"]
    # Those that stand lower have left it the place, and ask again.
    await world.advance(seconds=5)
    (skipping,) = await world.runs("ada", journeys["never"])
    assert (skipping.state, skipping.outcome) == ("ended", "positive")
    (waiting,) = await world.runs("ada", journeys["second"])
    assert (waiting.state, waiting.step) == ("waiting", "mail")
    lines = await world._fetch(  # pyright: ignore[reportPrivateUsage]
        "SELECT runs.journey_id, traces.entry->>'outcome' FROM traces JOIN runs ON runs.id = traces.run_id"
        " WHERE traces.entry->>'step' = 'mail'"
    )
    assert {(row[0], row[1]) for row in lines} == {
        (journeys["first"], "sent"),
        (journeys["second"], "postponed: capped until 2026-03-02T23:00:00+00:00"),
        (journeys["never"], "skipped: capped"),
    }
    assert (await recount_all(database)).differences == []

    await world.advance(hours=13)
    assert await world.subjects("ada") == ["first"]
    await world.advance(hours=1)
    assert await world.subjects("ada") == ["first", "second"]
    assert [run.outcome for run in await world.runs("ada")] == ["positive"] * 3
    assert (await recount_all(database)).differences == []


@pytest.mark.parametrize("gone", [contact_id(2, bucket=7), contact_id(2, bucket=9)])
async def test_what_was_counted_for_both_counts_for_who_stays(database: Database, gone: UUID) -> None:
    scene = await Scene.open(database)
    await scene.append(scene.known(K, 1), scene.known(gone, 2))
    await settle(database)
    earlier = scene.now - timedelta(hours=3)
    async with database.transaction("test.commit") as connection:
        for person, channel, taken in (
            (gone, "email", [scene.now, earlier]),
            (gone, "sms", [earlier]),
            (K, "email", [scene.now]),
        ):
            await connection.execute(
                "INSERT INTO caps VALUES ($1, $2, $3, $4, $5)",
                bucket_of(person),
                person,
                channel,
                WORKSPACE_ID,
                taken,
            )
    await move(scene, gone)
    await settle(database)
    assert await scene.rows("caps", "contact_id", "channel", "taken", order="2") == [
        (K, "email", [scene.now, scene.now, earlier]),
        (K, "sms", [earlier]),
    ]
