"""What a shop's events leave, in the worker: moments in order of time, once, and the same however late it is."""

from datetime import timedelta
from typing import Any

import pytest

from percorso.contacts.store import get_contact, get_contact_as_of
from percorso.db import Database
from percorso.worker.apply import apply_all
from percorso.worker.main import settle
from tests.worker.scene import ORDER, START, Scene, contact_id, pause_graph
from tests.worker.test_merging import move

ADA = contact_id(1)


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


def reminder(event: str = "abandonedCart") -> dict[str, Any]:
    return pause_graph() | {"starts": [{"id": "s", "event": event, "contexts": ["MOBILE"]}]}


async def shop_of(scene: Scene) -> dict[str, Any]:
    (row,) = await scene.rows("contacts", "attributes")
    return row[0]["shop"]


async def test_an_abandoned_basket_starts_a_journey_at_its_moment(scene: Scene) -> None:
    await scene.publish("reminder", reminder())
    await scene.append(
        scene.known(ADA, 1),
        scene.event(ADA, "addedProduct", {"id": "a", "price": 5}, context=b'{"type":"MOBILE"}'),
    )
    await scene.move_clock(minutes=19)
    await apply_all(scene.database)
    assert await scene.rows("runs", "id") == []
    await scene.move_clock(minutes=1)
    await apply_all(scene.database)
    ((entered_at,),) = await scene.rows("runs", "entered_at")
    assert (entered_at - START).total_seconds() == 20 * 60
    facts = await scene.rows("facts", "name", "origin", "occurred_at", order='"offset"')
    assert ("abandonedCart", "worker", entered_at) in facts
    await scene.move_clock(days=2)
    await apply_all(scene.database)
    assert [row[0] for row in await scene.rows("facts", "name")].count("abandonedCart") == 1


async def test_a_late_worker_hears_the_order_that_came_in_time_only(scene: Scene) -> None:
    await scene.publish("reminder", reminder())
    bea, mobile = contact_id(2), {"context": b'{"type":"MOBILE"}'}
    await scene.append(
        *(scene.known(person, number) for number, person in enumerate((ADA, bea))),
        *(scene.event(person, "addedProduct", {"id": "a"}, **mobile) for person in (ADA, bea)),
    )
    await scene.move_clock(minutes=20)
    await scene.append(scene.event(ADA, "completedOrder", ORDER))
    await scene.move_clock(seconds=1)
    await scene.append(scene.event(bea, "completedOrder", ORDER))
    await scene.move_clock(days=3)
    await apply_all(scene.database)
    assert await scene.rows("runs", "contact_id") == [(bea,)]


async def test_a_visit_is_abandoned_where_a_journey_waits_for_it(scene: Scene) -> None:
    look = scene.event(ADA, "viewedProduct", {"id": "a"}, context=b'{"type":"MOBILE"}')
    await scene.append(scene.known(ADA, 1), look)
    await scene.move_clock(hours=1)
    await apply_all(scene.database)
    assert await scene.rows("contacts", "shop") == [(None,)]
    await scene.publish("come back", reminder("abandonedSession"))
    await scene.append(scene.event(ADA, "viewedProduct", {"id": "b"}, context=b'{"type":"MOBILE"}'))
    await scene.move_clock(hours=1)
    await apply_all(scene.database)
    ((entered_at,),) = await scene.rows("runs", "entered_at")
    assert (entered_at - START).total_seconds() == 80 * 60


async def test_a_workspace_that_wants_no_abandonment_gets_none(scene: Scene) -> None:
    async with scene.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE workspaces SET cart_minutes = NULL")
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "addedProduct", {"id": "a", "price": 5}))
    await scene.move_clock(days=1)
    await apply_all(scene.database)
    assert (await shop_of(scene))["cart"]["amount"] == 5
    assert "abandonedCart" not in {row[0] for row in await scene.rows("facts", "name")}


async def test_days_leave_the_windows_and_every_change_is_recorded_at_its_moment(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder", ORDER))
    await scene.move_clock(days=1)
    await scene.append(scene.event(ADA, "completedOrder", ORDER))
    await apply_all(scene.database)
    assert (await shop_of(scene))["revenue"] == {"total": 240, "last12Months": 240, "last30Days": 240}
    await scene.move_clock(days=400)
    await apply_all(scene.database)
    assert (await shop_of(scene))["revenue"] == {"total": 240, "last12Months": 0, "last30Days": 0}
    recorded = await scene.rows("changes", "changed", order="changed_at")
    changes = [change for (changed,) in recorded for change in changed]
    months = [change["new"]["last30Days"] for change in changes if change["path"] == "shop.revenue"]
    assert months == [120, 240, 120, 0, 0, 0]
    assert await scene.rows("contacts", "due_at") == [(None,)]


async def test_a_reader_sees_the_figures_of_what_is_not_applied_yet(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "addedProduct", {"id": "a", "price": 5}))
    async with scene.database.snapshot() as connection:
        before = await get_contact(connection, ADA)
    await apply_all(scene.database)
    async with scene.database.snapshot() as connection:
        assert await get_contact(connection, ADA) == before
    assert before is not None
    assert before.attributes["shop"]["cart"]["amount"] == 5


async def test_orders_of_a_merged_contact_count_with_the_others_and_its_basket_stays_one(
    scene: Scene,
) -> None:
    gone = contact_id(3, bucket=9)
    await scene.append(
        scene.known(ADA, 1),
        scene.event(ADA, "completedOrder", ORDER),
        scene.update(gone, identities={"anonymous_id": ["z1"]}),
        scene.event(gone, "completedOrder", ORDER),
        scene.event(gone, "addedProduct", {"id": "a", "price": 7}),
    )
    await apply_all(scene.database)
    await scene.move_clock(minutes=5)
    await move(scene, gone, ADA)
    await settle(scene.database)
    figures = await shop_of(scene)
    assert figures["revenue"]["total"] == 240
    assert figures["cart"]["amount"] == 7
    await scene.move_clock(days=1)
    await settle(scene.database)
    told = await scene.rows("facts", "contact_id", "name")
    assert [row for row in told if row[1] == "abandonedCart"] == [(ADA, "abandonedCart")]


async def test_a_profile_is_shown_as_of_any_moment_applied_or_not(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1, city="Milano"), scene.event(ADA, "completedOrder", ORDER))
    await scene.move_clock(days=1)
    await scene.append(scene.update(ADA, set={"city": "Bari"}, identities={"email": ["new@example.com"]}))
    await scene.move_clock(days=40)
    await apply_all(scene.database)
    await scene.move_clock(hours=1)
    await scene.append(scene.update(ADA, set={"city": "Roma"}))
    expected = [
        (-0.5, None),
        (0, ("Milano", "c1@example.com", 120)),
        (0.5, ("Milano", "c1@example.com", 120)),
        (1, ("Bari", "new@example.com", 120)),
        (35, ("Bari", "new@example.com", 0)),
        (41, ("Bari", "new@example.com", 0)),
        (42, ("Roma", "new@example.com", 0)),
    ]
    for days, shown in expected:
        async with scene.database.snapshot() as connection:
            ada = await get_contact_as_of(connection, ADA, START + timedelta(days=days))
        if ada is None:
            assert shown is None
            continue
        month = ada.attributes["shop"]["revenue"]["last30Days"]
        assert (ada.attributes["city"], ada.email, month) == shown, days
