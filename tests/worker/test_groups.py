"""Groups in the worker: joining and leaving are facts, folded once, whatever is repeated or merged."""

from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.log.model import FactDraft
from percorso.worker.apply import apply_all
from percorso.worker.main import settle
from percorso.worker.reading import Limits
from tests.worker.scene import START, Scene, contact_id, pause_graph
from tests.worker.test_merging import move

ADA, BEA = contact_id(1), contact_id(2, bucket=9)
FRIENDS, TESTERS = UUID(int=0xF), UUID(int=0xE)


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


def said(scene: Scene, contact: UUID, name: str, group: UUID, **more: Any) -> FactDraft:
    return scene.event(contact, name, {"groupId": str(group)}, kind="group", **more)


async def members(scene: Scene) -> list[tuple[Any, ...]]:
    return await scene.rows("group_members", "contact_id", "group_id", order="contact_id, group_id")


async def test_who_joins_is_a_member_until_it_leaves(scene: Scene) -> None:
    await scene.append(
        scene.known(ADA, 1),
        said(scene, ADA, "groupJoined", FRIENDS),
        said(scene, ADA, "groupJoined", TESTERS),
        said(scene, ADA, "groupJoined", FRIENDS),
    )
    await apply_all(scene.database)
    assert await members(scene) == sorted([(ADA, TESTERS), (ADA, FRIENDS)])
    assert set(await scene.rows("group_members", "joined_at")) == {(START,)}
    await scene.append(said(scene, ADA, "groupLeft", TESTERS), said(scene, ADA, "groupLeft", TESTERS))
    await apply_all(scene.database)
    assert await members(scene) == [(ADA, FRIENDS)]


@pytest.mark.parametrize("limits", [Limits(), Limits(facts=1, due=1)], ids=["together", "one by one"])
async def test_joining_starts_a_journey_and_joining_again_is_no_event(scene: Scene, limits: Limits) -> None:
    graph = pause_graph() | {
        "starts": [{"id": "s", "event": "groupJoined"}],
        "reentry": {"rule": "every_time"},
        "removals": [{"id": "left", "event": "groupLeft"}],
    }
    await scene.publish("welcome", graph)
    await scene.append(
        scene.known(ADA, 1),
        said(scene, ADA, "groupLeft", FRIENDS),
        said(scene, ADA, "groupJoined", FRIENDS),
        said(scene, ADA, "groupJoined", FRIENDS),
    )
    await apply_all(scene.database, limits)
    assert await scene.rows("runs", "contact_id", "state") == [(ADA, "waiting")]
    await scene.append(said(scene, ADA, "groupLeft", FRIENDS))
    await apply_all(scene.database, limits)
    assert await scene.rows("runs", "reason") == [("removed: left",)]


async def test_groups_unite_when_contacts_are_merged(scene: Scene) -> None:
    gone = contact_id(3, bucket=9)
    await scene.append(
        scene.known(ADA, 1),
        said(scene, ADA, "groupJoined", FRIENDS),
        scene.update(gone, identities={"anonymous_id": ["z1"]}),
        said(scene, gone, "groupJoined", FRIENDS),
        said(scene, gone, "groupLeft", FRIENDS),
        said(scene, gone, "groupJoined", TESTERS),
    )
    await apply_all(scene.database)
    await move(scene, gone, ADA)
    await settle(scene.database)
    assert await members(scene) == sorted([(ADA, TESTERS), (ADA, FRIENDS)])
