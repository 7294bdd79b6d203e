"""Buckets hear of a segment a few at a time: facts of the others do not wait for their filling."""

from collections import Counter
from typing import Any

import pytest

from percorso.db import Database
from percorso.db.failpoints import Failpoints
from percorso.jobs import run_all_jobs
from percorso.kit.ids import BUCKETS
from percorso.segments import control
from percorso.segments.actions import create_segment, update_segment
from percorso.segments.codec import convert_definition
from percorso.segments.control import plan_steps
from percorso.worker.apply import apply_all
from percorso.worker.main import HANDLERS, settle
from tests.worker.scene import WORKSPACE_ID, Scene, contact_id
from tests.worker.segments import filter_of, text_is

PEOPLE = [contact_id(number, bucket=bucket) for number, bucket in enumerate((7, 9, 9, 9, 9, 200))]


def test_buckets_are_told_together_as_long_as_few_are_in_them() -> None:
    assert plan_steps({}) == [tuple(range(BUCKETS))]
    full, half = control.STEP, control.STEP // 2
    steps = plan_steps({0: half, 1: half, 2: 1, 3: full + 1, 4: 1, 200: half})
    assert steps == [(0, 1), (2,), (3,), tuple(range(4, BUCKETS))]


class _CrashError(BaseException):
    """Stands for a process that died."""


@pytest.fixture
async def scene(database: Database, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(control, "STEP", 3)
    scene = await Scene.open(database)
    await scene.append(*(scene.known(person, place, city="Milano") for place, person in enumerate(PEOPLE)))
    await apply_all(database)
    return scene


async def save(scene: Scene) -> Any:
    async with scene.database.transaction("test.commit") as connection:
        return await create_segment(
            connection,
            WORKSPACE_ID,
            name="milan",
            definition=convert_definition(filter_of(text_is("city", "Milano"))),
        )


async def told(scene: Scene) -> Counter[int]:
    rows = await scene.rows("facts", "name", "bucket")
    return Counter(bucket for name, bucket in rows if name == "segmentPublished")


async def test_the_next_buckets_are_told_when_those_before_are_filled(scene: Scene) -> None:
    await save(scene)
    await run_all_jobs(scene.database, HANDLERS)
    assert set(await told(scene)) == set(range(9))
    await make_due(scene)
    await run_all_jobs(scene.database, HANDLERS)
    assert set(await told(scene)) == set(range(9))
    await apply_all(scene.database)
    await make_due(scene)
    await run_all_jobs(scene.database, HANDLERS)
    assert set(await told(scene)) == set(range(10))
    await settle(scene.database)
    assert await told(scene) == Counter(range(BUCKETS))
    assert {row[0] for row in await scene.rows("memberships", "contact_id")} == set(PEOPLE)


async def test_an_edit_is_told_after_what_it_edits(scene: Scene) -> None:
    segment = await save(scene)
    await run_all_jobs(scene.database, HANDLERS)
    async with scene.database.transaction("test.commit") as connection:
        await update_segment(
            connection,
            WORKSPACE_ID,
            segment.id,
            definition=convert_definition(filter_of(text_is("city", "Bari"))),
        )
    await settle(scene.database)
    assert await told(scene) == Counter([*range(BUCKETS)] * 2)
    assert await scene.rows("memberships", "contact_id") == []
    assert {row[0] for row in await scene.rows("bucket_segments", "revision")} == {2}


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_process_that_dies_at_any_step_tells_each_bucket_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    await save(scene)
    deaths = 0
    for number in range(1, 100):
        left = iter(range(number))
        with monkeypatch.context() as dying:
            dying.setattr(Failpoints, "pass_point", _crash_at(moment, left))
            try:
                await settle(scene.database)
            except _CrashError:
                deaths += 1
            else:
                break
    assert deaths > 2
    assert await told(scene) == Counter(range(BUCKETS))
    assert {row[0] for row in await scene.rows("memberships", "contact_id")} == set(PEOPLE)


def _crash_at(moment: str, left: Any) -> Any:
    def crash(_: Failpoints, name: str, passed: str) -> None:
        if (name, passed) == ("jobs.run", moment) and next(left, None) is None:
            raise _CrashError

    return crash


async def make_due(scene: Scene) -> None:
    async with scene.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE jobs SET run_at = created_at")
