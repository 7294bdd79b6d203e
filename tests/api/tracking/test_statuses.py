"""Subscribing by event: who may, and that status, proof and fact are one."""

from datetime import timedelta
from typing import Any

from percorso.consent.records import find_broken_link
from percorso.consent.status_store import list_records
from tests.api.tracking.shop import NOON, Shop, told
from tests.support.asgi import Client


async def say(shop: Shop, client: Client, event: str, message_id: str, **more: Any) -> int:
    properties = {
        "listId": str(shop.setup.list_id),
        "channel": "email",
        "source": "till",
        "wording": "Yes, please.",
    }
    given = {key: more.pop(key) for key in ("timestamp", "userId") if key in more}
    body = {"event": event, "userId": "u1", "messageId": message_id, "properties": properties | more, **given}
    return (await client.post("/v1/track", body)).status


async def statuses(shop: Shop) -> list[tuple[Any, ...]]:
    return await shop.fetch(
        "SELECT channel, status, source, wording, changed_at FROM statuses ORDER BY channel"
    )


async def test_a_servers_key_subscribes_with_proof_in_the_same_commit(shop: Shop) -> None:
    assert await say(shop, shop.server, "campaignSubscribed", "m1") == 200
    assert await statuses(shop) == [("email", "subscribed", "till", "Yes, please.", NOON)]
    fact = await shop.fact("m1")
    assert told(fact, "kind", "name") == {"kind": "status", "name": "campaignSubscribed"}
    async with shop.database.connection() as connection:
        (record,) = await list_records(connection, fact["contact_id"])
    assert (record.number, record.status, record.source, record.wording, record.recorded_at) == (
        1,
        "subscribed",
        "till",
        "Yes, please.",
        NOON,
    )
    assert record.subject == f"status:{shop.setup.list_id}:email"


async def test_a_browsers_key_may_only_ask(shop: Shop) -> None:
    assert await say(shop, shop.browser, "campaignSubscribed", "m1") == 200
    assert await statuses(shop) == [("email", "pending", "till", "Yes, please.", NOON)]
    assert (await shop.fact("m1"))["name"] == "campaignOptinRequested"
    assert await say(shop, shop.browser, "campaignUnsubscribed", "m2") == 400
    assert await shop.rejected() == [("not_allowed", "campaignUnsubscribed")]


async def test_asking_takes_no_subscription_away(shop: Shop) -> None:
    await say(shop, shop.server, "campaignSubscribed", "m1")
    await say(shop, shop.browser, "campaignSubscribed", "m2")
    assert [row[1] for row in await statuses(shop)] == ["subscribed"]


async def test_a_yes_that_was_said_before_the_no_and_comes_after_it_changes_nothing(shop: Shop) -> None:
    await say(shop, shop.server, "campaignUnsubscribed", "m1")
    await shop.set_clock(NOON + timedelta(hours=1))
    before = (NOON - timedelta(minutes=1)).isoformat()
    await say(shop, shop.server, "campaignSubscribed", "m2", timestamp=before)
    assert [row[1] for row in await statuses(shop)] == ["unsubscribed"]
    await say(shop, shop.server, "campaignSubscribed", "m3")
    assert [row[1] for row in await statuses(shop)] == ["subscribed"]


async def test_a_repeated_event_leaves_one_record(shop: Shop) -> None:
    for _ in range(3):
        await say(shop, shop.server, "campaignSubscribed", "m1")
    assert await shop.fetch("SELECT count(*) FROM consent_records") == [(1,)]


async def test_the_records_of_a_contact_are_a_chain(shop: Shop) -> None:
    calls = [
        ("campaignSubscribed", "email"),
        ("campaignSubscribed", "sms"),
        ("campaignUnsubscribed", "email"),
        ("campaignSubscribed", "email"),
    ]
    body = [
        {
            "type": "track",
            "event": event,
            "userId": "u1",
            "messageId": str(place),
            "properties": {"channel": channel},
        }
        for place, (event, channel) in enumerate(calls)
    ]
    await shop.server.post("/v1/batch", {"batch": body[:3]})
    await shop.server.post("/v1/batch", {"batch": body[3:]})
    async with shop.database.connection() as connection:
        records = await list_records(connection, await shop.contact_of("user_id", "u1"))
    assert [(record.number, record.status) for record in records] == [
        (1, "subscribed"),
        (2, "subscribed"),
        (3, "unsubscribed"),
        (4, "subscribed"),
    ]
    assert find_broken_link(records) is None
    assert [row[:2] for row in await statuses(shop)] == [("email", "subscribed"), ("sms", "subscribed")]


async def test_the_only_list_need_not_be_named_and_a_foreign_one_is_refused(shop: Shop) -> None:
    assert await say(shop, shop.server, "campaignSubscribed", "m1", listId=None) == 200
    assert await say(shop, shop.server, "campaignSubscribed", "m2", listId=str(shop.setup.node_id)) == 400
    assert await shop.rejected() == [("unknown_list", "campaignSubscribed")]
