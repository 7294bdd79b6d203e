"""Statuses, consent leaves and suppressions by the API: what the gate then says, and the proof that stays."""

from typing import Any

import httpx

from percorso.db import Database
from percorso.worker.main import settle

WORDS = {"source": "shop", "wording": "Yes, write to me (version 3)."}


async def make_contact(owner: httpx.AsyncClient, email: str = "bea@example.com") -> str:
    answer = await owner.post("/api/v1/contacts", json={"email": email})
    assert answer.status_code == 201, answer.text
    return f"/api/v1/contacts/{answer.json()['id']}"


async def gate(owner: httpx.AsyncClient, path: str) -> str | None:
    (status,) = (await owner.get(f"{path}/consents")).json()["statuses"]
    return status["gate"]


async def test_a_status_a_leaf_and_a_suppression_each_close_the_gate(
    owner: httpx.AsyncClient, database: Database
) -> None:
    path = await make_contact(owner)
    said = {"channel": "email", "status": "subscribed", **WORDS}
    answer = await owner.put(f"{path}/statuses", json=said)
    assert answer.status_code == 200, answer.text
    assert await gate(owner, path) is None
    leaf = f"{path}/consents/marketing.automatic.email"
    assert (await owner.put(leaf, json={"status": True, "objection": True, **WORDS})).status_code == 200
    assert await gate(owner, path) == "no_consent"
    assert (await owner.put(leaf, json={"status": True, **WORDS})).status_code == 200
    assert await gate(owner, path) is None
    closing = {"channel": "email", "address": "Bea@Example.com", "wording": "Asked by phone."}
    assert (await owner.post(f"{path}/suppressions", json=closing)).status_code == 200
    assert await gate(owner, path) == "suppressed"
    assert (await owner.post(f"{path}/suppressions/lift", json=closing)).status_code == 200
    assert await gate(owner, path) is None
    await owner.put(f"{path}/statuses", json={**said, "status": "unsubscribed"})
    consents = (await owner.get(f"{path}/consents")).json()
    assert (consents["statuses"][0]["gate"], consents["brokenAt"]) == ("not_subscribed", None)
    subjects = [
        (record["number"], record["subject"].split(":")[0], record["status"])
        for record in consents["records"]
    ]
    assert subjects == [
        (1, "status", "subscribed"),
        (2, "marketing.automatic.email", "allowed+objected"),
        (3, "marketing.automatic.email", "allowed"),
        (4, "suppression", "suppressed"),
        (5, "suppression", "lifted"),
        (6, "status", "unsubscribed"),
    ]  # fmt: skip
    await settle(database)
    (line,) = (await owner.get("/api/v1/audit")).json()["items"]
    assert (line["action"], line["subject"]) == ("suppression.lifted", path.rpartition("/")[2])
    names = await _status_facts(database)
    assert names == [
        "campaignSubscribed",
        "consentChanged",
        "consentChanged",
        "campaignBlacklisted",
        "suppressionLifted",
        "campaignUnsubscribed",
    ]


async def _status_facts(database: Database) -> list[str]:
    async with database.connection() as connection:
        rows = await connection.fetch("""SELECT name FROM facts WHERE kind = 'status' ORDER BY "offset" """)
    return [row["name"] for row in rows]


async def test_repeating_changes_nothing_and_proves_no_second_refusal(owner: httpx.AsyncClient) -> None:
    path = await make_contact(owner)
    said: dict[str, Any] = {"channel": "sms", "status": "unsubscribed", **WORDS}
    first = (await owner.put(f"{path}/statuses", json=said)).json()
    again = (await owner.put(f"{path}/statuses", json=said)).json()
    assert first == again


async def test_push_is_subscribed_to_and_a_device_is_closed_and_opened_again(
    owner: httpx.AsyncClient,
) -> None:
    path = await make_contact(owner)
    said = {"channel": "push", "status": "subscribed", "confirmed": True, **WORDS}
    (status,) = [
        one
        for one in (await owner.put(f"{path}/statuses", json=said)).json()["statuses"]
        if one["channel"] == "push"
    ]
    assert (status["status"], status["gate"]) == ("subscribed", "no_address")
    device = {"channel": "push", "address": " token-1 ", "wording": "Lost"}
    closed = await owner.post(f"{path}/suppressions", json=device)
    assert [(one["channel"], one["address"]) for one in closed.json()["suppressions"]] == [
        ("push", "token-1")
    ]
    opened = await owner.post(f"{path}/suppressions/lift", json=device)
    assert opened.json()["suppressions"] == []


async def test_what_cannot_be_said_is_refused_in_words(owner: httpx.AsyncClient) -> None:
    path = await make_contact(owner)
    unknown = await owner.put(f"{path}/consents/marketing.smoke", json={"status": True, **WORDS})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_leaf")
    wordless = await owner.put(f"{path}/consents/disclaimer", json={"status": True, "source": "shop"})
    assert wordless.status_code == 400
    nobody = "/api/v1/contacts/00000000-0000-4000-8000-000000000000"
    assert (await owner.get(f"{nobody}/consents")).status_code == 404


async def test_the_leaves_that_are_offered_are_those_that_can_be_recorded(owner: httpx.AsyncClient) -> None:
    path = await make_contact(owner)
    leaves = (await owner.get("/api/v1/consent-leaves")).json()["items"]
    assert leaves == [leaf["leaf"] for leaf in (await owner.get(f"{path}/consents")).json()["leaves"]]
    for leaf in leaves:
        answer = await owner.put(f"{path}/consents/{leaf}", json={"status": True, **WORDS})
        assert answer.status_code == 200, (leaf, answer.text)
