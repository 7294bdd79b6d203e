"""Keys, limits, compression, CORS: the request around the calls."""

import gzip
from typing import Any

import msgspec

from tests.api.tracking.shop import Shop
from tests.support.asgi import Answer, Client, basic


def track(message_id: str = "m1", **fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": "e", "userId": "u1", "messageId": message_id, **fields}


async def names(shop: Shop) -> list[str]:
    return [fact["message_id"] for fact in await shop.facts() if fact["kind"] == "event"]


async def test_the_key_is_taken_from_basic_bearer_or_the_body(shop: Shop) -> None:
    nobody = Client(shop.application)
    answers = [
        await nobody.post("/v1/track", track("1"), headers=basic(shop.server_key)),
        await nobody.post("/v1/track", track("2"), headers={"authorization": f"Bearer {shop.browser_key}"}),
        await nobody.post("/v1/track", {**track("3"), "writeKey": shop.browser_key}),
        await nobody.post("/v1/batch", {"batch": [track("4")], "writeKey": shop.server_key}),
    ]
    assert [answer.status for answer in answers] == [200] * 4
    assert await names(shop) == ["1", "2", "3", "4"]


STRANGERS: list[dict[str, str]] = [
    {},
    basic("pwk_unknown"),
    basic(""),
    {"authorization": "Basic %%%"},
    {"authorization": "Basic //8="},
    {"authorization": "Digest x"},
    basic("k" * 600),
]


async def test_without_a_key_in_force_it_is_401_and_nothing_is_stored(shop: Shop) -> None:
    for headers in STRANGERS:
        for path, body in (("/v1/track", track()), ("/v1/batch", {"batch": [track()]})):
            answer = await Client(shop.application).post(path, body, headers=headers)
            assert (answer.status, answer.json["code"]) == (401, "unknown_key")
    assert await shop.facts() == []


async def test_a_revoked_key_and_one_that_may_not_track_are_unknown(shop: Shop) -> None:
    async with shop.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE api_keys SET revoked_at = created_at WHERE kind = 'browser'")
        await connection.execute("UPDATE api_keys SET scopes = '{contacts.read}' WHERE kind = 'server'")
    answers = [await shop.browser.post("/v1/track", track()), await shop.server.post("/v1/track", track())]
    assert [answer.status for answer in answers] == [401, 401]


async def test_gzip_is_known_by_its_bytes_and_the_content_type_is_ignored(shop: Shop) -> None:
    body = msgspec.json.encode(track())
    halves = gzip.compress(body[:10]) + gzip.compress(body[10:])
    for content_type in ("text/plain", "application/json", "application/x-www-form-urlencoded"):
        for sent in (body, gzip.compress(body), halves):
            headers = {"content-type": content_type}
            answer = await shop.server.ask("POST", "/v1/track", sent, headers=headers, chunks=3)
            assert answer.status == 200
    assert await names(shop) == ["m1"]


def bomb() -> bytes:
    return gzip.compress(b" " * 50_000_000)


UNREADABLE: list[tuple[str, bytes, str]] = [
    ("/v1/track", b"", "invalid_json"),
    ("/v1/track", b"{", "invalid_json"),
    ("/v1/track", b"[]", "not_an_object"),
    ("/v1/track", b'"x"', "not_an_object"),
    ("/v1/track", b'{"a":1} x', "invalid_json"),
    ("/v1/track", gzip.compress(b"{}")[:-3], "broken_gzip"),
    ("/v1/track", b"\x1f\x8b nothing", "broken_gzip"),
    ("/v1/track", msgspec.json.encode(track(properties={"a": "x" * 32_768})), "too_large"),
    ("/v1/batch", b"", "malformed_json"),
    ("/v1/batch", b"null", "invalid_batch"),
    ("/v1/batch", b'{"batch":{}}', "invalid_batch"),
    ("/v1/batch", b'{"batch":[}', "malformed_json"),
    ("/v1/batch", b'{"batch":[],"batch', "malformed_json"),
    ("/v1/batch", b"{}", "invalid_batch"),
    ("/v1/batch", msgspec.json.encode({"batch": [], "x": "y" * 512_000}), "too_large"),
    ("/v1/batch", bomb(), "too_large"),
    ("/v1/batch", b'{"batch":[' + b"{}," * 3000 + b"{}]}", "too_many"),
]


async def test_what_cannot_be_read_is_400_with_a_sentence(shop: Shop) -> None:
    for path, body, code in UNREADABLE:
        answer = await shop.server.ask("POST", path, body)
        assert (answer.status, answer.json["code"]) == (400, code)
        assert answer.json["message"].endswith(".")
    assert await shop.facts() == []


async def test_without_a_readable_body_there_is_no_key_in_it(shop: Shop) -> None:
    answers = [await Client(shop.application).ask("POST", "/v1/track", body) for body in (b"", b"{", b"[]")]
    assert [answer.status for answer in answers] == [400, 400, 400]


async def test_a_large_event_in_a_batch_is_rejected_and_the_rest_is_taken(shop: Shop) -> None:
    large = track("large", properties={"a": "x" * 33_000})
    answer = await shop.server.post("/v1/batch", {"batch": [track("1"), large, track("2")]})
    assert answer.status == 200
    assert await names(shop) == ["1", "2"]
    assert await shop.rejected() == [("too_large", None)]


async def test_browsers_of_any_origin_may_ask(shop: Shop) -> None:
    preflight = await Client(shop.application).ask("OPTIONS", "/v1/t")
    assert preflight.status == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    answers: list[Answer] = [
        await shop.browser.post("/v1/t", track()),
        await Client(shop.application).post("/v1/t", track()),
        await shop.browser.ask("GET", "/v1/t"),
    ]
    assert [(answer.status, answer.headers["access-control-allow-origin"]) for answer in answers] == [
        (200, "*"),
        (401, "*"),
        (405, "*"),
    ]


async def test_a_browser_is_told_where_to_send(shop: Shop) -> None:
    anyone = Client(shop.application)
    answer = await anyone.ask("GET", f"/v1/projects/{shop.browser_key}/settings")
    assert answer.json == {
        "integrations": {
            "Segment.io": {"apiKey": shop.browser_key, "apiHost": "localhost:8000/v1", "protocol": "http"}
        }
    }
    assert (await anyone.ask("GET", "/v1/projects/nobody/settings")).status == 401
    assert (await anyone.ask("GET", f"/v1/projects/{shop.browser_key}/else")).status == 404
