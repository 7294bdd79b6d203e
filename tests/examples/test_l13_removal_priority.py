"""L13: `completedOrder` with revenue ≥ 100 enters; a second one with "removal has priority" on → removed and not
re-inserted; off, with re-entry *every time* and *restart* → the run starts again from the new order; 99.99 → does not
enter."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.support.world import MONDAY, World

BIG = {
    "kind": "test",
    "source": "event",
    "path": "amount.revenue",
    "type": "number",
    "operator": "at_least",
    "operands": [{"kind": "value", "value": 100}],
}


async def publish(world: World, **more: Any) -> UUID:
    thanks = await world.email_template("grazie", html="<html><body>Ordine {{ run.order }}</body></html>")
    return await world.publish(
        "Grandi ordini",
        {
            "starts": [
                {
                    "id": "order",
                    "event": "completedOrder",
                    "condition": BIG,
                    "captures": [{"name": "order", "operand": {"kind": "event", "path": "orderId"}}],
                }
            ],
            "removals": [{"id": "again", "event": "completedOrder", "condition": BIG}],
            "first": "week",
            "steps": {
                "week": {"kind": "wait", "period": {"amount": 1, "unit": "weeks"}, "next": "thanks"},
                "thanks": {"kind": "send_email", "templateId": thanks},
            },
            **more,
        },
    )


async def order(world: World, id: str, revenue: float) -> None:
    await world.track("ada", "completedOrder", orderId=id, amount={"revenue": revenue})


async def test_an_order_of_a_hundred_enters_and_one_of_less_does_not(world: World) -> None:
    journey = await publish(world)
    await world.join("ada")
    await order(world, "o1", 99.99)
    assert await world.runs("ada", journey) == []
    await order(world, "o2", 100)
    assert [run.state for run in await world.runs("ada", journey)] == ["waiting"]


async def test_with_priority_a_second_order_removes_and_does_not_insert_again(world: World) -> None:
    journey = await publish(
        world, removalHasPriority=True, reentry={"rule": "every_time", "inside": "restart"}
    )
    await world.join("ada")
    await order(world, "o1", 120)
    await world.advance(days=2)
    await order(world, "o2", 150)
    (run,) = await world.runs("ada", journey)
    assert (run.state, run.outcome, run.reason) == ("ended", "neutral", "removed: again")
    await world.advance(days=30)
    assert await world.mailbox("ada") == []
    await order(world, "o3", 100)
    assert [run.state for run in await world.runs("ada", journey)] == ["ended", "waiting"]


async def test_without_priority_and_with_restart_the_run_starts_again_from_the_new_order(
    world: World,
) -> None:
    journey = await publish(
        world, removalHasPriority=False, reentry={"rule": "every_time", "inside": "restart"}
    )
    await world.join("ada")
    await order(world, "o1", 120)
    await world.advance(days=2)
    await order(world, "o2", 150)
    old, new = await world.runs("ada", journey)
    assert (old.state, old.reason, new.state, new.entered_at) == (
        "ended",
        "restarted",
        "waiting",
        MONDAY + timedelta(days=2),
    )
    await world.advance(days=6)
    assert await world.mailbox("ada") == []
    await world.advance(days=1)
    (mail,) = await world.mailbox("ada")
    assert mail.received_at == MONDAY + timedelta(days=9)
    assert "Ordine o2" in mail.html


async def test_without_priority_and_ignoring_who_is_inside_the_run_goes_on(world: World) -> None:
    journey = await publish(
        world, removalHasPriority=False, reentry={"rule": "every_time", "inside": "ignore"}
    )
    await world.join("ada")
    await order(world, "o1", 120)
    await world.advance(days=2)
    await order(world, "o2", 150)
    assert [(run.state, run.entered_at) for run in await world.runs("ada", journey)] == [("waiting", MONDAY)]
    await world.advance(days=5)
    (mail,) = await world.mailbox("ada")
    assert "Ordine o1" in mail.html
