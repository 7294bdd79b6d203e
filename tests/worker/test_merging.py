"""Merging A into K: everything goes over once, no refusal is lost, and a crash in between changes nothing."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from percorso.contacts.identity.store import Move, insert_moved
from percorso.db import Database
from percorso.db.failpoints import Failpoints
from percorso.kit.ids import bucket_of
from percorso.log.actions import append_facts
from percorso.worker.apply import apply_all
from percorso.worker.main import settle
from percorso.worker.merging import merge_all
from tests.worker.scene import LIST_ID, ORDER, START, WORKSPACE_ID, Scene, contact_id, pause_graph

K = contact_id(1, bucket=9)
OTHER_BUCKET, SAME_BUCKET = contact_id(2, bucket=7), contact_id(2, bucket=9)


class _CrashError(BaseException):
    """Stands for a process that died."""


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


@pytest.fixture(params=[OTHER_BUCKET, SAME_BUCKET], ids=["other bucket", "same bucket"])
def gone(request: pytest.FixtureRequest) -> UUID:
    """The contact that turns out to be K."""
    return request.param


async def move(scene: Scene, gone: UUID, into: UUID = K) -> None:
    """Do what intake does when it finds that two are one."""
    async with scene.database.transaction("test.commit") as connection:
        draft = scene.event(gone, "contactMoved", {"intoContactId": str(into)}, kind="moved")
        (offset,) = await append_facts(connection, [draft], received_at=scene.now)
        await insert_moved(connection, [Move(WORKSPACE_ID, gone, into, offset, scene.now)])


FIGURES = {
    "lastOrder": {"id": "o1", "at": START.isoformat(), "amount": 120, "products": [], "categories": []},
    "revenue": {"total": 120, "last12Months": 120, "last30Days": 120},
}
"""What Percorso keeps of the one order, whoever made it."""


async def set_status(scene: Scene, contact: UUID, status: str) -> None:
    await scene.subscribe(contact)
    async with scene.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE statuses SET status = $1 WHERE contact_id = $2", status, contact)


async def two_people(scene: Scene, gone: UUID) -> None:
    """Let A browse and order anonymously, and K be known, each in a journey of its own."""
    await scene.publish("thanks", pause_graph(), buckets=(7, 9))
    await scene.append(scene.known(K, 1, city="Milano"))
    await scene.append(
        scene.update(gone, identities={"anonymous_id": ["z1"]}, set={"city": "Bari", "size": "L"}),
        scene.event(gone, "viewedPage", {"url": "/"}),
        scene.event(gone, "completedOrder", ORDER),
    )
    await apply_all(scene.database)
    await scene.move_clock(hours=1)


async def test_attributes_identities_events_and_runs_go_over(scene: Scene, gone: UUID) -> None:
    await two_people(scene, gone)
    await move(scene, gone)
    await settle(scene.database)
    assert await scene.rows("contacts", "id", "attributes", "identities", "anonymous") == [
        (
            K,
            {"city": "Milano", "size": "L", "shop": FIGURES},
            {"email": ["c1@example.com"], "anonymous_id": ["z1"]},
            False,
        )
    ]
    ((bucket, contact, state),) = await scene.rows("runs", "bucket", "contact_id", "state")
    assert (bucket, contact, state) == (9, K, "waiting")
    events = await scene.rows(
        "facts", "contact_id", "name", "message_id", "occurred_at", "kind", order='"offset"'
    )
    of_k = [row[1:4] for row in events if row[0] == K and row[4] == "event"]
    of_a = [row[1:4] for row in events if row[0] == gone and row[4] == "event"]
    assert of_k == of_a
    assert [name for name, _, _ in of_k] == ["viewedPage", "completedOrder"]
    assert {row[0] for row in await scene.rows("entries", "contact_id")} == {K}
    assert {row[0] for row in await scene.rows("traces", "contact_id")} == {K}
    await scene.move_clock(days=1)
    await settle(scene.database)
    assert await scene.rows("runs", "contact_id", "outcome", "reason") == [(K, "positive", "completed")]


async def test_a_run_that_is_due_stands_still_until_it_has_gone_over(scene: Scene, gone: UUID) -> None:
    await two_people(scene, gone)
    await move(scene, gone)
    await scene.move_clock(days=2)
    await apply_all(scene.database)
    assert await scene.rows("runs", "contact_id", "state") == [(gone, "waiting")]
    await settle(scene.database)
    assert await scene.rows("runs", "contact_id", "outcome") == [(K, "positive")]


async def test_merging_twice_is_merging_once(scene: Scene, gone: UUID) -> None:
    await two_people(scene, gone)
    await move(scene, gone)
    await settle(scene.database)
    before = {table: await _all(scene, table) for table in ("facts", "runs", "contacts", "moved", "counters")}
    async with scene.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE moved SET state = 'carried'")
    await settle(scene.database)
    assert {table: await _all(scene, table) for table in before} == before


async def _all(scene: Scene, table: str) -> list[tuple[Any, ...]]:
    async with scene.database.connection() as connection:
        rows = await connection.fetch(f"SELECT {table}::text AS row FROM {table} ORDER BY 1")
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("of_gone", "of_keeper", "united"),
    [
        ("unsubscribed", "subscribed", "unsubscribed"),
        ("subscribed", "unsubscribed", "unsubscribed"),
        ("subscribed", None, "subscribed"),
        ("pending", "unsubscribed", "unsubscribed"),
        ("pending", "subscribed", "pending"),
        ("subscribed", "pending", "pending"),
    ],
)
async def test_no_refusal_is_lost(scene: Scene, of_gone: str, of_keeper: str | None, united: str) -> None:
    await scene.append(scene.known(K, 1), scene.update(OTHER_BUCKET, identities={"anonymous_id": ["z1"]}))
    await set_status(scene, OTHER_BUCKET, of_gone)
    if of_keeper:
        await set_status(scene, K, of_keeper)
    async with scene.database.transaction("test.commit") as connection:
        for contact, allowed in ((OTHER_BUCKET, False), (K, True)):
            await connection.execute(
                "INSERT INTO consents VALUES ($1, $2, 'marketing.automatic.email', $3, $4, false, false, $5)",
                bucket_of(contact), contact, WORKSPACE_ID, allowed, scene.now,
            )  # fmt: skip
        await connection.execute(
            "INSERT INTO suppressions VALUES (7, $1, 'email', 'x@example.com', $2, 'complaint', $3)",
            OTHER_BUCKET, WORKSPACE_ID, scene.now,
        )  # fmt: skip
    await apply_all(scene.database)
    await move(scene, OTHER_BUCKET)
    await settle(scene.database)
    assert await scene.rows("statuses", "contact_id", "list_id", "status") == [(K, LIST_ID, united)]
    assert await scene.rows("consents", "contact_id", "status") == [(K, False)]
    assert await scene.rows("suppressions", "contact_id", "address") == [(K, "x@example.com")]


async def test_of_two_runs_in_one_journey_the_older_stays(scene: Scene, gone: UUID) -> None:
    await two_people(scene, gone)
    await scene.append(scene.event(K, "completedOrder", ORDER))
    await apply_all(scene.database)
    await move(scene, gone)
    await settle(scene.database)
    runs = await scene.rows("runs", "contact_id", "state", "reason", order="entered_at")
    assert runs == [(K, "waiting", None), (K, "ended", "merged")]


async def test_a_carried_event_starts_what_only_the_one_who_stays_may_enter(scene: Scene) -> None:
    graph = pause_graph()
    graph["starts"][0]["condition"] = {
        "kind": "test", "source": "attribute", "path": "city", "type": "text", "operator": "equals",
        "operands": [{"kind": "value", "value": "Milano"}],
    }  # fmt: skip
    await scene.publish("milan", graph, buckets=(7, 9))
    await scene.append(
        scene.known(K, 1, city="Milano"),
        scene.update(OTHER_BUCKET, identities={"anonymous_id": ["z1"]}),
        scene.event(OTHER_BUCKET, "completedOrder", ORDER),
    )
    await apply_all(scene.database)
    assert await scene.rows("runs", "id") == []
    await scene.move_clock(hours=2)
    await move(scene, OTHER_BUCKET)
    await settle(scene.database)
    assert await scene.rows("runs", "contact_id") == [(K,)]


@pytest.mark.parametrize("point", ["worker.merge_carry", "worker.merge_finish"])
async def test_a_crash_at_each_step_and_a_retry_is_no_crash(
    scene: Scene, gone: UUID, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_people(scene, gone)
    await move(scene, gone)
    await apply_all(scene.database)
    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", _crash_at(point))
        with pytest.raises(_CrashError):
            await merge_all(scene.database)
    await settle(scene.database)
    assert await scene.rows("moved", "state") == [("done",)]
    assert [row[0] for row in await scene.rows("contacts", "id")] == [K]
    names = [
        row[1] for row in await scene.rows("facts", "contact_id", "name", order='"offset"') if row[0] == K
    ]
    assert names.count("viewedPage") == 1
    assert await scene.rows("runs", "contact_id", "state") == [(K, "waiting")]


def _crash_at(point: str) -> Callable[[Failpoints, str, str], None]:
    def crash(_: Failpoints, name: str, moment: str) -> None:
        if (name, moment) == (point, "before"):
            raise _CrashError

    return crash
