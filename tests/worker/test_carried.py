"""What a graph may be published with, the worker carries: starts by facts of the log, options, splits, moments."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.log.model import FactDraft
from percorso.worker.apply import apply_all
from tests.worker.scene import (
    LIST_ID,
    ORDER,
    START,
    TEMPLATE_ID,
    Scene,
    contact_id,
    pause_graph,
    thanks_graph,
)
from tests.worker.segments import filter_of, keep, segment_id, text_is

ADA, BEA = contact_id(1), contact_id(2)
VIP, STAFF = UUID(int=0xF), UUID(int=0xE)
ENGLISH = UUID(int=0xD)


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


def graph(start: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return pause_graph() | {"starts": [{"id": "s", **start}], **parts}


def joined(scene: Scene, contact: UUID, group: UUID, name: str = "groupJoined") -> FactDraft:
    return scene.event(contact, name, {"groupId": str(group)}, kind="group")


async def inside(scene: Scene) -> list[UUID]:
    return [row[0] for row in await scene.rows("runs", "contact_id", order="contact_id")]


async def test_joining_this_group_lets_in_and_another_does_not(scene: Scene) -> None:
    await scene.publish("g", graph({"kind": "group", "groupId": str(VIP), "existing": False}))
    await scene.append(
        scene.known(ADA, 1), joined(scene, ADA, VIP), scene.known(BEA, 2), joined(scene, BEA, STAFF)
    )
    await apply_all(scene.database)
    assert await inside(scene) == [ADA]


async def test_entering_this_segment_lets_in(scene: Scene) -> None:
    await keep(scene, "milan", filter_of(text_is("city", "Milano")))
    await keep(scene, "bari", filter_of(text_is("city", "Bari")))
    await scene.publish("s", graph({"kind": "segment", "segmentId": str(segment_id("milan"))}))
    await scene.append(scene.known(ADA, 1, city="Milano"), scene.known(BEA, 2, city="Bari"))
    await apply_all(scene.database)
    assert await inside(scene) == [ADA]


async def test_subscribing_to_the_list_on_the_channel_lets_in(scene: Scene) -> None:
    await scene.publish("sub", graph({"kind": "subscription", "channel": "sms"}))
    await scene.append(
        scene.known(ADA, 1),
        scene.event(ADA, "campaignSubscribed", {"listId": str(LIST_ID), "channel": "sms"}, kind="status"),
        scene.known(BEA, 2),
        scene.event(BEA, "campaignSubscribed", {"listId": str(LIST_ID), "channel": "email"}, kind="status"),
    )
    await apply_all(scene.database)
    assert await inside(scene) == [ADA]


async def test_groups_and_filters_of_the_options_are_judged_at_entry(scene: Scene) -> None:
    city = {"kind": "test", "source": "attribute", "path": "city", "type": "text", "operator": "equals",
            "operands": [{"kind": "value", "value": "Roma"}]}  # fmt: skip
    options = {"includeGroups": [str(VIP)], "excludeGroups": [str(STAFF)], "filters": [city]}
    await scene.publish("o", graph({"kind": "event", "event": "began"}, options=options))
    people = [contact_id(number) for number in range(1, 5)]
    groups = [(VIP,), (), (VIP, STAFF), (VIP,)]
    for number, (person, theirs) in enumerate(zip(people, groups, strict=True), 1):
        await scene.append(
            scene.known(person, number, city="Milano" if number == 4 else "Roma"),
            *(joined(scene, person, group) for group in theirs),
        )
    await apply_all(scene.database)
    await scene.append(*(scene.event(person, "began") for person in people))
    await apply_all(scene.database)
    assert await inside(scene) == [people[0]]


async def test_a_split_and_a_wait_until_a_moment_are_carried(scene: Scene) -> None:
    steps = {
        "split": {"kind": "split", "paths": [{"id": "a", "percent": 50, "to": "wait"},
                                             {"id": "b", "percent": 50, "to": "wait"}]},
        "wait": {"kind": "wait", "until": {"kind": "date", "operand": {"kind": "attribute", "path": "expires"}},
                 "next": "end", "default": "none"},
        "end": {"kind": "end", "outcome": "positive"},
        "none": {"kind": "end", "outcome": "negative"},
    }  # fmt: skip
    await scene.publish("w", graph({"kind": "event", "event": "began"}, first="split", steps=steps))
    due = START + timedelta(days=3)
    await scene.append(
        scene.known(ADA, 1, expires=due.isoformat()), scene.event(ADA, "began"),
        scene.known(BEA, 2), scene.event(BEA, "began"),
    )  # fmt: skip
    await apply_all(scene.database)
    assert await scene.rows("runs", "contact_id", "due_at", "outcome", order="contact_id") == sorted(
        [(ADA, due, None), (BEA, None, "negative")]
    )
    taken = await scene.rows("counters", "path", "value", order="path")
    assert sum(value for path, value in taken if path in ("a", "b")) == 2


async def test_a_person_who_opens_this_template_is_let_in_and_nobody_else(scene: Scene) -> None:
    start = {"kind": "activity", "action": "opened", "channel": "email", "templateId": str(TEMPLATE_ID)}
    await scene.publish("a", graph(start))
    await scene.append(scene.known(ADA, 1), scene.known(BEA, 2))
    prefetched = contact_id(3)
    for person, template in ((ADA, TEMPLATE_ID), (BEA, ENGLISH), (prefetched, TEMPLATE_ID)):
        said = {"templateId": str(template), "channel": "email", "messageId": str(person), "first": True}
        machine = {"machine": True} if person == prefetched else {}
        await scene.append(scene.event(person, "campaignOpened", said | machine, kind="message"))
    await apply_all(scene.database)
    assert await inside(scene) == [ADA]


async def test_a_message_is_planned_in_the_language_of_its_contact(scene: Scene) -> None:
    await scene.insert_template(ENGLISH, "Thanks in English")
    mail = {"kind": "send_email", "templateId": str(TEMPLATE_ID), "next": "pause",
            "variants": [{"language": "en", "templateId": str(ENGLISH)}]}  # fmt: skip
    thanks = thanks_graph()
    await scene.publish("v", thanks | {"steps": thanks["steps"] | {"mail": mail}})
    for number, (person, language) in enumerate(((ADA, "it"), (BEA, "en")), 1):
        await scene.subscribe(person)
        await scene.append(
            scene.known(person, number, language=language), scene.event(person, "completedOrder", ORDER)
        )
    await apply_all(scene.database)
    assert set(await scene.rows("messages", "contact_id", "template_id")) == {
        (ADA, TEMPLATE_ID),
        (BEA, ENGLISH),
    }


@pytest.mark.parametrize(("option", "state"), [("exit", "ended"), ("skip", "waiting")])
async def test_who_leaves_the_channel_of_the_next_message_leaves_or_stays(
    scene: Scene, option: str, state: str
) -> None:
    steps = {
        "pause": {"kind": "wait", "period": {"amount": 1, "unit": "days"}, "next": "mail"},
        "mail": {"kind": "send_email", "templateId": str(TEMPLATE_ID), "next": "end"},
        "end": {"kind": "end"},
    }
    parts = {"first": "pause", "steps": steps, "options": {"leftChannel": option}}
    await scene.publish("l", graph({"kind": "event", "event": "began"}, **parts))
    left = {"listId": str(LIST_ID), "channel": "email"}
    await scene.append(
        scene.known(ADA, 1),
        scene.event(ADA, "began"),
        scene.event(ADA, "campaignUnsubscribed", left, kind="status"),
    )
    await apply_all(scene.database)
    assert await scene.rows("runs", "state") == [(state,)]
