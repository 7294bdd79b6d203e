"""Law 5: every counter equals a recount of the ledger."""

from collections import Counter
from typing import Any

from percorso.db import Database
from tests.worker.scene import Scene
from tests.worker.script import lay_out, live

NAMES = {
    "messagePlanned": "planned",
    "campaignSent": "sent",
    "messageSkipped": "skipped",
}


async def test_counters_are_a_recount_of_facts(database: Database) -> None:
    scene = await lay_out(database)
    await live(scene, seed=5)
    counted = await read_counters(scene)
    recount: Counter[tuple[Any, ...]] = Counter()
    for bucket, kind, name, said in await scene.rows("facts", "bucket", "kind", "name", "properties"):
        if kind == "message":
            recount[bucket, said["journeyId"], said["step"], "", NAMES[name]] += 1
        elif name == "journeyEntered":
            recount[bucket, said["journeyId"], "", "", "entered"] += 1
        elif name == "journeyExited":
            recount[bucket, said["journeyId"], "", said["outcome"], "ended"] += 1
    told = {
        key: value for key, value in counted.items() if key[4] in {*NAMES.values(), "ended"} or not key[2]
    }
    left_by_a_path_that_stops = {key for key in told if not key[2] and key[4] == "exited"}
    assert {key: value for key, value in told.items() if key not in left_by_a_path_that_stops} == recount
    assert {key[4] for key in recount} == {"planned", "sent", "skipped", "entered", "ended"}


async def test_whoever_came_to_a_step_left_it_or_is_there(database: Database) -> None:
    scene = await lay_out(database)
    await live(scene, seed=6, steps=12, rest=False)
    counted = await read_counters(scene)
    inside: Counter[tuple[Any, ...]] = Counter()
    for bucket, journey_id, step in await scene.rows("runs", "bucket", "journey_id", "step"):
        if step is not None:
            inside[bucket, str(journey_id), step] += 1
    assert inside
    balance: Counter[tuple[Any, ...]] = Counter()
    for (bucket, journey_id, step, _, name), value in counted.items():
        if step and name in ("entered", "left", "exited"):
            balance[bucket, journey_id, step] += value if name == "entered" else -value
    assert {place: value for place, value in balance.items() if value} == inside


async def read_counters(scene: Scene) -> dict[tuple[Any, ...], int]:
    """Return the counters by bucket, journey, step, path and name, summed over days."""
    sums: Counter[tuple[Any, ...]] = Counter()
    rows = await scene.rows("counters", "bucket", "journey_id", "step", "path", "name", "value")
    for bucket, journey_id, step, path, name, value in rows:
        sums[bucket, str(journey_id), step, path, name] += value
    return dict(sums)
