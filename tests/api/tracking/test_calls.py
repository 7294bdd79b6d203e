"""The six calls, whole: what each stores of what was sent."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.tracking.shop import NOON, Shop, told

_WHAT = ("kind", "name", "properties", "context")


async def test_a_track_is_stored_whole_and_answered_when_it_is_durable(shop: Shop) -> None:
    answer = await shop.call(
        "track",
        userId="u1",
        event="Sandwich Eaten",
        messageId="m1",
        timestamp="2031-03-09T10:00:00Z",
        properties={"bread": "rye", "price": 4.5},
        context={"ip": "192.0.2.9"},
    )
    assert (answer.status, answer.json) == (200, {"success": True})
    contact_id = await shop.contact_of("user_id", "u1")
    assert await shop.fact("m1") == {
        "bucket": contact_id.bytes[15],
        "offset": 2,
        "workspace_id": shop.setup.workspace_id,
        "contact_id": contact_id,
        "kind": "event",
        "name": "Sandwich Eaten",
        "message_id": "m1",
        "occurred_at": NOON - timedelta(hours=2),
        "received_at": NOON,
        "properties": {"bread": "rye", "price": 4.5},
        "context": {"ip": "192.0.2.9"},
        "origin": "api",
        "historical": False,
        "depth": 0,
    }
    made = await shop.fact("m1#identities")
    assert (made["name"], made["contact_id"], made["offset"]) == ("contactUpdated", contact_id, 1)
    assert made["properties"] == {"identities": {"user_id": ["u1"]}, "nodeId": str(shop.setup.node_id)}


async def test_an_identify_becomes_attributes_and_identities(shop: Shop) -> None:
    await shop.call(
        "identify",
        userId=17,
        messageId="m1",
        traits={
            "first_name": "Ada",
            "email": " Ada.L@Example.COM",
            "phone": "0039 333 123 4567",
            "externalId": "crm-9",
            "address": {"city": "Milano", "postal_code": "20121"},
            "nickname": None,
            "tags": {"auto": ["vip"]},
        },
    )
    fact = await shop.fact("m1")
    assert told(fact, "kind", "name", "context") == {
        "kind": "profile",
        "name": "contactUpdated",
        "context": None,
    }
    assert fact["properties"] == {
        "set": {"firstName": "Ada", "address.city": "Milano", "address.zip": "20121", "tags.auto": ["vip"]},
        "clear": ["nickname"],
        "identities": {
            "external_id": ["crm-9"],
            "user_id": ["17"],
            "email": ["ada.l@example.com"],
            "phone": ["+393331234567"],
        },
        "nodeId": str(shop.setup.node_id),
    }
    held = await shop.fetch("SELECT kind, value FROM identities WHERE contact_id = $1", fact["contact_id"])
    assert set(held) == {
        ("external_id", "crm-9"),
        ("user_id", "17"),
        ("email", "ada.l@example.com"),
        ("phone", "+393331234567"),
    }


async def test_what_is_no_address_or_number_stays_a_plain_attribute(shop: Shop) -> None:
    await shop.call("identify", userId="u1", messageId="m1", traits={"email": "nobody", "phone": "call me"})
    properties = (await shop.fact("m1"))["properties"]
    assert properties["set"] == {"email": "nobody", "phone": "call me"}
    assert properties["identities"] == {"user_id": ["u1"]}


@pytest.mark.parametrize(
    ("name", "fields", "told_as"),
    [
        (
            "page",
            {
                "name": "Home",
                "category": "Shop",
                "properties": {"url": "https://x.example.com/", "referrer": "r"},
            },
            {
                "kind": "event",
                "name": "viewedPage",
                "properties": {
                    "title": "Home",
                    "pageCategories": ["Shop"],
                    "url": "https://x.example.com/",
                    "referer": "r",
                },
                "context": {
                    "original": {
                        "type": "page",
                        "name": "Home",
                        "category": "Shop",
                        "properties": {"url": "https://x.example.com/", "referrer": "r"},
                    }
                },
            },
        ),
        (
            "screen",
            {"name": "Cart"},
            {
                "kind": "event",
                "name": "viewedPage",
                "properties": {"title": "Cart"},
                "context": {"original": {"type": "screen", "name": "Cart", "properties": {}}},
            },
        ),
        (
            "group",
            {"groupId": "g1", "traits": {"name": "Initech"}},
            {
                "kind": "profile",
                "name": "contactUpdated",
                "properties": {"append": {"accounts": ["g1"]}, "identities": {"user_id": ["u1"]}},
                "context": {"original": {"type": "group", "groupId": "g1", "traits": {"name": "Initech"}}},
            },
        ),
        (
            "track",
            {
                "event": "Order Completed",
                "properties": {
                    "order_id": "o1",
                    "revenue": 20,
                    "currency": "EUR",
                    "products": [{"product_id": "p1", "price": 10, "brand": "B"}],
                },
            },
            {
                "kind": "event",
                "name": "completedOrder",
                "properties": {
                    "type": "sale",
                    "orderId": "o1",
                    "amount": {"revenue": 20, "local": {"currency": "EUR"}},
                    "products": [{"id": "p1", "price": 10, "vendor": "B"}],
                },
                "context": {
                    "original": {
                        "event": "Order Completed",
                        "properties": {
                            "order_id": "o1",
                            "revenue": 20,
                            "currency": "EUR",
                            "products": [{"product_id": "p1", "price": 10, "brand": "B"}],
                        },
                    }
                },
            },
        ),
        (
            "track",
            {"event": "completedOrder", "properties": {"orderId": "o1", "amount": {"revenue": 5}}},
            {
                "kind": "event",
                "name": "completedOrder",
                "properties": {"orderId": "o1", "amount": {"revenue": 5}},
                "context": None,
            },
        ),
    ],
    ids=["page", "screen", "group", "order by Segment's names", "order by ours"],
)
async def test_a_call_becomes_one_fact(
    shop: Shop, name: str, fields: dict[str, Any], told_as: dict[str, Any]
) -> None:
    await shop.call("identify", userId="u1")
    assert (await shop.call(name, userId="u1", messageId="m1", **fields)).status == 200
    assert told(await shop.fact("m1"), *_WHAT) == told_as


@pytest.mark.parametrize("path", ["/v1/i", "/v1/t", "/v1/p", "/v1/s", "/v1/g", "/v1/a", "/v1/b"])
async def test_the_short_forms_mean_the_same(shop: Shop, path: str) -> None:
    call = {
        "userId": "u1",
        "messageId": "m1",
        "event": "e",
        "groupId": "g",
        "previousId": "a1",
        "type": "track",
    }
    body: Any = {"batch": [call]} if path == "/v1/b" else call
    assert (await shop.server.post(path, body)).status == 200
    expected = {"/v1/t": "e", "/v1/b": "e", "/v1/p": "viewedPage", "/v1/s": "viewedPage"}
    assert (await shop.fact("m1"))["name"] == expected.get(path, "contactUpdated")


async def test_a_clock_that_is_wrong_by_years_is_corrected_by_sent_at(shop: Shop) -> None:
    await shop.call(
        "track",
        userId="u1",
        event="e",
        messageId="late",
        timestamp="1971-01-01T00:00:00Z",
        sentAt="1971-01-01T00:10:00Z",
    )
    await shop.call(
        "track",
        userId="u1",
        event="e",
        messageId="early",
        timestamp="2099-01-01T01:00:00+02:00",
        sentAt="2098-01-01T00:00:00Z",
    )
    await shop.call("track", userId="u1", event="e", messageId="future", timestamp="2099-01-01T00:00:00Z")
    await shop.call("track", userId="u1", event="e", messageId="none")
    facts = {fact["message_id"]: fact["occurred_at"] for fact in await shop.facts()}
    assert {key: NOON - facts[key] for key in ("late", "early", "future", "none")} == {
        "late": timedelta(minutes=10),
        "early": timedelta(0),
        "future": timedelta(0),
        "none": timedelta(0),
    }


@pytest.mark.parametrize(
    ("path", "hours", "historical"),
    [("/v1/batch", 71, False), ("/v1/batch", 73, True), ("/v1/import", 0, True)],
)
async def test_what_comes_late_or_by_import_is_historical(
    shop: Shop, path: str, hours: int, historical: bool
) -> None:
    moment = (NOON - timedelta(hours=hours)).isoformat()
    call = {"type": "track", "event": "e", "userId": "u1", "messageId": "m1", "timestamp": moment}
    await shop.server.post(path, {"batch": [call]})
    assert told(await shop.fact("m1"), "historical", "occurred_at") == {
        "historical": historical,
        "occurred_at": NOON - timedelta(hours=hours),
    }


async def test_a_message_id_is_made_where_none_is_given(shop: Shop) -> None:
    for _ in range(2):
        await shop.call("track", userId="u1", event="e")
    events = [fact["message_id"] for fact in await shop.facts() if fact["kind"] == "event"]
    assert len(set(events)) == 2
    assert all(len(id) == 32 for id in events)


async def test_the_context_of_a_batch_holds_for_its_calls(shop: Shop) -> None:
    calls = [
        {"type": "track", "event": "e", "userId": "u1", "messageId": "m1"},
        {"type": "track", "event": "e", "userId": "u1", "messageId": "m2", "context": {"ip": "192.0.2.2"}},
    ]
    await shop.server.post("/v1/batch", {"batch": calls, "context": {"ip": "192.0.2.1", "app": "till"}})
    assert (await shop.fact("m1"))["context"] == {"ip": "192.0.2.1", "app": "till"}
    assert (await shop.fact("m2"))["context"] == {"ip": "192.0.2.2", "app": "till"}
