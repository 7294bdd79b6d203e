"""Journeys hear of segments: they begin and end by entering and leaving, and ask who is a member."""

from percorso.db import Database
from percorso.worker.apply import apply_all
from tests.worker.scene import LIST_ID, Scene, contact_id
from tests.worker.segments import did, filter_of, greet_graph, in_segment, keep, text_is, turned

ADA, BEA = contact_id(1), contact_id(2)
MILAN = filter_of(text_is("city", "Milano"))


async def runs(scene: Scene) -> list[tuple[object, ...]]:
    return await scene.rows("runs", "contact_id", "state", "reason", order="entered_at, id")


async def test_entering_a_segment_starts_a_run_and_leaving_it_ends_the_run(database: Database) -> None:
    scene = await Scene.open(database)
    await keep(scene, "milan", MILAN)
    leaving = {"id": "left", "event": "segmentLeft", "condition": turned("milan")}
    graph = greet_graph("segmentEntered", turned("milan")) | {"removals": [leaving]}
    await scene.publish("greet", graph)
    await scene.append(scene.known(ADA, 1, city="Milano"))
    await apply_all(database)
    assert await runs(scene) == [(ADA, "waiting", None)]
    await scene.append(scene.update(ADA, set={"city": "Bari"}))
    await apply_all(database)
    assert await runs(scene) == [(ADA, "ended", "removed: left")]


async def test_filling_a_segment_starts_nobody_unless_the_start_says_so(database: Database) -> None:
    scene = await Scene.open(database)
    await scene.append(scene.known(ADA, 1, city="Milano"))
    telling = greet_graph("segmentEntered", turned("milan"))
    await scene.publish("silent", telling)
    await scene.publish("told", telling | {"starts": [telling["starts"][0] | {"existing": True}]})
    await keep(scene, "milan", MILAN)
    await apply_all(database)
    rows = await scene.rows("runs", "contact_id", "journey_id")
    names = dict(await scene.rows("journeys", "id", "name"))
    assert [(contact, names[journey]) for contact, journey in rows] == [(ADA, "told")]


async def test_a_condition_asks_for_the_membership_as_it_is_at_the_event(database: Database) -> None:
    scene = await Scene.open(database)
    await keep(scene, "milan", MILAN)
    await scene.publish("orders", greet_graph("completedOrder", in_segment("milan")))
    await scene.append(
        scene.known(ADA, 1, city="Milano"),
        scene.known(BEA, 2, city="Milano"),
        scene.event(ADA, "completedOrder"),
        scene.update(BEA, set={"city": "Bari"}),
        scene.event(BEA, "completedOrder"),
    )
    await apply_all(database)
    assert [row[0] for row in await runs(scene)] == [ADA]


async def test_a_journey_looks_back_on_what_no_segment_keeps(database: Database) -> None:
    scene = await Scene.open(database)
    await scene.append(
        scene.known(ADA, 1), scene.event(ADA, "searched"), scene.known(BEA, 2), scene.event(BEA, "searched")
    )
    await apply_all(database)
    await scene.publish("twice", greet_graph("completedOrder", did("searched", times=2)))
    await apply_all(database)
    await scene.append(
        scene.event(ADA, "completedOrder"),
        scene.event(BEA, "searched"),
        scene.event(BEA, "completedOrder"),
    )
    await apply_all(database)
    assert [row[0] for row in await runs(scene)] == [BEA]


async def test_a_status_is_judged_as_folded_and_not_as_the_newest_row_says(database: Database) -> None:
    scene = await Scene.open(database)
    subscribed = {"kind": "status", "channel": "email", "listId": str(LIST_ID)}
    await scene.publish("welcome", greet_graph("completedOrder", subscribed))
    await scene.subscribe(BEA)
    said = {"listId": str(LIST_ID), "channel": "email"}
    await scene.append(
        scene.known(ADA, 1),
        scene.event(ADA, "campaignSubscribed", said, kind="status"),
        scene.event(ADA, "completedOrder"),
        scene.known(BEA, 2),
        scene.event(BEA, "completedOrder"),
    )
    await apply_all(database)
    assert [row[0] for row in await runs(scene)] == [ADA]
