"""T10: every counter equals a recount of its ledger, after any history; one that does not is found and put right."""

from datetime import date
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.kit.ids import bucket_of
from percorso.worker import merging
from percorso.worker.main import settle
from percorso.worker.recount import Difference, compare_counts, recount_all
from tests.worker.scene import WORKSPACE_ID, Scene
from tests.worker.script import lay_out, live
from tests.worker.test_merging import OTHER_BUCKET, SAME_BUCKET, K, move, two_people

JOURNEY = UUID(int=9)
DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("seed", "rest"), [(1, True), (2, False), (3, True), (4, False), (5, True), (6, False)]
)
async def test_after_any_history_a_recount_finds_nothing(database: Database, seed: int, rest: bool) -> None:
    scene = await lay_out(database)
    await live(scene, seed, steps=25, rest=rest)
    found = await recount_all(database)
    assert found.differences == []
    assert found.counters == len(await scene.rows("counters", "bucket")) > 20


async def test_a_counter_that_is_wrong_is_told_and_put_right(database: Database) -> None:
    scene = await lay_out(database)
    await live(scene, seed=7, steps=10)
    before = await scene.rows(
        "counters", "bucket", "journey_id", "version", "step", "path", "name", "day", "value"
    )
    (bucket, journey_id, version, step, path, name, day, value), *_ = [
        row for row in before if row[5] == "left"
    ]
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "UPDATE counters SET value = value + 3 WHERE bucket = $1 AND journey_id = $2 AND name = 'left' AND step = $3"
            " AND path = $4 AND day = $5",
            bucket,
            journey_id,
            step,
            path,
            day,
        )
        await connection.execute("DELETE FROM counters WHERE name = 'planned'")
    expected = Difference(bucket, WORKSPACE_ID, journey_id, version, step, path, name, day, value + 3, value)
    found = (await recount_all(database)).differences
    assert expected in found
    assert {each.name for each in found} == {"left", "planned"}
    assert all(each.counted == 0 for each in found if each.name == "planned")
    assert (await recount_all(database, repair=True)).differences == found
    assert (await recount_all(database)).differences == []
    after = await scene.rows(
        "counters", "bucket", "journey_id", "version", "step", "path", "name", "day", "value"
    )
    assert sorted(after, key=str) == sorted(before, key=str)


@pytest.mark.parametrize("gone", [OTHER_BUCKET, SAME_BUCKET], ids=["other bucket", "same bucket"])
async def test_what_was_counted_before_a_merge_stays_where_it_was_counted(
    database: Database, gone: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = await Scene.open(database)
    await two_people(scene, gone)
    await move(scene, gone)
    with monkeypatch.context() as halfway:
        halfway.setattr(merging, "_finish", _put_off)
        await settle(database)
        assert {row[0] for row in await scene.rows("moved", "state")} == {"carried"}
        assert (await recount_all(database)).differences == []
    await settle(database)
    assert (await recount_all(database)).differences == []
    await scene.move_clock(days=3)
    await settle(database)
    counted = {(bucket, name) for bucket, name in await scene.rows("counters", "bucket", "name")}
    assert (bucket_of(gone), "entered") in counted
    assert (bucket_of(K), "ended") in counted
    assert (await recount_all(database)).differences == []


async def _put_off(_database: Database, _move: object) -> bool:
    return False


def test_figures_about_messages_are_compared_since_their_facts_are_kept() -> None:
    def key(name: str, day: date) -> tuple[UUID, UUID, int, str, str, str, date]:
        return (WORKSPACE_ID, JOURNEY, 1, "mail", "", name, day)

    earlier = date(2026, 2, 27)
    counted = {key("planned", earlier): 4, key("planned", DAY): 2, key("entered", earlier): 1}
    found = compare_counts(7, counted, {}, {WORKSPACE_ID: date(2026, 3, 1)})
    assert [(each.name, each.day, each.counted, each.recounted) for each in found.differences] == [
        ("entered", earlier, 1, 0),
        ("planned", DAY, 2, 0),
    ]
    assert len(compare_counts(7, counted, {}, {}).differences) == 3
