"""At most so many entries of a journey, exactly, whatever dies or hurries; who is refused may come again."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.db.failpoints import Failpoints
from percorso.worker.apply import apply_all
from percorso.worker.main import settle
from percorso.worker.placing import allocate_all_places
from percorso.worker.recount import recount_all
from tests.worker.scene import Scene, contact_id

BUCKETS = (7, 9)


class _CrashError(BaseException):
    """Stands for a process that died."""


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


def graph(rule: str = "once_ever", **limits: int) -> dict[str, Any]:
    return {
        "starts": [{"id": "s", "kind": "event", "event": "began"}],
        "first": "end",
        "steps": {"end": {"kind": "end", "outcome": "positive"}},
        "reentry": {"rule": rule},
        "options": limits,
    }


def people(count: int, start: int = 1) -> list[UUID]:
    return [contact_id(number, bucket=BUCKETS[number % 2]) for number in range(start, start + count)]


async def begin(scene: Scene, *ids: UUID) -> None:
    for number, id in enumerate(ids):
        await scene.append(scene.known(id, id.int % 100_000 + number), scene.event(id, "began"))
    await apply_all(scene.database)


async def reasons(scene: Scene) -> list[str]:
    return sorted(row[0] for row in await scene.rows("runs", "reason"))


async def counted(scene: Scene, *names: str) -> dict[tuple[str, str], int]:
    """Return the figures of the journey itself, by name and path."""
    found: dict[tuple[str, str], int] = {}
    for step, path, name, value in await scene.rows("counters", "step", "path", "name", "value"):
        if not step and name in names:
            found[name, path] = found.get((name, path), 0) + value
    return found


async def test_the_first_enter_and_the_others_are_refused_counted_and_told_why(scene: Scene) -> None:
    await scene.publish("show", graph(entries=2), buckets=BUCKETS)
    await begin(scene, *people(5))
    assert await scene.rows("runs", "step", "awaits") == [("", ["placeTaken", "placesFull"])] * 5
    assert await counted(scene, "entered", "refused") == {}
    assert [row for row in await scene.rows("facts", "name") if row[0].startswith("journeyE")] == []
    await settle(scene.database)
    assert await reasons(scene) == ["completed"] * 2 + ["entries_full"] * 3
    assert await counted(scene, "entered", "refused", "ended") == {
        ("entered", ""): 2,
        ("refused", "entries_full"): 3,
        ("ended", "positive"): 2,
    }
    names = [name for (name,) in await scene.rows("facts", "name") if name.startswith("journeyE")]
    assert sorted(names) == ["journeyEntered"] * 2 + ["journeyExited"] * 2
    assert len(await scene.rows("entries", "contact_id")) == 2
    told = [entry.get("outcome") for (entry,) in await scene.rows("traces", "entry")]
    assert sorted(told) == sorted(
        ["waits for a place"] * 5 + ["entered", "completed"] * 2 + ["entries_full"] * 3
    )
    assert (await recount_all(scene.database)).differences == []


async def test_another_day_lets_in_as_many_again_and_who_was_refused_may_come_again(scene: Scene) -> None:
    await scene.publish("show", graph(entriesPerDay=1, entries=3), buckets=BUCKETS)
    ada, bea, cia, dan = people(4)
    for day in range(4):
        await begin(scene, ada, bea, cia, dan)
        await settle(scene.database)
        entered = await scene.rows("entries", "contact_id")
        assert len(entered) == min(day + 1, 3)
        await scene.move_clock(days=1)
    found = await reasons(scene)
    assert found.count("completed") == 3
    assert found.count("entries_full") == 1
    assert set(found) == {"completed", "entries_full", "entries_full_today"}
    assert (await recount_all(scene.database)).differences == []


async def test_the_day_is_the_journeys(scene: Scene) -> None:
    await scene.publish("show", graph(entriesPerDay=1), buckets=BUCKETS)
    # Just before midnight in Rome, and just after, on one day in UTC.
    before = scene.now.replace(hour=22, minute=59)
    await scene.move_clock(seconds=(before - scene.now).total_seconds())
    ada, bea = people(2)
    await begin(scene, ada)
    await scene.move_clock(seconds=timedelta(minutes=2).total_seconds())
    await begin(scene, bea)
    await settle(scene.database)
    assert await reasons(scene) == ["completed", "completed"]


async def test_allocators_side_by_side_let_in_as_many_as_one(scene: Scene) -> None:
    await scene.publish("show", graph(entries=5, entriesPerDay=7), buckets=BUCKETS)
    await begin(scene, *people(12))
    for _ in range(3):
        await asyncio.gather(*(allocate_all_places(scene.database) for _ in range(3)))
        await apply_all(scene.database)
    await settle(scene.database)
    assert await reasons(scene) == ["completed"] * 5 + ["entries_full"] * 2 + ["entries_full_today"] * 5
    assert (await recount_all(scene.database)).differences == []


@pytest.mark.parametrize("asked", ["the day's", "one of all"])
@pytest.mark.parametrize("point", ["places.take", "places.answer"])
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_crash_at_any_commit_lets_in_nobody_more(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, asked: str, point: str, moment: str
) -> None:
    await scene.publish("show", graph(entries=2, entriesPerDay=3), buckets=BUCKETS)
    await begin(scene, *people(4))
    if asked == "one of all":
        await allocate_all_places(scene.database)
        await apply_all(scene.database)

    def die(self: Failpoints, name: str, when: str) -> None:
        del self
        if (name, when) == (point, moment):
            raise _CrashError

    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", die)
        with pytest.raises(_CrashError):
            await allocate_all_places(scene.database)
    await settle(scene.database)
    assert await reasons(scene) == ["completed"] * 2 + ["entries_full", "entries_full_today"]
    assert (await recount_all(scene.database)).differences == []


async def test_who_stands_at_the_door_is_let_out_and_moved_nowhere_by_another_version(scene: Scene) -> None:
    journey = await scene.publish("show", graph(entries=1), buckets=BUCKETS)
    await begin(scene, *people(2))
    await scene.publish("show", graph(entries=9), buckets=BUCKETS, version=2)
    await settle(scene.database)
    # Both came while one might enter.
    assert await reasons(scene) == ["completed", "entries_full"]
    await begin(scene, *people(1, start=3))
    await settle(scene.database)
    assert await reasons(scene) == ["completed", "completed", "entries_full"]
    assert journey is not None
