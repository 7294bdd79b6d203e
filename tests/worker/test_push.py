"""Push through a whole Percorso: to the device that came last, skipped without one, tapped, waited for."""

from typing import Any
from uuid import UUID

import pytest

from percorso.consent.choices import record_choices
from percorso.consent.records import Status, StatusChange
from percorso.db import Database
from tests.support.world import MONDAY, PUBLIC_URL, World

DAY = {"amount": 1, "unit": "days"}


@pytest.fixture
async def world(database: Database) -> World:
    return await World.open(database)


def graph(template: str, **push: Any) -> dict[str, Any]:
    """Return a journey that sends a push, waits a day for it to be opened and tells in its outcome whether it was."""
    return {
        "starts": [{"id": "s", "kind": "event", "event": "began"}],
        "first": "push",
        "steps": {
            "push": {"kind": "send_push", "templateId": template, "next": "wait", **push},
            "wait": {"kind": "wait_after_message", "reaction": "opened", "maximum": DAY, "next": "opened",
                     "unmet": "otherwise", "otherwise": "ignored"},
            "opened": {"kind": "end", "outcome": "positive"},
            "ignored": {"kind": "end", "outcome": "negative"},
        },
    }  # fmt: skip


async def own_device(world: World, user: str, token: str) -> None:
    """The contact's app says who it is and on which device."""
    await world.post("identify", {"userId": user, "context": {"device": {"token": token}}})


async def journey(world: World, **push: Any) -> UUID:
    template = await world.push_template(
        "Offerta", link="https://shop.example.com/{{ event.sku }}", body="Solo oggi: {{ event.sku }}"
    )
    return await world.publish("push", graph(template, **push))


async def test_a_push_reaches_the_device_that_came_last_and_a_tap_lets_the_run_go_on(world: World) -> None:
    await journey(world)
    await own_device(world, "ada", "token-old")
    await own_device(world, "ada", "token-new")
    await world.subscribe("ada", "push")
    await world.track("ada", "began", sku="A1")
    (push,) = await world.mailbox("ada")
    assert (push.channel, push.recipient, push.subject, push.text) == (
        "push",
        "token-new",
        "Offerta",
        "Solo oggi: A1",
    )
    assert [(run.step, run.outcome) for run in await world.runs("ada")] == [("wait", None)]
    await world.advance(hours=1)
    tapped = await world.visit(push.headers["link"].removeprefix(PUBLIC_URL))
    assert (tapped.status, tapped.headers["location"]) == (302, "https://shop.example.com/A1")
    await world.drain()
    assert [run.outcome for run in await world.runs("ada")] == ["positive"]


async def test_who_does_not_tap_takes_the_other_way_and_gets_one_push(world: World) -> None:
    await journey(world)
    await own_device(world, "ada", "token")
    await world.subscribe("ada", "push")
    await world.track("ada", "began", sku="A1")
    await world.advance(days=2)
    assert [run.outcome for run in await world.runs("ada")] == ["negative"]
    assert [mail.recipient for mail in await world.mailbox()] == ["token"]
    assert await world.messages("ada") == [("push", "accepted", None)]


@pytest.mark.parametrize(
    ("token", "channel", "reason"),
    [(None, "push", "no_address"), ("token", "email", "not_subscribed"), ("token", None, "not_subscribed")],
)
async def test_the_gate_is_that_of_its_own_channel(
    world: World, token: str | None, channel: str | None, reason: str
) -> None:
    await journey(world)
    await world.identify("ada", email="ada@example.com")
    if token:
        await own_device(world, "ada", token)
    if channel:
        await world.subscribe("ada", channel)
    await world.track("ada", "began", sku="A1")
    assert await world.mailbox() == []
    assert await world.messages("ada") == [("push", "skipped", reason)]
    assert [(run.outcome, run.reason) for run in await world.runs("ada")] == [("neutral", reason)]


async def test_skipped_the_run_goes_on_where_the_step_says_so(world: World) -> None:
    await journey(world, whenSkipped="skip")
    await world.subscribe("ada", "push")
    await world.track("ada", "began", sku="A1")
    await world.advance(days=2)
    assert [run.outcome for run in await world.runs("ada")] == ["negative"]


async def test_who_refuses_push_is_sent_none_and_leaves(world: World) -> None:
    await journey(world)
    await own_device(world, "ada", "token")
    await world.subscribe("ada", "push")
    await choose(world, "ada", "unsubscribed")
    await world.track("ada", "began", sku="A1")
    assert [run.reason for run in await world.runs("ada")] == ["not_subscribed"]


async def choose(world: World, user: str, status: Status) -> None:
    contact_id = await world.contact_id(user)
    change = StatusChange(world.workspace_id, contact_id, world.list_id, "push", status, "test", "No")
    async with world.database.transaction("test.commit") as connection:
        await record_choices(connection, [change], message_id=None, now=world.now)
    await world.drain()


async def test_leaving_the_list_on_push_ends_a_run_that_would_still_send_one(world: World) -> None:
    template = await world.push_template("Offerta")
    steps = {
        "hold": {"kind": "wait", "period": DAY, "next": "push"},
        "push": {"kind": "send_push", "templateId": template, "next": "end"},
        "end": {"kind": "end", "outcome": "positive"},
    }
    held = {"starts": [{"id": "s", "kind": "event", "event": "began"}], "first": "hold", "steps": steps}
    await world.publish("hold", held)
    for user in ("ada", "bea"):
        await own_device(world, user, f"token-{user}")
        await world.subscribe(user, "push", "sms")
        await world.track(user, "began")
    await choose(world, "ada", "unsubscribed")
    assert [run.state for run in await world.runs("ada")] == ["ended"]
    await world.advance(days=1)
    assert [mail.recipient for mail in await world.mailbox()] == ["token-bea"]
    assert [run.ended_at for run in await world.runs("ada")] == [MONDAY]


async def test_a_push_that_is_too_late_does_not_leave(world: World) -> None:
    id = await journey(world, tooLate={"amount": 2, "unit": "hours"})
    await own_device(world, "ada", "token")
    await world.subscribe("ada", "push")
    async with world.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE journeys SET state = 'paused' WHERE id = $1", id)
    await world.track("ada", "began", sku="A1")
    await world.advance(hours=3)
    async with world.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE journeys SET state = 'active' WHERE id = $1", id)
    await world.drain()
    assert await world.mailbox() == []
    assert await world.messages("ada") == [("push", "skipped", "too_late")]
    assert [(run.outcome, run.reason) for run in await world.runs("ada")] == [("neutral", "too_late")]
