"""Groups through the API: made, filled one by one and by the crowd, moved, deleted."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from percorso.db import Database
from percorso.segments.groups.actions import PIECE
from percorso.worker.main import settle
from tests.api.own.test_fields import make_contact


async def make_group(owner: httpx.AsyncClient, name: str = "Friends", **given: Any) -> dict[str, Any]:
    answer = await owner.post("/api/v1/groups", json={"name": name, **given})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def members(owner: httpx.AsyncClient, group: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    cursor = ""
    while True:
        page = (await owner.get(f"/api/v1/groups/{group['id']}/members?cursor={cursor}")).json()
        found |= {member["id"] for member in page["items"]}
        if page["nextCursor"] is None:
            return found
        cursor = page["nextCursor"]


async def test_a_group_is_made_renamed_and_its_name_given_once(owner: httpx.AsyncClient) -> None:
    group = await make_group(owner, notes="People we know", kind="test")
    assert (group["kind"], group["members"], group["changing"]) == ("test", 0, False)
    taken = await owner.post("/api/v1/groups", json={"name": "friends"})
    assert (taken.status_code, taken.json()["code"]) == (409, "group_name_taken")
    changed = await owner.patch(f"/api/v1/groups/{group['id']}", json={"name": "Amici"})
    assert (changed.json()["name"], changed.json()["notes"]) == ("Amici", "People we know")
    other = await make_group(owner)
    clash = await owner.patch(
        f"/api/v1/groups/{other['id']}", json={"name": "AMICI"}, headers={"accept-language": "it"}
    )
    assert (clash.status_code, clash.json()["detail"]) == (
        409,
        "Esiste già un gruppo chiamato AMICI. Scegliere un altro nome.",
    )
    names = [group["name"] for group in (await owner.get("/api/v1/groups")).json()["items"]]
    assert names == ["Amici", "Friends"]


async def test_one_contact_joins_moves_and_leaves(owner: httpx.AsyncClient, database: Database) -> None:
    ada = await make_contact(owner, 1)
    friends, testers = await make_group(owner), await make_group(owner, "Testers")
    for _ in range(2):
        joined = await owner.put(f"/api/v1/groups/{friends['id']}/members/{ada}")
        assert joined.status_code == 204, joined.text
    await settle(database)
    assert (await members(owner, friends), await members(owner, testers)) == ({ada}, set())
    await owner.put(f"/api/v1/groups/{testers['id']}/members/{ada}?leaves={friends['id']}")
    await settle(database)
    assert (await members(owner, friends), await members(owner, testers)) == (set(), {ada})
    groups = (await owner.get(f"/api/v1/contacts/{ada}/groups")).json()["items"]
    assert [group["name"] for group in groups] == ["Testers"]
    await owner.delete(f"/api/v1/groups/{testers['id']}/members/{ada}")
    await settle(database)
    assert await members(owner, testers) == set()


async def test_many_join_by_a_job_in_pieces_and_strangers_are_left_out(
    owner: httpx.AsyncClient, database: Database
) -> None:
    ids = [await make_contact(owner, number) for number in range(3)]
    await settle(database)
    friends = await make_group(owner)
    strangers = [str(uuid4()) for _ in range(PIECE)]
    path = f"/api/v1/groups/{friends['id']}"
    asked = await owner.post(f"{path}/members", json={"contactIds": [ids[0], *strangers, *ids[1:], ids[0]]})
    assert asked.status_code == 202, asked.text
    assert (await owner.get(path)).json()["changing"] is True
    await settle(database)
    assert await members(owner, friends) == set(ids)
    assert (await owner.get(path)).json()["members"] == 3
    assert (await owner.get(path)).json()["changing"] is False


async def test_all_members_of_one_group_move_to_another_and_leave_with_it(
    owner: httpx.AsyncClient, database: Database
) -> None:
    ids = {await make_contact(owner, number) for number in range(4)}
    await settle(database)
    friends, testers = await make_group(owner), await make_group(owner, "Testers")
    await owner.post(f"/api/v1/groups/{friends['id']}/members", json={"contactIds": sorted(ids)})
    await settle(database)
    moving = {"membersOf": friends["id"], "leaves": friends["id"]}
    await owner.post(f"/api/v1/groups/{testers['id']}/members", json=moving)
    await settle(database)
    assert (await members(owner, friends), await members(owner, testers)) == (set(), ids)
    assert (await owner.delete(f"/api/v1/groups/{testers['id']}")).status_code == 204
    await settle(database)
    assert (await owner.get(f"/api/v1/groups/{testers['id']}")).status_code == 404
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM group_members") == 0
        left = await connection.fetchval("SELECT count(*) FROM facts WHERE name = 'groupLeft'")
    assert left == 8
    assert (await make_group(owner, "Testers"))["id"] != testers["id"]


@pytest.mark.parametrize("body", [{}, {"contactIds": [str(uuid4())], "membersOf": str(uuid4())}])
async def test_a_crowd_is_named_in_one_way(owner: httpx.AsyncClient, body: dict[str, Any]) -> None:
    group = await make_group(owner)
    answer = await owner.post(f"/api/v1/groups/{group['id']}/members", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "contacts_needed")


async def test_what_is_not_there_is_not_found(owner: httpx.AsyncClient) -> None:
    nowhere, ada = f"/api/v1/groups/{uuid4()}", await make_contact(owner, 1)
    group = await make_group(owner)
    answers = [
        await owner.get(nowhere),
        await owner.patch(nowhere, json={"name": "x"}),
        await owner.delete(nowhere),
        await owner.put(f"{nowhere}/members/{ada}"),
        await owner.get(f"{nowhere}/members"),
        await owner.put(f"/api/v1/groups/{group['id']}/members/{uuid4()}"),
        await owner.post(f"/api/v1/groups/{group['id']}/members", json={"membersOf": str(uuid4())}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 7


async def test_the_timeline_of_a_contact_tells_of_its_groups_by_name(
    owner: httpx.AsyncClient, database: Database
) -> None:
    id = await make_contact(owner, 9)
    group = await make_group(owner, "Show in Milan")
    await owner.put(f"/api/v1/groups/{group['id']}/members/{id}")
    await owner.delete(f"/api/v1/groups/{group['id']}/members/{id}")
    await settle(database)
    items = (await owner.get(f"/api/v1/contacts/{id}/timeline")).json()["items"]
    told = [(item["name"], item["properties"]["name"]) for item in items if item["kind"] == "belonging"]
    assert told == [("groupLeft", "Show in Milan"), ("groupJoined", "Show in Milan")]
