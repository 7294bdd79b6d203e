"""Starts on conditions that time alone makes true or false: met once at the moment of turning, whenever somebody looks."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from percorso.db import Database
from percorso.worker.apply import apply_all
from percorso.worker.main import keep_partitions
from percorso.worker.reading import Limits
from tests.worker.scene import START, Scene, contact_id
from tests.worker.test_starts_by_time import apply_dying, entered, graph, until

ADA, BEA = contact_id(1), contact_id(2)
ROME = ZoneInfo("Europe/Rome")


def compared(operator: str, amount: int, type: str = "date", path: str = "eventAt") -> dict[str, Any]:
    """Return the condition that a date lies so many days from now."""
    operands = [{"kind": "value", "value": amount}]
    asked = {"source": "attribute", "path": path, "type": type, "operator": operator, "operands": operands}
    return {"kind": "test", "unit": "days", **asked}


SOON: dict[str, Any] = {"id": "s", "kind": "field", "condition": compared("less_than_after_now", 3)}
QUIET: dict[str, Any] = {
    "id": "s",
    "kind": "field",
    "condition": compared("more_than_before_now", 10, "datetime", "seenAt"),
}
ALWAYS = {"reentry": {"rule": "every_time"}}


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


async def test_a_condition_that_time_makes_true_is_met_at_that_moment(scene: Scene) -> None:
    await scene.publish("soon", graph(SOON, **ALWAYS))
    await scene.append(scene.known(ADA, 1, eventAt="2026-03-10"), scene.known(BEA, 2, eventAt="2026-03-01"))
    await until(scene, START + timedelta(days=30))
    # Midnight in Rome, two days before.
    assert await entered(scene) == [(ADA, datetime(2026, 3, 7, 23, tzinfo=UTC))]


async def test_a_condition_that_time_makes_false(scene: Scene) -> None:
    await scene.publish("over", graph(SOON | {"becomes": False}, **ALWAYS))
    await scene.append(scene.known(ADA, 1, eventAt="2026-03-10"), scene.known(BEA, 2, eventAt="?"))
    await until(scene, START + timedelta(days=30))
    assert await entered(scene) == [(ADA, datetime(2026, 3, 10, 23, tzinfo=UTC))]
    assert await scene.rows("start_moments", "due_at") == []


async def test_what_is_written_anew_moves_the_moment_on(scene: Scene) -> None:
    await scene.publish("quiet", graph(QUIET, **ALWAYS))
    await scene.append(scene.known(ADA, 1, seenAt="2026-03-02T08:00:00Z"))
    await until(scene, START + timedelta(days=5))
    await scene.append(scene.update(ADA, set={"seenAt": "2026-03-06T08:00:00Z"}))
    await until(scene, START + timedelta(days=30))
    ((whose, at),) = await entered(scene)
    assert whose == ADA
    assert timedelta(0) <= at - datetime(2026, 3, 16, 8, tzinfo=UTC) <= timedelta(microseconds=1)


async def test_who_was_there_is_foreseen_and_who_met_it_already_is_not_told(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1, eventAt="2026-03-10"), scene.known(BEA, 2, eventAt="2026-03-03"))
    await apply_all(scene.database)
    await scene.publish("soon", graph(SOON, **ALWAYS))
    await until(scene, START + timedelta(days=30))
    assert await entered(scene) == [(ADA, datetime(2026, 3, 7, 23, tzinfo=UTC))]


async def test_what_turns_while_the_journey_is_paused_lets_nobody_in(scene: Scene) -> None:
    journey_id = await scene.publish("soon", graph(SOON, **ALWAYS))
    await scene.append(scene.known(ADA, 1, eventAt="2026-03-10"), scene.known(BEA, 2, eventAt="2026-03-20"))
    await apply_all(scene.database)
    await scene.control(journey_id, "journeyPaused")
    await until(scene, START + timedelta(days=9))
    await scene.control(journey_id, "journeyResumed")
    await until(scene, START + timedelta(days=30))
    assert await entered(scene) == [(BEA, datetime(2026, 3, 17, 23, tzinfo=UTC))]


async def test_of_one_moment_what_is_written_comes_before_what_turns(scene: Scene) -> None:
    midnight = datetime(2026, 3, 7, 23, tzinfo=UTC)
    await scene.publish("soon", graph(SOON, **ALWAYS))
    await scene.append(scene.known(ADA, 1, eventAt="2026-03-10"), scene.known(BEA, 2, eventAt="2026-03-10"))
    await apply_all(scene.database)
    await scene.move_clock(seconds=(midnight - scene.now).total_seconds())
    await scene.append(scene.update(ADA, set={"eventAt": "2026-03-09"}))
    await scene.append(scene.update(BEA, set={"eventAt": "2026-03-30"}))
    await until(scene, START + timedelta(days=20))
    assert await entered(scene) == [(ADA, midnight)]


def is_soon(text: str | None, at: datetime) -> bool:
    """Whether the day is today or one of the next two."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return False
    return 0 <= (day - at.astimezone(ROME).date()).days < 3


@pytest.mark.parametrize("becomes", [True, False])
@pytest.mark.parametrize("seed", range(2))
async def test_however_time_is_cut_and_whoever_dies_it_is_met_at_each_turn_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, seed: int, becomes: bool
) -> None:
    chance = random.Random(seed)
    end = START + timedelta(days=60)
    story: list[tuple[datetime, UUID, str | None]] = []
    for number in range(1, 9):
        for at in (START + timedelta(minutes=chance.randrange(1, 60_000)) for _ in range(4)):
            day = (at + timedelta(days=chance.randrange(-3, 12))).strftime("%Y-%m-%d")
            story.append((at, contact_id(number), chance.choice([day, day, day, "?", None])))
    story.sort(key=lambda each: each[:2])
    await scene.publish("g", graph(SOON | {"becomes": becomes}, **ALWAYS))
    looks = {START + timedelta(minutes=chance.randrange(1, 80_000)) for _ in range(chance.choice([2, 12]))}
    for moment in sorted({*looks, *(at for at, _, _ in story), end}):
        await scene.move_clock(seconds=(moment - scene.now).total_seconds())
        for _, person, text in [each for each in story if each[0] == moment]:
            await scene.append(scene.known(person, person.int % 1000, eventAt=text))
        if moment in looks or moment == end:
            await keep_partitions(scene.database)
            limits = chance.choice([Limits(), Limits(facts=1, due=1), Limits(facts=3, due=2)])
            await apply_dying(scene.database, limits, chance, monkeypatch)
    expected: list[tuple[UUID, datetime]] = []
    midnights = [datetime(2026, 3, 3, tzinfo=ROME) + timedelta(days=n) for n in range(59)]
    for person in {whose for _, whose, _ in story}:
        written, known, was = {at: text for at, whose, text in story if whose == person}, None, False
        for at in sorted({*written, *(each.astimezone(UTC) for each in midnights)}):
            known = written.get(at, known)
            now = is_soon(known, at)
            if was != becomes == now:
                expected.append((person, at))
            was = now
    assert len(expected) > 3
    assert await entered(scene) == sorted(expected, key=lambda each: (each[1], each[0]))
