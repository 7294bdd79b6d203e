"""Law 1 for shops and groups: figures, baskets, visits, groups and the record of changes do not depend on batches."""

import asyncio
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from percorso.contacts.fold import fold_fact, new_contact
from percorso.contacts.model import Contact
from percorso.contacts.shop.model import ShopRules
from percorso.db import Database
from percorso.kit.ids import bucket_of
from percorso.log.model import FactDraft
from percorso.log.partitions import Partitions
from percorso.log.store import read_history
from percorso.worker.apply import apply_all
from percorso.worker.reading import Limits
from tests.worker.scene import NODE_ID, Scene, pause_graph
from tests.worker.script import BUCKETS, PEOPLE, Story, outcome, retell

_GROUPS = [UUID(int=0xA0 + number) for number in range(2)]


def _journey(event: str) -> dict[str, Any]:
    return pause_graph() | {"starts": [{"id": "s", "event": event}], "reentry": {"rule": "every_time"}}


async def lay_out(database: Database) -> Scene:
    """Return a shop that reminds of baskets and visits, and welcomes to groups."""
    scene = await Scene.open(database)
    for event in ("abandonedCart", "abandonedSession", "groupJoined"):
        await scene.publish(event, _journey(event), buckets=BUCKETS)
    return scene


async def live(scene: Scene, seed: int) -> Story:
    """Let the shop live for months with a worker that is never late; return what was appended, and when."""
    chance = random.Random(seed)
    story: Story = []

    async def happen(drafts: list[FactDraft]) -> None:
        story.append((scene.now, drafts))
        await scene.append(*drafts)
        await Partitions(scene.database).ensure(scene.now)
        await apply_all(scene.database)

    await happen([scene.known(person, number) for number, person in enumerate(PEOPLE)])
    for _ in range(45):
        await scene.move_clock(minutes=chance.choice([0.5, 7, 20, 45, 60 * 24 * 9]))
        await happen([_happening(scene, chance) for _ in range(chance.randrange(5))])
    await scene.move_clock(days=400)
    await Partitions(scene.database).ensure(scene.now)
    await apply_all(scene.database)
    story.append((scene.now, []))
    return story


def _happening(scene: Scene, chance: random.Random) -> FactDraft:
    person = chance.choice(PEOPLE)
    product = {"id": chance.choice("abc"), "price": chance.choice([5, 9.9])}
    late = {"occurred_at": scene.now - timedelta(hours=chance.choice([0, 0, 1, 900]))}
    name = chance.choice(
        ["addedProduct", "addedProduct", "removedProduct", "viewedProduct", "completedOrder", "group", "city"]
    )
    if name == "group":
        said = {"groupId": str(chance.choice(_GROUPS))}
        return scene.event(person, chance.choice(["groupJoined", "groupLeft"]), said, kind="group")
    if name == "city":
        return scene.update(person, set={"address.city": chance.choice(["Milano", "Bari"])})
    if name == "completedOrder":
        kind = chance.choice(["sale", "sale", "return"])
        order = {"orderId": "o", "type": kind, "amount": {"revenue": 12.5}, "products": [product]}
        return scene.event(person, name, order, historical=chance.random() < 0.3, **late)
    return scene.event(person, name, product, historical=chance.random() < 0.1)


async def all_that_came(scene: Scene) -> dict[str, Any]:
    """Return what must be the same however the log was applied; offsets, which own facts shift, are left out."""
    return await outcome(scene) | {
        "shops": await scene.rows("contacts", "id", "shop", "due_at", order="id"),
        "changes": await scene.rows(
            "changes",
            "contact_id",
            "changed_at",
            "changed",
            order='1, 2, "offset"',
        ),
        "groups": await scene.rows("group_members", "contact_id", "group_id", "joined_at", order="1, 2"),
    }


@pytest.mark.parametrize("seed", [3, 4])
async def test_a_shop_comes_to_the_same_however_it_is_applied(
    databases: Iterator[Database], seed: int
) -> None:
    scene = await lay_out(next(databases))
    story = await live(scene, seed)
    punctual = await all_that_came(scene)
    told = {row[2] for row in punctual["own facts"]}
    assert {"abandonedCart", "abandonedSession", "contactUpdated"} <= told
    assert punctual["groups"]
    for limits in (
        [Limits(facts=1, due=1)],
        [Limits(facts=9, due=3, scan=5)],
        [Limits()],
        [Limits(facts=2, due=1), Limits(facts=1, due=2), Limits(facts=5, due=1)],
    ):
        late = await lay_out(next(databases))
        await retell(late, story)
        await Partitions(late.database).ensure(late.now)
        await asyncio.gather(
            *(apply_all(late.database, each, batch_buckets=number) for number, each in enumerate(limits, 1))
        )
        came = await all_that_came(late)
        for part, rows in punctual.items():
            assert came[part] == rows, (limits, part)
    await _fold_again(scene, punctual)


async def _fold_again(scene: Scene, punctual: dict[str, Any]) -> None:
    """Hold the figures to those of folding all of a contact's facts again, in order of time."""
    rules = ShopRules("Europe/Rome", 20, 20)
    kept = {id: (shop, due_at) for id, shop, due_at in punctual["shops"]}
    for person in PEOPLE:
        async with scene.database.connection() as connection:
            facts = await read_history(connection, bucket_of(person), person, until=10**9)
        again: Contact | None = None
        for fact in sorted(
            facts, key=lambda fact: fact.occurred_at if fact.origin == "worker" else fact.received_at
        ):
            at = fact.occurred_at if fact.origin == "worker" else fact.received_at
            again = again or new_contact(fact, NODE_ID)
            again, _ = fold_fact(again, msgspec.structs.replace(fact, received_at=at), rules)
        assert again is not None
        encoded = None if again.shop is None else msgspec.json.decode(msgspec.json.encode(again.shop))
        assert (encoded, again.due_at) == kept[person]
        assert again.attributes == {row[0]: row[1] for row in punctual["contacts"]}[person]
