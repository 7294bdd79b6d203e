"""Waiting after a message, through the worker: what became of it is remembered from batch to batch."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.worker.apply import apply_all
from percorso.worker.reading import Limits
from tests.worker.scene import START, TEMPLATE_ID, Scene, contact_id

ADA, BEA = contact_id(1), contact_id(2)
SENT, OPENED, CLICKED = "campaignSent", "campaignOpened", "campaignLinkClicked"
DAY, WEEK = {"amount": 1, "unit": "days"}, {"amount": 7, "unit": "days"}
BATCHES = pytest.mark.parametrize(
    "limits", [Limits(), Limits(facts=1, due=1)], ids=["together", "one by one"]
)


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


def graph(*sends: str, **wait: Any) -> dict[str, Any]:
    """Return a journey that sends these, waits after a message and tells in its outcome which way was taken."""
    ways = dict(zip(sends, (*sends[1:], "wait"), strict=True))
    mails: dict[str, Any] = {
        send: {"kind": "send_email", "templateId": str(TEMPLATE_ID), "next": next}
        for send, next in ways.items()
    }
    steps = {
        **mails,
        "wait": {
            "kind": "wait_after_message",
            "next": "met",
            "unmet": "otherwise",
            "otherwise": "unmet",
            **wait,
        },
        "met": {"kind": "end", "outcome": "positive"},
        "unmet": {"kind": "end", "outcome": "negative"},
    }
    return {"starts": [{"id": "s", "kind": "event", "event": "began"}], "first": sends[0], "steps": steps}


async def begin(scene: Scene, *people: UUID) -> None:
    """Let these people enter: their first message is planned."""
    for number, person in enumerate(people, 1):
        await scene.subscribe(person)
        await scene.append(scene.known(person, number), scene.event(person, "began"))
    await apply_all(scene.database)


async def tell(scene: Scene, person: UUID, name: str, step: str = "mail", **said: Any) -> None:
    """Append what became of the person's message of this step."""
    rows = await scene.rows("messages", "id", "run_id", "contact_id", "step")
    id, run_id = next((id, run_id) for id, run_id, whose, at in rows if (whose, at) == (person, step))
    about = {"messageId": str(id), "runId": str(run_id), "step": step, "channel": "email", **said}
    await scene.append(scene.event(person, name, about, kind="message", origin="courier"))


async def standing(scene: Scene) -> list[tuple[Any, ...]]:
    return await scene.rows("runs", "step", "due_at", "outcome")


@BATCHES
async def test_opening_lets_go_on_so_long_after_it(scene: Scene, limits: Limits) -> None:
    await scene.publish("w", graph("mail", reaction="opened", period=DAY, maximum=WEEK))
    await begin(scene, ADA)
    await tell(scene, ADA, SENT)
    await apply_all(scene.database, limits)
    assert await standing(scene) == [("wait", START + timedelta(days=7), None)]
    await scene.move_clock(hours=5)
    await tell(scene, ADA, OPENED)
    await apply_all(scene.database, limits)
    assert await standing(scene) == [("wait", START + timedelta(days=1, hours=5), None)]
    await scene.move_clock(days=1)
    await apply_all(scene.database, limits)
    assert await standing(scene) == [(None, None, "positive")]


@BATCHES
async def test_who_opened_before_the_wait_was_reached_has_opened(scene: Scene, limits: Limits) -> None:
    await scene.publish("w", graph("mail", reaction="opened"))
    await begin(scene, ADA, BEA)
    await tell(scene, ADA, OPENED)
    await apply_all(scene.database, limits)
    await tell(scene, ADA, SENT)
    await tell(scene, BEA, SENT)
    await apply_all(scene.database, limits)
    assert set(await scene.rows("runs", "contact_id", "outcome")) == {(ADA, "positive"), (BEA, None)}


@BATCHES
async def test_not_opening_goes_on_at_the_end_and_opening_at_once(scene: Scene, limits: Limits) -> None:
    await scene.publish("w", graph("mail", reaction="not_opened", period=DAY))
    await begin(scene, ADA, BEA)
    await tell(scene, ADA, SENT)
    await tell(scene, BEA, SENT)
    await tell(scene, BEA, CLICKED)
    await apply_all(scene.database, limits)
    assert set(await scene.rows("runs", "contact_id", "due_at", "outcome")) == {
        (ADA, START + timedelta(days=1), None),
        (BEA, None, "negative"),
    }
    await scene.move_clock(days=1)
    await apply_all(scene.database, limits)
    assert set(await scene.rows("runs", "contact_id", "outcome")) == {(ADA, "positive"), (BEA, "negative")}


async def test_what_was_not_clicked_by_the_maximum_is_unmet(scene: Scene) -> None:
    await scene.publish("w", graph("mail", reaction="clicked", maximum=WEEK))
    await begin(scene, ADA)
    await tell(scene, ADA, SENT)
    await tell(scene, ADA, OPENED)
    await apply_all(scene.database)
    assert await standing(scene) == [("wait", START + timedelta(days=7), None)]
    await scene.move_clock(days=7)
    await apply_all(scene.database)
    assert await standing(scene) == [(None, None, "negative")]


async def test_delivery_lets_go_on_and_a_bounce_does_not(scene: Scene) -> None:
    drawn = graph("mail", reaction="delivered")
    drawn["steps"]["mail"]["kind"] = "send_sms"
    await scene.publish("w", drawn)
    for number, person in enumerate((ADA, BEA)):
        await scene.subscribe(person, "sms")
        await scene.append(scene.update(person, identities={"phone": [f"+39333000000{number}"]}))
    await begin(scene, ADA, BEA)
    for person, name in ((ADA, "campaignDelivered"), (BEA, "campaignBounced")):
        await tell(scene, person, SENT)
        await tell(scene, person, name)
    await apply_all(scene.database)
    assert set(await scene.rows("runs", "contact_id", "outcome")) == {(ADA, "positive"), (BEA, None)}


async def test_what_a_machine_opens_is_opened_by_nobody(scene: Scene) -> None:
    await scene.publish("w", graph("mail", reaction="not_opened", period=DAY))
    await begin(scene, ADA)
    await tell(scene, ADA, OPENED, machine=True)
    await tell(scene, ADA, SENT)
    await tell(scene, ADA, OPENED, machine=True)
    await apply_all(scene.database)
    assert await standing(scene) == [("wait", START + timedelta(days=1), None)]


@pytest.mark.parametrize(("names", "asked"), [(("first", "mail"), None), (("mail", "later"), "mail")])
async def test_the_message_asked_about_is_the_last_one_or_the_one_that_is_named(
    scene: Scene, names: tuple[str, str], asked: str | None
) -> None:
    """The names tell: stored as keys of an object, the shorter one would come back first."""
    more = {} if asked is None else {"message": asked}
    await scene.publish("w", graph(*names, reaction="opened", **more))
    await begin(scene, ADA)
    other = next(name for name in names if name != "mail")
    for name in names:
        await tell(scene, ADA, SENT, step=name)
        await apply_all(scene.database)
    await tell(scene, ADA, OPENED, step=other)
    await apply_all(scene.database)
    assert [outcome for _, _, outcome in await standing(scene)] == [None]
    await tell(scene, ADA, OPENED)
    await apply_all(scene.database)
    assert [outcome for _, _, outcome in await standing(scene)] == ["positive"]


async def test_who_hears_of_no_sending_takes_the_other_way_at_once(scene: Scene) -> None:
    steps = graph("mail", reaction="opened")["steps"]
    steps["mail"] |= {"whenSkipped": "skip"}
    await scene.publish("w", graph("mail", reaction="opened") | {"steps": steps})
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "began"))
    await apply_all(scene.database)
    assert await standing(scene) == [(None, None, "negative")]
