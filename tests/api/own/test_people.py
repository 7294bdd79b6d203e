"""What is decided about those inside a journey, through the API: previews, publishing again, late ones, by hand."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from percorso.db import Database
from percorso.worker.main import settle
from percorso.workspaces.model import Setup
from tests.api.own.conftest import SignIn, TakeKey


def graph(days: int = 3) -> dict[str, Any]:
    return {
        "starts": [{"kind": "event", "id": "s", "event": "began"}],
        "first": "pause",
        "steps": {
            "pause": {"kind": "wait", "period": {"amount": days, "unit": "days"}, "next": "end"},
            "end": {"kind": "end", "outcome": "positive"},
        },
    }


async def make(owner: httpx.AsyncClient) -> str:
    """Publish and activate a journey of a wait, and return its id."""
    made = await owner.post("/api/v1/journeys", json={"name": "Pause", "graph": graph()})
    id = made.json()["id"]
    for verb in ("publish", "activate"):
        assert (await owner.post(f"/api/v1/journeys/{id}/{verb}")).status_code == 200
    return id


@pytest.fixture
async def journey(owner: httpx.AsyncClient, database: Database, take_key: TakeKey) -> str:
    """A journey with Ada inside, who waits for three days."""
    id = await make(owner)
    await settle(database)
    headers = {"authorization": f"Bearer {await take_key('track')}"}
    said = {"userId": "ada", "event": "began", "messageId": "m1"}
    answer = await owner.post("/v1/track", json=said, headers=headers)
    assert answer.status_code == 200, answer.text
    await settle(database)
    return id


async def people(owner: httpx.AsyncClient, journey: str) -> list[dict[str, Any]]:
    return (await owner.get(f"/api/v1/journeys/{journey}/people")).json()["items"]


async def test_publishing_is_previewed_and_moves_who_is_inside(
    owner: httpx.AsyncClient, database: Database, journey: str
) -> None:
    await owner.patch(f"/api/v1/journeys/{journey}", json={"graph": graph(9)})
    asked = {"inside": "move", "waits": "recompute"}
    preview = await owner.post(f"/api/v1/journeys/{journey}/publish/preview", json=asked)
    assert preview.status_code == 200, preview.text
    assert preview.json()["version"] == 2
    assert preview.json()["people"] == [
        {"version": 1, "step": "pause", "people": 1, "fate": "anew", "to": "pause", "dueNow": 0}
    ]
    published = await owner.post(f"/api/v1/journeys/{journey}/publish", json=asked)
    assert (published.status_code, published.json()["version"]) == (200, 2)
    before = (await people(owner, journey))[0]["until"]
    await settle(database)
    (ada,) = await people(owner, journey)
    assert ada["until"] > before
    audit = (await owner.get("/api/v1/audit")).json()["items"]
    assert [(line["action"], line["detail"]) for line in audit] == [
        ("journey.published", {"version": 2, "inside": "move", "again": None})
    ]


async def test_publishing_says_what_has_changed_since_the_preview(
    owner: httpx.AsyncClient, database: Database, journey: str, take_key: TakeKey
) -> None:
    path = f"/api/v1/journeys/{journey}"
    await owner.patch(path, json={"graph": graph(9)})
    looked_at = (await owner.post(f"{path}/publish/preview")).json()["preview"]
    headers = {"authorization": f"Bearer {await take_key('track')}"}
    said = {"userId": "bea", "event": "began", "messageId": "m2"}
    assert (await owner.post("/v1/track", json=said, headers=headers)).status_code == 200
    await settle(database)
    published = await owner.post(f"{path}/publish", json={"basedOn": looked_at})
    assert published.status_code == 200, published.text
    assert (published.json()["version"], published.json()["changedSince"]) == (
        2,
        [{"version": 1, "step": "pause", "before": 1, "now": 2}],
    )


async def test_another_graph_than_the_previewed_one_is_not_published(
    owner: httpx.AsyncClient, journey: str
) -> None:
    path = f"/api/v1/journeys/{journey}"
    await owner.patch(path, json={"graph": graph(9)})
    looked_at = (await owner.post(f"{path}/publish/preview")).json()["preview"]
    await owner.patch(path, json={"graph": graph(5)})
    refused = await owner.post(f"{path}/publish", json={"basedOn": looked_at})
    assert (refused.status_code, refused.json()["code"]) == (409, "changed_meanwhile")
    for nonsense in ("?", "", "eA==", "AAAA"):
        unread = await owner.post(
            f"{path}/publish", json={"basedOn": nonsense}, headers={"accept-language": "it"}
        )
        assert (unread.status_code, unread.json()["code"]) == (422, "preview_unreadable")
    looked_at = (await owner.post(f"{path}/publish/preview")).json()["preview"]
    published = await owner.post(f"{path}/publish", json={"basedOn": looked_at})
    assert (published.status_code, published.json()["changedSince"]) == (200, [])


async def test_an_earlier_version_is_published_again(
    owner: httpx.AsyncClient, database: Database, journey: str
) -> None:
    await owner.patch(f"/api/v1/journeys/{journey}", json={"graph": graph(9)})
    await owner.post(f"/api/v1/journeys/{journey}/publish")
    answer = await owner.post(f"/api/v1/journeys/{journey}/publish", json={"again": 1})
    assert (answer.status_code, answer.json()["version"]) == (200, 3)
    assert answer.json()["graph"]["steps"]["pause"]["period"]["amount"] == 3
    unknown = await owner.post(f"/api/v1/journeys/{journey}/publish", json={"again": 7})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_version")
    newest = await owner.post(f"/api/v1/journeys/{journey}/publish", json={"again": 3})
    assert (newest.status_code, newest.json()["code"]) == (409, "nothing_to_publish")


async def test_a_contact_is_moved_and_removed_by_hand(
    owner: httpx.AsyncClient, database: Database, journey: str
) -> None:
    (ada,) = await people(owner, journey)
    run = f"/api/v1/runs/{ada['runId']}"
    wrong = await owner.post(f"{run}/move", json={"to": "nowhere"}, headers={"accept-language": "it"})
    assert (wrong.status_code, wrong.json()["detail"]) == (422, "Il percorso non ha un passo nowhere.")
    assert (await owner.post(f"{run}/move", json={"to": "pause"})).status_code == 202
    await settle(database)
    trace = (await owner.get(f"{run}/trace")).json()["entries"]
    assert [entry["path"] for entry in trace] == ["s", "moved"]
    assert (await owner.post(f"{run}/remove", json={"outcome": "negative"})).status_code == 202
    await settle(database)
    assert (await owner.get(f"{run}/trace")).json()["run"]["reason"] == "removed_by_hand"
    ended = await owner.post(f"{run}/remove", headers={"accept-language": "it"})
    assert (ended.status_code, ended.json()["code"]) == (409, "run_ended")
    assert ended.json()["detail"] == "Questo contatto ha già lasciato il percorso."
    unknown = await owner.post(f"/api/v1/runs/{uuid4()}/remove")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_run")


async def test_all_at_a_step_are_removed(owner: httpx.AsyncClient, database: Database, journey: str) -> None:
    said = {"step": "pause", "outcome": "positive"}
    answer = await owner.post(f"/api/v1/journeys/{journey}/people/remove", json=said)
    assert (answer.status_code, answer.json()) == (202, {"journeyId": journey})
    await settle(database)
    assert await people(owner, journey) == []


async def test_resuming_says_whom_it_asks_about(
    owner: httpx.AsyncClient, database: Database, journey: str
) -> None:
    await owner.post(f"/api/v1/journeys/{journey}/pause")
    late = (await owner.get(f"/api/v1/journeys/{journey}/late")).json()
    assert (late["people"], late["steps"]) == (0, [])
    resumed = await owner.post(f"/api/v1/journeys/{journey}/resume", json={"late": "skip"})
    assert (resumed.status_code, resumed.json()["state"]) == (200, "paused")
    again = await owner.post(f"/api/v1/journeys/{journey}/resume", headers={"accept-language": "it"})
    assert (again.status_code, again.json()["code"]) == (409, "still_asking")
    await settle(database)
    assert (await owner.get(f"/api/v1/journeys/{journey}")).json()["state"] == "active"


async def test_what_does_not_fit_is_refused(owner: httpx.AsyncClient, journey: str) -> None:
    for path, said in (
        ("publish", {"inside": "teleport"}),
        ("publish/preview", {"steps": {"pause": 3}}),
        ("resume", {"late": "never"}),
        ("people/move", {"step": "pause"}),
    ):
        answer = await owner.post(f"/api/v1/journeys/{journey}/{path}", json=said)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request"), path


async def test_another_workspace_sees_no_run(
    sign_in_with_role: SignIn, journey: str, instance: Setup
) -> None:
    viewer = await sign_in_with_role("viewer")
    assert instance
    answer = await viewer.post(f"/api/v1/journeys/{journey}/people/remove", json={"step": "pause"})
    assert answer.status_code == 403
