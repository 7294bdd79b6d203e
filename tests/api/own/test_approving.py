"""Publishing that a second person approves."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from percorso.db import Database
from tests.api.own.conftest import SignIn, TakeKey

SETTINGS = "/api/v1/publishing-settings"


def graph(outcome: str = "neutral") -> dict[str, Any]:
    return {
        "starts": [{"kind": "event", "id": "s", "event": "began"}],
        "first": "end",
        "steps": {"end": {"kind": "end", "outcome": outcome}},
    }


@pytest.fixture
async def editor(sign_in_with_role: SignIn) -> httpx.AsyncClient:
    return await sign_in_with_role("editor")


@pytest.fixture
async def path(owner: httpx.AsyncClient) -> str:
    """A journey in a workspace where a second person approves."""
    made = await owner.post("/api/v1/journeys", json={"name": "Two of us", "graph": graph()})
    assert (await owner.put(SETTINGS, json={"needsApproval": True})).status_code == 200
    return f"/api/v1/journeys/{made.json()['id']}"


async def told(owner: httpx.AsyncClient) -> list[str]:
    lines = (await owner.get("/api/v1/audit")).json()["items"]
    return [line["action"] for line in reversed(lines)]


async def test_who_publishes_proposes_and_somebody_else_approves(
    owner: httpx.AsyncClient, editor: httpx.AsyncClient, path: str
) -> None:
    proposed = await editor.post(f"{path}/publish", json={"inside": "exit"})
    assert proposed.status_code == 200, proposed.text
    said = proposed.json()
    assert (said["version"], said["state"]) == (None, "draft")
    assert {key: said["proposal"][key] for key in ("byName", "inside", "again")} == {
        "byName": "editor",
        "inside": "exit",
        "again": None,
    }
    own = await editor.post(f"{path}/approve", headers={"accept-language": "it"})
    assert (own.status_code, own.json()["code"]) == (409, "own_proposal")
    assert "approva qualcun altro" in own.json()["detail"]
    approved = await owner.post(f"{path}/approve")
    assert (approved.status_code, approved.json()["version"]) == (200, 1)
    assert approved.json()["proposal"] is None
    assert await told(owner) == ["approval.changed", "journey.proposed", "journey.approved"]
    again = await owner.post(f"{path}/approve")
    assert (again.status_code, again.json()["code"]) == (409, "not_proposed")


async def test_what_was_changed_since_is_not_published(
    owner: httpx.AsyncClient, editor: httpx.AsyncClient, path: str
) -> None:
    await editor.post(f"{path}/publish")
    await editor.patch(path, json={"graph": graph("positive")})
    refused = await owner.post(f"{path}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "changed_meanwhile")
    await editor.post(f"{path}/publish")
    approved = await owner.post(f"{path}/approve")
    assert approved.json()["graph"]["steps"]["end"]["outcome"] == "positive"


async def test_what_could_not_be_published_cannot_be_proposed_and_nothing_is_left_of_trying(
    owner: httpx.AsyncClient, editor: httpx.AsyncClient, path: str, database: Database
) -> None:
    await editor.patch(path, json={"graph": graph() | {"first": "nowhere"}})
    refused = await editor.post(f"{path}/publish")
    assert (refused.status_code, refused.json()["code"]) == (422, "graph_invalid")
    assert (await owner.get(path)).json()["proposal"] is None
    await editor.patch(path, json={"graph": graph()})
    await editor.post(f"{path}/publish")
    async with database.connection() as connection:
        left = await connection.fetchval("SELECT count(*) FROM journey_versions")
        asked = await connection.fetchval("SELECT count(*) FROM jobs")
    assert (left, asked) == (0, 0)


async def test_an_earlier_version_waits_for_approval_too(
    owner: httpx.AsyncClient, editor: httpx.AsyncClient, path: str
) -> None:
    for outcome in ("neutral", "positive"):
        await editor.patch(path, json={"graph": graph(outcome)})
        await editor.post(f"{path}/publish")
        assert (await owner.post(f"{path}/approve")).status_code == 200
    asked = await owner.post(f"{path}/publish", json={"again": 1})
    assert (asked.json()["version"], asked.json()["proposal"]["again"]) == (2, 1)
    back = await editor.post(f"{path}/approve")
    assert (back.json()["version"], back.json()["graph"]["steps"]["end"]) == (3, {"kind": "end"})


async def test_a_proposal_is_withdrawn(
    owner: httpx.AsyncClient, editor: httpx.AsyncClient, path: str
) -> None:
    assert (await owner.delete(f"{path}/proposal")).status_code == 409
    await editor.post(f"{path}/publish")
    assert (await owner.delete(f"{path}/proposal")).status_code == 204
    assert (await owner.get(path)).json()["proposal"] is None
    assert await told(owner) == ["approval.changed", "journey.proposed", "journey.proposal_withdrawn"]
    assert (await owner.delete(f"/api/v1/journeys/{uuid4()}/proposal")).status_code == 404


async def test_a_key_proposes_and_approves_nothing(
    owner: httpx.AsyncClient, editor: httpx.AsyncClient, path: str, take_key: TakeKey
) -> None:
    headers = {"authorization": f"Bearer {await take_key('journeys.publish')}", "accept-language": "it"}
    owner.cookies.clear()
    proposed = await owner.post(f"{path}/publish", headers=headers)
    assert proposed.json()["proposal"]["byName"] == "API"
    refused = await owner.post(f"{path}/approve", headers=headers)
    assert (refused.status_code, refused.json()["detail"]) == (409, "Approva una persona, non una chiave.")
    assert (await editor.post(f"{path}/approve")).json()["version"] == 1


async def test_without_the_setting_whoever_may_publishes_alone(
    owner: httpx.AsyncClient, editor: httpx.AsyncClient, path: str
) -> None:
    assert (await editor.put(SETTINGS, json={"needsApproval": False})).status_code == 403
    await editor.post(f"{path}/publish")
    await owner.put(SETTINGS, json={"needsApproval": False})
    assert (await owner.get(SETTINGS)).json() == {"needsApproval": False}
    published = await editor.post(f"{path}/publish")
    assert (published.json()["version"], published.json()["proposal"]) == (1, None)
