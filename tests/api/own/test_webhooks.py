"""The secret that signs calls, and a journey's calls with every try."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx

from percorso.db import Database
from percorso.journeys.calls.model import NewCall
from percorso.journeys.calls.store import insert_calls
from percorso.workspaces.model import Setup

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = "/api/v1/webhook-secret"


async def set_calls(database: Database, workspace_id: UUID) -> tuple[UUID, NewCall]:
    """Commit a journey with a run whose call is under way; return the journey and the call."""
    journey_id, run_id, contact_id = uuid4(), uuid4(), UUID(int=7)
    call = NewCall(
        id=uuid4(), workspace_id=workspace_id, contact_id=contact_id, journey_id=journey_id, version=1, run_id=run_id,
        step="call", visit=1, url="https://shop.example/hook", body={"order": 17}, planned_at=NOW,
    )  # fmt: skip
    async with database.transaction("test.commit") as connection:
        list_id = await connection.fetchval("SELECT id FROM lists LIMIT 1")
        await connection.execute(
            "INSERT INTO journeys (id, workspace_id, list_id, name, state, version, created_at, modified_at)"
            " VALUES ($1, $2, $3, 'Calls', 'active', 1, $4, $4)",
            journey_id, workspace_id, list_id, NOW,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO journey_versions (journey_id, number, graph, published_at) VALUES ($1, 1, '{}', $2)",
            journey_id, NOW,
        )  # fmt: skip
        await insert_calls(connection, [call])
        await connection.execute(
            "UPDATE webhook_calls SET state = 'claimed', attempt = 1, claimed_by = $1, claimed_until = $2",
            uuid4(),
            NOW,
        )
        await connection.execute(
            "INSERT INTO webhook_tries (bucket, call_id, number, workspace_id, tried_at) VALUES (7, $1, 1, $2, $3)",
            call.id, workspace_id, NOW,
        )  # fmt: skip
    return journey_id, call


async def test_the_secret_is_made_once_and_changed_on_demand(owner: httpx.AsyncClient) -> None:
    (first,) = (await owner.get(SECRET)).json()["items"]
    assert first["secret"].startswith("whsec_")
    assert first["signsUntil"] is None
    assert (await owner.get(SECRET)).json()["items"] == [first]
    answer = await owner.post(f"{SECRET}/rotate")
    assert answer.status_code == 200
    until = datetime.fromisoformat(answer.json()["signsUntil"])
    second, before = (await owner.get(SECRET)).json()["items"]
    assert second["secret"] != first["secret"]
    assert (before["secret"], datetime.fromisoformat(before["signsUntil"])) == (first["secret"], until)
    assert until - datetime.fromisoformat(second["createdAt"]) == timedelta(hours=24)
    (line,) = [
        one for one in (await owner.get("/api/v1/audit")).json()["items"] if "webhook" in one["action"]
    ]
    assert line["action"] == "webhook_secret.changed"


async def test_changing_it_twice_by_one_key_changes_it_once(owner: httpx.AsyncClient) -> None:
    await owner.get(SECRET)
    for _ in range(2):
        await owner.post(f"{SECRET}/rotate", headers={"idempotency-key": "k1"})
    assert len((await owner.get(SECRET)).json()["items"]) == 2


async def test_a_secret_that_cannot_be_opened_says_so_and_can_be_changed(
    owner: httpx.AsyncClient, database: Database
) -> None:
    await owner.get(SECRET)
    async with database.transaction("test.commit") as connection:
        await connection.execute(r"UPDATE webhook_secrets SET sealed = '\x00'")
    answer = await owner.get(SECRET, headers={"accept-language": "it"})
    assert (answer.status_code, answer.json()["code"]) == (409, "secret_unreadable")
    assert answer.json()["detail"].startswith("Il segreto di firma")
    assert (await owner.post(f"{SECRET}/rotate")).status_code == 200
    # The one before cannot be opened: it signs no more.
    assert len((await owner.get(SECRET)).json()["items"]) == 1


async def test_calls_are_listed_with_their_tries(
    owner: httpx.AsyncClient, instance: Setup, database: Database
) -> None:
    journey_id, call = await set_calls(database, instance.workspace_id)
    path = f"/api/v1/journeys/{journey_id}/webhook-calls"
    (item,) = (await owner.get(path)).json()["items"]
    assert (item["id"], item["state"], item["body"]) == (str(call.id), "claimed", {"order": 17})
    assert [(one["number"], one["endedAt"], one["status"]) for one in item["tries"]] == [(1, None, None)]
    assert (await owner.get(path, params={"step": "other"})).json()["items"] == []
    assert len((await owner.get(path, params={"step": "call"})).json()["items"]) == 1
    assert (await owner.get(f"/api/v1/journeys/{uuid4()}/webhook-calls")).status_code == 404
