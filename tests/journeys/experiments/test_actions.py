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


EVERY = frozenset({"positive", "negative", "neutral"})
WON = EVERY - {"negative"}
"""What comes of people once the short way has won: all go that way but who is held out."""
MOST = 400
"""People of whom one in ten is held out but for a chance of one in 10¹⁸."""


async def begin(
    world: World, first: int, *, least: int, until: frozenset[str] = EVERY
) -> dict[str, list[str]]:
    """Let people enter for the first time, at least so many, and on until each of these outcomes came; return them by it.

    Who they are is chance, and so is their way: of twenty, nobody is held out one time in eight.
    """
    found: dict[str, list[str]] = {}
    for number in range(first, first + MOST):
        if number >= first + least and until <= found.keys():
            break
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
    """Let thirty people or more go through, all who got the short way order, and the time pass; return them by outcome."""
    people = await begin(world, 0, least=30)
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
    later = await begin(world, 1_000, least=30, until=WON)
    assert later.keys() == WON
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
    assert (await begin(world, 2_000, least=20, until=WON)).keys() == WON
    assert (await kept(world, journey_id)).since == 1
    another = {"event": "completedOrder", "within": {"amount": 2, "unit": "days"}}
    await world.publish_again(journey_id, comparison(goal=another))
    people = await begin(world, 3_000, least=20)
    assert people.keys() == EVERY
    found = await kept(world, journey_id)
    assert (found.since, found.winner, found.figures) == (3, None, {})
    await world.advance(days=2)
    await measure_experiments(world.database)
    measured = (await kept(world, journey_id)).figures.values()
    assert sum(one.runs for one in measured) == sum(map(len, people.values()))


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
    people = await begin(world, 0, least=30)
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
