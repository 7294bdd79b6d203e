"""What publishing asks of the workspace: that what a graph names is there."""

from typing import Any
from uuid import uuid4

import pytest

from percorso.journeys.actions import publish_journey, update_journey
from percorso.journeys.errors import GraphError
from percorso.segments.groups.store import insert_group, mark_deleted
from tests.journeys.build import NOON
from tests.journeys.test_actions import Desk, desk

__all__ = ["desk"]


async def test_groups_that_starts_and_options_name_must_be_there(desk: Desk) -> None:
    group, other, deleted = uuid4(), uuid4(), uuid4()
    for id in (group, other, deleted):
        await insert_group(
            desk.connection, desk.workspace_id, id=id, name=str(id), notes="", kind="ordinary", now=NOON
        )
    await mark_deleted(desk.connection, desk.workspace_id, deleted, now=NOON)
    journey = await desk.create()

    async def publish(*groups: object) -> int:
        start, include, exclude = (str(group) for group in groups)
        draft = desk.graph() | {
            "starts": [{"id": "s", "kind": "group", "groupId": start}],
            "options": {"includeGroups": [str(group), include], "excludeGroups": [exclude]},
        }
        await update_journey(desk.connection, desk.workspace_id, journey.id, draft=draft)
        return await publish_journey(desk.connection, desk.workspace_id, journey.id)

    with pytest.raises(GraphError) as raised:
        await publish(deleted, uuid4(), deleted)
    assert [(fault.code, fault.at) for fault in raised.value.faults] == [
        ("group_unknown", "starts[0].groupId"),
        ("group_unknown", "options.includeGroups[1]"),
        ("group_unknown", "options.excludeGroups[0]"),
    ]
    assert await publish(group, group, other) == 1


async def test_groups_and_journeys_that_steps_name_must_be_there(desk: Desk) -> None:
    group, deleted, unknown = uuid4(), uuid4(), str(uuid4())
    for id in (group, deleted):
        await insert_group(
            desk.connection, desk.workspace_id, id=id, name=str(id), notes="", kind="ordinary", now=NOON
        )
    await mark_deleted(desk.connection, desk.workspace_id, deleted, now=NOON)
    other = await desk.create(name="Other")
    journey = await desk.create()

    def draft(there: str, gone: str, other: str, itself: str) -> dict[str, Any]:
        groups = [
            {"action": "join", "groupId": there},
            {"action": "move", "groupId": there, "fromGroupId": gone},
        ]
        steps = {
            "change": {"kind": "update_contact", "groups": groups, "next": "hand"},
            "hand": {"kind": "start_journey", "journeyId": other, "next": "leave"},
            "leave": {"kind": "leave_journey", "journeyId": itself, "next": "end"},
            "end": {"kind": "end", "group": {"action": "leave", "groupId": gone}},
        }
        return desk.graph() | {"first": "change", "steps": steps}

    wrong = draft(str(group), str(deleted), unknown, str(journey.id))
    await update_journey(desk.connection, desk.workspace_id, journey.id, draft=wrong)
    with pytest.raises(GraphError) as raised:
        await publish_journey(desk.connection, desk.workspace_id, journey.id)
    assert sorted((fault.code, fault.at) for fault in raised.value.faults) == [
        ("group_unknown", "steps.change.groups[1].fromGroupId"),
        ("group_unknown", "steps.end.group.groupId"),
        ("journey_itself", "steps.leave.journeyId"),
        ("journey_unknown", "steps.hand.journeyId"),
    ]
    right = draft(str(group), str(group), str(other.id), str(other.id))
    await update_journey(desk.connection, desk.workspace_id, journey.id, draft=right)
    assert await publish_journey(desk.connection, desk.workspace_id, journey.id) == 1
