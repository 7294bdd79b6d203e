"""What fails stands alone, is tried three times, set aside and seen; the rest goes on."""

from typing import Any

import msgspec
import pytest

from percorso.db import Database
from percorso.journeys import engine
from percorso.journeys.model import Decision
from percorso.worker import effects, ledger
from percorso.worker.apply import apply_all
from tests.worker.scene import ORDER, Scene, contact_id, pause_graph

ADA, BEA, CLEO = contact_id(1), contact_id(2), contact_id(3, bucket=9)


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


async def refuse(scene: Scene, table: str, condition: str) -> None:
    """Let the database refuse rows of a table that do not meet the condition."""
    async with scene.database.transaction("test.commit") as connection:
        await connection.execute(f"ALTER TABLE {table} ADD CHECK ({condition})")


async def test_a_fact_that_the_database_refuses_is_set_aside_and_the_others_are_folded(scene: Scene) -> None:
    await refuse(scene, "contacts", "attributes->>'city' IS DISTINCT FROM 'Atlantis'")
    _, bad, *_ = await scene.append(
        scene.known(ADA, 1, city="Milano"),
        scene.update(ADA, set={"city": "Atlantis"}),
        scene.known(BEA, 2, city="Bari"),
        scene.update(ADA, set={"age": 40}),
        scene.known(CLEO, 3, city="Roma"),
    )
    await apply_all(scene.database)
    assert dict(await scene.rows("contacts", "id", "attributes")) == {
        ADA: {"city": "Milano", "age": 40},
        BEA: {"city": "Bari"},
        CLEO: {"city": "Roma"},
    }
    ((bucket, offset, tries, error, set_aside_at),) = await scene.rows(
        "set_aside", "bucket", "offset", "tries", "error", "set_aside_at"
    )
    assert (bucket, offset, tries, set_aside_at) == (7, bad, 3, scene.now)
    assert error.startswith("CheckViolationError")


async def test_a_run_whose_moment_the_database_refuses_ends_failed_and_the_others_go_on(scene: Scene) -> None:
    await scene.publish("thanks", pause_graph())
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder", ORDER))
    await scene.move_clock(seconds=1)
    await scene.append(scene.known(BEA, 2), scene.event(BEA, "completedOrder", ORDER))
    await apply_all(scene.database)
    ((ada_run,),) = [row[:1] for row in await scene.rows("runs", "id", "contact_id") if row[1] == ADA]
    await refuse(scene, "traces", f"run_id <> '{ada_run}' OR entry->>'outcome' LIKE 'failed%' OR number < 2")
    await scene.move_clock(days=2)
    await apply_all(scene.database)
    assert await scene.rows("runs", "contact_id", "outcome", "reason", order="entered_at") == [
        (ADA, "neutral", "failed"),
        (BEA, "positive", "completed"),
    ]
    assert await scene.rows("set_aside", "run_id", "tries") == [(ada_run, 3)]


async def test_a_run_that_fails_in_the_engine_fails_alone_and_is_listed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.publish("thanks", pause_graph())
    await scene.publish("again", pause_graph())
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder", ORDER))
    await apply_all(scene.database)
    (failing, _), (other, _) = await scene.rows("runs", "id", "state", order="id")

    def advance(version: Any, run: Any, *rest: Any) -> Decision:
        if run.id == failing:
            raise KeyError("price")
        return engine.advance(version, run, *rest)

    monkeypatch.setattr(effects, "advance", advance)
    await scene.move_clock(days=1)
    await apply_all(scene.database)
    assert dict(await scene.rows("runs", "id", "reason")) == {failing: "failed", other: "completed"}
    assert await scene.rows("set_aside", "run_id", "error") == [(failing, "KeyError: 'price'")]
    entries = [
        row[1] for row in await scene.rows("traces", "run_id", "entry", order="number") if row[0] == failing
    ]
    assert entries[-1]["outcome"] == "failed: KeyError: 'price'"


async def test_a_circle_of_events_stops_and_the_run_says_so(scene: Scene) -> None:
    graph = {
        "starts": [{"id": "s", "event": "addedReward"}],
        "first": "again",
        "steps": {
            "again": {"kind": "update_contact", "events": [{"event": "addedReward", "properties": {}}]}
        },
    }
    await scene.publish("circle", graph)
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "addedReward"))
    await apply_all(scene.database)
    depths = sorted(row[1] for row in await scene.rows("facts", "name", "depth") if row[0] == "addedReward")
    assert depths == list(range(ledger.DEEPEST + 2))
    outcomes = [row[0].get("outcome") for row in await scene.rows("traces", "entry")]
    assert outcomes.count("too_deep") == 1


async def test_a_fault_of_no_fact_is_raised_and_nothing_is_skipped(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.append(scene.known(ADA, 1), scene.known(BEA, 2))

    async def fail(*_: Any, **__: Any) -> None:
        raise msgspec.ValidationError("the worker itself is broken")

    with monkeypatch.context() as broken:
        broken.setattr("percorso.worker.writing.log.move_cursors", fail)
        with pytest.raises(msgspec.ValidationError):
            await apply_all(scene.database)
    await apply_all(scene.database)
    heads = dict(await scene.rows("heads", "bucket", "offset"))
    assert dict(await scene.rows("cursors", "bucket", "offset")) == heads


async def test_runs_of_a_version_that_cannot_be_compiled_end_failed_at_their_moment(scene: Scene) -> None:
    await scene.publish("thanks", pause_graph())
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder", ORDER))
    await apply_all(scene.database)
    async with scene.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE journey_versions SET graph = '{}'")
    await scene.append(scene.known(BEA, 2), scene.event(BEA, "completedOrder", ORDER))
    await scene.move_clock(days=1)
    await apply_all(scene.database)
    assert await scene.rows("runs", "contact_id", "reason") == [(ADA, "failed")]


async def test_a_moment_that_the_database_refuses_is_given_up_and_the_rest_goes_on(scene: Scene) -> None:
    await refuse(scene, "facts", f"name <> 'abandonedCart' OR contact_id <> '{ADA}'")
    await scene.append(*(scene.known(person, number) for number, person in enumerate((ADA, BEA))))
    await scene.append(*(scene.event(person, "addedProduct", {"id": "a"}) for person in (ADA, BEA)))
    await scene.move_clock(hours=1)
    await apply_all(scene.database)
    told = await scene.rows("facts", "contact_id", "name")
    assert [row for row in told if row[1] == "abandonedCart"] == [(BEA, "abandonedCart")]
    assert await scene.rows("contacts", "due_at") == [(None,), (None,)]
    ((tries, error, contact),) = await scene.rows("set_aside", "tries", "error", "contact_id")
    assert (tries, contact) == (3, ADA)
    assert "CheckViolationError" in error
    await scene.append(scene.event(ADA, "removedProduct", {"id": "a"}))
    await apply_all(scene.database)
