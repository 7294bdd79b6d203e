"""Laws of merging, over generated people, chains and pauses: nothing is lost, every refusal stays, the order is all one."""

from collections.abc import Sequence
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from percorso.contacts.identity.store import Move, insert_moved
from percorso.content.coupons.actions import add_codes, create_pool
from percorso.content.coupons.allocator import allocate_all
from percorso.content.coupons.model import CouponRequest
from percorso.content.coupons.store import insert_requests
from percorso.db import Database
from percorso.kit.ids import derive_id
from percorso.log.actions import append_facts
from percorso.worker.apply import apply_all
from percorso.worker.main import settle
from percorso.worker.merging import merge_all
from tests.worker.scene import WORKSPACE_ID, Scene, contact_id
from tests.worker.standings import say_consent, say_status, suppress

STRICTNESS = [None, "subscribed", "pending", "unsubscribed"]
"""Of two statuses the later one wins."""
_examples = count(1)


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


_TABLES = (
    *("facts", "contacts", "statuses", "consents", "consent_records", "suppressions"),
    *("group_members", "coupons", "moved"),
)
_PERSON = st.fixed_dictionaries(
    {
        "bucket": st.sampled_from([7, 9, 200]),
        "events": st.integers(0, 3),
        "status": st.sampled_from([None, "subscribed", "pending", "unsubscribed"]),
        "consent": st.none() | st.tuples(st.booleans(), st.booleans(), st.booleans()),
        "group": st.booleans(),
        "suppressed": st.booleans(),
        "coupons": st.lists(st.booleans(), max_size=2),
    }
)


@st.composite
def _tales(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[tuple[int, int, str]]]:
    """Return people, and who is merged into whom, in order, with what is done in between."""
    people = draw(st.lists(_PERSON, min_size=2, max_size=5))
    alive = list(range(len(people)))
    moves: list[tuple[int, int, str]] = []
    for _ in range(draw(st.integers(1, len(people) - 1))):
        gone = draw(st.sampled_from(alive[1:]))
        alive.remove(gone)
        between = draw(st.sampled_from(["nothing", "apply", "merge", "settle"]))
        moves.append((gone, draw(st.sampled_from(alive)), between))
    return people, moves


@given(tale=_tales())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_merging_loses_nothing_and_no_refusal_in_whatever_order(
    scene: Scene, tale: tuple[list[dict[str, Any]], list[tuple[int, int, str]]]
) -> None:
    people, moves = tale
    base = next(_examples) * 100
    ids = [contact_id(base + place, person["bucket"]) for place, person in enumerate(people)]
    for place, (id, person) in enumerate(zip(ids, people, strict=True)):
        await _live(scene, id, base + place, person)
    roots = {id: id for id in ids}
    for gone, into, between in moves:
        await _move(scene, ids[gone], ids[into])
        roots = {id: ids[into] if root == ids[gone] else root for id, root in roots.items()}
        if between != "nothing":
            await {"apply": apply_all, "merge": merge_all, "settle": settle}[between](scene.database)
    await settle(scene.database)
    await allocate_all(scene.database)
    for root in set(roots.values()):
        united = [(id, person) for id, person in zip(ids, people, strict=True) if roots[id] == root]
        assert await _stand(scene, root) == _unite(united)
    gone = {id for id in ids if roots[id] != id}
    for table in ("statuses", "consents", "suppressions", "group_members", "coupons", "coupon_requests"):
        assert not {row[0] for row in await scene.rows(table, "contact_id")} & gone, table
    assert not {row[0] for row in await scene.rows("contacts", "id")} & gone
    before = await _read_all(scene)
    async with scene.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE moved SET state = 'carried'")
    await settle(scene.database)
    assert await _read_all(scene) == before


async def _live(scene: Scene, id: UUID, number: int, person: dict[str, Any]) -> None:
    await scene.append(
        scene.update(id, set={f"field{number}": number}, identities={"anonymous_id": [f"z{number}"]}),
        *(
            scene.event(id, "viewedPage", message_id=f"v{number}-{place}")
            for place in range(person["events"])
        ),
    )
    if person["group"]:
        said = {"groupId": str(derive_id("group", number)), "action": "join"}
        await scene.append(scene.event(id, "groupJoined", said, kind="group"))
    if person["status"]:
        await say_status(scene, [id], person["status"])
    if person["consent"] is not None:
        await say_consent(scene, id, *person["consent"])
    if person["suppressed"]:
        await suppress(scene, id, f"x{number}@example.com")
    for place, is_answered in enumerate(person["coupons"]):
        await _ask_coupon(scene, id, number * 10 + place)
        if is_answered:
            await allocate_all(scene.database)


async def _ask_coupon(scene: Scene, contact: UUID, number: int) -> None:
    """Let a run of the contact ask for a code."""
    pool_id = derive_id("pool", "presents")
    run_id = derive_id("run", number)
    request = CouponRequest(run_id, "present", 1, contact, pool_id, WORKSPACE_ID, scene.now)
    async with scene.database.transaction("test.commit") as connection:
        await create_pool(
            connection, workspace_id=WORKSPACE_ID, name="Presents", now=scene.now, pool_id=pool_id
        )
        await add_codes(connection, workspace_id=WORKSPACE_ID, pool_id=pool_id, lines=[f"CODE-{number}"])
        await insert_requests(connection, [request])


async def _move(scene: Scene, gone: UUID, into: UUID) -> None:
    async with scene.database.transaction("test.commit") as connection:
        draft = scene.event(gone, "contactMoved", {"intoContactId": str(into)}, kind="moved")
        (offset,) = await append_facts(connection, [draft], received_at=scene.now)
        await insert_moved(connection, [Move(WORKSPACE_ID, gone, into, offset, scene.now)])


def _unite(people: Sequence[tuple[UUID, dict[str, Any]]]) -> dict[str, Any]:
    """Return how somebody must stand who is all of these."""
    consents = [person["consent"] for _, person in people if person["consent"] is not None]
    agreed, limited, objected = zip(*consents, strict=True) if consents else ((), (), ())
    return {
        "status": max((person["status"] for _, person in people), key=STRICTNESS.index),
        "consent": (all(agreed), any(limited), any(objected)) if consents else None,
        "coupons": sum(len(person["coupons"]) for _, person in people),
        "events": sum(person["events"] for _, person in people),
        "groups": sum(person["group"] for _, person in people),
        "suppressed": sum(person["suppressed"] for _, person in people),
        "fields": len(people),
        "identities": len(people),
    }


async def _stand(scene: Scene, root: UUID) -> dict[str, Any]:
    """Return how a contact stands."""
    facts = await scene.rows("facts", "contact_id", "name", "message_id")
    told = [message_id for contact, name, message_id in facts if (contact, name) == (root, "viewedPage")]
    assert len(set(told)) == len(told)
    ((attributes, identities),) = [
        row[1:] for row in await scene.rows("contacts", "id", "attributes", "identities") if row[0] == root
    ]

    async def mine(table: str, *columns: str) -> list[Any]:
        return [row[1:] for row in await scene.rows(table, "contact_id", *columns) if row[0] == root]

    statuses = await mine("statuses", "status")
    consents = await mine("consents", "status", "limitation", "objection")
    assert len(statuses) <= 1
    assert len(consents) <= 1
    return {
        "status": next(iter(statuses), (None,))[0],
        "coupons": len(set(await mine("coupons", "code"))),
        "consent": next(iter(consents), None),
        "events": len(told),
        "groups": len(set(await mine("group_members", "group_id"))),
        "suppressed": len(set(await mine("suppressions", "address"))),
        "fields": len([name for name in attributes if name.startswith("field")]),
        "identities": len(set(identities.get("anonymous_id", ()))),
    }


async def _read_all(scene: Scene) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    async with scene.database.connection() as connection:
        for table in _TABLES:
            rows = await connection.fetch(f"SELECT {table}::text FROM {table} ORDER BY 1")
            found[table] = [row[0] for row in rows]
    return found
