"""Pausing, resuming, archiving and publishing anew, while people are inside (spec 3.10)."""

from typing import Any
from uuid import UUID

from percorso.journeys.actions import archive_journey, pause_journey, resume_journey
from tests.support.world import World


async def publish(world: World, subject: str = "uno") -> tuple[UUID, dict[str, Any]]:
    mail = await world.email_template(subject)
    graph = {
        "starts": [{"id": "s", "event": "began"}],
        "removals": [{"id": "stop", "event": "stopped"}],
        "first": "wait",
        "steps": {
            "wait": {"kind": "wait", "period": {"amount": 1, "unit": "days"}, "next": "mail"},
            "mail": {"kind": "send_email", "templateId": mail, "next": "end"},
            "end": {"kind": "end", "outcome": "positive"},
        },
    }
    return await world.publish("Corso", graph), graph


async def decide(world: World, action: Any, journey: UUID) -> None:
    async with world.database.transaction("test.commit") as connection:
        await action(connection, world.workspace_id, journey)
    await world.drain()


async def test_while_paused_nobody_enters_and_nothing_is_sent_but_waits_go_on_and_removals_act(
    world: World,
) -> None:
    journey, _ = await publish(world)
    for user in ("ada", "bob"):
        await world.join(user)
        await world.track(user, "began")
    await decide(world, pause_journey, journey)
    await world.join("eve")
    await world.track("eve", "began")
    assert await world.runs("eve", journey) == []
    await world.track("bob", "stopped")
    assert [run.reason for run in await world.runs("bob", journey)] == ["removed: stop"]
    await world.advance(days=2)
    assert [run.step for run in await world.runs("ada", journey)] == ["mail"]
    assert await world.mailbox() == []
    await decide(world, resume_journey, journey)
    await world.advance(minutes=5)
    assert await world.subjects("ada") == ["uno"]
    assert [run.outcome for run in await world.runs("ada", journey)] == ["positive"]
    await world.track("eve", "began")
    assert [run.state for run in await world.runs("eve", journey)] == ["waiting"]


async def test_who_is_removed_while_paused_gets_nothing_after_resuming(world: World) -> None:
    journey, _ = await publish(world)
    await world.join("ada")
    await world.track("ada", "began")
    await decide(world, pause_journey, journey)
    await world.advance(days=2)
    await world.track("ada", "stopped")
    await decide(world, resume_journey, journey)
    await world.advance(days=1)
    assert await world.mailbox() == []
    assert await world.messages("ada") == [("mail", "skipped", "removed: stop")]


async def test_who_is_inside_finishes_on_the_version_entered_and_others_enter_the_new_one(
    world: World,
) -> None:
    journey, graph = await publish(world)
    await world.join("ada")
    await world.join("bob")
    await world.track("ada", "began")
    await world.advance(hours=1)
    second = await world.email_template("due")
    graph["steps"]["mail"]["templateId"] = second
    assert await world.publish_again(journey, graph) == 2
    await world.track("bob", "began")
    await world.advance(days=2)
    assert await world.subjects("ada") == ["uno"]
    assert await world.subjects("bob") == ["due"]


async def test_publishing_anew_does_not_forget_who_entered(world: World) -> None:
    journey, graph = await publish(world)
    graph["reentry"] = {"rule": "once_ever"}
    await world.publish_again(journey, graph)
    await world.join("ada")
    await world.track("ada", "began")
    await world.advance(days=2)
    await world.publish_again(journey, graph | {"notes": {"again": True}})
    await world.track("ada", "began")
    assert len(await world.runs("ada", journey)) == 1


async def test_nobody_enters_a_journey_that_was_put_away(world: World) -> None:
    journey, _ = await publish(world)
    await world.join("ada")
    await decide(world, archive_journey, journey)
    await world.track("ada", "began")
    assert await world.runs("ada", journey) == []
