"""Bad input: the rejected list, with the reason; never a 5xx, never a lost neighbour."""

from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.tracking.shop import Shop


def track(message_id: str = "good", **fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": "e", "userId": "u1", "messageId": message_id, **fields}


GOOD = msgspec.json.encode(track())

BAD: list[tuple[str, bytes]] = [
    ("nul", rb'{"type":"track","event":"e","userId":"u","properties":{"a":"\u0000"}}'),
    ("nul", rb'{"type":"track","event":"e","userId":"u","properties":{"\u0000":1}}'),
    ("nul", rb'{"type":"track","event":"e\u0000","userId":"u"}'),
    ("nul", rb'{"type":"track","event":"e","userId":"\u0000"}'),
    ("lone_surrogate", rb'{"type":"track","event":"e","userId":"u","properties":{"a":"\ud800"}}'),
    ("lone_surrogate", rb'{"type":"track","event":"e","userId":"u","properties":{"a":"\udc00x"}}'),
    ("not_utf8", b'{"type":"track","event":"e","userId":"u","properties":{"a":"\xff"}}'),
    ("not_utf8", b'{"type":"track","event":"e","userId":"u","properties":{"a":"\xed\xa0\x80"}}'),
    ("invalid_value", b'{"type":"track","event":"e","userId":"u","properties":{"a":1e400}}'),
    ("invalid_value", b'{"type":"track","event":"e","userId":"u","properties":{"a":1' + b"0" * 10_000 + b"}}"),
    ("invalid_value", b'{"type":"track","event":"e","userId":"u","properties":{"a":1e131073}}'),
    ("invalid_json", b'{"type":"track","event":"e","userId":"u","properties":{"a":NaN}}'),
    ("too_deep", b'{"type":"track","event":"e","userId":"u","properties":{"a":' + b"[" * 99 + b"]" * 99 + b"}}"),
    ("too_deep", b'{"type":"track","event":"e","userId":"u","properties":{"a":' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}}"),
    ("not_an_object", b"17"),
    ("not_an_object", b'"text"'),
    ("not_an_object", b"null"),
    ("not_an_object", b"[]"),
    ("unknown_type", b"{}"),
    ("unknown_type", b'{"type":"boast","userId":"u"}'),
    ("no_event", b'{"type":"track","userId":"u"}'),
    ("no_event", b'{"type":"track","userId":"u","event":"  "}'),
    ("invalid_type", b'{"type":"track","userId":"u","event":7}'),
    ("invalid_type", b'{"type":"track","userId":{},"event":"e"}'),
    ("invalid_type", b'{"type":"track","userId":true,"event":"e"}'),
    ("invalid_type", b'{"type":"track","userId":"u","event":"e","properties":[1]}'),
    ("invalid_type", b'{"type":"track","userId":"u","event":"e","context":"x"}'),
    ("invalid_date", b'{"type":"track","userId":"u","event":"e","timestamp":"yesterday"}'),
    ("invalid_date", b'{"type":"track","userId":"u","event":"e","timestamp":"2026-13-45T99:99:99Z"}'),
    ("invalid_date", b'{"type":"track","userId":"u","event":"e","timestamp":"2026-01-01T00:00:00+99:00"}'),
    ("invalid_date", b'{"type":"track","userId":"u","event":"e","timestamp":1e9}'),
    ("absurd_date", b'{"type":"track","userId":"u","event":"e","timestamp":"0001-01-01T00:00:00+14:00"}'),
    ("absurd_date", b'{"type":"track","userId":"u","event":"e","timestamp":"0001-01-01T00:00:00Z","sentAt":"9999-12-31T23:59:59Z"}'),
    ("no_identity", b'{"type":"track","event":"e"}'),
    ("no_identity", b'{"type":"track","event":"e","userId":" ","anonymousId":""}'),
    ("invalid_identity", b'{"type":"track","event":"e","userId":"' + b"x" * 513 + b'"}'),
    ("long_message_id", b'{"type":"track","event":"e","userId":"u","messageId":"' + b"x" * 257 + b'"}'),
    ("long_name", b'{"type":"track","event":"' + b"x" * 201 + b'","userId":"u"}'),
    ("reserved_name", b'{"type":"track","event":"journeyEntered","userId":"u"}'),
    ("reserved_name", b'{"type":"track","event":"campaignOpened","userId":"u"}'),
    ("no_group", b'{"type":"group","userId":"u"}'),
    ("no_alias", b'{"type":"alias","userId":"u"}'),
    ("no_alias", b'{"type":"alias","previousId":"u"}'),
    ("invalid_trait", b'{"type":"identify","userId":"u","traits":{"":1}}'),
    ("invalid_trait", b'{"type":"identify","userId":"u","traits":{"a..b":1}}'),
    ("invalid_trait", b'{"type":"identify","userId":"u","traits":{"' + b"k" * 201 + b'":1}}'),
    ("invalid_identity", b'{"type":"identify","userId":"u","traits":{"externalId":"' + b"x" * 600 + b'"}}'),
    ("unknown_list", b'{"type":"track","event":"campaignSubscribed","userId":"u","properties":{"listId":"x"}}'),
    ("invalid_channel", b'{"type":"track","event":"campaignSubscribed","userId":"u","properties":{"channel":"fax"}}'),
]  # fmt: skip


async def test_a_bad_event_is_listed_and_its_neighbours_are_stored(shop: Shop) -> None:
    listed: dict[str, str] = {}
    for place, (_, bad) in enumerate(BAD):
        before, after = (GOOD.replace(b"good", b"%d-%s" % (place, side)) for side in (b"before", b"after"))
        answer = await shop.server.ask("POST", "/v1/batch", b'{"batch":[%s,%s,%s]}' % (before, bad, after))
        assert (answer.status, answer.body) == (200, b'{"success":true}')
        for code, reason, payload in await shop.fetch("SELECT code, reason, payload FROM rejected"):
            assert reason.endswith(".")
            listed[payload] = code
    assert listed == {bad.decode(errors="replace"): code for code, bad in BAD}
    events = {fact["message_id"] for fact in await shop.facts() if fact["kind"] == "event"}
    assert events == {f"{place}-{side}" for place in range(len(BAD)) for side in ("before", "after")}


async def test_a_bad_single_call_is_400_and_listed(shop: Shop) -> None:
    answer = await shop.server.post("/v1/track", {"userId": "u1", "event": "journeyEntered"})
    assert (answer.status, answer.json["code"]) == (400, "reserved_name")
    assert await shop.rejected() == [("reserved_name", "journeyEntered")]
    assert await shop.facts() == []


async def test_the_same_bad_event_sent_again_is_listed_once(shop: Shop) -> None:
    for _ in range(2):
        await shop.server.post("/v1/batch", {"batch": [{"type": "nothing"}]})
    assert await shop.rejected() == [("unknown_type", None)]


async def test_a_call_of_an_unknown_type_is_listed_under_its_events_name(shop: Shop) -> None:
    await shop.server.post("/v1/batch", {"batch": [{"type": "purchase", "event": " completedOrder "}]})
    assert await shop.rejected() == [("unknown_type", "completedOrder")]


ODD: list[dict[str, Any]] = [
    {"properties": {"a": "\\u0000", "b": "\\\\"}},
    {"properties": {"big": 10**30, "small": 1e-300, "minus": -0.0}},
    {"properties": {"x" * 5000: "long name"}},
    {"properties": {"emoji": "👩‍👩‍👧", "right to left": "\u202e"}},
    {"properties": None, "context": None},
    {"unknown": {"key": [1, 2]}, "integrations": {"All": False}},
    {"timestamp": "2031-03-09"},
    {"timestamp": "2031-03-09 10:00:00+01:00"},
    {"timestamp": "", "sentAt": "nonsense"},
    {"userId": "naïve@例え", "anonymousId": 4.5},
]


async def test_odd_but_sound_events_are_stored(shop: Shop) -> None:
    for place, odd in enumerate(ODD):
        assert (await shop.call("track", **track(str(place), **odd))).status == 200
        assert (await shop.fact(str(place)))["properties"] == (odd.get("properties") or {})
    assert await shop.rejected() == []


_TEXT = st.text(max_size=20)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)
_FIELDS = st.sampled_from(
    ["type", "event", "userId", "anonymousId", "previousId", "groupId", "messageId", "timestamp", "sentAt",
     "properties", "traits", "context", "name", "category"]
)  # fmt: skip
_TYPES = st.sampled_from(["track", "identify", "page", "screen", "group", "alias"])
_CALLS = st.builds(
    lambda type, rest: {"type": type, "userId": "u1", "event": "e", **rest},
    _TYPES,
    st.dictionaries(_FIELDS, _VALUES, max_size=6),
)


@given(calls=st.lists(_CALLS | _VALUES, max_size=6))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_sent_is_stored_or_listed(shop: Shop, calls: list[Any]) -> None:
    marker = track(f"marker-{await count(shop)}")
    body = msgspec.json.encode({"batch": [*calls, marker]})
    assert (await shop.server.ask("POST", "/v1/batch", body)).status == 200
    assert (await shop.fact(marker["messageId"]))["name"] == "e"


async def count(shop: Shop) -> int:
    ((number,),) = await shop.fetch("SELECT count(*) FROM facts")
    return number


@given(garbage=st.binary(max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_garbage_is_never_a_fault_of_ours(shop: Shop, garbage: bytes) -> None:
    for path in ("/v1/track", "/v1/batch"):
        for body in (garbage, b'{"batch":[' + garbage, b'{"batch":[{"type":"track","userId":"' + garbage):
            assert (await shop.server.ask("POST", path, body)).status in (200, 400)
