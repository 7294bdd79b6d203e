"""Filling a segment is the same whatever dies meanwhile: at each commit point once."""

from collections import Counter
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.db.failpoints import Failpoints
from percorso.segments import control
from percorso.segments.actions import create_segment
from percorso.segments.codec import convert_definition
from percorso.worker.main import settle
from tests.worker.scene import WORKSPACE_ID, Scene, contact_id
from tests.worker.segments import did, filter_of

PEOPLE = [contact_id(number, bucket=bucket) for number, bucket in enumerate((7, 7, 9, 9, 200))]
INSIDE = set(PEOPLE[:4])


class _CrashError(BaseException):
    """Stands for a process that died."""


async def fill(scene: Scene, monkeypatch: pytest.MonkeyPatch, name: str, nth: int) -> tuple[UUID, bool]:
    """Save a segment and let a process die at the nth pass of a commit point, before or after it; another goes on."""
    async with scene.database.transaction("test.commit") as connection:
        segment = await create_segment(
            connection,
            WORKSPACE_ID,
            name=name,
            definition=convert_definition(filter_of(did("viewedPage", within=30))),
        )
    # Whoever comes meanwhile, between the buckets that have heard of it and those that have not.
    await scene.append(scene.event(PEOPLE[3], "viewedPage"), scene.event(PEOPLE[0], "viewedPage"))
    passed = 0

    def crash(_: Failpoints, point: str, moment: str) -> None:
        nonlocal passed
        passed += point.startswith(("worker.", "jobs."))
        if passed == nth:
            passed += 1
            raise _CrashError

    has_died = False
    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", crash)
        try:
            await settle(scene.database)
        except _CrashError:
            has_died = True
    await settle(scene.database)
    return segment.id, has_died


async def assert_filled(scene: Scene, segment: UUID) -> None:
    rows = await scene.rows("memberships", "contact_id", "segment_id", "entered_at")
    assert {row[0] for row in rows if row[1] == segment and row[2] is not None} == INSIDE
    told = await scene.rows("facts", "name", "contact_id", "properties")
    turns = [(name, who) for name, who, said in told if said.get("segmentId") == str(segment) and who]
    assert Counter(turns) == Counter(("segmentEntered", person) for person in INSIDE)
    counted = await scene.rows("bucket_segments", "segment_id", "bucket", "members")
    assert sum(row[2] for row in counted if row[0] == segment) == len(INSIDE)
    assert len([row for row in counted if row[0] == segment]) == 256


async def begin(database: Database, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(control, "STEP", 2)
    scene = await Scene.open(database)
    await scene.append(*(scene.known(person, place) for place, person in enumerate(PEOPLE)))
    await scene.append(*(scene.event(person, "viewedPage") for person in PEOPLE[:3]))
    await settle(database)
    return scene


@pytest.mark.parametrize("nth", [2, 5, 8, 11])
async def test_dying_while_a_segment_is_filled_changes_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    scene = await begin(database, monkeypatch)
    segment, has_died = await fill(scene, monkeypatch, "viewers", nth)
    assert has_died
    await assert_filled(scene, segment)


@pytest.mark.prove
async def test_dying_once_at_each_commit_point_of_a_filling_changes_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = await begin(database, monkeypatch)
    deaths = 0
    for nth in range(1, 1_000):
        segment, has_died = await fill(scene, monkeypatch, f"viewers {nth}", nth)
        await assert_filled(scene, segment)
        if not has_died:
            break
        deaths += 1
    assert deaths > 10
