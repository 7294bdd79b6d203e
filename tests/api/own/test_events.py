"""Event types through the API, and what becomes of events in a strict workspace."""

from typing import Any

import httpx

from percorso.contacts.events.counting import count_events
from percorso.db import Database
from tests.api.own.conftest import TakeKey

LABELS = {"it": "Assaggio", "en": "Tasting"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"stars": {"type": "integer", "maximum": 5}},
    "required": ["stars"],
}


async def send(browser: httpx.AsyncClient, token: str, *events: tuple[str, dict[str, Any]]) -> None:
    batch = [
        {
            "type": "track",
            "userId": "ada",
            "event": name,
            "properties": properties,
            "messageId": f"{name}-{number}",
        }
        for number, (name, properties) in enumerate(events)
    ]
    headers = {"authorization": f"Bearer {token}"}
    answer = await browser.post("/v1/batch", json={"batch": batch}, headers=headers)
    assert answer.status_code == 200, answer.text


async def stored(database: Database) -> list[str]:
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT name FROM facts WHERE kind = 'event' ORDER BY name")
    return [row["name"] for row in rows]


async def test_an_open_workspace_takes_any_event_and_says_what_it_saw(
    owner: httpx.AsyncClient, database: Database, take_key: TakeKey
) -> None:
    token = await take_key("track")
    await send(
        owner, token, ("tasted", {"stars": 9}), ("tasted", {"stars": "many", "wine": {"name": "Nebbiolo"}})
    )
    await count_events(database)
    types = {item["name"]: item for item in (await owner.get("/api/v1/event-types")).json()["items"]}
    assert (types["tasted"]["origin"], types["tasted"]["received"]) == ("seen", 2)
    assert (types["completedOrder"]["origin"], types["completedOrder"]["labels"]["it"]) == (
        "known",
        "Ordine completato",
    )
    assert types["completedOrder"]["properties"]["products[].coupon"] == "text"
    seen = (await owner.get("/api/v1/event-types/tasted/seen")).json()
    assert [day["received"] for day in seen["days"]] == [2]
    properties = {
        item["path"]: (item["events"], item["types"], item["samples"]) for item in seen["properties"]
    }
    assert sorted(properties) == ["stars", "wine.name"]
    assert properties["stars"][:2] == (2, {"integer": 1, "text": 1})
    assert properties["wine.name"] == (1, {"text": 1}, ["Nebbiolo"])


async def test_a_strict_workspace_keeps_aside_what_is_unknown_or_ill_typed_and_its_neighbours_are_stored(
    owner: httpx.AsyncClient, database: Database, take_key: TakeKey
) -> None:
    made = await owner.put("/api/v1/event-types/tasted", json={"labels": LABELS, "schema": SCHEMA})
    assert made.status_code == 200, made.text
    settings = {"strict": True, "cartMinutes": None, "sessionMinutes": 30}
    assert (await owner.put("/api/v1/event-settings", json=settings)).json() == settings
    assert (await owner.get("/api/v1/event-settings")).json() == settings
    events = [
        ("tasted", {"stars": 4}),
        ("tasted", {"stars": 9}),
        ("guessed", {}),
        ("Product Viewed", {"sku": "a"}),
    ]
    await send(owner, await take_key("track"), *events)
    assert await stored(database) == ["tasted", "viewedProduct"]
    rejected = (await owner.get("/api/v1/rejected", headers={"accept-language": "it"})).json()["items"]
    assert {item["code"]: item["reason"] for item in rejected} == {
        "ill_typed_event": "Non corrisponde al suo tipo di evento: stars: 9 is greater than the maximum of 5.",
        "unknown_event": "Nessuno ha dichiarato l'evento guessed.",
    }
    assert (await owner.delete("/api/v1/event-types/tasted")).status_code == 204
    assert (await owner.delete("/api/v1/event-types/tasted")).status_code == 404


async def test_what_cannot_be_declared_is_refused_in_words(owner: httpx.AsyncClient) -> None:
    known = await owner.put("/api/v1/event-types/completedOrder", json={"labels": LABELS})
    assert (known.status_code, known.json()["code"]) == (409, "known_event")
    bad = {"labels": LABELS, "schema": {"$ref": "https://example.com/x"}}
    remote = await owner.put("/api/v1/event-types/tasted", json=bad, headers={"accept-language": "it"})
    assert (remote.status_code, remote.json()["code"]) == (422, "event_schema")
    assert remote.json()["detail"].startswith("Lo schema non è utilizzabile: ")
    for minutes in (4, 1441):
        settings = {"strict": False, "cartMinutes": minutes, "sessionMinutes": None}
        assert (await owner.put("/api/v1/event-settings", json=settings)).status_code == 400


async def test_a_strict_workspace_holds_pages_and_screens_to_their_type_and_ties_nobody_less(
    owner: httpx.AsyncClient, database: Database, take_key: TakeKey
) -> None:
    settings = {"strict": True, "cartMinutes": None, "sessionMinutes": None}
    assert (await owner.put("/api/v1/event-settings", json=settings)).status_code == 200
    field = {"path": "shoeSize", "labels": LABELS, "type": "integer"}
    assert (await owner.post("/api/v1/fields", json=field)).status_code == 201
    headers = {"authorization": f"Bearer {await take_key('track')}"}
    batch = [
        {"type": "page", "messageId": "good", "properties": {"url": "https://x.example/a", "title": "A"}},
        {"type": "page", "messageId": "bad-page", "properties": {"title": {"it": "A"}}},
        {"type": "screen", "messageId": "bad-screen", "properties": {"pageTags": {"a": 1}}},
        {"type": "identify", "messageId": "tie", "traits": {"shoeSize": "many"}},
        {"type": "group", "messageId": "group", "groupId": "club"},
    ]
    calls = [call | {"userId": "ada", "anonymousId": "visitor"} for call in batch]
    assert (await owner.post("/v1/batch", json={"batch": calls}, headers=headers)).status_code == 200
    single = {"userId": "ada", "messageId": "bad-single", "properties": {"url": ["x"]}}
    told = await owner.post("/v1/page", json=single, headers=headers)
    assert (told.status_code, told.json()["code"]) == (400, "ill_typed_event")

    async with database.connection() as connection:
        kept = await connection.fetch("SELECT message_id FROM facts WHERE message_id NOT LIKE '%#%'")
        aside = await connection.fetch("SELECT payload, code, name FROM rejected")
    assert {row["message_id"] for row in kept} == {"good", "tie", "group"}
    assert {(row["code"], row["name"]) for row in aside} == {("ill_typed_event", "viewedPage")}
    assert len(aside) == 3
