"""Laws of membership over told stories: it does not depend on how the log is applied, and SQL and fills agree with it."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.kit.ids import derive_id
from percorso.worker.apply import apply_all
from percorso.worker.reading import Limits
from tests.worker.scene import LIST_ID, Scene
from tests.worker.script import BUCKETS as TOLD
from tests.worker.script import Story, city_is, lay_out, live, outcome, retell
from tests.worker.segments import (
    ask_sql,
    did,
    filter_of,
    greet_graph,
    in_segment,
    keep,
    list_members,
    segment_id,
    turned,
)


def not_(condition: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "not", "condition": condition}


def both(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "and", "conditions": list(conditions)}


RICH = {
    "kind": "happened",
    "pattern": {"events": ["completedOrder"]},
    "measure": "sum",
    "path": "amount.revenue",
    "operands": [{"kind": "value", "value": 300}],
}
SEGMENTS: dict[str, dict[str, Any]] = {
    # Saved before what it refers to.
    "best": {
        "kind": "combination",
        "first": str(segment_id("milan")),
        "then": [
            {"operator": "or", "segmentId": str(segment_id("rich"))},
            {"operator": "except", "segmentId": str(segment_id("asleep"))},
        ],
    },
    "milan": filter_of(city_is("Milano")),
    "busy": filter_of(did("completedOrder", within=5, times=2, unit="hours")),
    "asleep": filter_of(not_(did("completedOrder", within=1))),
    "rich": filter_of(RICH),
    "rewarded": filter_of(both(did("addedReward"), not_(in_segment("busy")))),
    "reached": filter_of({"kind": "message", "channel": "email", "action": "sent"}),
    "inside": filter_of(
        {"kind": "journey", "state": "inside", "journeyId": str(derive_id("journey", "cart"))}
    ),
    "tagged": filter_of(
        {
            "kind": "test",
            "source": "attribute",
            "path": "tags.auto",
            "type": "list",
            "operator": "contains_any",
            "operands": [{"kind": "value", "value": ["buyer"]}],
        }
    ),
}
EDITED = filter_of(both(city_is("Bari"), did("addedProduct", within=2)))
SUBSCRIBED = filter_of({"kind": "status", "channel": "email", "listId": str(LIST_ID)})


async def tell(scene: Scene, names: list[str]) -> None:
    for name in names:
        await keep(scene, name, SEGMENTS[name], buckets=TOLD)


async def begin(database: Database, *, segments: bool = True) -> Scene:
    """Return the shop of the script, its segments, and a journey that begins and ends by one of them."""
    scene = await lay_out(database)
    leaving = {"id": "left", "event": "segmentLeft", "condition": turned("busy")}
    graph = greet_graph("segmentEntered", turned("busy")) | {"removals": [leaving]}
    await scene.publish("busy", graph, buckets=TOLD)
    if segments:
        await tell(scene, list(SEGMENTS))
    return scene


async def edit(scene: Scene) -> None:
    """Let one segment mean something else, another go, and a new one come."""
    await keep(scene, "milan", EDITED, revision=2, buckets=TOLD)
    await keep(scene, "tagged", None, revision=2, buckets=TOLD)
    await keep(scene, "subscribed", SUBSCRIBED, buckets=TOLD)


async def kept(scene: Scene) -> dict[str, Any]:
    """Return all that must be the same of segments, however the log was applied."""
    found = await outcome(scene)
    found["memberships"] = await scene.rows(
        "memberships", "contact_id", "segment_id", "entered_at", "judge_at", order="1, 2"
    )
    found["counted"] = await scene.rows(
        "bucket_segments", "bucket", "segment_id", "revision", "members", order="1, 2"
    )
    return found


async def catch_up(database: Database, first: Story, second: Story, *limits: Limits) -> dict[str, Any]:
    scene = await begin(database)
    await retell(scene, first)
    await edit(scene)
    await retell(scene, second)
    await asyncio.gather(
        *(apply_all(database, each, batch_buckets=number) for number, each in enumerate(limits, 1))
    )
    return await kept(scene)


@pytest.mark.parametrize("seed", [1, 2])
async def test_membership_is_the_same_however_the_log_is_applied(
    databases: Iterator[Database], seed: int
) -> None:
    scene = await begin(next(databases))
    first = await live(scene, seed, steps=25, rest=False)
    await edit(scene)
    second = await live(scene, seed + 100, steps=25)
    punctual = await kept(scene)
    assert len(punctual["memberships"]) > len(SEGMENTS)
    for limits in (
        [Limits(facts=1, due=1)],
        [Limits(facts=9, due=3, scan=5)],
        [Limits()],
        [Limits(facts=2, due=1), Limits(facts=1, due=2), Limits(facts=5, due=1)],
    ):
        late = await catch_up(next(databases), first, second, *limits)
        for part, rows in punctual.items():
            assert late[part] == rows, (limits, part)


@pytest.mark.parametrize("seed", [3, 4])
async def test_membership_is_what_sql_finds_and_what_a_fill_finds(
    databases: Iterator[Database], seed: int
) -> None:
    walked = await begin(next(databases))
    story = await live(walked, seed, steps=30, rest=False)
    members = await list_members(walked)
    for name, definition in SEGMENTS.items():
        assert members.get(segment_id(name), set()) == await ask_sql(walked, definition), name
    filled = await begin(next(databases), segments=False)
    await retell(filled, story)
    await apply_all(filled.database)
    await tell(filled, list(SEGMENTS))
    await apply_all(filled.database)
    assert await list_members(filled) == members
    await assert_balanced(walked)
    await assert_balanced(filled)


async def assert_balanced(scene: Scene) -> None:
    """Assert that facts of entering less those of leaving are the members, and so are the figures kept."""
    balance: Counter[tuple[UUID, UUID]] = Counter()
    for kind, name, contact, said in await scene.rows("facts", "kind", "name", "contact_id", "properties"):
        if kind == "segment":
            balance[UUID(said["segmentId"]), contact] += 1 if name == "segmentEntered" else -1
    members = await list_members(scene)
    assert {key for key, value in balance.items() if value} == {
        (segment, contact) for segment, found in members.items() for contact in found
    }
    assert set(balance.values()) <= {0, 1}
    counted: Counter[UUID] = Counter()
    for segment, count in await scene.rows("bucket_segments", "segment_id", "members"):
        counted[segment] += count
    assert {segment: count for segment, count in counted.items() if count} == {
        segment: len(found) for segment, found in members.items()
    }
