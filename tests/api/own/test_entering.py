"""Contacts that are let into a journey by the API or by a user, with values of their own."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from percorso.db import Database
from percorso.worker.main import settle
from tests.api.own.conftest import TakeKey

PAUSE: dict[str, Any] = {
    "first": "pause",
    "steps": {
        "pause": {"kind": "wait", "period": {"amount": 3, "unit": "days"}, "next": "end"},
        "end": {"kind": "end"},
    },
}


def pushed(*sources: str) -> dict[str, Any]:
    captures = [{"name": "cart", "operand": {"kind": "event", "path": "cart.id"}}]
    start = {"kind": "pushed", "id": "in", "sources": list(sources), "captures": captures}
    return PAUSE | {"starts": [start]}


async def switch_on(owner: httpx.AsyncClient, database: Database, graph: dict[str, Any]) -> str:
    made = await owner.post("/api/v1/journeys", json={"name": f"J {uuid4()}", "graph": graph})
    id: str = made.json()["id"]
    for verb in ("publish", "activate"):
        answer = await owner.post(f"/api/v1/journeys/{id}/{verb}")
        assert answer.status_code == 200, answer.text
    await settle(database)
    return id


async def enter(
    client: httpx.AsyncClient, journey: str, *contacts: dict[str, Any], **headers: str
) -> httpx.Response:
    return await client.post(
        f"/api/v1/journeys/{journey}/entries", json={"contacts": contacts}, headers=headers
    )


async def names(owner: httpx.AsyncClient, journey: str) -> list[str]:
    inside = (await owner.get(f"/api/v1/journeys/{journey}/people")).json()["items"]
    return sorted(one["name"] for one in inside)


@pytest.fixture
async def known(owner: httpx.AsyncClient, database: Database) -> dict[str, str]:
    """Ada and Bea, whose ids these are."""
    ids: dict[str, str] = {}
    for name in ("ada", "bea"):
        body = {"email": f"{name}@example.com", "userId": name, "attributes": {"firstName": name.title()}}
        made = await owner.post("/api/v1/contacts", json=body)
        ids[name] = made.json()["id"]
    await settle(database)
    return ids


async def test_a_key_lets_contacts_in_with_values_that_the_start_captures(
    owner: httpx.AsyncClient, database: Database, take_key: TakeKey, known: dict[str, str]
) -> None:
    journey = await switch_on(owner, database, pushed("api"))
    key = {"authorization": f"Bearer {await take_key('contacts.write')}"}
    answer = await enter(
        owner,
        journey,
        {"contactId": known["ada"], "values": {"cart": {"id": "c1"}}},
        {"email": " BEA@example.com", "values": {"cart": {"id": "c2"}}},
        {"userId": "nobody"},
        {"contactId": str(uuid4())},
        **key,
    )
    assert (answer.status_code, answer.json()) == (202, {"accepted": 2, "unknown": [2, 3]})
    await settle(database)
    assert await names(owner, journey) == ["Ada", "Bea"]
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT memory FROM runs")
    assert sorted(row["memory"]["captured"]["cart"] for row in rows) == ["c1", "c2"]


async def test_who_was_taken_in_just_now_is_let_in_at_once(
    owner: httpx.AsyncClient, database: Database, take_key: TakeKey
) -> None:
    journey = await switch_on(owner, database, pushed())
    tracked = {"authorization": f"Bearer {await take_key('track')}"}
    said = {"userId": "new", "traits": {"firstName": "Nina"}, "messageId": "m"}
    assert (await owner.post("/v1/identify", json=said, headers=tracked)).status_code == 200
    key = {"authorization": f"Bearer {await take_key('contacts.write')}"}
    assert (await enter(owner, journey, {"userId": "new"}, **key)).json()["accepted"] == 1
    await settle(database)
    assert await names(owner, journey) == ["Nina"]


async def test_a_user_lets_in_by_hand_and_the_audit_says_so(
    owner: httpx.AsyncClient, database: Database, known: dict[str, str]
) -> None:
    journey = await switch_on(owner, database, pushed("hand"))
    assert (await enter(owner, journey, {"contactId": known["ada"]})).status_code == 202
    await settle(database)
    assert await names(owner, journey) == ["Ada"]
    audit = (await owner.get("/api/v1/audit")).json()["items"]
    assert [(line["action"], line["subject"], line["detail"]) for line in audit] == [
        ("journey.people_added", journey, {"contacts": 1})
    ]


async def test_nobody_enters_twice_by_one_idempotency_key_even_if_the_answer_was_lost(
    owner: httpx.AsyncClient, database: Database, known: dict[str, str]
) -> None:
    journey = await switch_on(
        owner, database, pushed() | {"reentry": {"rule": "every_time", "inside": "restart"}}
    )
    for _ in range(2):
        await enter(owner, journey, {"contactId": known["ada"]}, **{"idempotency-key": "k"})
        async with database.transaction("test.commit") as connection:
            await connection.execute("DELETE FROM idempotency")
    await settle(database)
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM facts WHERE name = 'startMet'") == 1


@pytest.mark.parametrize(
    ("contact", "code", "said"),
    [
        ({}, "one_name_needed", "in un solo modo"),
        ({"userId": "ada", "email": "ada@example.com"}, "one_name_needed", "in un solo modo"),
        ({"email": "ada"}, "identity_malformed", "Non indica nessuno"),
        ({"userId": "a\0"}, "identity_malformed", "Non indica nessuno"),
        ({"userId": "ada", "values": {"startId": "in"}}, "values_refused", "parla Percorso"),
        ({"userId": "ada", "values": {"a": "x\0"}}, "values_refused", "non si può conservare"),
        ({"userId": "ada", "values": {"a": "x" * 40_000}}, "values_refused", "troppo grandi"),
        ({"userId": "ada", "values": {"a": [[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]}}, "values_refused", "annidati"),
    ],
)  # fmt: skip
async def test_what_cannot_be_kept_is_refused_in_words_and_nobody_enters(
    owner: httpx.AsyncClient,
    database: Database,
    known: dict[str, str],
    contact: dict[str, Any],
    code: str,
    said: str,
) -> None:
    journey = await switch_on(owner, database, pushed())
    refused = await enter(owner, journey, {"contactId": known["bea"]}, contact, **{"accept-language": "it"})
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert said in refused.json()["detail"]
    await settle(database)
    assert await names(owner, journey) == []


async def test_a_journey_that_is_off_or_asks_for_others_lets_nobody_in(
    owner: httpx.AsyncClient, database: Database, known: dict[str, str]
) -> None:
    by_api = await switch_on(owner, database, pushed("api", "journey"))
    refused = await enter(owner, by_api, {"contactId": known["ada"]}, **{"accept-language": "it"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_handed_in")
    assert "a mano" in refused.json()["detail"]
    paused = await switch_on(owner, database, pushed("hand"))
    await owner.patch(f"/api/v1/journeys/{paused}", json={"graph": pushed("hand", "api")})
    await owner.post(f"/api/v1/journeys/{paused}/publish")
    early = await enter(owner, paused, {"contactId": known["ada"]}, **{"accept-language": "it"})
    assert (early.status_code, early.json()["code"]) == (409, "still_announced")
    assert "Riprovare" in early.json()["detail"]
    await owner.post(f"/api/v1/journeys/{paused}/pause")
    refused = await enter(owner, paused, {"contactId": known["ada"]}, **{"accept-language": "it"})
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert "in pausa" in refused.json()["detail"]
    assert (await enter(owner, str(uuid4()), {"contactId": known["ada"]})).status_code == 404
    assert (await enter(owner, paused)).status_code in (400, 422)
