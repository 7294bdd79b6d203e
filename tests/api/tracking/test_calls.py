"""The six calls, whole: what each stores of what was sent."""

from datetime import timedelta

from tests.api.tracking.shop import NOON, Shop


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
    assert made["properties"] == {
        "identities": {"user_id": ["u1"]},
        "nodeId": str(shop.setup.node_id),
    }
