"""Membership follows the facts: who enters, who leaves, when, and what the log tells of it."""

from percorso.db import Database
from percorso.worker.apply import apply_all
from tests.worker.scene import Scene, contact_id
from tests.worker.segments import did, filter_of, in_segment, keep, members, segment_id, text_is, turns

ADA, BEA = contact_id(1), contact_id(2)


async def test_a_segment_is_filled_with_those_who_are_there_already(database: Database) -> None:
    scene = await Scene.open(database)
    await scene.append(scene.known(ADA, 1, city="Milano"), scene.known(BEA, 2, city="Bari"))
    milan = await keep(scene, "milan", filter_of(text_is("city", "Milano")))
    await apply_all(database)
    assert await members(scene, "milan") == {ADA}
    assert await turns(scene) == [("segmentEntered", ADA, milan, "created")]
    assert await scene.rows("bucket_segments", "bucket", "members") == [(7, 1)]


async def test_a_change_of_an_attribute_moves_a_contact_in_and_out(database: Database) -> None:
    scene = await Scene.open(database)
    milan = await keep(scene, "milan", filter_of(text_is("city", "Milano")))
    await scene.append(
        scene.known(ADA, 1, city="Bari"),
        scene.update(ADA, set={"city": "Milano"}),
        scene.update(ADA, set={"firstName": "Ada"}),
        scene.update(ADA, clear=["city"]),
    )
    await apply_all(database)
    assert await members(scene, "milan") == set()
    assert await turns(scene) == [("segmentEntered", ADA, milan, None), ("segmentLeft", ADA, milan, None)]
    assert await scene.rows("bucket_segments", "members") == [(0,)]


async def test_a_member_leaves_a_moving_window_at_its_moment(database: Database) -> None:
    scene = await Scene.open(database)
    recent = await keep(scene, "recent", filter_of(did("completedOrder", within=7)))
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder"))
    await apply_all(database)
    assert await members(scene, "recent") == {ADA}
    await scene.move_clock(days=6, hours=23)
    await apply_all(database)
    assert await members(scene, "recent") == {ADA}
    await scene.move_clock(hours=1, seconds=1)
    await apply_all(database)
    assert await members(scene, "recent") == set()
    assert [turn[0] for turn in await turns(scene)] == ["segmentEntered", "segmentLeft"]
    assert {turn[2] for turn in await turns(scene)} == {recent}


async def test_a_combination_is_judged_after_what_it_refers_to(database: Database) -> None:
    scene = await Scene.open(database)
    await scene.append(scene.known(ADA, 1, city="Milano"), scene.known(BEA, 2, city="Milano", vip="yes"))
    both = {
        "kind": "combination",
        "first": str(segment_id("milan")),
        "then": [{"operator": "except", "segmentId": str(segment_id("vip"))}],
    }
    await keep(scene, "both", both)
    await keep(scene, "milan", filter_of(text_is("city", "Milano")))
    await keep(scene, "vip", filter_of(text_is("vip", "yes")))
    await apply_all(database)
    assert await members(scene, "both") == {ADA}
    await scene.append(scene.update(ADA, set={"vip": "yes"}), scene.update(BEA, set={"vip": "no"}))
    await apply_all(database)
    assert await members(scene, "both") == {BEA}
    assert in_segment("milan")["id"] == str(segment_id("milan"))
