"""What the workspace's cap keeps back is postponed or skipped as its step says, and the run is told."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from percorso.courier.main import hand_over_all
from percorso.db import Database
from percorso.db.clock import set_clock
from percorso.messages.caps.actions import set_caps
from percorso.messages.caps.model import CapRule
from tests.support.scene import (
    NOW,
    Scene,
    add_contact,
    add_run,
    plan,
    read_facts,
    read_message,
    ready_message,
    set_scene,
)
from tests.support.smtp_sink import SmtpSink

TOMORROW = datetime(2026, 3, 2, 23, tzinfo=UTC)
"""Midnight in Rome."""


async def set_stage(database: Database, count: int, **said: Any) -> tuple[Scene, list[UUID]]:
    """Commit a contact with so many messages of its run due, under a cap of one a day."""
    async with database.transaction("test.commit") as connection:
        scene = await set_scene(connection)
        rules = [CapRule("email", "day", 1)]
        await set_caps(connection, scene.workspace_id, rules, caller="test", present=NOW)
        contact_id = await add_contact(connection, scene)
        run_id = await add_run(connection, scene, contact_id)
        ids = [await plan(connection, scene, contact_id, run_id=run_id, **said) for _ in range(count)]
    return scene, ids


async def let_pass(database: Database, until: datetime) -> None:
    async with database.transaction("test.commit") as connection:
        await set_clock(connection, product_at=until, rate=0)


async def test_a_capped_message_waits_for_the_next_period_and_its_run_is_told_until_when(
    database: Database,
) -> None:
    _, ids = await set_stage(database, 3)
    async with SmtpSink() as sink:
        await hand_over_all(database, provider=sink.provider())
        assert len(sink.received) == 1
        waiting = [row for id in ids if (row := await read_message(database, id))["state"] == "due"]
        assert [(row["reason"], row["due_at"]) for row in waiting] == [("capped", TOMORROW)] * 2
        told = await read_facts(database, "messagePostponed")
        assert {(fact["properties"]["reason"], fact["properties"]["until"]) for fact in told} == {
            ("capped", TOMORROW.isoformat())
        }
        assert {fact["properties"]["messageId"] for fact in told} == {str(row["id"]) for row in waiting}

        await let_pass(database, TOMORROW)
        await hand_over_all(database, provider=sink.provider())
        assert len(sink.received) == 2
        assert len(await read_facts(database, "messagePostponed")) == 3
        await let_pass(database, TOMORROW + timedelta(days=1))
        await hand_over_all(database, provider=sink.provider())
        assert len(sink.received) == 3
    assert len(await read_facts(database, "campaignSent")) == 3


async def test_a_step_that_says_so_skips_its_message(database: Database) -> None:
    _, ids = await set_stage(database, 2)
    async with database.transaction("test.commit") as connection:
        await connection.execute("UPDATE messages SET when_capped = 'skip'")
    async with SmtpSink() as sink:
        await hand_over_all(database, provider=sink.provider())
    assert len(sink.received) == 1
    assert sorted([(await read_message(database, id))["state"] for id in ids]) == ["accepted", "skipped"]
    assert [fact["properties"]["reason"] for fact in await read_facts(database, "messageSkipped")] == [
        "capped"
    ]


@pytest.mark.parametrize(
    ("expires_in", "state", "reason"),
    [
        (timedelta(hours=1), "skipped", "too_late"),
        (TOMORROW - NOW, "due", "capped"),
    ],
)
async def test_what_would_be_too_late_when_the_period_ends_is_skipped(
    database: Database, expires_in: timedelta, state: str, reason: str
) -> None:
    _, ids = await set_stage(database, 2, expires_in=expires_in)
    async with SmtpSink() as sink:
        await hand_over_all(database, provider=sink.provider())
    found = {
        (row["state"], row["reason"]) for id in ids if (row := await read_message(database, id))["reason"]
    }
    assert found == {(state, reason)}


async def test_the_higher_message_leaves_whichever_is_held_first(database: Database) -> None:
    _, ids = await set_stage(database, 4)
    async with database.transaction("test.commit") as connection:
        await connection.execute("UPDATE messages SET priority = 7 WHERE id = $1", ids[2])
    async with SmtpSink() as sink:
        await hand_over_all(database, provider=sink.provider(), slots=1)
    assert len(sink.received) == 1
    assert (await read_message(database, ids[2]))["state"] == "accepted"


async def test_a_cap_that_fills_while_a_message_is_carried_keeps_it_back(database: Database) -> None:
    scene, contact_id, message_id = await ready_message(database)

    async def fill() -> None:
        async with database.transaction("test.commit") as connection:
            rules = [CapRule("email", "week", 1)]
            await set_caps(connection, scene.workspace_id, rules, caller="test", present=NOW)
            await connection.execute(
                "INSERT INTO caps SELECT bucket, id, 'email', workspace_id, ARRAY[$2::timestamptz] FROM contacts"
                " WHERE id = $1",
                contact_id,
                NOW,
            )

    async with SmtpSink() as sink:
        sink.before_data = fill
        await hand_over_all(database, provider=sink.provider())
    assert sink.received == []
    message = await read_message(database, message_id)
    assert (message["state"], message["reason"], message["marked_at"]) == ("due", "capped", None)
    assert message["due_at"] == datetime(2026, 3, 8, 23, tzinfo=UTC)
