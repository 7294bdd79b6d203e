"""Starts that messages come to: opened or not, of one template, of any, of the last ones sent; at once or days after."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from tests.worker.scene import START, TEMPLATE_ID, Scene
from tests.worker.test_starts_by_time import ADA, BEA, entered, graph, until


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


def activity(**more: Any) -> dict[str, Any]:
    return {"id": "s", "kind": "activity", "days": 3} | more


async def tell(scene: Scene, contact: UUID, name: str, message: str, **more: Any) -> None:
    """Say what became of a message, a day after what was said before."""
    await until(scene, scene.now + timedelta(days=1))
    said = {"messageId": message, "channel": "email", "templateId": str(TEMPLATE_ID)} | more
    historical = bool(more.get("machine"))
    await scene.append(scene.event(contact, name, said, kind="message", historical=historical))


async def test_days_after_a_message_was_opened_for_the_first_time(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1))
    start = activity(action="opened", templateId=str(TEMPLATE_ID))
    await scene.publish("opened", graph(start, reentry={"rule": "value_changes", "key": "value"}))
    await tell(scene, ADA, "campaignOpened", "a", machine=True)
    await tell(scene, ADA, "campaignOpened", "a", first=True)
    await tell(scene, ADA, "campaignOpened", "a", first=False)
    await tell(scene, ADA, "campaignOpened", "b", first=True)
    await tell(scene, ADA, "campaignOpened", "c", first=True, templateId="another")
    await until(scene, START + timedelta(days=20))
    assert await entered(scene) == [(ADA, START + timedelta(days=days)) for days in (5, 7)]


async def test_days_after_a_message_that_was_not_opened(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1))
    await scene.publish("quiet", graph(activity(action="not_opened", templateId=str(TEMPLATE_ID))))
    await tell(scene, ADA, "campaignSent", "a")
    await tell(scene, ADA, "campaignSent", "b")
    await tell(scene, ADA, "campaignOpened", "b", machine=True)
    await tell(scene, ADA, "campaignLinkClicked", "b", first=True)
    await until(scene, START + timedelta(days=20))
    assert await entered(scene) == [(ADA, START + timedelta(days=4))]


async def test_days_in_which_no_message_was_opened_count_from_the_first_one_sent(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1))
    await scene.publish("quiet", graph(activity(action="not_opened")))
    await tell(scene, ADA, "campaignSent", "a")
    await tell(scene, ADA, "campaignSent", "b")
    await tell(scene, ADA, "campaignOpened", "a", first=True)
    await tell(scene, ADA, "campaignSent", "c")
    await tell(scene, ADA, "campaignSent", "d")
    await until(scene, START + timedelta(days=20))
    assert await entered(scene) == [(ADA, START + timedelta(days=7))]


EVERY_TIME = {"rule": "every_time"}


async def test_one_of_the_last_messages_sent_was_opened(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1))
    await scene.publish("opened", graph(activity(action="opened", last=2, days=0), reentry=EVERY_TIME))
    for message in ("a", "b", "c"):
        await tell(scene, ADA, "campaignSent", message)
    await tell(scene, ADA, "campaignOpened", "a", first=True)
    await tell(scene, ADA, "campaignOpened", "b", first=True)
    # It is an older message again that is opened now, whatever was opened of the last ones before.
    await tell(scene, ADA, "campaignOpened", "a", first=False)
    assert await entered(scene) == [(ADA, START + timedelta(days=5))]


async def test_days_after_one_of_the_last_messages_sent_was_opened(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1), scene.known(BEA, 2))
    await scene.publish("opened", graph(activity(action="opened", last=2), reentry=EVERY_TIME))
    for whose in (ADA, BEA):
        await tell(scene, whose, "campaignSent", "a")
    await tell(scene, ADA, "campaignOpened", "a", first=True)
    await tell(scene, BEA, "campaignOpened", "a", first=True)
    # When her days are over it is none of the last two any more.
    for message in ("b", "c"):
        await tell(scene, BEA, "campaignSent", message)
    await until(scene, START + timedelta(days=20))
    assert await entered(scene) == [(ADA, START + timedelta(days=6))]


async def test_days_in_which_none_of_the_last_messages_was_opened(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1), scene.known(BEA, 2))
    await scene.publish("quiet", graph(activity(action="not_opened", last=2), reentry=EVERY_TIME))
    for whose, message in ((ADA, "a"), (BEA, "d"), (BEA, "e")):
        await tell(scene, whose, "campaignSent", message)
    await tell(scene, BEA, "campaignOpened", "d", first=True)
    for message in ("b", "c"):
        await tell(scene, ADA, "campaignSent", message)
    await until(scene, START + timedelta(days=20))
    # On day 4 Ada had been sent one message only; one of Bea's last two was opened.
    assert await entered(scene) == [(ADA, START + timedelta(days=day)) for day in (8, 9)]
