"""A journey that is about to send more than its ceiling pauses itself and asks; who lets it go on has said yes to as many again."""

from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.db.failpoints import Failpoints
from percorso.journeys.actions import archive_journey, delete_journey, pause_journey, resume_journey
from percorso.journeys.ceilings import pause_reached
from percorso.messages.ceilings.store import find_ceiling
from percorso.reports.journeys import get_journey, list_journeys
from percorso.worker.main import settle
from percorso.workspaces.audit import list_audit
from tests.support.world import World

PEOPLE = ("ada", "bea", "cia", "dea", "eva")


class _CrashError(BaseException):
    """Stands for a process that died."""


def thanks(template: str, **options: Any) -> dict[str, Any]:
    return {
        "starts": [{"id": "s", "event": "completedOrder"}],
        "first": "wait",
        "steps": {
            "wait": {"kind": "wait", "period": {"amount": 1, "unit": "hours"}, "next": "mail"},
            "mail": {"kind": "send_email", "templateId": template, "next": "end"},
            "end": {"kind": "end"},
        },
        "options": options,
    }


async def order(world: World, *names: str) -> None:
    """Let these order, and an hour pass: then their messages are due, all at once."""
    for name in names:
        await world.track(name, "completedOrder", orderId=name, amount=10)
    await world.advance(hours=1)


async def count_sent(world: World) -> int:
    return len(await world.subjects())


async def open_world(database: Database, **options: Any) -> tuple[World, UUID]:
    """Publish a journey with these options that thanks each of five contacts an hour after an order."""
    world = await World.open(database)
    journey_id = await world.publish("thanks", thanks(await world.email_template("thanks"), **options))
    for name in PEOPLE:
        await world.join(name, phone=None)
    return world, journey_id


async def read(world: World, journey_id: UUID) -> tuple[str, list[str]]:
    """Return the journey's state, and the codes of what it says about it."""
    async with world.database.connection() as connection:
        detail = await get_journey(connection, world.workspace_id, journey_id)
        page = await list_journeys(connection, world.workspace_id)
    (listed,) = page.items
    assert listed.failures == detail.failures
    return detail.state, [failure.code for failure in detail.failures]


async def test_it_pauses_itself_says_so_and_resuming_lets_as_many_leave_again(database: Database) -> None:
    world, journey_id = await open_world(database, ceiling=2.0, foreseen=1)
    await order(world, *PEOPLE)
    assert await count_sent(world) == 2
    assert await read(world, journey_id) == ("paused", ["ceiling_reached"])
    async with database.connection() as connection:
        detail = await get_journey(connection, world.workspace_id, journey_id)
        (line,) = [one for one in await list_audit(connection, world.workspace_id) if one.caller == "journey"]
    (said,) = detail.failures
    assert "more than 2 messages in one day" in said.en
    assert "più di 2 messaggi in un giorno" in said.it
    assert (line.action, line.subject) == ("journey.paused_itself", str(journey_id))
    assert line.detail == {"most": 2, "counted": 2}

    # The clock going on does not answer for anybody.
    await world.advance(days=2)
    assert await count_sent(world) == 2
    async with database.transaction("test.commit") as connection:
        await resume_journey(connection, world.workspace_id, journey_id)
    assert await read(world, journey_id) == ("active", [])
    await world.advance(seconds=5)
    assert await count_sent(world) == 4
    assert await read(world, journey_id) == ("paused", ["ceiling_reached"])


async def test_who_waits_for_a_message_that_was_kept_back_has_it_on_the_trace(database: Database) -> None:
    world, _ = await open_world(database, ceiling=1.0, foreseen=1)
    await order(world, "ada", "bea")
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT entry->>'outcome' AS said FROM traces WHERE entry->>'outcome' LIKE 'post%'"
        )
    assert {row["said"] for row in rows} == {"postponed: ceiling"}


async def test_each_day_begins_at_nothing(database: Database) -> None:
    world, journey_id = await open_world(database, ceiling=1.0, foreseen=2)
    await order(world, "ada", "bea")
    await world.advance(days=1)
    await order(world, "cia", "dea")
    assert await count_sent(world) == 4
    assert await read(world, journey_id) == ("active", [])


async def test_those_who_are_removed_on_resuming_do_not_make_it_ask_again(database: Database) -> None:
    world, journey_id = await open_world(database, ceiling=1.0, foreseen=2)
    await order(world, *PEOPLE)
    await world.advance(seconds=5)
    async with database.transaction("test.commit") as connection:
        await resume_journey(connection, world.workspace_id, journey_id, late="remove")
    await settle(database)
    await world.advance(seconds=5)
    assert await count_sent(world) == 2
    assert await read(world, journey_id) == ("active", [])


async def test_a_version_without_a_ceiling_says_nothing_any_more_and_goes_on_when_it_is_resumed(
    database: Database,
) -> None:
    world, journey_id = await open_world(database, ceiling=1.0, foreseen=2)
    await order(world, *PEOPLE)
    template = await world.email_template("other")
    await world.publish_again(journey_id, thanks(template))
    assert await read(world, journey_id) == ("paused", [])
    async with database.transaction("test.commit") as connection:
        await resume_journey(connection, world.workspace_id, journey_id)
    await world.advance(seconds=5)
    assert await count_sent(world) == 5


async def test_one_that_somebody_paused_meanwhile_stays_so(database: Database) -> None:
    world, journey_id = await open_world(database, ceiling=1.0, foreseen=2)
    async with database.transaction("test.commit") as connection:
        await connection.execute("UPDATE ceilings SET reached_at = now(), day = now(), counted_since = now()")
        await pause_journey(connection, world.workspace_id, journey_id)
    assert await pause_reached(database) == 0
    async with database.transaction("test.commit") as connection:
        await archive_journey(connection, world.workspace_id, journey_id)
    await settle(database)
    async with database.transaction("test.commit") as connection:
        await delete_journey(connection, world.workspace_id, journey_id)
        assert await find_ceiling(connection, journey_id) is None


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_crash_while_it_is_paused_pauses_it_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    world, journey_id = await open_world(database, ceiling=1.0, foreseen=1)
    async with database.transaction("test.commit") as connection:
        await connection.execute("UPDATE ceilings SET reached_at = now(), day = now(), counted_since = now()")

    def die(self: Failpoints, name: str, when: str) -> None:
        del self
        if (name, when) == ("journeys.ceiling", moment):
            raise _CrashError

    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", die)
        with pytest.raises(_CrashError):
            await pause_reached(database)
    assert await pause_reached(database) == (1 if moment == "before" else 0)
    await settle(database)
    assert await read(world, journey_id) == ("paused", ["ceiling_reached"])
    async with database.connection() as connection:
        lines = [one for one in await list_audit(connection, world.workspace_id) if one.caller == "journey"]
        told = await connection.fetchval("SELECT count(*) FROM facts WHERE name = 'journeyPaused'")
    assert (len(lines), told) == (1, 256)
