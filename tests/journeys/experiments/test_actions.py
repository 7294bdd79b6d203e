"""Experiments that run: measured from traces and facts, decided once, told to the buckets, carried on by new versions."""

from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.db.failpoints import Failpoints
from percorso.journeys.actions import archive_journey, delete_journey
from percorso.journeys.experiments.actions import measure_experiments
from percorso.journeys.experiments.model import Kept
from percorso.journeys.experiments.store import list_experiments
from percorso.journeys.winner import Figures
from percorso.workspaces.audit import list_audit
from tests.support.world import World


class _CrashError(BaseException):
    """Stands for a process that died."""


def comparison(**more: Any) -> dict[str, Any]:
    """A journey that compares two endings; orders of 10 and more within a day count."""
    large = {"kind": "test", "source": "event", "path": "amount", "type": "number", "operator": "at_least",
             "operands": [{"kind": "value", "value": 10}]}  # fmt: skip
    step: dict[str, Any] = {
        "kind": "experiment",
        "paths": [{"id": "long", "percent": 45, "to": "lost"}, {"id": "short", "percent": 45, "to": "won"}],
        "holdOut": {"id": "none", "percent": 10, "to": "held"},
        "goal": {"event": "completedOrder", "within": {"amount": 1, "unit": "days"}, "condition": large},
        "winner": {"after": {"amount": 3, "unit": "days"}, "least": 3},
    }
    ends = {"won": "positive", "lost": "negative", "held": "neutral"}
    return {
        "starts": [{"id": "s", "event": "began"}],
        "first": "test",
        "steps": {
            "test": step | more,
            **{id: {"kind": "end", "outcome": outcome} for id, outcome in ends.items()},
        },
    }


async def begin(world: World, *numbers: int) -> dict[str, list[str]]:
    """Let these people enter for the first time; return them by the outcome that they came to."""
    found: dict[str, list[str]] = {}
    for number in numbers:
        name = f"user{number}"
        await world.track(name, "began")
        run = (await world.runs(name))[-1]
        found.setdefault(str(run.outcome), []).append(name)
    return found


async def order(world: World, people: list[str], amount: float) -> None:
    for name in people:
        await world.track(name, "completedOrder", amount=amount)


async def kept(world: World, journey_id: UUID) -> Kept:
    async with world.database.connection() as connection:
        (found,) = await list_experiments(connection, journey_id)
    return found


@pytest.fixture
async def world(database: Database) -> World:
    return await World.open(database)


async def decide(world: World, journey_id: UUID) -> dict[str, list[str]]:
    """Let thirty people go through, all who got the short way order, and the time pass; return them by outcome."""
    people = await begin(world, *range(30))
    await order(world, people["positive"], 10)
    await order(world, people["negative"], 9.99)
    await world.advance(days=3)
    await measure_experiments(world.database)
    await world.drain()
    return people


async def test_a_winner_is_found_told_and_taken_by_all_but_the_hold_out(world: World) -> None:
    journey_id = await world.publish("test", comparison())
    people = await decide(world, journey_id)
    assert len(people) == 3
    found = await kept(world, journey_id)
    assert found.figures == {
        "short": Figures(len(people["positive"]), len(people["positive"])),
        "long": Figures(len(people["negative"]), 0),
        "hold_out": Figures(len(people["neutral"]), 0),
    }
    assert (found.winner, found.since, found.decided_at) == ("short", 1, world.now)
    later = await begin(world, *range(100, 130))
    assert later.keys() == {"positive", "neutral"}
    assert {path for _, path, _ in await world.trace(later["positive"][0])} >= {"short"}
    async with world.database.connection() as connection:
        lines = await list_audit(connection, world.workspace_id)
    assert [(line.caller, line.action, line.detail) for line in lines] == [
        ("journey", "journey.experiment_decided", {"step": "test", "path": "short"})
    ]


async def test_it_is_measured_by_the_hour_and_decided_once(world: World) -> None:
    journey_id = await world.publish("test", comparison())
    await decide(world, journey_id)
    assert await measure_experiments(world.database) == 0
    await world.advance(hours=1)
    await order(world, ["user0"], 10)
    before = await kept(world, journey_id)
    assert await measure_experiments(world.database) == 1
    after = await kept(world, journey_id)
    assert (after.winner, after.decided_at) == (before.winner, before.decided_at)
    assert after.figures == before.figures
    assert after.measured_at == world.now


async def test_a_version_goes_on_with_its_experiment_unless_that_is_another(world: World) -> None:
    journey_id = await world.publish("test", comparison())
    await decide(world, journey_id)
    await world.publish_again(journey_id, comparison(name="Lengths"))
    assert (await begin(world, *range(200, 220))).keys() == {"positive", "neutral"}
    assert (await kept(world, journey_id)).since == 1
    another = {"event": "completedOrder", "within": {"amount": 2, "unit": "days"}}
    await world.publish_again(journey_id, comparison(goal=another))
    assert (await begin(world, *range(300, 320))).keys() == {"positive", "negative", "neutral"}
    found = await kept(world, journey_id)
    assert (found.since, found.winner, found.figures) == (3, None, {})
    await world.advance(days=2)
    await measure_experiments(world.database)
    assert sum(one.runs for one in (await kept(world, journey_id)).figures.values()) == 20


async def test_an_experiment_goes_with_its_step_and_its_journey(world: World) -> None:
    journey_id = await world.publish("test", comparison())
    ending = {"starts": [{"id": "s", "event": "began"}], "first": "end", "steps": {"end": {"kind": "end"}}}
    await world.publish_again(journey_id, ending)
    async with world.database.connection() as connection:
        assert await list_experiments(connection, journey_id) == []
    await world.publish_again(journey_id, comparison())
    async with world.database.transaction("test.commit") as connection:
        await archive_journey(connection, world.workspace_id, journey_id)
    await world.drain()
    assert await measure_experiments(world.database) == 0
    async with world.database.transaction("test.commit") as connection:
        await delete_journey(connection, world.workspace_id, journey_id)
        assert await list_experiments(connection, journey_id) == []


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_crash_while_it_is_decided_decides_once(
    world: World, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    journey_id = await world.publish("test", comparison())
    people = await begin(world, *range(30))
    await order(world, people["positive"], 10)
    await world.advance(days=3)

    def die(self: Failpoints, name: str, when: str) -> None:
        del self
        if (name, when) == ("journeys.experiment", moment):
            raise _CrashError

    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", die)
        with pytest.raises(_CrashError):
            await measure_experiments(world.database)
    await measure_experiments(world.database)
    await world.drain()
    assert (await kept(world, journey_id)).winner == "short"
    async with world.database.connection() as connection:
        told = await connection.fetchval("SELECT count(*) FROM facts WHERE name = 'experimentDecided'")
    assert told == 256
