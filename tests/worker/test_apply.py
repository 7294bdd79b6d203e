"""The worker on a real database: from a fact to a run, a message, and on."""

from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.worker.apply import apply_all
from tests.worker.scene import LIST_ID, ORDER, START, TEMPLATE_ID, Scene, contact_id, thanks_graph

ADA = contact_id(1)
RUN = ("state", "step", "outcome", "reason")


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


async def plan_one(scene: Scene) -> dict[str, Any]:
    """Let Ada, subscribed, order; return the properties of the fact about her planned message."""
    await scene.publish("thanks", thanks_graph())
    await scene.subscribe(ADA)
    await scene.append(scene.known(ADA, 1, firstName="Ada"), scene.event(ADA, "completedOrder", ORDER))
    await apply_all(scene.database)
    ((properties,),) = [
        row[1:] for row in await scene.rows("facts", "name", "properties") if row[0] == "messagePlanned"
    ]
    return properties


async def test_an_order_starts_a_run_and_plans_its_message(scene: Scene) -> None:
    said = await plan_one(scene)
    assert await scene.rows("runs", *RUN) == [("waiting", "mail", None, None)]
    assert await scene.rows(
        "messages", "id", "state", "contact_id", "list_id", "template_id", "planned_at", "due_at"
    ) == [(UUID(said["messageId"]), "due", ADA, LIST_ID, TEMPLATE_ID, START, START)]
    names = [row[0] for row in await scene.rows("facts", "name", order='"offset"')]
    assert names[-2:] == ["journeyEntered", "messagePlanned"]
    assert (await scene.rows("contacts", "id", "email", "anonymous", "last_event_at")) == [
        (ADA, "c1@example.com", False, START)
    ]


async def test_the_fact_that_a_message_was_sent_moves_its_run(scene: Scene) -> None:
    said = await plan_one(scene)
    await scene.append(scene.event(ADA, "campaignSent", said, kind="message", origin="courier"))
    await apply_all(scene.database)
    assert await scene.rows("runs", *RUN) == [("waiting", "pause", None, None)]
    await scene.move_clock(hours=23)
    await apply_all(scene.database)
    assert await scene.rows("runs", *RUN) == [("waiting", "pause", None, None)]
    await scene.move_clock(hours=1)
    await apply_all(scene.database)
    assert await scene.rows("runs", *RUN) == [("ended", None, "positive", "completed")]
    counts = await scene.rows("counters", "step", "path", "name", "value", order="1, 2, 3")
    assert [row for row in counts if row[2] in ("planned", "sent") or not row[0]] == [
        ("", "", "entered", 1),
        ("", "positive", "ended", 1),
        ("mail", "", "planned", 1),
        ("mail", "", "sent", 1),
    ]


async def test_a_refused_message_is_skipped_and_its_run_leaves_at_once(scene: Scene) -> None:
    await scene.publish("thanks", thanks_graph())
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder", ORDER))
    await apply_all(scene.database)
    assert await scene.rows("messages", "state", "reason") == [("skipped", "not_subscribed")]
    assert await scene.rows("runs", *RUN) == [("ended", None, "neutral", "not_subscribed")]


async def test_nobody_enters_a_journey_that_is_not_active_or_by_an_event_before_it_was(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder", ORDER))
    journey_id = await scene.publish("thanks", thanks_graph(), activate=False)
    await scene.append(scene.event(ADA, "completedOrder", ORDER))
    await scene.control(journey_id, "journeyActivated")
    await scene.control(journey_id, "journeyPaused")
    await scene.append(scene.event(ADA, "completedOrder", ORDER))
    await scene.control(journey_id, "journeyResumed")
    (entry,) = await scene.append(scene.event(ADA, "completedOrder", ORDER | {"orderId": "last"}))
    await apply_all(scene.database)
    ((memory,),) = await scene.rows("runs", "memory")
    assert memory["event"]["orderId"] == "last"
    assert memory["reachedOffset"] == entry


async def test_historical_facts_build_the_profile_and_move_nothing(scene: Scene) -> None:
    await scene.publish("thanks", thanks_graph())
    await scene.append(
        scene.known(ADA, 1, city="Milano"), scene.event(ADA, "completedOrder", ORDER, historical=True)
    )
    await apply_all(scene.database)
    ((attributes, last_event_at),) = await scene.rows("contacts", "attributes", "last_event_at")
    assert (attributes["city"], attributes["shop"]["revenue"]["total"], last_event_at) == (
        "Milano",
        120,
        START,
    )
    assert await scene.rows("runs", "id") == []


async def test_cursors_reach_the_heads_over_what_nobody_cares_for_and_what_the_worker_made(
    scene: Scene,
) -> None:
    await plan_one(scene)
    await scene.append(scene.event(ADA, "viewedPage"), scene.event(ADA, "viewedPage"))
    await apply_all(scene.database)
    heads = await scene.rows("heads", "bucket", "offset")
    assert await scene.rows("cursors", "bucket", "offset") == heads
    assert dict(heads)[7] == 8
