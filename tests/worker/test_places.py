"""A path with a number of places: who comes first gets them, whatever dies, hurries or is merged in between."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from percorso.contacts.identity.store import Move, insert_moved
from percorso.db import Database
from percorso.db.failpoints import Failpoints
from percorso.log.actions import append_facts
from percorso.worker.apply import apply_all
from percorso.worker.main import settle
from percorso.worker.merging import merge_all
from percorso.worker.placing import allocate_all_places, run_place_allocator
from tests.worker.scene import WORKSPACE_ID, Scene, contact_id
from tests.worker.segments import text_is

BUCKETS = (7, 9)


class _CrashError(BaseException):
    """Stands for a process that died."""


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


def graph(places: int, **path: Any) -> dict[str, Any]:
    """Return a journey whose outcome tells who got a place: positive, or negative for who came too late."""
    seat = {"id": "seat", "name": "Seat", "places": places, "to": "won", **path}
    steps = {
        "check": {"kind": "check_now", "paths": [seat], "default": "late"},
        "won": {"kind": "end", "outcome": "positive"},
        "late": {"kind": "end", "outcome": "negative"},
    }
    if "full" in path:
        steps["full"] = {"kind": "end"}
    start = {"id": "s", "kind": "event", "event": "began"}
    return {"starts": [start], "first": "check", "steps": steps, "reentry": {"rule": "every_time"}}


def people(count: int, start: int = 1) -> list[UUID]:
    return [contact_id(number, bucket=BUCKETS[number % 2]) for number in range(start, start + count)]


async def begin(scene: Scene, *ids: UUID) -> None:
    """Let these people enter, one after the other, and hold until they are answered."""
    for number, id in enumerate(ids):
        await scene.append(scene.known(id, id.int % 100_000 + number), scene.event(id, "began"))
    await apply_all(scene.database)


async def outcomes(scene: Scene) -> list[str | None]:
    rows = await scene.rows("runs", "outcome", order="outcome")
    return [outcome for (outcome,) in rows]


async def numbers(scene: Scene) -> list[int]:
    return [number for (number,) in await scene.rows("places", "number", order="number")]


async def told(scene: Scene) -> list[str]:
    names = [name for (name,) in await scene.rows("facts", "name")]
    return sorted(name for name in names if name.startswith("place"))


async def test_who_comes_after_the_last_place_takes_the_other_way(scene: Scene) -> None:
    await scene.publish("show", graph(2), buckets=BUCKETS)
    await begin(scene, *people(3))
    assert (
        await scene.rows("runs", "step", "awaits", "due_at")
        == [("check", ["placeTaken", "placesFull"], None)] * 3
    )
    await settle(scene.database)
    assert await outcomes(scene) == ["negative", "positive", "positive"]
    assert await numbers(scene) == [1, 2]
    assert await scene.rows("place_requests", "run_id") == []
    paths = await scene.rows("traces", "entry")
    assert sorted(entry["path"] for (entry,) in paths if entry["step"] == "check") == [
        "default",
        "seat",
        "seat",
    ]
    counted = await scene.rows("counters", "name", "value")
    assert sum(value for name, value in counted if name == "left") == 3


async def test_the_way_for_who_comes_too_late_is_taken_where_there_is_one(scene: Scene) -> None:
    await scene.publish("show", graph(1, full="full"), buckets=BUCKETS)
    await begin(scene, *people(2))
    await settle(scene.database)
    assert await outcomes(scene) == ["neutral", "positive"]


async def test_only_who_meets_the_condition_of_the_path_takes_a_place(scene: Scene) -> None:
    await scene.publish("show", graph(1, condition=text_is("city", "Roma")), buckets=BUCKETS)
    first, second = people(2)
    await begin(scene, first)
    await scene.append(scene.known(second, 2, city="Roma"), scene.event(second, "began"))
    await settle(scene.database)
    assert set(await scene.rows("runs", "contact_id", "outcome")) == {
        (first, "negative"),
        (second, "positive"),
    }


async def test_a_later_version_gives_away_what_it_has_more(scene: Scene) -> None:
    await scene.publish("show", graph(1), buckets=BUCKETS)
    await begin(scene, *people(2))
    await settle(scene.database)
    await scene.publish("show", graph(2), buckets=BUCKETS, version=2)
    await begin(scene, *people(2, start=3))
    await settle(scene.database)
    assert await outcomes(scene) == ["negative", "negative", "positive", "positive"]
    assert await numbers(scene) == [1, 2]


async def test_many_who_ask_at_once_get_no_more_places_than_there_are(scene: Scene) -> None:
    await scene.publish("show", graph(5), buckets=BUCKETS)
    await begin(scene, *people(12))
    await asyncio.gather(*(allocate_all_places(scene.database) for _ in range(4)))
    await settle(scene.database)
    assert (await outcomes(scene)).count("positive") == 5
    assert await numbers(scene) == [1, 2, 3, 4, 5]
    assert len(await told(scene)) == 12


@pytest.mark.parametrize("point", ["places.take", "places.answer"])
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_crash_at_any_commit_takes_no_second_place(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, point: str, moment: str
) -> None:
    await scene.publish("show", graph(2), buckets=BUCKETS)
    await begin(scene, *people(3))

    def die(self: Failpoints, name: str, when: str) -> None:
        del self
        if (name, when) == (point, moment):
            raise _CrashError

    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", die)
        with pytest.raises(_CrashError):
            await allocate_all_places(scene.database)
    await settle(scene.database)
    assert await outcomes(scene) == ["negative", "positive", "positive"]
    assert await numbers(scene) == [1, 2]
    assert await told(scene) == ["placeTaken", "placeTaken", "placesFull"]


@pytest.mark.parametrize(
    "gone", [contact_id(1, bucket=7), contact_id(1, bucket=9)], ids=["other", "same bucket"]
)
async def test_the_answer_follows_a_run_to_whom_its_contact_was_merged_into(scene: Scene, gone: UUID) -> None:
    keeper = contact_id(2, bucket=9)
    await scene.publish("show", graph(1), buckets=BUCKETS)
    await scene.append(scene.known(keeper, 2), scene.update(gone, identities={"anonymous_id": ["z1"]}))
    await scene.append(scene.event(gone, "began"))
    await apply_all(scene.database)
    async with scene.database.transaction("test.commit") as connection:
        draft = scene.event(gone, "contactMoved", {"intoContactId": str(keeper)}, kind="moved")
        (offset,) = await append_facts(connection, [draft], received_at=scene.now)
        await insert_moved(connection, [Move(WORKSPACE_ID, gone, keeper, offset, scene.now)])
    # The run is still on the way: an answer now would find nobody.
    assert await allocate_all_places(scene.database) == 0
    await apply_all(scene.database)
    await merge_all(scene.database)
    await settle(scene.database)
    waiting = [row for row in await scene.rows("runs", "contact_id", "outcome") if row[1] is None]
    assert waiting == []
    assert (keeper, "positive") in await scene.rows("runs", "contact_id", "outcome")
    assert await numbers(scene) == [1]


async def test_the_loop_answers_until_it_is_stopped(scene: Scene) -> None:
    await scene.publish("show", graph(1), buckets=BUCKETS)
    await begin(scene, *people(1))
    stop = asyncio.Event()
    loop = asyncio.create_task(run_place_allocator(scene.database, stop))
    async with asyncio.timeout(60):
        while not await told(scene):
            await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(loop, 60)
    assert await told(scene) == ["placeTaken"]
