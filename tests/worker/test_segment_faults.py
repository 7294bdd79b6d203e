"""When something fails, or a contact goes, segments stand as if nothing had been there."""

from uuid import UUID

import pytest

from percorso.contacts.identity.store import Move, insert_moved
from percorso.db import Database
from percorso.log.actions import append_facts
from percorso.segments.membership import CompiledSegment
from percorso.segments.membership_store import forget_contact
from percorso.worker import belonging
from percorso.worker.apply import apply_all
from percorso.worker.main import settle
from tests.worker.scene import WORKSPACE_ID, Scene, contact_id
from tests.worker.segments import did, filter_of, keep, members, segment_id, text_is, turns

ADA, BEA = contact_id(1), contact_id(2)
MILAN = filter_of(text_is("city", "Milano"))


async def test_a_fill_that_the_database_refuses_is_set_aside_and_the_bucket_goes_on(
    database: Database,
) -> None:
    scene = await Scene.open(database)
    await scene.append(scene.known(ADA, 1, city="Milano"))
    async with database.transaction("test.commit") as connection:
        refused = segment_id("milan")
        await connection.execute(
            f"ALTER TABLE memberships ADD CONSTRAINT refused CHECK (segment_id <> '{refused}')"
        )
    await keep(scene, "milan", MILAN)
    await keep(scene, "ordered", filter_of(did("completedOrder")))
    await scene.append(scene.event(ADA, "completedOrder"))
    await apply_all(database)
    assert (await members(scene, "milan"), await members(scene, "ordered")) == (set(), {ADA})
    rows = await scene.rows("set_aside", "contact_id", "run_id", "tries")
    assert rows == [(None, None, 3)]


async def test_a_segment_that_cannot_be_judged_stops_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = await Scene.open(database)
    await keep(scene, "milan", MILAN)
    await keep(scene, "ordered", filter_of(did("completedOrder")))
    decide = belonging.decide_membership

    def fail(segment: CompiledSegment, *given: object) -> object:
        if segment.segment_id == segment_id("milan"):
            raise ArithmeticError("no figure")
        return decide(segment, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(belonging, "decide_membership", fail)
    await scene.append(scene.known(ADA, 1, city="Milano"), scene.event(ADA, "completedOrder"))
    await apply_all(database)
    assert (await members(scene, "milan"), await members(scene, "ordered")) == (set(), {ADA})
    assert await scene.rows("set_aside", "tries") == []


@pytest.mark.parametrize("keeper", [contact_id(3, bucket=9), contact_id(3, bucket=7)])
async def test_a_merged_contact_takes_its_past_along_and_leaves_no_membership(
    database: Database, keeper: UUID
) -> None:
    scene = await Scene.open(database)
    for name, definition in (("ordered", filter_of(did("completedOrder", times=2))), ("milan", MILAN)):
        await keep(scene, name, definition, buckets=(7, 9))
    await scene.append(
        scene.known(ADA, 1, city="Milano"),
        scene.event(ADA, "completedOrder"),
        scene.known(keeper, 3),
        scene.event(keeper, "completedOrder"),
    )
    await apply_all(database)
    assert await members(scene, "milan") == {ADA}
    async with database.transaction("test.commit") as connection:
        draft = scene.event(ADA, "contactMoved", {"intoContactId": str(keeper)}, kind="moved")
        (offset,) = await append_facts(connection, [draft], received_at=scene.now)
        await insert_moved(connection, [Move(WORKSPACE_ID, ADA, keeper, offset, scene.now)])
    await settle(database)
    assert (await members(scene, "ordered"), await members(scene, "milan")) == ({keeper}, {keeper})
    assert {row[0] for row in await scene.rows("pasts", "contact_id")} == {keeper}
    assert sum(row[0] for row in await scene.rows("bucket_segments", "members")) == 2


async def test_a_contact_that_is_forgotten_is_counted_nowhere(database: Database) -> None:
    scene = await Scene.open(database)
    await keep(scene, "milan", MILAN)
    await scene.append(scene.known(ADA, 1, city="Milano"), scene.known(BEA, 2, city="Milano"))
    await apply_all(database)
    for _ in range(2):
        async with database.transaction("test.commit") as connection:
            await forget_contact(connection, ADA)
    assert await members(scene, "milan") == {BEA}
    assert await scene.rows("bucket_segments", "members") == [(1,)]


async def test_disabling_a_segment_makes_everybody_leave_with_the_cause(database: Database) -> None:
    scene = await Scene.open(database)
    await scene.append(scene.known(ADA, 1, city="Milano"), scene.event(ADA, "completedOrder"))
    milan = await keep(scene, "milan", MILAN)
    await keep(scene, "ordered", filter_of(did("completedOrder")))
    await keep(scene, "milan", None, revision=2)
    await keep(scene, "ordered", None, revision=2)
    await apply_all(database)
    assert [turn for turn in await turns(scene) if turn[2] == milan] == [
        ("segmentEntered", ADA, milan, "created"),
        ("segmentLeft", ADA, milan, "disabled"),
    ]
    assert await scene.rows("memberships", "contact_id") == []
    assert await scene.rows("pasts", "contact_id") == []
    assert await scene.rows("bucket_segments", "bucket") == []
