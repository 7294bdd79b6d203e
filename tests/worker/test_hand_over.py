"""Steps that move the contact: into groups, into another journey, out of one; all within one transaction."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.kit.ids import derive_id
from percorso.worker.apply import apply_all
from percorso.worker.reading import Limits
from tests.worker.scene import START, TEMPLATE_ID, WORKSPACE_ID, Scene, contact_id, pause_graph
from tests.worker.segments import filter_of, keep, segment_id

ADA, BEA = contact_id(1), contact_id(2)
VIP, STAFF = UUID(int=0xF), UUID(int=0xE)
BEGAN = {"id": "s", "kind": "event", "event": "began"}
HANDED = {"id": "handed", "kind": "pushed", "sources": ["journey"]}
BATCHES = pytest.mark.parametrize(
    "limits", [Limits(), Limits(facts=1, due=1)], ids=["together", "one by one"]
)


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


def graph(start: dict[str, Any] = BEGAN, /, **steps: Any) -> dict[str, Any]:
    return {"starts": [start], "first": next(iter(steps)), "steps": steps}


def inside(start: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a journey that lets a day pass."""
    return pause_graph() | {"starts": [start], **more}


def group(action: str, id: UUID, **more: Any) -> dict[str, Any]:
    return {"action": action, "groupId": str(id), **more}


def journey(name: str) -> str:
    return str(derive_id("journey", name))


async def members(scene: Scene) -> set[tuple[Any, ...]]:
    return set(await scene.rows("group_members", "contact_id", "group_id"))


async def runs(scene: Scene, *columns: str) -> set[tuple[Any, ...]]:
    return set(await scene.rows("runs", "journey_id", *columns))


async def facts(scene: Scene, name: str) -> list[tuple[Any, ...]]:
    rows = await scene.rows("facts", "contact_id", "name", "origin", "depth", order='"offset"')
    return [(whose, origin, depth) for whose, said, origin, depth in rows if said == name]


@BATCHES
async def test_steps_let_join_leave_and_move_between_groups(scene: Scene, limits: Limits) -> None:
    steps = {
        "join": {
            "kind": "update_contact",
            "groups": [group("join", VIP), group("join", VIP)],
            "next": "pause",
        },
        "pause": {"kind": "wait", "period": {"amount": 1, "unit": "days"}, "next": "end"},
        "end": {"kind": "end", "group": group("move", STAFF, fromGroupId=str(VIP))},
    }
    await scene.publish("g", graph(BEGAN, **steps))
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "began"), scene.known(BEA, 2))
    await apply_all(scene.database, limits)
    assert await members(scene) == {(ADA, VIP)}
    assert set(await scene.rows("group_members", "joined_at")) == {(START,)}
    await scene.move_clock(days=1)
    await apply_all(scene.database, limits)
    assert await members(scene) == {(ADA, STAFF)}
    assert await facts(scene, "groupJoined") == [(ADA, "worker", 1)] * 2
    assert await facts(scene, "groupLeft") == [(ADA, "worker", 1)]


@BATCHES
async def test_nobody_joins_a_group_that_was_deleted_and_the_run_says_so_and_goes_on(
    scene: Scene, limits: Limits
) -> None:
    async with scene.database.transaction("test.commit") as connection:
        for id, deleted_at in ((VIP, START), (STAFF, None)):
            await connection.execute(
                "INSERT INTO groups VALUES ($1, $2, $3, '', 'ordinary', $4, $4, $5)",
                id, WORKSPACE_ID, str(id), START, deleted_at,
            )  # fmt: skip
    joins = [group("join", VIP), group("join", STAFF)]
    end = {"kind": "end", "outcome": "positive", "group": group("join", VIP)}
    steps = {"join": {"kind": "update_contact", "groups": joins, "next": "end"}, "end": end}
    await scene.publish("g", graph(BEGAN, **steps))
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "began"))
    await apply_all(scene.database, limits)
    assert await members(scene) == {(ADA, STAFF)}
    assert await runs(scene, "state", "reason") == {(UUID(journey("g")), "ended", "completed")}
    entries = [entry for (entry,) in await scene.rows("traces", "entry", order="number")]
    outcomes = [(entry["step"], entry.get("outcome")) for entry in entries]
    assert [said for said in outcomes if said[1] == "group_deleted"] == [
        ("join", "group_deleted"),
        ("end", "group_deleted"),
    ]


@BATCHES
async def test_who_is_in_the_group_already_joins_nothing(scene: Scene, limits: Limits) -> None:
    await scene.publish("g", graph(BEGAN, end={"kind": "end", "group": group("join", VIP)}))
    joined = scene.event(ADA, "groupJoined", {"groupId": str(VIP)}, kind="group")
    await scene.append(scene.known(ADA, 1), joined, scene.event(ADA, "began"))
    await apply_all(scene.database, limits)
    assert await members(scene) == {(ADA, VIP)}
    assert await facts(scene, "groupJoined") == [(ADA, "api", 0)]


async def test_a_step_that_joins_starts_journeys_and_moves_segments_and_conditions_find_it_done(
    scene: Scene,
) -> None:
    in_vip = {"kind": "membership", "of": "group", "id": str(VIP)}
    await keep(scene, "vip", filter_of(in_vip))
    steps = {
        "join": {"kind": "update_contact", "groups": [group("join", VIP)], "next": "check"},
        "check": {"kind": "check_now", "paths": [{"id": "in", "name": "", "condition": in_vip, "to": "won"}]},
        "won": {"kind": "end", "outcome": "positive"},
    }
    await scene.publish("g", graph(BEGAN, **steps))
    joining = {"id": "s", "kind": "group", "groupId": str(VIP), "existing": False}
    await scene.publish("welcome", inside(joining))
    entering = {"id": "s", "kind": "segment", "segmentId": str(segment_id("vip"))}
    await scene.publish("segment", inside(entering))
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "began"))
    await apply_all(scene.database)
    assert await runs(scene, "state", "outcome") == {
        (UUID(journey("g")), "ended", "positive"),
        (UUID(journey("welcome")), "waiting", None),
        (UUID(journey("segment")), "waiting", None),
    }


async def test_who_enters_next_by_the_same_event_is_judged_in_the_new_group(scene: Scene) -> None:
    """Journeys of one event are asked in the order of their ids: the second sees what the first one did."""
    first, second = sorted(("a", "b"), key=journey)
    await scene.publish(first, graph(BEGAN, end={"kind": "end", "group": group("join", VIP)}))
    await scene.publish(second, inside(BEGAN, options={"excludeGroups": [str(VIP)]}))
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "began"))
    await apply_all(scene.database)
    assert await runs(scene, "state") == {(UUID(journey(first)), "ended")}


@BATCHES
async def test_a_contact_is_handed_over_with_values_key_and_depth(scene: Scene, limits: Limits) -> None:
    values = {"orderId": {"kind": "event", "path": "order"}, "journeyId": {"kind": "value", "value": "x"}}
    hand = {"kind": "start_journey", "journeyId": journey("other"), "values": values}
    await scene.publish("g", graph(BEGAN, hand=hand) | {"reentry": {"rule": "every_time"}})
    captures = [{"name": "order", "operand": {"kind": "event", "path": "orderId"}}]
    per_order = {"rule": "once_ever", "inside": "one_per_key", "key": "orderId"}
    await scene.publish("other", inside(HANDED | {"captures": captures}, reentry=per_order))
    await scene.append(scene.known(ADA, 1))
    for order in ("o1", "o2", "o1"):
        await scene.append(scene.event(ADA, "began", {"order": order}))
    await apply_all(scene.database, limits)
    there = [
        row for row in await runs(scene, "key", "state", "entered_at") if str(row[0]) == journey("other")
    ]
    assert sorted(row[1:] for row in there) == [("o1", "waiting", START), ("o2", "waiting", START)]
    assert await facts(scene, "startMet") == [(ADA, "worker", 1)] * 3
    memories = await scene.rows("runs", "journey_id", "memory")
    kept = [memory["captured"] for id, memory in memories if str(id) == journey("other")]
    assert sorted(captured["order"] for captured in kept) == ["o1", "o2"]


async def test_a_journey_that_asks_for_others_or_is_off_is_not_entered_by_hand_over(scene: Scene) -> None:
    steps = {
        "one": {"kind": "start_journey", "journeyId": journey("by hand"), "next": "two"},
        "two": {"kind": "start_journey", "journeyId": journey("off"), "next": "three"},
        "three": {"kind": "start_journey", "journeyId": journey("gone")},
    }
    await scene.publish("g", graph(BEGAN, **steps))
    await scene.publish("by hand", inside(HANDED | {"sources": ["hand", "api"]}))
    await scene.publish("off", inside(HANDED), activate=False)
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "began"))
    await apply_all(scene.database)
    assert await runs(scene, "reason") == {(UUID(journey("g")), "completed")}


async def test_values_that_are_handed_over_name_no_start(scene: Scene) -> None:
    """A start that Percorso looks for is met when Percorso says so, not by what a value happens to be called."""
    values = {name: {"kind": "value", "value": "joined"} for name in ("startId", "existing")}
    hand = {"kind": "start_journey", "journeyId": journey("other"), "values": values}
    await scene.publish("g", graph(BEGAN, hand=hand))
    joined = {"id": "joined", "kind": "group", "groupId": str(VIP), "existing": False}
    await scene.publish("other", inside(joined))
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "began"))
    await apply_all(scene.database)
    assert await runs(scene, "reason") == {(UUID(journey("g")), "completed")}


@BATCHES
async def test_journeys_that_hand_over_to_each_other_end_after_twenty_causes(
    scene: Scene, limits: Limits
) -> None:
    again = {"reentry": {"rule": "every_time"}}
    for name, other in (("ping", "pong"), ("pong", "ping")):
        hand = {"kind": "start_journey", "journeyId": journey(other)}
        await scene.publish(name, graph(HANDED, hand=hand) | again)
    await scene.publish("g", graph(BEGAN, hand={"kind": "start_journey", "journeyId": journey("ping")}))
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "began"))
    await apply_all(scene.database, limits)
    depths = [depth for _, _, depth in await facts(scene, "startMet")]
    assert depths == list(range(1, 22))
    told = [entry["outcome"] for (entry,) in await scene.rows("traces", "entry") if "outcome" in entry]
    assert told.count("too_deep") == 1


@BATCHES
async def test_a_step_takes_out_of_another_journey_and_cancels_its_message(
    scene: Scene, limits: Limits
) -> None:
    mail = {"kind": "send_email", "templateId": str(TEMPLATE_ID)}
    await scene.publish("other", graph(BEGAN, mail=mail))
    ordered = {"id": "s", "kind": "event", "event": "ordered"}
    leave = {"kind": "leave_journey", "journeyId": journey("other"), "outcome": "positive"}
    await scene.publish("g", graph(ordered, leave=leave))
    for number, person in enumerate((ADA, BEA), 1):
        await scene.subscribe(person)
        await scene.append(scene.known(person, number), scene.event(person, "began"))
    await apply_all(scene.database, limits)
    await scene.move_clock(hours=1)
    await scene.append(scene.event(ADA, "ordered"))
    await apply_all(scene.database, limits)
    assert await runs(scene, "contact_id", "outcome", "reason", "ended_at") == {
        (UUID(journey("other")), ADA, "positive", "taken_out", START + timedelta(hours=1)),
        (UUID(journey("other")), BEA, None, None, None),
        (UUID(journey("g")), ADA, "neutral", "completed", START + timedelta(hours=1)),
    }
    assert set(await scene.rows("messages", "contact_id", "state", "reason")) == {
        (ADA, "skipped", "taken_out"),
        (BEA, "due", None),
    }


async def test_who_is_not_inside_stays_outside(scene: Scene) -> None:
    await scene.publish("g", graph(BEGAN, leave={"kind": "leave_journey", "journeyId": journey("other")}))
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "began"))
    await apply_all(scene.database)
    assert await runs(scene, "reason") == {(UUID(journey("g")), "completed")}
