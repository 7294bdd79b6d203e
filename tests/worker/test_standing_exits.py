"""Removals and goals that are conditions by themselves: judged whenever what they ask about changed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.worker.apply import apply_all
from percorso.worker.reading import Limits
from tests.worker.scene import LIST_ID, START, TEMPLATE_ID, Scene, contact_id, pause_graph
from tests.worker.segments import did, filter_of, in_segment, keep, text_is

ADA, BEA = contact_id(1), contact_id(2)
VIP = UUID(int=0xF)
ROME = text_is("city", "Roma")
BATCHES = pytest.mark.parametrize(
    "limits", [Limits(), Limits(facts=1, due=1)], ids=["together", "one by one"]
)


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


def graph(condition: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a journey that lets a day pass, and that this condition takes out of."""
    start = {"id": "s", "kind": "event", "event": "began"}
    return pause_graph() | {"starts": [start], "removals": [{"id": "r", "condition": condition}], **more}


def negated(condition: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "not", "condition": condition}


async def begin(scene: Scene, **attributes: Any) -> None:
    """Let Ada and Bea enter."""
    for number, person in enumerate((ADA, BEA), 1):
        await scene.append(scene.known(person, number, **attributes), scene.event(person, "began"))
    await apply_all(scene.database)


async def left(scene: Scene) -> dict[UUID, str | None]:
    """Return why each left; None: still inside."""
    return dict(await scene.rows("runs", "contact_id", "reason"))


@BATCHES
async def test_a_changed_profile_takes_out_at_once(scene: Scene, limits: Limits) -> None:
    await scene.publish("j", graph(ROME))
    await begin(scene, city="Milano")
    await scene.move_clock(hours=1)
    await scene.append(scene.update(ADA, set={"name": "Ada"}), scene.update(ADA, set={"city": "Roma"}))
    await scene.append(scene.update(BEA, set={"city": "Torino"}))
    await apply_all(scene.database, limits)
    assert await left(scene) == {ADA: "removed: r", BEA: None}
    ended = await scene.rows("runs", "ended_at", "outcome", order="ended_at")
    assert ended == [(START + timedelta(hours=1), "neutral"), (None, None)]
    (told,) = [
        entry for (entry,) in await scene.rows("traces", "entry") if entry.get("outcome") == "removed: r"
    ]
    assert told["judged"]


@BATCHES
async def test_joining_a_group_meets_a_goal(scene: Scene, limits: Limits) -> None:
    joined = {"kind": "membership", "of": "group", "id": str(VIP)}
    await scene.publish("j", graph(ROME, goals=[{"id": "g", "condition": joined}]))
    await begin(scene)
    await scene.append(scene.event(ADA, "groupJoined", {"groupId": str(VIP)}, kind="group"))
    await apply_all(scene.database, limits)
    assert await left(scene) == {ADA: "goal: g", BEA: None}
    assert set(await scene.rows("runs", "outcome")) == {("positive",), (None,)}


@BATCHES
async def test_leaving_a_segment_takes_out(scene: Scene, limits: Limits) -> None:
    await keep(scene, "milan", filter_of(text_is("city", "Milano")))
    await scene.publish("j", graph(negated(in_segment("milan"))))
    await begin(scene, city="Milano")
    assert await left(scene) == {ADA: None, BEA: None}
    await scene.append(scene.update(ADA, set={"city": "Bari"}))
    await apply_all(scene.database, limits)
    assert await left(scene) == {ADA: "removed: r", BEA: None}


async def test_a_segment_that_is_edited_takes_out(scene: Scene) -> None:
    await keep(scene, "milan", filter_of(text_is("city", "Milano")))
    await scene.publish("j", graph(negated(in_segment("milan"))))
    await begin(scene, city="Milano")
    await keep(scene, "milan", None, revision=2)
    await apply_all(scene.database)
    assert await left(scene) == {ADA: "removed: r", BEA: "removed: r"}


@BATCHES
async def test_a_status_that_changes_takes_out(scene: Scene, limits: Limits) -> None:
    said = {"listId": str(LIST_ID), "channel": "sms"}
    subscribed = {"kind": "status", "listId": str(LIST_ID), "channel": "sms"}
    await scene.publish("j", graph(subscribed))
    await begin(scene)
    await scene.append(scene.event(ADA, "campaignSubscribed", said, kind="status"))
    await scene.append(scene.event(BEA, "campaignUnsubscribed", said, kind="status"))
    await apply_all(scene.database, limits)
    assert await left(scene) == {ADA: "removed: r", BEA: None}


@BATCHES
async def test_what_the_contact_did_takes_out_and_lets_in_no_second_time(
    scene: Scene, limits: Limits
) -> None:
    again = {"reentry": {"rule": "every_time"}}
    await scene.publish("j", graph(did("began", times=2), **again))
    await begin(scene)
    await scene.append(scene.event(ADA, "began"))
    await apply_all(scene.database, limits)
    assert sorted(await scene.rows("runs", "contact_id", "reason")) == sorted(
        [(ADA, "removed: r"), (BEA, None)]
    )


@BATCHES
async def test_what_only_another_journey_listens_to_judges_nobody(scene: Scene, limits: Limits) -> None:
    """Time alone made the condition true: it is found at the next moment, or when the contact changes."""
    week = {
        "pause": {"kind": "wait", "period": {"amount": 7, "unit": "days"}, "next": "end"},
        "end": {"kind": "end"},
    }
    await scene.publish("j", graph(negated(did("viewed", within=2)), steps=week))
    await scene.publish(
        "other", pause_graph() | {"starts": [{"id": "s", "kind": "event", "event": "clapped"}]}
    )
    for person, number in ((ADA, 1), (BEA, 2)):
        await scene.append(
            scene.known(person, number), scene.event(person, "viewed"), scene.event(person, "began")
        )
    await apply_all(scene.database, limits)
    await scene.move_clock(days=3)
    await scene.append(scene.event(ADA, "clapped"), scene.update(BEA, set={"name": "Bea"}))
    await apply_all(scene.database, limits)
    ours = {whose: reason for whose, reason, due in await scene.rows("runs", "contact_id", "reason", "due_at")
            if due is None or due == START + timedelta(days=7)}  # fmt: skip
    assert ours == {ADA: None, BEA: "removed: r"}
    await scene.move_clock(days=4)
    await apply_all(scene.database, limits)
    reasons = [reason for (reason,) in await scene.rows("runs", "reason") if reason != "completed"]
    assert reasons == ["removed: r", "removed: r"]


async def test_a_message_that_did_not_leave_is_cancelled(scene: Scene) -> None:
    mail = {"mail": {"kind": "send_email", "templateId": str(TEMPLATE_ID)}}
    await scene.publish("j", graph(ROME, first="mail", steps=mail))
    await scene.subscribe(ADA)
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "began"))
    await apply_all(scene.database)
    await scene.append(scene.update(ADA, set={"city": "Roma"}))
    await apply_all(scene.database)
    assert await scene.rows("messages", "state", "reason") == [("skipped", "removed: r")]


async def test_a_step_that_makes_the_condition_true_takes_its_own_run_out(scene: Scene) -> None:
    change = {"action": "set", "path": "city", "operand": {"kind": "value", "value": "Roma"}}
    steps = {
        "move": {"kind": "update_contact", "changes": [change], "next": "pause"},
        "pause": {"kind": "wait", "period": {"amount": 1, "unit": "days"}, "next": "end"},
        "end": {"kind": "end"},
    }
    await scene.publish("j", graph(ROME, first="move", steps=steps))
    await begin(scene, city="Milano")
    assert await left(scene) == {ADA: "removed: r", BEA: "removed: r"}


async def test_what_is_history_takes_nobody_out_before_the_next_moment(scene: Scene) -> None:
    await scene.publish("j", graph(ROME))
    await begin(scene, city="Milano")
    moved = scene.event(ADA, "contactUpdated", {"set": {"city": "Roma"}}, kind="profile", historical=True)
    await scene.append(moved)
    await apply_all(scene.database)
    assert await left(scene) == {ADA: None, BEA: None}
    await scene.move_clock(days=1)
    await apply_all(scene.database)
    assert await left(scene) == {ADA: "removed: r", BEA: "completed"}
