"""A contact with more facts in a window than its past keeps is judged by all of them, like everybody else."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from percorso.conditions import MAX_KEPT
from percorso.db import Database
from percorso.log import store as log
from percorso.log.model import FactDraft
from percorso.segments.asking import explain_contact
from percorso.worker.apply import apply_all
from percorso.worker.reading import Limits
from tests.worker.scene import WORKSPACE_ID, Scene, contact_id
from tests.worker.segments import (
    ask_sql,
    did,
    filter_of,
    greet_graph,
    keep,
    list_members,
    members,
    segment_id,
)

ADA, BEA = contact_id(1), contact_id(2)
MANY = MAX_KEPT + 200
OFTEN = did("viewedProduct", within=10, times=MANY - 20)
SPENT = {
    "kind": "happened",
    "pattern": {"events": ["viewedProduct"]},
    "measure": "sum",
    "path": "price",
    "window": {"kind": "ago", "amount": 10, "unit": "days"},
    "operator": "at_most",
    "operands": [{"kind": "value", "value": MANY - 300}],
}
FIRST_IS_DEAR = {
    "kind": "first_or_last",
    "which": "first",
    "pattern": {"events": ["viewedProduct"]},
    "window": {"kind": "ago", "amount": 10, "unit": "days"},
    "condition": {
        "kind": "test",
        "source": "event",
        "path": "price",
        "type": "number",
        "operator": "equals",
        "operands": [{"kind": "value", "value": 2}],
    },
}
THEN = {
    "kind": "followed",
    "first": {"events": ["viewedProduct"]},
    "then": {"events": ["loggedIn"]},
    "same": {"first": "id", "then": "id"},
}
SEGMENTS: dict[str, dict[str, Any]] = {
    "often": filter_of(OFTEN),
    "spent": filter_of(SPENT),
    "dear": filter_of(FIRST_IS_DEAR),
    "then": filter_of(THEN),
    "ever": filter_of(did("viewedProduct", within=10, times=3)),
}


def views(scene: Scene, number: int) -> list[FactDraft]:
    """Return so many views, a minute apart, the last of them now; the first ones cost more."""
    return [
        scene.event(
            ADA,
            "viewedProduct",
            {"price": 2 if place < 5 else 1, "id": f"p{place}"},
            occurred_at=scene.now - timedelta(minutes=number - place),
        )
        for place in range(number)
    ]


async def tell(scene: Scene, names: Sequence[str] = tuple(SEGMENTS)) -> None:
    for name in names:
        await keep(scene, name, SEGMENTS[name])


async def browse(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1), scene.known(BEA, 2), *views(scene, MANY))
    await scene.append(scene.event(ADA, "loggedIn", {"id": "p1"}), scene.event(BEA, "viewedProduct"))


async def assert_as_sql(scene: Scene) -> None:
    kept = await list_members(scene)
    asked = {segment_id(name): await ask_sql(scene, definition) for name, definition in SEGMENTS.items()}
    assert kept == {id: found for id, found in asked.items() if found}


@pytest.mark.parametrize("limits", [Limits(), Limits(facts=300, due=1)])
async def test_membership_is_by_all_facts_of_the_window_however_many(
    database: Database, limits: Limits
) -> None:
    scene = await Scene.open(database)
    await tell(scene)
    await browse(scene)
    await apply_all(database, limits)
    assert await members(scene, "often") == {ADA}
    assert await members(scene, "spent") == {BEA}
    assert await members(scene, "dear") == {ADA}
    assert await members(scene, "then") == {ADA}
    await assert_as_sql(scene)
    # The first views leave the window, one a minute, while nothing happens.
    await scene.move_clock(days=9, hours=4, minutes=3)
    await apply_all(database, limits)
    await assert_as_sql(scene)
    assert await members(scene, "dear") == {ADA}
    await scene.move_clock(minutes=20)
    await apply_all(database, limits)
    await assert_as_sql(scene)
    assert ADA not in await members(scene, "often") | await members(scene, "dear")
    await scene.move_clock(hours=12)
    await apply_all(database, limits)
    await assert_as_sql(scene)
    assert await members(scene, "spent") == {ADA, BEA}


async def test_a_fill_reads_all_facts_of_the_window(database: Database) -> None:
    scene = await Scene.open(database)
    await browse(scene)
    await apply_all(database)
    await tell(scene)
    await apply_all(database)
    assert await members(scene, "often") == {ADA}
    await assert_as_sql(scene)


@pytest.mark.parametrize("is_kept", [False, True])
async def test_a_journey_asks_for_all_facts_of_the_window(database: Database, is_kept: bool) -> None:
    scene = await Scene.open(database)
    if is_kept:
        await tell(scene, ["often"])
    await scene.publish("hello", greet_graph("loggedIn", OFTEN))
    await browse(scene)
    await apply_all(database, Limits(facts=500))
    assert await scene.rows("runs", "contact_id") == [(ADA,)]


async def test_an_explanation_counts_all_facts_of_the_window(database: Database) -> None:
    scene = await Scene.open(database)
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "INSERT INTO segments (id, workspace_id, name, notes, tags, enabled, definition, revision, created_at,"
            " modified_at) VALUES ($1, $2, 'often', '', '{}', true, $3, 1, $4, $4)",
            segment_id("often"),
            WORKSPACE_ID,
            SEGMENTS["often"],
            scene.now,
        )
    await tell(scene, ["often"])
    await browse(scene)
    await apply_all(database)
    async with database.snapshot() as connection:
        why = await explain_contact(connection, WORKSPACE_ID, segment_id("often"), ADA, now=scene.now)
    assert (why.explanation.holds, why.explanation.verdicts[0].read) == (True, MANY)


async def test_facts_are_read_only_of_those_whose_verdict_hangs_on_them(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = await Scene.open(database)
    await tell(scene, ["ever"])
    asked: list[object] = []
    read_named = log.read_named

    async def watch(*given: Any, **more: Any) -> Any:
        asked.append(given)
        return await read_named(*given, **more)

    monkeypatch.setattr(log, "read_named", watch)
    await browse(scene)
    await apply_all(database)
    assert await members(scene, "ever") == {ADA}
    # So many are kept that those that are not cannot matter.
    assert asked == []
    await tell(scene, ["often"])
    await scene.append(scene.event(ADA, "viewedProduct"))
    await apply_all(database)
    assert len(asked) > 0
