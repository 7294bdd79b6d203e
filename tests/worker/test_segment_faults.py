"""When something fails, or a contact goes, segments stand as if nothing had been there."""

from datetime import timedelta
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
from tests.worker.scene import WORKSPACE_ID, Scene, contact_id, pause_graph
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


async def refuse(scene: Scene, table: str, condition: str) -> None:
    async with scene.database.transaction("test.commit") as connection:
        await connection.execute(f"ALTER TABLE {table} ADD CHECK ({condition})")


async def test_a_due_membership_that_the_database_refuses_is_set_aside_and_nothing_else(
    database: Database,
) -> None:
    scene = await Scene.open(database)
    lively = await keep(scene, "lively", filter_of(did("viewedPage", within=1)))
    await scene.publish("pause", pause_graph())
    await scene.append(scene.known(ADA, 1), scene.known(BEA, 2))
    await scene.append(*(scene.event(person, "viewedPage") for person in (ADA, BEA)))
    await scene.append(scene.event(ADA, "completedOrder"))
    await apply_all(database)
    assert await members(scene, "lively") == {ADA, BEA}
    await refuse(scene, "facts", f"name <> 'segmentLeft' OR contact_id <> '{ADA}'")
    left_at = scene.now + timedelta(days=1)
    await scene.move_clock(days=2)
    # What came later has to wait for the moment, and is not at fault.
    await scene.append(scene.update(ADA, set={"city": "Bari"}), scene.update(BEA, set={"city": "Lodi"}))
    await apply_all(database)
    assert await members(scene, "lively") == {ADA}
    assert dict(await scene.rows("memberships", "contact_id", "judge_at")) == {ADA: None}
    ((contact, segment, due_at, tries, error, set_aside_at),) = await scene.rows(
        "set_aside", "contact_id", "segment_id", "due_at", "tries", "error", "set_aside_at"
    )
    assert (contact, segment, due_at, tries, set_aside_at) == (ADA, lively, left_at, 3, scene.now)
    assert error.startswith("CheckViolationError")
    assert {row[0]["city"] for row in await scene.rows("contacts", "attributes")} == {"Bari", "Lodi"}
    assert await scene.rows("runs", "contact_id", "reason") == [(ADA, "completed")]


async def test_one_who_only_waited_for_a_moment_waits_no_longer_when_it_is_refused(
    database: Database,
) -> None:
    scene = await Scene.open(database)
    await keep(scene, "quiet", filter_of({"kind": "not", "condition": did("viewedPage", within=1)}))
    await scene.append(*(scene.known(person, place) for place, person in enumerate((ADA, BEA))))
    await scene.append(*(scene.event(person, "viewedPage") for person in (ADA, BEA)))
    await apply_all(database)
    assert await members(scene, "quiet") == set()
    await refuse(scene, "memberships", f"entered_at IS NULL OR contact_id <> '{ADA}'")
    await scene.move_clock(days=2)
    await apply_all(database)
    assert await members(scene, "quiet") == {BEA}
    assert [row[0] for row in await scene.rows("memberships", "contact_id")] == [BEA]
    assert await scene.rows("set_aside", "contact_id", "run_id", "tries") == [(ADA, None, 3)]


async def test_two_moments_refused_at_one_place_of_the_log_are_two(database: Database) -> None:
    scene = await Scene.open(database)
    await keep(scene, "lively", filter_of(did("viewedPage", within=1)))
    await scene.append(*(scene.known(person, place) for place, person in enumerate((ADA, BEA))))
    await scene.append(*(scene.event(person, "viewedPage") for person in (ADA, BEA)))
    await apply_all(database)
    await refuse(scene, "facts", "name <> 'segmentLeft'")
    await scene.move_clock(days=2)
    await apply_all(database)
    assert await members(scene, "lively") == {ADA, BEA}
    assert {row[0] for row in await scene.rows("set_aside", "contact_id")} == {ADA, BEA}
    await scene.append(scene.known(ADA, 1, city="Bari"))
    await apply_all(database)
    heads = dict(await scene.rows("heads", "bucket", "offset"))
    assert dict(await scene.rows("cursors", "bucket", "offset")) == heads
