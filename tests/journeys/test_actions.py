import asyncio
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from percorso.content.actions import create_template
from percorso.content.coupons.actions import create_pool
from percorso.content.model import Design
from percorso.db import Connection, Database
from percorso.jobs import run_all_jobs
from percorso.journeys import store
from percorso.journeys.actions import (
    activate_journey,
    archive_journey,
    create_journey,
    delete_journey,
    get_journey,
    pause_journey,
    publish_journey,
    resume_journey,
    update_journey,
)
from percorso.journeys.applying import apply_journey
from percorso.journeys.cli_named import OPERATOR
from percorso.journeys.control import HANDLERS, is_announcing
from percorso.journeys.definition import Journey
from percorso.journeys.errors import (
    ChangedMeanwhileError,
    GraphError,
    NothingToPublishError,
    PeopleInsideError,
    UnknownJourneyError,
    UnknownListError,
    UnknownReferenceError,
    UnreadableGraphError,
    WrongStateError,
)
from percorso.journeys.files import parse_file
from percorso.workspaces.actions import set_up_instance
from tests.journeys.build import NOON


class Desk(msgspec.Struct):
    """A workspace to make journeys in."""

    connection: Connection
    workspace_id: UUID
    list_id: UUID
    email: str
    sms: str
    pool: str

    async def create(self, draft: Any = None, **more: Any) -> Journey:
        return await create_journey(
            self.connection,
            self.workspace_id,
            **{"list_id": self.list_id, "name": "J", "draft": draft, **more},
        )

    async def state(self, journey: Journey) -> str:
        return (await get_journey(self.connection, self.workspace_id, journey.id)).state

    def graph(self, **step: Any) -> dict[str, Any]:
        return {
            "starts": [{"id": "s", "event": "began"}],
            "first": "step",
            "steps": {"step": step or {"kind": "send_email", "templateId": self.email}},
        }

    async def jobs(self) -> list[tuple[str, dict[str, Any]]]:
        rows = await self.connection.fetch("SELECT arguments FROM jobs ORDER BY number")
        return [(row["arguments"]["name"], row["arguments"]["properties"]) for row in rows]


async def set_desk(connection: Connection, *, sms_sender: str | None = "Shop") -> Desk:
    made = await set_up_instance(
        connection,
        workspace_name="Shop",
        list_name="News",
        sender_address="news@shop.example.com",
        sms_sender=sms_sender,
        email="ada@shop.example.com",
        name="Ada",
        password="a long enough password",
        language="en",
        time_zone="Europe/Rome",
        currency="EUR",
        present=NOON,
    )

    async def template(name: str, design: Design) -> str:
        id = await create_template(
            connection,
            workspace_id=made.workspace_id,
            list_id=made.list_id,
            name=name,
            design=design,
            now=NOON,
        )
        return str(id)

    pool = await create_pool(connection, workspace_id=made.workspace_id, name="codes", now=NOON)
    return Desk(
        connection=connection,
        workspace_id=made.workspace_id,
        list_id=made.list_id,
        email=await template(
            "hello", Design(kind="email", subject="Hello", html="<html><body>Hi</body></html>")
        ),
        sms=await template("short", Design(kind="sms", body="Hi")),
        pool=str(pool.id),
    )


@pytest.fixture
async def desk(tx: Connection) -> Desk:
    return await set_desk(tx)


async def test_a_new_journey_is_a_draft_and_may_be_incomplete(desk: Desk) -> None:
    journey = await desk.create({"starts": [], "first": "", "steps": {}}, description="d", tags=["a"])
    assert (journey.state, journey.version, journey.description, journey.tags) == ("draft", None, "d", ["a"])
    assert await get_journey(desk.connection, desk.workspace_id, journey.id) == journey


async def test_creating_under_the_same_id_again_gives_the_one_that_was_made(desk: Desk) -> None:
    id = uuid4()
    first = await desk.create(id=id)
    assert await desk.create(id=id, name="Another") == first


async def test_what_is_no_graph_is_refused_in_words(desk: Desk) -> None:
    deep: Any = {}
    for _ in range(200):
        deep = {"conditions": [deep]}
    for draft in (
        {"steps": []},
        {"unknown": 1},
        [],
        "x",
        deep,
        desk.graph(kind="fly"),
        {"notes": "x" * 1_000_001},
    ):
        with pytest.raises(UnreadableGraphError):
            await desk.create(draft)


async def test_other_workspaces_journeys_and_lists_are_not_there(desk: Desk) -> None:
    journey = await desk.create(desk.graph())
    elsewhere = uuid4()
    with pytest.raises(UnknownJourneyError):
        await get_journey(desk.connection, elsewhere, journey.id)
    with pytest.raises(UnknownJourneyError):
        await publish_journey(desk.connection, elsewhere, journey.id)
    with pytest.raises(UnknownListError):
        await desk.create(list_id=uuid4())
    with pytest.raises(UnknownListError):
        await update_journey(desk.connection, desk.workspace_id, journey.id, list_id=uuid4())


async def test_saving_changes_what_is_given_and_leaves_the_rest(desk: Desk) -> None:
    journey = await desk.create(desk.graph(), description="d", tags=["a"])
    saved = await update_journey(desk.connection, desk.workspace_id, journey.id, name="New", tags=[])
    assert (saved.name, saved.description, saved.tags, saved.draft) == ("New", "d", [], journey.draft)


async def test_saving_over_what_somebody_else_saved_is_refused(desk: Desk) -> None:
    journey = await desk.create(desk.graph())
    # At the same instant of product time.
    await update_journey(
        desk.connection, desk.workspace_id, journey.id, name="Theirs", read_at=journey.modified_at
    )
    with pytest.raises(ChangedMeanwhileError):
        await update_journey(
            desk.connection, desk.workspace_id, journey.id, name="Mine", read_at=journey.modified_at
        )


async def test_publishing_makes_version_after_version_and_uses_the_draft_up(desk: Desk) -> None:
    journey = await desk.create(desk.graph())
    assert await publish_journey(desk.connection, desk.workspace_id, journey.id) == 1
    published = await get_journey(desk.connection, desk.workspace_id, journey.id)
    assert (published.state, published.version, published.draft) == ("ready", 1, None)
    with pytest.raises(NothingToPublishError):
        await publish_journey(desk.connection, desk.workspace_id, journey.id)
    second = desk.graph(kind="end", outcome="positive")
    await update_journey(desk.connection, desk.workspace_id, journey.id, draft=second)
    assert await publish_journey(desk.connection, desk.workspace_id, journey.id) == 2
    graphs = [
        await store.find_graph(desk.connection, desk.workspace_id, journey.id, number) for number in (1, 2, 3)
    ]
    assert [graph and graph["steps"]["step"]["kind"] for graph in graphs] == ["send_email", "end", None]
    assert await desk.jobs() == [
        ("journeyPublished", {"journeyId": str(journey.id), "version": 1}),
        ("journeyPublished", {"journeyId": str(journey.id), "version": 2}),
    ]


async def test_a_graph_with_faults_is_not_published_and_all_of_them_are_named(desk: Desk) -> None:
    unknown = str(uuid4())
    draft = {
        "starts": [],
        "first": "mail",
        "steps": {
            "mail": {"kind": "send_email", "templateId": unknown, "next": "wrong"},
            "wrong": {"kind": "send_sms", "templateId": desk.email, "next": "code"},
            "code": {"kind": "assign_coupon", "poolId": unknown, "next": "none"},
            "none": {"kind": "send_email", "templateId": "none"},
        },
    }
    journey = await desk.create(draft)
    with pytest.raises(GraphError) as raised:
        await publish_journey(desk.connection, desk.workspace_id, journey.id)
    assert [(fault.code, fault.at) for fault in raised.value.faults] == [
        ("start_missing", "starts"),
        ("template_missing", "steps.none.templateId"),
        ("template_unknown", "steps.mail.templateId"),
        ("template_of_other_kind", "steps.wrong.templateId"),
        ("pool_unknown", "steps.code.poolId"),
    ]
    assert await desk.state(journey) == "draft"
    assert await desk.jobs() == []


async def test_an_sms_step_needs_a_list_with_an_sms_sender(tx: Connection) -> None:
    desk = await set_desk(tx, sms_sender=None)
    journey = await desk.create(desk.graph(kind="send_sms", templateId=desk.sms))
    with pytest.raises(GraphError) as raised:
        await publish_journey(tx, desk.workspace_id, journey.id)
    assert [fault.code for fault in raised.value.faults] == ["sms_sender_missing"]


async def test_a_journey_goes_from_draft_to_active_and_back_and_away(desk: Desk) -> None:
    journey = await desk.create(desk.graph())
    await publish_journey(desk.connection, desk.workspace_id, journey.id)
    for action, state, fact in (
        (activate_journey, "active", "journeyActivated"),
        (pause_journey, "paused", "journeyPaused"),
        (resume_journey, "active", "journeyResumed"),
        (archive_journey, "archived", "journeyArchived"),
    ):
        await action(desk.connection, desk.workspace_id, journey.id)
        assert await desk.state(journey) == state
        assert (await desk.jobs())[-1] == (fact, {"journeyId": str(journey.id), "version": 1})


@pytest.mark.parametrize(
    ("state", "refused"),
    [
        ("draft", [activate_journey, pause_journey, resume_journey]),
        ("ready", [pause_journey, resume_journey]),
        ("active", [activate_journey, resume_journey, delete_journey]),
        ("paused", [activate_journey, pause_journey, delete_journey]),
        ("archived", [activate_journey, pause_journey, resume_journey, publish_journey, archive_journey]),
    ],
)
async def test_what_a_state_does_not_allow_is_refused(desk: Desk, state: str, refused: list[Any]) -> None:
    journey = await desk.create(desk.graph())
    await publish_journey(desk.connection, desk.workspace_id, journey.id)
    await desk.connection.execute("UPDATE journeys SET state = $1", state)
    for action in refused:
        with pytest.raises(WrongStateError) as raised:
            await action(desk.connection, desk.workspace_id, journey.id)
        assert raised.value.state == state


async def test_a_journey_that_was_never_published_goes_without_a_trace(desk: Desk) -> None:
    journey = await desk.create(desk.graph())
    await delete_journey(desk.connection, desk.workspace_id, journey.id)
    with pytest.raises(UnknownJourneyError):
        await get_journey(desk.connection, desk.workspace_id, journey.id)


async def test_a_journey_is_not_deleted_before_all_buckets_have_heard_that_it_was_put_away(
    database: Database,
) -> None:
    async with database.transaction("test.commit") as connection:
        desk = await set_desk(connection)
        journey = await desk.create(desk.graph())
        await publish_journey(connection, desk.workspace_id, journey.id)
    async with database.transaction("test.commit") as connection:
        assert await is_announcing(connection, journey.id)
        with pytest.raises(PeopleInsideError):
            await delete_journey(connection, desk.workspace_id, journey.id)
    await run_all_jobs(database, HANDLERS)
    async with database.transaction("test.commit") as connection:
        assert not await is_announcing(connection, journey.id)
        await delete_journey(connection, desk.workspace_id, journey.id)


async def test_every_bucket_hears_of_every_decision_once_and_in_order(database: Database) -> None:
    async with database.transaction("test.commit") as connection:
        desk = await set_desk(connection)
        journey = await desk.create(desk.graph())
        await publish_journey(connection, desk.workspace_id, journey.id)
        await activate_journey(connection, desk.workspace_id, journey.id)
        await pause_journey(connection, desk.workspace_id, journey.id)
    await run_all_jobs(database, HANDLERS)
    await run_all_jobs(database, HANDLERS)
    async with database.connection() as connection:
        facts = await connection.fetch(
            'SELECT bucket, name, kind, origin, contact_id, properties FROM facts ORDER BY bucket, "offset"'
        )
    said = {"journeyId": str(journey.id), "version": 1}
    names = ("journeyPublished", "journeyActivated", "journeyPaused")
    assert [tuple(fact) for fact in facts] == [
        (bucket, name, "control", "job", None, said) for bucket in range(256) for name in names
    ]


async def test_of_two_who_publish_at_once_one_publishes_and_the_other_is_told(database: Database) -> None:
    async with database.transaction("test.commit") as connection:
        desk = await set_desk(connection)
        journey = await desk.create(desk.graph())

    async def publish() -> int | str:
        try:
            async with database.transaction("test.commit") as connection:
                return await publish_journey(connection, desk.workspace_id, journey.id)
        except NothingToPublishError as error:
            return error.code

    assert sorted(map(str, await asyncio.gather(publish(), publish()))) == ["1", "nothing_to_publish"]


FILE = """
name: Cart
description: Reminds
tags: [cart]
graph:
  starts: [{id: s, event: abandonedCart}]
  first: mail
  steps:
    mail: {kind: send_email, templateId: "template:hello", next: code}
    code: {kind: assign_coupon, poolId: "pool:codes"}
"""


async def test_applying_a_file_publishes_and_applying_it_again_changes_nothing(desk: Desk) -> None:
    written = parse_file(FILE)
    applied = await apply_journey(desk.connection, desk.workspace_id, written, activate=True, by=OPERATOR)
    assert (applied.name, applied.description, applied.tags, applied.state, applied.version) == (
        "Cart", "Reminds", ["cart"], "active", 1,
    )  # fmt: skip
    graph = await store.find_graph(desk.connection, desk.workspace_id, applied.id, 1)
    assert graph["steps"]["mail"]["templateId"] == desk.email
    assert graph["steps"]["code"]["poolId"] == desk.pool
    assert (
        await apply_journey(desk.connection, desk.workspace_id, written, activate=True, by=OPERATOR)
        == applied
    )
    changed = parse_file(FILE.replace("Reminds", "Reminds twice"))
    again = await apply_journey(desk.connection, desk.workspace_id, changed, activate=True, by=OPERATOR)
    assert (again.id, again.version, again.description) == (applied.id, 2, "Reminds twice")


async def test_a_file_that_names_what_is_not_there_makes_nothing(desk: Desk) -> None:
    written = parse_file(FILE.replace("template:hello", "template:bye").replace("pool:codes", "pool:gone"))
    with pytest.raises(UnknownReferenceError) as raised:
        await apply_journey(desk.connection, desk.workspace_id, written, activate=False, by=OPERATOR)
    assert raised.value.references == ("template:bye", "pool:gone")
    assert await desk.connection.fetchval("SELECT count(*) FROM journeys") == 0


async def test_journeys_are_found_by_words_tags_and_state(desk: Desk) -> None:
    for name, description, tags in (
        ("Cart", "100% wool", ["shop"]),
        ("birthday", "the cart of years", ["date", "shop"]),
        ("Welcome", "", []),
    ):
        await desk.create(name=name, description=description, tags=tags)

    async def search(**asked: Any) -> list[str]:
        given = {"pattern": None, "tags": None, "states": None, "maximum": 10, **asked}
        return [one.name for one in await store.search_journeys(desk.connection, desk.workspace_id, **given)]

    assert await search() == ["birthday", "Cart", "Welcome"]
    assert await search(pattern="%cart%") == ["birthday", "Cart"]
    assert await search(pattern="%100\\%%") == ["Cart"]
    assert await search(tags=["date", "other"]) == ["birthday"]
    assert await search(tags=[]) == []
    assert await search(states=["active"]) == []
    assert await search(states=["draft"], maximum=1) == ["birthday"]
