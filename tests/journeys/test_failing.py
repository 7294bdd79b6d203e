"""The state failed: a journey that can go on for nobody stands still and says why, until that is mended."""

from typing import Any

import pytest

from percorso.db import Database
from percorso.db.failpoints import Failpoints
from percorso.jobs import run_all_jobs
from percorso.journeys.actions import get_journey, pause_journey, resume_journey
from percorso.journeys.control import HANDLERS
from percorso.journeys.failing import find_failure, watch_journeys
from percorso.journeys.faults import GraphError
from percorso.journeys.graph import (
    CheckNow,
    End,
    Graph,
    Path,
    SendEmail,
    SendSms,
    Split,
    Wait,
    WaitAfterMessage,
)
from percorso.journeys.graph_parts import RandomPath
from percorso.journeys.standstill import find_standstill, list_gone
from percorso.reports.journeys import get_journey as read_journey
from percorso.reports.journeys import list_journeys
from percorso.worker.main import settle
from tests.journeys.build import TEMPLATE, days, make_graph
from tests.worker.scene import LIST_ID, WORKSPACE_ID, Scene, contact_id

ADA, BEA = contact_id(1), contact_id(2)
OTHER = "00000000-0000-8000-8000-0000000000ee"
MAIL, LAST = SendEmail(TEMPLATE, next="end"), SendEmail(OTHER)


class _CrashError(BaseException):
    """Stands for a process that died."""


def standing(steps: dict[str, Any], *, kinds: dict[str, str] | None = None, sms: bool = True) -> list[str]:
    """Return the codes and places of why nobody can go on, where the workspace has these templates."""
    graph: Graph = make_graph(steps)
    gone = list_gone(graph, {TEMPLATE: "email"} if kinds is None else kinds, has_sms_sender=sms)
    return [f"{fault.code} {fault.at}" for fault in find_standstill(graph, gone)]


def test_what_is_there_lets_everybody_go_on() -> None:
    assert standing({"mail": MAIL, "end": End()}) == []


def test_a_template_that_is_gone_or_of_another_channel() -> None:
    steps = {"mail": MAIL, "end": End()}
    assert standing(steps, kinds={}) == ["template_unknown steps.mail.templateId"]
    assert standing(steps, kinds={TEMPLATE: "sms"}) == ["template_of_other_kind steps.mail.templateId"]


def test_an_sms_needs_the_lists_sender() -> None:
    steps = {"sms": SendSms(TEMPLATE, next="end"), "end": End()}
    assert standing(steps, kinds={TEMPLATE: "sms"}) == []
    assert standing(steps, kinds={TEMPLATE: "sms"}, sms=False) == ["sms_sender_missing steps.sms"]


@pytest.mark.parametrize(
    ("first", "stands"),
    [
        (CheckNow((Path("p", "", to="last"),), default="end"), False),
        (CheckNow((Path("p", "", to="last"),), default=None), False),
        (CheckNow((Path("p", "", to="last"),), default="last"), True),
        (Split((RandomPath("a", 50, to="last"), RandomPath("b", 50, to="wait"))), True),
        (Split((RandomPath("a", 50, to="last"), RandomPath("b", 50, to="mail"))), False),
        (WaitAfterMessage("opened", unmet="otherwise", next="last", otherwise="end"), False),
    ],
)
def test_a_journey_stands_still_only_where_no_way_leads_past_what_is_gone(first: Any, stands: bool) -> None:
    steps = {"first": first, "wait": Wait(days(1), next="last"), "last": LAST, "mail": MAIL, "end": End()}
    assert bool(standing(steps)) is stands


def test_what_nobody_comes_to_does_not_matter() -> None:
    """Behind a step that is gone lies another one: only the first is a reason."""
    first = SendEmail(OTHER, next="last")
    assert standing({"first": first, "last": LAST}) == ["template_unknown steps.first.templateId"]


SMS: dict[str, Any] = {
    "starts": [{"id": "s", "event": "began"}],
    "first": "sms",
    "steps": {"sms": {"kind": "send_sms", "templateId": TEMPLATE, "next": "end"}, "end": {"kind": "end"}},
}


@pytest.fixture
async def scene(database: Database) -> Scene:
    scene = await Scene.open(database)
    async with scene.database.transaction("test.commit") as connection:
        await connection.execute(
            "INSERT INTO templates (id, workspace_id, list_id, name, kind, class, version, created_at, modified_at)"
            " VALUES ($1, $2, $3, 'SMS', 'sms', 'marketing', 1, $4, $4)",
            TEMPLATE,
            WORKSPACE_ID,
            LIST_ID,
            scene.now,
        )
    return scene


async def have_sender(scene: Scene, sender: str | None) -> None:
    async with scene.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE lists SET sms_sender = $1", sender)


async def state(scene: Scene) -> str:
    ((found,),) = await scene.rows("journeys", "state")
    return found


async def begin(scene: Scene, *people: Any) -> int:
    """Let these people begin when every bucket has heard, and return how many runs there are."""
    await settle(scene.database)
    await scene.append(*(scene.event(person, "began") for person in people))
    await settle(scene.database)
    return len(await scene.rows("runs", "id"))


async def test_a_journey_whose_sender_is_gone_lets_nobody_in_and_says_why_until_it_is_back(
    scene: Scene,
) -> None:
    await have_sender(scene, "Shop")
    journey_id = await scene.publish("sms", SMS)
    await scene.append(scene.known(ADA, 1), scene.known(BEA, 2))
    assert await watch_journeys(scene.database) == 0
    assert await begin(scene, ADA) == 1
    await have_sender(scene, None)
    assert await watch_journeys(scene.database) == 1
    assert await watch_journeys(scene.database) == 0
    assert await begin(scene, BEA) == 1
    async with scene.database.connection() as connection:
        detail = await read_journey(connection, WORKSPACE_ID, journey_id)
        (listed,) = (await list_journeys(connection, WORKSPACE_ID, state="failed")).items
    assert (detail.state, listed.state) == ("failed", "failed")
    assert listed.failures == detail.failures
    ((code, at, en, it),) = [(one.code, one.at, one.en, one.it) for one in detail.failures]
    assert (code, at) == ("sms_sender_missing", "steps.sms")
    assert (en, it) == (
        "The list has no SMS sender, which this step needs.",
        "La lista non ha un mittente SMS, necessario per questo passo.",
    )
    await have_sender(scene, "Shop")
    assert await watch_journeys(scene.database) == 1
    assert await state(scene) == "active"
    assert await begin(scene, BEA) == 2


async def test_a_journey_that_is_paused_stays_so_and_is_not_resumed_while_it_could_not_go_on(
    scene: Scene,
) -> None:
    await have_sender(scene, "Shop")
    journey_id = await scene.publish("sms", SMS)
    async with scene.database.transaction("test.commit") as connection:
        await pause_journey(connection, WORKSPACE_ID, journey_id)
    await have_sender(scene, None)
    assert await watch_journeys(scene.database) == 0
    with pytest.raises(GraphError) as raised:
        async with scene.database.transaction("test.commit") as connection:
            await resume_journey(connection, WORKSPACE_ID, journey_id)
    assert [fault.code for fault in raised.value.faults] == ["sms_sender_missing"]
    await have_sender(scene, "Shop")
    async with scene.database.transaction("test.commit") as connection:
        await resume_journey(connection, WORKSPACE_ID, journey_id)
        assert (await get_journey(connection, WORKSPACE_ID, journey_id)).state == "active"
        assert await find_failure(connection, WORKSPACE_ID, journey_id) == []


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_crash_while_it_fails_leaves_row_and_buckets_agreeing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    await have_sender(scene, "Shop")
    await scene.publish("sms", SMS)
    await scene.append(scene.known(ADA, 1))
    await settle(scene.database)
    await have_sender(scene, None)

    def die(self: Failpoints, name: str, when: str) -> None:
        del self
        if (name, when) == ("journeys.watch", moment):
            raise _CrashError

    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", die)
        with pytest.raises(_CrashError):
            await watch_journeys(scene.database)
    assert await state(scene) == ("active" if moment == "before" else "failed")
    await watch_journeys(scene.database)
    assert await state(scene) == "failed"
    assert await run_all_jobs(scene.database, HANDLERS) == 1
    assert await begin(scene, ADA) == 0
