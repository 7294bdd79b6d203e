"""Starts on fields: one that changes, and conditions that come to hold, or hold no more."""

from typing import Any

import pytest

from percorso.db import Database
from percorso.worker.apply import apply_all
from percorso.worker.reading import Limits
from tests.worker.scene import Scene, contact_id, thanks_graph
from tests.worker.segments import text_is
from tests.worker.test_starts_by_time import graph, met

ADA = contact_id(1)
MOVED: dict[str, Any] = {"id": "s", "kind": "field_change", "field": "address.city"}
ROMAN: dict[str, Any] = {"id": "s", "kind": "field", "condition": text_is("city", "Roma")}
BATCHES = pytest.mark.parametrize(
    "limits", [Limits(), Limits(facts=1, due=1)], ids=["together", "one by one"]
)


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


async def tell(scene: Scene, limits: Limits, path: str, *values: Any, **more: Any) -> list[Any]:
    """Give Ada these values one after the other (None: empty), and return what was said of each start met."""
    for value in values:
        said = {"clear": [path]} if value is None else {"set": {path: value}}
        said |= {"identities": {"email": ["ada@example.com"]}}
        await scene.append(scene.event(ADA, "contactUpdated", said, kind="profile", **more))
    await apply_all(scene.database, limits)
    return [(said.get("before"), said.get("value")) for _, _, said in await met(scene)]


@BATCHES
async def test_a_field_that_gets_another_value(scene: Scene, limits: Limits) -> None:
    await scene.publish("moved", graph(MOVED))
    found = await tell(scene, limits, "address.city", "Roma", "Roma", "Bari", None, "Bari")
    assert found == [(None, "Roma"), ("Roma", "Bari"), ("Bari", None), (None, "Bari")]
    assert len(await scene.rows("runs", "id")) == 4


@BATCHES
async def test_a_field_that_goes_from_one_value_to_another(scene: Scene, limits: Limits) -> None:
    await scene.publish("moved", graph(MOVED | {"before": "Roma", "after": "Bari"}))
    assert await tell(scene, limits, "address.city", "Roma", "Lecce", "Bari", "Roma", "Bari") == [
        ("Roma", "Bari")
    ]


@BATCHES
@pytest.mark.parametrize(("becomes", "times"), [(True, 2), (False, 1)])
async def test_a_condition_that_comes_to_hold_or_holds_no_more(
    scene: Scene, limits: Limits, becomes: bool, times: int
) -> None:
    await scene.publish("roman", graph(ROMAN | {"becomes": becomes}))
    await tell(scene, limits, "city", "Roma", "ROMA", "Bari", "Lecce", "roma")
    assert len(await scene.rows("runs", "id")) == times


async def test_who_met_it_before_the_journey_was_on_does_not_enter_for_what_stays(scene: Scene) -> None:
    await tell(scene, Limits(), "city", "Roma")
    await scene.publish("roman", graph(ROMAN))
    await apply_all(scene.database)
    assert await tell(scene, Limits(), "job", "cook") == []


async def test_history_changes_nobodys_way(scene: Scene) -> None:
    await scene.publish("moved", graph(MOVED))
    assert await tell(scene, Limits(), "address.city", "Roma", historical=True) == []
    assert await tell(scene, Limits(), "address.city", "Bari") == [("Roma", "Bari")]


async def test_a_step_that_changes_the_field_meets_the_start_of_another_journey_at_once(scene: Scene) -> None:
    change = {"action": "set", "path": "city", "operand": {"kind": "value", "value": "Roma"}}
    steps = {"set": {"kind": "update_contact", "changes": [change], "next": "end"}, "end": {"kind": "end"}}
    await scene.publish(
        "sets", thanks_graph(starts=[{"id": "s", "event": "began"}], first="set", steps=steps)
    )
    journey_id = await scene.publish("roman", graph(ROMAN))
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "began"), scene.event(ADA, "began"))
    await apply_all(scene.database)
    assert [at for (at,) in await scene.rows("runs", "journey_id")].count(journey_id) == 1


async def test_two_journeys_that_change_what_the_other_waits_for_come_to_an_end(scene: Scene) -> None:
    """A chain of causes ends after twenty."""
    for name, before, after in (("there", "Roma", "Bari"), ("back", "Bari", "Roma")):
        change = {"action": "set", "path": "address.city", "operand": {"kind": "value", "value": after}}
        steps = {"set": {"kind": "update_contact", "changes": [change]}}
        start = MOVED | {"before": before, "after": None} | ({"after": before, "before": None})
        await scene.publish(name, graph(start, first="set", steps=steps))
    await tell(scene, Limits(), "address.city", "Roma")
    assert 5 < len(await scene.rows("runs", "id")) < 20


@BATCHES
@pytest.mark.parametrize(("updates", "times"), [(False, 1), (True, 2)])
async def test_what_tells_more_of_an_event_starts_where_the_start_says_so(
    scene: Scene, limits: Limits, updates: bool, times: int
) -> None:
    await scene.publish("orders", graph({"id": "s", "event": "ordered", "updates": updates}))
    more = scene.event(ADA, "ordered", context=b'{"updates": "order-1"}')
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "ordered"), more)
    await apply_all(scene.database, limits)
    assert len(await scene.rows("runs", "id")) == times
