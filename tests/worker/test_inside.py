"""People inside when a journey is decided about: each is told once, stands in one version, and gets no message twice."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from percorso.db import Connection, Database
from percorso.db.failpoints import Failpoints
from percorso.jobs import run_all_jobs
from percorso.journeys import actions
from percorso.journeys.errors import RunEndedError, StillAskingError, UnknownStepError
from percorso.journeys.people import actions as people
from percorso.journeys.people import control
from percorso.journeys.people.inside import InsidePlan
from percorso.journeys.people.standing import Foreseen, Place
from percorso.worker.main import HANDLERS, settle
from percorso.worker.recount import recount_all
from tests.worker.scene import ORDER, TEMPLATE_ID, WORKSPACE_ID, Scene, contact_id

ADA, BEA, CIA = contact_id(1), contact_id(2, bucket=9), contact_id(3, bucket=200)
PEOPLE = (ADA, BEA, CIA)
NOBODY = UUID(int=0)


class _CrashError(BaseException):
    """Stands for a process that died."""


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


def graph(days: int = 3, *, mail: bool = False, **steps: Any) -> dict[str, Any]:
    """Return a journey that waits so many days, with `mail` after a message, and ends."""
    found: dict[str, Any] = {
        "pause": {"kind": "wait", "period": {"amount": days, "unit": "days"}, "next": "end"},
        "end": {"kind": "end", "outcome": "positive"},
    }
    if mail:
        found["mail"] = {"kind": "send_email", "templateId": str(TEMPLATE_ID), "next": "pause"}
    starts = [{"id": "s1", "kind": "event", "event": "completedOrder"}]
    return {"starts": starts, "first": "mail" if mail else "pause", "steps": found | steps}


class Desk:
    """Decides about one journey, as the API does."""

    def __init__(self, scene: Scene, journey_id: UUID) -> None:
        self.scene = scene
        self.journey_id = journey_id

    async def do(self, act: Any, *args: Any, **said: Any) -> Any:
        """Do an action in a transaction of its own."""
        async with self.scene.database.transaction("test.commit") as connection:
            return await act(connection, WORKSPACE_ID, *args, **said)

    async def publish(self, plan: InsidePlan | None = None, draft: Any = None, **said: Any) -> int:
        """Publish a draft with what becomes of those inside."""
        if draft is not None:
            await self.do(actions.update_journey, self.journey_id, draft=draft)
        plan = plan or InsidePlan()
        return await self.do(actions.publish_journey, self.journey_id, plan=plan, **said)

    async def runs(self, *columns: str) -> list[tuple[Any, ...]]:
        """Return these columns of all runs, Ada's first."""
        rows = await self.scene.rows("runs", "contact_id", *columns)
        return [row[1:] for row in sorted(rows, key=lambda row: PEOPLE.index(row[0]))]

    async def run_of(self, whom: UUID) -> UUID:
        """Return the id of somebody's run."""
        return dict(await self.scene.rows("runs", "contact_id", "id"))[whom]


async def open_desk(scene: Scene, drawn: dict[str, Any]) -> Desk:
    """Publish the journey everywhere and let Ada, Bea and Cia in."""
    journey_id = await scene.publish("j", drawn, buckets=range(256))
    for number, person in enumerate(PEOPLE, 1):
        await scene.append(scene.known(person, number), scene.event(person, "completedOrder", ORDER))
        await scene.subscribe(person)
    await settle(scene.database)
    return Desk(scene, journey_id)


@pytest.fixture
async def desk(scene: Scene) -> AsyncIterator[Desk]:
    """A desk over a journey that everybody waits in; in the end no counter differs from its ledger."""
    desk = await open_desk(scene, graph())
    yield desk
    assert (await recount_all(scene.database)).differences == []


async def test_who_is_inside_finishes_on_their_version_where_nothing_else_is_said(desk: Desk) -> None:
    await desk.publish(draft=graph(9))
    await settle(desk.scene.database)
    assert await desk.runs("version", "step") == [(1, "pause")] * 3


async def test_people_move_to_the_new_version_with_their_wait_reckoned_anew(desk: Desk) -> None:
    began = desk.scene.now
    await desk.scene.move_clock(days=2)
    assert await desk.publish(InsidePlan("move", waits="recompute"), graph(9)) == 2
    await settle(desk.scene.database)
    found = await desk.runs("version", "step", "due_at")
    assert [(version, step, (due - began).days) for version, step, due in found] == [(2, "pause", 9)] * 3


async def test_whose_wait_is_over_by_the_new_version_goes_on_at_once(desk: Desk) -> None:
    await desk.scene.move_clock(days=2)
    plan = InsidePlan("move", waits="recompute")
    await desk.do(actions.update_journey, desk.journey_id, draft=graph(1))
    preview = await desk.do(people.preview_publishing, desk.journey_id, plan)
    assert [(one.people, one.fate) for one in preview.people] == [(3, "anew")]
    assert preview.overs == {Place(1, "pause"): 3}
    await desk.publish(plan)
    await settle(desk.scene.database)
    assert await desk.runs("version", "state", "outcome") == [(2, "ended", "positive")] * 3


async def test_the_preview_names_who_stays_because_their_step_is_gone(desk: Desk) -> None:
    other = graph()
    other["steps"] = {"later": other["steps"]["pause"], "end": other["steps"]["end"]}
    other["first"] = "later"
    await desk.do(actions.update_journey, desk.journey_id, draft=other)
    preview = await desk.do(people.preview_publishing, desk.journey_id, InsidePlan("move"))
    assert preview.people == [Foreseen(1, "pause", 3, "stay", "pause")]
    sent = InsidePlan("move", {"pause": "later"})
    preview = await desk.do(people.preview_publishing, desk.journey_id, sent)
    assert preview.people == [Foreseen(1, "pause", 3, "arrive", "later")]
    with pytest.raises(UnknownStepError):
        await desk.publish(InsidePlan("move", {"pause": "nowhere"}))
    await desk.publish(sent)
    await settle(desk.scene.database)
    assert await desk.runs("version", "step", "visit") == [(2, "later", 2)] * 3


async def test_those_inside_end_where_a_version_takes_nobody_over(desk: Desk) -> None:
    await desk.publish(InsidePlan("exit"), graph(9))
    await settle(desk.scene.database)
    assert await desk.runs("version", "outcome", "reason") == [(1, "neutral", "replaced")] * 3


async def test_an_earlier_version_is_published_again_and_the_draft_stays(desk: Desk) -> None:
    await desk.publish(InsidePlan("move"), graph(9))
    await desk.do(actions.update_journey, desk.journey_id, draft=graph(5))
    assert await desk.publish(InsidePlan("move", waits="recompute"), again=1) == 3
    await settle(desk.scene.database)
    began = desk.scene.now
    found = await desk.runs("version", "due_at")
    assert [(version, (due - began).days) for version, due in found] == [(3, 3)] * 3
    journey = await desk.do(actions.get_journey, desk.journey_id)
    assert (journey.version, journey.draft) == (3, graph(5))


async def test_by_hand_one_is_moved_and_one_removed_and_the_third_stays(desk: Desk) -> None:
    await desk.do(people.move_run, await desk.run_of(ADA), "end", by="user:1")
    await desk.do(people.remove_run, await desk.run_of(BEA), outcome="negative", by="user:1")
    await settle(desk.scene.database)
    assert await desk.runs("state", "outcome", "reason") == [
        ("ended", "positive", "completed"),
        ("ended", "negative", "removed_by_hand"),
        ("waiting", None, None),
    ]
    with pytest.raises(RunEndedError):
        await desk.do(people.remove_run, await desk.run_of(ADA), by="user:1")
    told = await desk.scene.rows("facts", "name", "properties", order="name")
    assert {name: said["by"] for name, said in told if name in ("runMoved", "runRemoved")} == {
        "runMoved": "user:1",
        "runRemoved": "user:1",
    }


async def test_all_at_a_step_are_moved_and_who_has_gone_on_before_is_left_alone(desk: Desk) -> None:
    await desk.do(people.move_people, desk.journey_id, "pause", to="pause", by="user:1")
    await desk.do(people.move_people, desk.journey_id, "end", to="pause", by="user:1")
    await settle(desk.scene.database)
    assert await desk.runs("step", "visit") == [("pause", 2)] * 3


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5])
async def test_a_crash_anywhere_moves_everybody_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, moment: str, nth: int
) -> None:
    monkeypatch.setattr(control, "PIECE", 1)
    other = graph()
    other["steps"]["later"] = other["steps"]["pause"]
    other["steps"]["pause"] = other["steps"]["later"] | {"next": "later"}
    await desk.publish(InsidePlan("move", {"pause": "later"}), other)
    passed = 0

    def die(self: Failpoints, name: str, when: str) -> None:
        nonlocal passed
        del self
        passed += (name, when) == ("jobs.run", moment)
        if passed == nth and (name, when) == ("jobs.run", moment):
            raise _CrashError

    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", die)
        with pytest.raises(_CrashError):
            while True:
                await run_all_jobs(desk.scene.database, HANDLERS)
                await settle(desk.scene.database)
    await settle(desk.scene.database)
    assert await desk.runs("version", "step", "visit") == [(2, "later", 2)] * 3
    told = [
        whose for whose, name in await desk.scene.rows("facts", "contact_id", "name") if name == "runMoved"
    ]
    assert sorted(told) == sorted(PEOPLE)


async def pause(desk: Desk) -> None:
    await desk.do(actions.pause_journey, desk.journey_id)
    await settle(desk.scene.database)


@pytest.mark.parametrize(
    ("late", "states", "reasons"),
    [
        ("send", [("waiting", "mail")] * 3, {("due", None)}),
        ("skip", [("waiting", "pause")] * 3, {("skipped", "skipped_late")}),
        ("remove", [("ended", None)] * 3, {("skipped", "removed_late")}),
    ],
)
async def test_resuming_asks_what_becomes_of_those_whose_time_has_passed(
    scene: Scene, late: Any, states: list[Any], reasons: set[Any]
) -> None:
    desk = await open_desk(scene, graph(mail=True))
    await pause(desk)
    found = await desk.do(people.count_late_people, desk.journey_id)
    assert found.steps == {"mail": 3}
    await desk.do(actions.resume_journey, desk.journey_id, late=late)
    if late != "send":
        assert (await desk.do(actions.get_journey, desk.journey_id)).state == "paused"
        with pytest.raises(StillAskingError):
            await desk.do(actions.resume_journey, desk.journey_id)
    await settle(scene.database)
    assert (await desk.do(actions.get_journey, desk.journey_id)).state == "active"
    assert await desk.runs("state", "step") == states
    assert set(await scene.rows("messages", "state", "reason")) == reasons
    assert (await recount_all(scene.database)).differences == []


async def test_a_journey_put_away_while_it_was_to_go_on_stays_away(scene: Scene) -> None:
    desk = await open_desk(scene, graph(mail=True))
    await pause(desk)
    await desk.do(actions.resume_journey, desk.journey_id, late="skip")
    await desk.do(actions.archive_journey, desk.journey_id)
    await settle(scene.database)
    assert (await desk.do(actions.get_journey, desk.journey_id)).state == "archived"


async def _count_facts(connection: Connection, name: str) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM facts WHERE name = $1", name))


async def test_an_event_that_is_called_so_asks_nothing_of_anybody(desk: Desk) -> None:
    said = {"journeyId": str(desk.journey_id), "runId": str(await desk.run_of(ADA)), "reason": "forged"}
    await desk.scene.append(desk.scene.event(ADA, "runRemoved", said))
    await settle(desk.scene.database)
    assert await desk.runs("state") == [("waiting",)] * 3
    async with desk.scene.database.connection() as connection:
        assert await _count_facts(connection, "runRemoved") == 1
