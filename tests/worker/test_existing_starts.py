"""Starts that include who meets them already: whoever is there when the journey is switched on enters, each once."""

from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.db.failpoints import Failpoints
from percorso.jobs import run_all_jobs
from percorso.jobs.run import run_job
from percorso.journeys import existing
from percorso.journeys.decode import decode_graph
from percorso.journeys.existing import count_existing
from percorso.worker.apply import apply_all
from percorso.worker.main import HANDLERS, settle
from tests.worker.scene import WORKSPACE_ID, Scene, contact_id
from tests.worker.segments import filter_of, in_segment, keep, segment_id, text_is
from tests.worker.test_existing_members import VIP, entered, said, switch_on

ADA, BEA, CIA, DAN = (
    contact_id(1),
    contact_id(2, bucket=9),
    contact_id(3, bucket=200),
    contact_id(4, bucket=200),
)
EVERYWHERE = range(256)
ROMANS = {"id": "s", "kind": "segment", "segmentId": str(segment_id("romans")), "existing": True}
ROMAN: dict[str, Any] = {"id": "s", "kind": "field", "condition": text_is("city", "Roma"), "existing": True}
OUTSIDE = {"id": "s", "kind": "group", "groupId": str(VIP), "change": "left", "existing": True}
FILTERED = {"id": "s", "kind": "field", "filterId": str(segment_id("romans")), "existing": True}
ACTIVE = {"id": "s", "kind": "activity", "filterId": str(segment_id("romans")), "existing": True}
NOT = {"becomes": False}


class _CrashError(BaseException):
    """Stands for a process that died."""


@pytest.fixture
async def scene(database: Database) -> Scene:
    scene = await Scene.open(database)
    await keep(scene, "romans", filter_of(text_is("city", "Roma")), buckets=EVERYWHERE)
    for number, (person, city) in enumerate(((ADA, "Roma"), (BEA, "Bari"), (CIA, "Roma")), 1):
        await scene.append(scene.known(person, number, city=city))
    await scene.append(said(scene, ADA))
    await settle(scene.database)
    return scene


def graph(start: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a journey that ends at once, so that whoever entered twice would be seen."""
    rest = {"first": "end", "steps": {"end": {"kind": "end"}}, "reentry": {"rule": "every_time"}}
    return {"starts": [start], **rest, **more}


async def move(scene: Scene, contact: UUID, city: str) -> None:
    await scene.append(scene.update(contact, set={"city": city}))


KINDS = pytest.mark.parametrize(
    ("start", "there"),
    [
        (ROMANS, [ADA, CIA]),
        (ROMANS | {"change": "left"}, [BEA]),
        (ROMAN, [ADA, CIA]),
        (ROMAN | NOT, [BEA]),
        (FILTERED, [ADA, CIA]),
        (FILTERED | NOT, [BEA]),
        (ACTIVE, [ADA, CIA]),
        (OUTSIDE, [BEA, CIA]),
        (OUTSIDE | {"condition": text_is("city", "Roma")}, [CIA]),
    ],
)


@KINDS
async def test_who_meets_the_start_already_enters_and_is_counted_before(
    scene: Scene, start: dict[str, Any], there: list[UUID]
) -> None:
    (drawn, _) = decode_graph(graph(start))
    assert drawn is not None
    journey_id = await switch_on(scene, graph(start))
    async with scene.database.connection() as connection:
        counted = await count_existing(
            connection, WORKSPACE_ID, journey_id, drawn.starts[0], now=scene.now, time_zone="Europe/Rome"
        )
    assert counted == len(there)
    await settle(scene.database)
    assert await entered(scene) == sorted(there)


@KINDS
async def test_nobody_enters_for_what_was_where_those_are_left_out(
    scene: Scene, start: dict[str, Any], there: list[UUID]
) -> None:
    del there
    await switch_on(scene, graph(start | {"existing": False}))
    await settle(scene.database)
    assert await entered(scene) == []


async def test_a_group_start_of_who_left_includes_those_outside_if_nothing_else_is_said(scene: Scene) -> None:
    await switch_on(scene, graph({key: value for key, value in OUTSIDE.items() if key != "existing"}))
    await settle(scene.database)
    assert await entered(scene) == sorted([BEA, CIA])


@pytest.mark.parametrize("start", [ROMANS, ROMAN, FILTERED])
async def test_who_comes_to_meet_it_before_the_buckets_are_asked_enters_once(
    scene: Scene, start: dict[str, Any]
) -> None:
    await switch_on(scene, graph(start))
    await run_job(scene.database, HANDLERS)
    await move(scene, BEA, "Roma")
    await settle(scene.database)
    assert await entered(scene) == sorted([ADA, BEA, CIA])


@pytest.mark.parametrize("start", [ROMANS, ROMAN, FILTERED])
async def test_who_meets_it_no_more_when_its_turn_comes_does_not_enter(
    scene: Scene, start: dict[str, Any]
) -> None:
    await switch_on(scene, graph(start))
    await run_job(scene.database, HANDLERS)
    await apply_all(scene.database)
    await move(scene, CIA, "Bari")
    await run_job(scene.database, HANDLERS)
    told = [whose for whose, name in await scene.rows("facts", "contact_id", "name") if name == "startMet"]
    assert sorted(told) == sorted([ADA, CIA])
    await settle(scene.database)
    assert await entered(scene) == [ADA]


async def test_who_came_after_the_journey_was_on_was_not_there(scene: Scene) -> None:
    """Of one moment: product time stands still, and what was appended before counts."""
    await scene.append(scene.known(DAN, 4))
    await switch_on(scene, graph(OUTSIDE))
    await run_job(scene.database, HANDLERS)
    late = contact_id(5, bucket=200)
    await scene.append(scene.known(late, 5))
    await settle(scene.database)
    assert await entered(scene) == sorted([BEA, CIA, DAN])


async def test_what_the_contact_is_besides_is_asked_in_its_turn(scene: Scene) -> None:
    await switch_on(
        scene, graph(ROMANS, options={"filters": [in_segment("romans"), text_is("city", "Bari")]})
    )
    await settle(scene.database)
    assert await entered(scene) == []


@pytest.mark.parametrize("start", [OUTSIDE, ROMAN | NOT], ids=["group", "field"])
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("nth", [1, 2, 3])
async def test_a_crash_at_any_piece_lets_everybody_in_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, start: dict[str, Any], moment: str, nth: int
) -> None:
    monkeypatch.setattr(existing, "PIECE", 1)
    await scene.append(scene.known(DAN, 4, city="Bari"))
    await switch_on(scene, graph(start))
    await run_job(scene.database, HANDLERS)
    await apply_all(scene.database)
    passed = 0

    def die(self: Failpoints, name: str, when: str) -> None:
        nonlocal passed
        del self
        passed += (name, when) == ("jobs.run", moment)
        if passed == nth and (name, when) == ("jobs.run", moment):
            raise _CrashError

    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", die)
        with pytest.raises(_CrashError):
            await run_all_jobs(scene.database, HANDLERS)
    await settle(scene.database)
    assert await entered(scene) == sorted([BEA, CIA, DAN] if start is OUTSIDE else [BEA, DAN])


@pytest.mark.parametrize("start", [FILTERED, ACTIVE], ids=["field", "activity"])
async def test_a_saved_filter_that_comes_to_hold_and_holds_no_more(
    scene: Scene, start: dict[str, Any]
) -> None:
    begins, ends = start | {"existing": False}, start | NOT | {"existing": False}
    first = await switch_on(scene, graph(begins))
    await settle(scene.database)
    for city in ("Roma", "Bari", "Roma"):
        await move(scene, BEA, city)
    await move(scene, ADA, "Bari")
    await settle(scene.database)
    assert await scene.rows("runs", "contact_id", "journey_id") == [(BEA, first), (BEA, first)]
    await scene.publish("ends", graph(ends), buckets=EVERYWHERE)
    await move(scene, BEA, "Bari")
    await settle(scene.database)
    assert len(await entered(scene)) == 3
