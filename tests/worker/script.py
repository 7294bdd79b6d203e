"""A seeded story of a shop, told once with a punctual worker, and told again as a log to be caught up with."""

import random
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from percorso.db import Database
from percorso.db.clock import set_clock
from percorso.log.model import FactDraft
from percorso.worker.apply import apply_all
from tests.worker.scene import TEMPLATE_ID, Scene, at_least, contact_id, thanks_graph

BUCKETS = (3, 7, 200)
PEOPLE = [contact_id(number, BUCKETS[number % 3]) for number in range(9)]

Story = list[tuple[datetime, list[FactDraft]]]
"""What was appended, and when; what the worker made itself is not in it."""


def city_is(city: str) -> dict[str, Any]:
    return {
        "kind": "test",
        "source": "attribute",
        "path": "city",
        "type": "text",
        "operator": "equals",
        "operands": [{"kind": "value", "value": city}],
    }


CART = {
    "starts": [{"id": "s", "event": "addedProduct"}],
    "first": "hold",
    "goals": [{"id": "big", "event": "completedOrder", "condition": at_least("amount.revenue", 190)}],
    "steps": {
        "hold": {
            "kind": "wait_then_check",
            "period": {"amount": 2, "unit": "hours"},
            "paths": [{"id": "bought", "name": "Bought", "event": "completedOrder", "to": "reward"}],
            "default": "remind",
        },
        "reward": {
            "kind": "update_contact",
            "changes": [
                {"action": "append", "path": "tags.auto", "operand": {"kind": "value", "value": "buyer"}}
            ],
            "events": [{"event": "addedReward", "properties": {}}],
            "next": "end",
        },
        "remind": {
            "kind": "send_email",
            "templateId": str(TEMPLATE_ID),
            "whenSkipped": "skip",
            "next": "end",
        },
        "end": {"kind": "end", "outcome": "neutral"},
    },
}
REWARD = {
    "starts": [{"id": "s", "event": "addedReward"}],
    "first": "check",
    "reentry": {"inside": "restart"},
    "steps": {
        "check": {
            "kind": "check_now",
            "paths": [{"id": "milan", "name": "Milan", "condition": city_is("Milano"), "to": "react"}],
            "default": "end",
        },
        "react": {
            "kind": "react",
            "event": "completedOrder",
            "limit": {"amount": 1, "unit": "days"},
            "next": "thank",
            "default": "end",
        },
        "thank": {"kind": "send_email", "templateId": str(TEMPLATE_ID), "next": "end"},
        "end": {"kind": "end", "outcome": "positive"},
    },
}


async def lay_out(database: Database) -> Scene:
    """Return a shop with three journeys; every second person is subscribed."""
    scene = await Scene.open(database)
    thanks = thanks_graph(removals=[{"id": "left", "event": "closedTicket"}])
    for name, graph in (("thanks", thanks), ("cart", CART), ("reward", REWARD)):
        await scene.publish(name, graph, buckets=BUCKETS)
    for person in PEOPLE[::2]:
        await scene.subscribe(person)
    return scene


async def live(scene: Scene, seed: int, *, steps: int = 40, rest: bool = True) -> Story:
    """Let the shop live with a worker that is never late and a courier that sends at once; return what happened.

    With `rest`, days pass at the end until nobody waits any more.
    """
    chance = random.Random(seed)
    first = [
        scene.known(person, number, city=chance.choice(["Milano", "Bari"]))
        for number, person in enumerate(PEOPLE)
    ]
    story: Story = []

    async def happen(drafts: list[FactDraft]) -> None:
        story.append((scene.now, drafts))
        await scene.append(*drafts)
        await apply_all(scene.database)

    await happen(first)
    sent: set[UUID] = set()
    for _ in range(steps):
        await scene.move_clock(minutes=chance.choice([0.5, 7, 45, 180]))
        await happen([_event(scene, chance) for _ in range(chance.randrange(4))])
        await scene.move_clock(seconds=1)
        planned = await scene.rows("facts", "properties", "name", order='bucket, "offset"')
        told = [
            said for said, name in planned if name == "messagePlanned" and UUID(said["messageId"]) not in sent
        ]
        due = {row[0] for row in await scene.rows("messages", "id", "state") if row[1] == "due"}
        leaving = [said for said in told if UUID(said["messageId"]) in due]
        sent |= {UUID(said["messageId"]) for said in told}
        if leaving:
            people = {row[0]: row[1] for row in await scene.rows("messages", "id", "contact_id")}
            await happen(
                [
                    scene.event(
                        people[UUID(said["messageId"])],
                        "campaignSent",
                        said,
                        kind="message",
                        origin="courier",
                    )
                    for said in leaving
                ]
            )
    if rest:
        await scene.move_clock(days=3)
        await apply_all(scene.database)
    story.append((scene.now, []))
    return story


def _event(scene: Scene, chance: random.Random) -> FactDraft:
    person = chance.choice(PEOPLE)
    name = chance.choice(
        ["viewedPage", "addedProduct", "completedOrder", "completedOrder", "closedTicket", "city"]
    )
    if name == "city":
        return scene.update(person, set={"city": chance.choice(["Milano", "Bari"])})
    return scene.event(person, name, {"amount": {"revenue": chance.choice([50, 120, 200])}})


async def retell(scene: Scene, story: Story) -> None:
    """Append the story to another shop's log, each part at its time, while no worker runs."""
    for moment, drafts in story:
        scene.now = moment
        async with scene.database.transaction("test.commit") as connection:
            await set_clock(connection, product_at=moment, rate=0)
        await scene.append(*drafts)


async def outcome(scene: Scene) -> dict[str, Any]:
    """Return all that must be the same however the log was applied; offsets, which own facts shift, are left out."""
    runs = await scene.rows("runs", "id", "journey_id", "version", "contact_id", "key", "state", "step", "visit",
        "entered_at", "reached_at", "due_at", "awaits", "message_id", "ended_at", "outcome", "reason", order="id")  # fmt: skip
    memories = {id: _without_offsets(memory) for id, memory in await scene.rows("runs", "id", "memory")}
    own = await scene.rows(
        "facts", "contact_id", "kind", "name", "message_id", "occurred_at", "properties", "depth", "origin"
    )
    return {
        "runs": runs,
        "memories": memories,
        "messages": await scene.rows("messages", "id", "state", "reason", "planned_at", "values", order="id"),
        "traces": await scene.rows("traces", "run_id", "number", "at", "entry", order="run_id, number"),
        "counters": await scene.rows(
            "counters",
            "bucket",
            "journey_id",
            "step",
            "path",
            "name",
            "day",
            "value",
            order="1, 2, 3, 4, 5, 6",
        ),
        "entries": await scene.rows(
            "entries", "contact_id", "journey_id", "key", "entered_at", order="1, 2, 3"
        ),
        "contacts": await scene.rows("contacts", "id", "attributes", "email", "last_event_at", order="id"),
        "own facts": sorted((row[:-1] for row in own if row[-1] == "worker"), key=lambda row: row[3]),
    }


def _without_offsets(memory: dict[str, Any]) -> Any:
    kept = {key: value for key, value in memory.items() if key != "reachedOffset"}
    seen = [
        {key: value for key, value in event.items() if key != "offset"} for event in memory.get("seen", ())
    ]
    return msgspec.json.decode(msgspec.json.encode(kept | {"seen": seen}))
