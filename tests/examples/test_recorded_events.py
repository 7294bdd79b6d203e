"""What a step records is an event like any other: it moves other runs, starts other journeys, and never itself."""

from typing import Any
from uuid import UUID

import pytest

from tests.support.world import World


def records(event: str, *, after: str, wait: bool) -> dict[str, Any]:
    """A journey that records `event` when `after` happens, at once or an hour later, and then waits for it."""
    steps: dict[str, Any] = {
        "record": {"kind": "update_contact", "events": [{"event": event, "properties": {}}], "next": "own"},
        "own": {"kind": "react", "event": event, "limit": {"amount": 1, "unit": "days"}, "next": "heard",
                "default": "unheard"},
        "heard": {"kind": "end", "outcome": "negative"},
        "unheard": {"kind": "end", "outcome": "positive"},
    }  # fmt: skip
    if wait:
        steps["wait"] = {"kind": "wait", "period": {"amount": 1, "unit": "hours"}, "next": "record"}
    return {
        "starts": [{"id": "s", "event": after}],
        "first": "wait" if wait else "record",
        "steps": steps,
    }


def waits_for(event: str, *, after: str) -> dict[str, Any]:
    return {
        "starts": [{"id": "s", "event": after}],
        "first": "react",
        "steps": {
            "react": {"kind": "react", "event": event, "limit": {"amount": 2, "unit": "days"}, "next": "heard",
                      "default": "unheard"},
            "heard": {"kind": "end", "outcome": "positive"},
            "unheard": {"kind": "end", "outcome": "negative"},
        },
    }  # fmt: skip


async def outcomes(world: World, journey: UUID) -> list[str | None]:
    return [run.outcome for run in await world.runs("ada", journey)]


@pytest.mark.parametrize("wait", [False, True])
@pytest.mark.parametrize("first", ["recorder", "listener"])
async def test_a_recorded_event_moves_another_run_and_not_the_one_that_recorded_it(
    world: World, wait: bool, first: str
) -> None:
    graphs = {
        "recorder": records("addedReward", after="began", wait=wait),
        "listener": waits_for("addedReward", after="began"),
    }
    names = sorted(graphs, key=lambda name: name != first)
    journeys = {name: await world.publish(name, graphs[name]) for name in names}
    await world.identify("ada")
    await world.track("ada", "began")
    await world.advance(hours=1)
    assert await outcomes(world, journeys["listener"]) == ["positive"]
    await world.advance(days=3)
    assert await outcomes(world, journeys["recorder"]) == ["positive"]


async def test_a_recorded_event_starts_another_journey(world: World) -> None:
    await world.publish("recorder", records("addedReward", after="began", wait=False))
    listener = await world.publish("listener", waits_for("never", after="addedReward"))
    await world.identify("ada")
    await world.track("ada", "began")
    assert len(await world.runs("ada", listener)) == 1


async def test_journeys_that_start_each_other_come_to_an_end(world: World) -> None:
    ping = {
        "starts": [{"id": "s", "event": "ping"}],
        "first": "pong",
        "steps": {"pong": {"kind": "update_contact", "events": [{"event": "pong"}]}},
    }
    pong = {
        "starts": [{"id": "s", "event": "pong"}],
        "first": "ping",
        "steps": {"ping": {"kind": "update_contact", "events": [{"event": "ping"}]}},
    }
    journeys = [await world.publish("ping", ping), await world.publish("pong", pong)]
    await world.identify("ada")
    await world.track("ada", "ping")
    runs = [run for journey in journeys for run in await world.runs("ada", journey)]
    # The first event and the twenty that it caused, one deeper each, act; the next is stored and acts no more.
    assert len(runs) == 21
    assert {run.state for run in runs} == {"ended"}
    assert [outcome for *_, outcome in await world.trace("ada")].count("too_deep") == 1
