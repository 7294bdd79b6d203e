"""Law 3: a fact is judged against the contact at its offset, a run's moment against all received before it."""

from typing import Any

import pytest

from percorso.contacts.store import get_contact
from percorso.db import Database
from percorso.worker.apply import apply_all
from tests.worker.scene import ORDER, START, Scene, contact_id, pause_graph, thanks_graph

ADA, BEA = contact_id(1), contact_id(2)


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


def check_city_after_a_day() -> dict[str, Any]:
    """Return a journey that lets a day pass and then ends positive for Milan, neutral elsewhere."""
    graph = pause_graph()
    graph["steps"]["pause"]["next"] = "check"
    graph["steps"]["check"] = {
        "kind": "check_now",
        "paths": [
            {
                "id": "milan",
                "name": "Milan",
                "condition": {
                    "kind": "test",
                    "source": "attribute",
                    "path": "city",
                    "type": "text",
                    "operator": "equals",
                    "operands": [{"kind": "value", "value": "Milano"}],
                },
                "to": "end",
            }
        ],
    }
    return graph


@pytest.mark.parametrize(
    ("hours", "outcome"), [(23, "positive"), (24, "positive"), (25, "neutral")], ids=["before", "at", "after"]
)
async def test_a_late_worker_judges_a_moment_by_what_was_received_until_then(
    scene: Scene, hours: int, outcome: str
) -> None:
    await scene.publish("city", check_city_after_a_day())
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder", ORDER))
    await scene.move_clock(hours=hours)
    await scene.append(scene.update(ADA, set={"city": "Milano"}))
    await scene.move_clock(days=9)
    await apply_all(scene.database)
    assert await scene.rows("runs", "outcome") == [(outcome,)]


async def test_a_moment_of_another_contact_is_not_held_up_by_a_fact(scene: Scene) -> None:
    await scene.publish("thanks", pause_graph())
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder", ORDER))
    await scene.move_clock(days=2)
    await scene.append(scene.known(BEA, 2))
    await apply_all(scene.database)
    ((ended_at,),) = await scene.rows("runs", "ended_at")
    assert (ended_at - START).days == 1


async def test_a_removal_cancels_what_was_planned_in_the_same_transaction(scene: Scene) -> None:
    await scene.publish("thanks", thanks_graph(removals=[{"id": "left", "event": "closedTicket"}]))
    await scene.subscribe(ADA)
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder", ORDER))
    await apply_all(scene.database)
    assert await scene.rows("messages", "state") == [("due",)]
    await scene.append(scene.event(ADA, "closedTicket"))
    await apply_all(scene.database)
    assert await scene.rows("runs", "state", "reason") == [("ended", "removed: left")]
    assert [row[0] for row in await scene.rows("messages", "state")] == ["skipped"]
    told = [
        row[1]["step"]
        for row in await scene.rows("facts", "name", "properties")
        if row[0] == "messageSkipped"
    ]
    assert told == ["mail"]
    skipped = [row for row in await scene.rows("counters", "name", "step", "value") if row[0] == "skipped"]
    assert skipped == [("skipped", "mail", 1)]


async def test_a_pause_lets_nobody_in_while_waits_count_and_removals_act(scene: Scene) -> None:
    graph = pause_graph() | {"removals": [{"id": "left", "event": "closedTicket"}]}
    journey_id = await scene.publish("thanks", graph)
    await scene.append(
        scene.known(ADA, 1),
        scene.event(ADA, "completedOrder", ORDER),
        scene.known(BEA, 2),
        scene.event(BEA, "completedOrder", ORDER),
    )
    await scene.control(journey_id, "journeyPaused")
    late = contact_id(3)
    await scene.append(
        scene.known(late, 3), scene.event(late, "completedOrder", ORDER), scene.event(BEA, "closedTicket")
    )
    await scene.move_clock(days=1)
    await apply_all(scene.database)
    assert set(await scene.rows("runs", "contact_id", "reason")) == {
        (ADA, "completed"),
        (BEA, "removed: left"),
    }


async def test_a_run_keeps_the_version_that_it_entered(scene: Scene) -> None:
    journey_id = await scene.publish("thanks", pause_graph())
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder", ORDER))
    second = pause_graph()
    second["steps"]["end"]["outcome"] = "negative"
    await scene.publish("thanks", second, version=2, activate=False)
    await scene.append(scene.known(BEA, 2), scene.event(BEA, "completedOrder", ORDER))
    await scene.move_clock(days=1)
    await apply_all(scene.database)
    assert set(await scene.rows("runs", "journey_id", "contact_id", "version", "outcome")) == {
        (journey_id, ADA, 1, "positive"),
        (journey_id, BEA, 2, "negative"),
    }


async def test_one_contact_is_read_as_its_row_and_what_is_not_applied_yet(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1, city="Milano"), scene.update(ADA, set={"age": 39}))
    await apply_all(scene.database)
    await scene.append(scene.update(ADA, set={"age": 40}), scene.known(BEA, 2))
    async with scene.database.snapshot() as connection:
        ada, bea, nobody = [await get_contact(connection, id) for id in (ADA, BEA, contact_id(9))]
    assert ada is not None
    assert bea is not None
    assert ada.attributes == {"city": "Milano", "age": 40}
    assert bea.email == "c2@example.com"
    assert nobody is None
    await apply_all(scene.database)
    async with scene.database.snapshot() as connection:
        assert await get_contact(connection, ADA) == ada
