"""What a journey records in one moment stands in the order in which it recorded it, for members as for counts."""

from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.worker.apply import apply_all
from tests.worker.scene import Scene, contact_id
from tests.worker.segments import ask_sql, filter_of, keep, members, text_is

ADA = contact_id(1)


def record(*names: str) -> dict[str, Any]:
    """Return a journey that records these events, each in a step of its own, as soon as somebody orders."""
    steps: dict[str, Any] = {
        f"record_{place}": {
            "kind": "update_contact",
            "events": [{"event": name, "properties": {"step": {"kind": "value", "value": f"{place}"}}}],
            "next": f"record_{place + 1}",
        }
        for place, name in enumerate(names)
    }
    steps[f"record_{len(names)}"] = {"kind": "end", "outcome": "neutral"}
    return {"starts": [{"id": "s", "event": "completedOrder"}], "first": "record_0", "steps": steps}


def followed(first: str, then: str) -> dict[str, Any]:
    return filter_of({"kind": "followed", "first": {"events": [first]}, "then": {"events": [then]}})


def newest_step(which: str, step: str) -> dict[str, Any]:
    return filter_of(
        {
            "kind": "first_or_last",
            "which": which,
            "pattern": {"events": ["called", "thanked"]},
            "condition": text_is("step", step) | {"source": "event"},
        }
    )


@pytest.mark.parametrize(
    ("definition", "is_member"),
    [
        (followed("called", "thanked"), True),
        (followed("thanked", "called"), False),
        (followed("completedOrder", "called"), True),
        (followed("called", "completedOrder"), False),
        (newest_step("first", "0"), True),
        (newest_step("last", "1"), True),
        (newest_step("last", "0"), False),
    ],
)
async def test_events_of_one_moment_follow_one_another(
    database: Database, definition: dict[str, Any], is_member: bool
) -> None:
    scene = await Scene.open(database)
    await keep(scene, "asked", definition)
    await scene.publish("record", record("called", "thanked"))
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder"))
    await apply_all(database)
    expected = {ADA} if is_member else set[UUID]()
    assert await ask_sql(scene, definition) == expected
    assert await members(scene, "asked") == expected


async def test_a_fact_received_comes_before_those_that_were_recorded_at_its_moment(
    database: Database,
) -> None:
    scene = await Scene.open(database)
    late = followed("called", "searched")
    await keep(scene, "late", late)
    await scene.publish("record", record("called", "thanked"))
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder"))
    await apply_all(database)
    ((recorded_at,),) = [
        row[1:] for row in await scene.rows("facts", "name", "occurred_at") if row[0] == "called"
    ]
    await scene.append(scene.event(ADA, "searched", occurred_at=recorded_at))
    await apply_all(database)
    assert await ask_sql(scene, late) == set()
    assert await members(scene, "late") == set()


async def test_what_is_kept_names_the_place_in_the_log(database: Database) -> None:
    scene = await Scene.open(database)
    await keep(scene, "asked", followed("called", "thanked"))
    await scene.publish("record", record("called", "thanked"))
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder"))
    await apply_all(database)
    places = {
        (name, offset)
        for name, offset in await scene.rows("facts", "name", "offset")
        if name in ("called", "thanked")
    }
    pasts = [past for (past,) in await scene.rows("pasts", "past")]
    assert {(name, place % 2**61) for past in pasts for _, place, name, _ in past["kept"]} == places
