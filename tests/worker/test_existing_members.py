"""A group start that includes those who are there already: they enter when the journey is switched on, each once."""

from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.db.failpoints import Failpoints
from percorso.jobs import run_all_jobs
from percorso.jobs.run import run_job
from percorso.journeys import control, existing
from percorso.log.model import FactDraft
from percorso.worker.apply import apply_all
from percorso.worker.main import HANDLERS, settle
from tests.worker.scene import WORKSPACE_ID, Scene, contact_id
from tests.worker.segments import text_is

VIP = UUID(int=0xF)
ADA, BEA, CIA = contact_id(1), contact_id(2, bucket=9), contact_id(3, bucket=200)


class _CrashError(BaseException):
    """Stands for a process that died."""


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


def graph(**start: Any) -> dict[str, Any]:
    """Return a journey that ends at once, so that whoever entered twice would be seen."""
    begins = {"id": "s", "kind": "group", "groupId": str(VIP), "existing": True, **start}
    steps = {"end": {"kind": "end"}}
    return {"starts": [begins], "first": "end", "steps": steps, "reentry": {"rule": "every_time"}}


def said(scene: Scene, contact: UUID, name: str = "groupJoined") -> FactDraft:
    return scene.event(contact, name, {"groupId": str(VIP)}, kind="group")


async def gather(scene: Scene, *members: UUID) -> None:
    """Make Ada, Bea and Cia known, and these of them members of the group."""
    for number, person in enumerate((ADA, BEA, CIA), 1):
        await scene.append(scene.known(person, number, city="Roma" if person == ADA else "Bari"))
    await scene.append(*(said(scene, member) for member in members))
    await apply_all(scene.database)


async def switch_on(scene: Scene, drawn: dict[str, Any]) -> UUID:
    """Publish the journey and ask for its being switched on, as the API does."""
    journey_id = await scene.publish("g", drawn, activate=False, buckets=range(256))
    async with scene.database.transaction("test.commit") as connection:
        await control.announce(connection, WORKSPACE_ID, journey_id, "journeyActivated", version=1)
    return journey_id


async def entered(scene: Scene) -> list[UUID]:
    return sorted(whose for (whose,) in await scene.rows("runs", "contact_id"))


async def test_who_is_in_the_group_already_enters_when_the_journey_is_switched_on(scene: Scene) -> None:
    await gather(scene, ADA, BEA)
    await switch_on(scene, graph())
    await settle(scene.database)
    assert await entered(scene) == sorted([ADA, BEA])
    await scene.append(said(scene, CIA), said(scene, ADA))
    await settle(scene.database)
    assert await entered(scene) == sorted([ADA, BEA, CIA])


async def test_who_joined_just_before_is_let_in_and_who_joins_just_after_once(scene: Scene) -> None:
    """Neither join is folded when the job first looks."""
    await gather(scene)
    await scene.append(said(scene, ADA))
    await switch_on(scene, graph())
    await run_job(scene.database, HANDLERS)
    await scene.append(said(scene, BEA))
    await settle(scene.database)
    assert await entered(scene) == sorted([ADA, BEA])
    told = [whose for whose, name in await scene.rows("facts", "contact_id", "name") if name == "startMet"]
    assert told == [ADA]


async def test_only_who_comes_later_enters_where_the_others_are_left_out(scene: Scene) -> None:
    await gather(scene, ADA)
    await switch_on(scene, graph(existing=False))
    await settle(scene.database)
    await scene.append(said(scene, BEA))
    await settle(scene.database)
    assert await entered(scene) == [BEA]


async def test_the_condition_of_the_start_is_asked_of_them_too(scene: Scene) -> None:
    await gather(scene, ADA, BEA)
    await switch_on(scene, graph(condition=text_is("city", "Roma")))
    await settle(scene.database)
    assert await entered(scene) == [ADA]


async def test_who_leaves_before_its_turn_does_not_enter(scene: Scene) -> None:
    await gather(scene, ADA, BEA)
    await switch_on(scene, graph())
    await run_job(scene.database, HANDLERS)
    await apply_all(scene.database)
    await scene.append(said(scene, BEA, "groupLeft"))
    await run_job(scene.database, HANDLERS)
    told = [whose for whose, name in await scene.rows("facts", "contact_id", "name") if name == "startMet"]
    assert sorted(told) == sorted([ADA, BEA])
    await settle(scene.database)
    assert await entered(scene) == [ADA]


async def test_switching_on_again_after_a_pause_lets_nobody_in_twice(scene: Scene) -> None:
    await gather(scene, ADA)
    journey_id = await switch_on(scene, graph())
    await settle(scene.database)
    for name in ("journeyPaused", "journeyResumed"):
        async with scene.database.transaction("test.commit") as connection:
            await control.announce(connection, WORKSPACE_ID, journey_id, name, version=1)
    await settle(scene.database)
    assert await entered(scene) == [ADA]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("nth", [1, 2, 3])
async def test_a_crash_at_any_piece_lets_everybody_in_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, moment: str, nth: int
) -> None:
    monkeypatch.setattr(existing, "PIECE", 1)
    await gather(scene, ADA, BEA, CIA)
    await switch_on(scene, graph())
    await run_job(scene.database, HANDLERS)
    await apply_all(scene.database)
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
            await run_all_jobs(scene.database, HANDLERS)
    await settle(scene.database)
    assert await entered(scene) == sorted([ADA, BEA, CIA])
