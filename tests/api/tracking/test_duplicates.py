"""A message id is taken once in seven days, whatever is repeated, wherever."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.api.tracking.shop import NOON, Shop
from tests.api.tracking.test_identity import open_again


def track(message_id: str = "m1") -> dict[str, Any]:
    return {"type": "track", "event": "e", "userId": "u1", "messageId": message_id}


async def stored(shop: Shop) -> list[str]:
    return [fact["message_id"] for fact in await shop.facts() if fact["kind"] == "event"]


async def test_a_repeated_batch_is_acknowledged_and_stored_once(shop: Shop) -> None:
    batch = {"batch": [track("1"), track("2"), track("1"), track("3")]}
    for _ in range(3):
        assert (await shop.server.post("/v1/batch", batch)).status == 200
    assert await stored(shop) == ["1", "2", "3"]


async def test_an_id_is_one_call_whoever_it_is_about(shop: Shop) -> None:
    await shop.server.post("/v1/track", track())
    await shop.server.post("/v1/track", track() | {"userId": "u2"})
    assert await stored(shop) == ["m1"]


@pytest.mark.parametrize(("days", "times"), [(1, 1), (6, 1), (7, 1), (9, 2)])
async def test_an_id_is_remembered_for_seven_days(shop: Shop, days: int, times: int) -> None:
    await shop.server.post("/v1/track", track())
    await shop.set_clock(NOON + timedelta(days=days))
    await shop.server.post("/v1/track", track())
    assert await stored(shop) == ["m1"] * times


async def test_an_id_is_remembered_across_midnight_in_a_running_clock(shop: Shop) -> None:
    await shop.set_clock(NOON + timedelta(hours=11, minutes=59, seconds=59.5), rate=1000)
    for _ in range(5):
        await shop.server.post("/v1/track", track())
        await asyncio.sleep(0)
    assert await stored(shop) == ["m1"]


async def test_the_same_id_sent_to_several_processes_at_once_is_stored_once(shop: Shop) -> None:
    processes = [shop, *[await open_again(shop) for _ in range(3)]]
    await shop.call("identify", userId="u1", messageId="first")
    answers = await asyncio.gather(
        *(
            process.server.post("/v1/track", track(str(number)))
            for number in range(10)
            for process in processes
        )
    )
    assert {answer.status for answer in answers} == {200}
    assert sorted(await stored(shop)) == sorted(str(number) for number in range(10))


async def test_a_duplicate_that_names_a_new_identity_still_tells_the_profile(shop: Shop) -> None:
    await shop.server.post("/v1/track", track())
    await shop.server.post("/v1/track", {**track(), "anonymousId": "a1"})
    assert await stored(shop) == ["m1"]
    told = [fact["properties"] for fact in await shop.facts() if fact["message_id"] == "m1#identities"]
    assert {"identities": {"user_id": ["u1"], "anonymous_id": ["a1"]}} in told


@pytest.mark.parametrize("apart", [True, False], ids=["request by request", "in one batch"])
async def test_what_was_sent_of_a_visitor_is_known_as_soon_as_it_is_merged(shop: Shop, apart: bool) -> None:
    calls: list[dict[str, Any]] = [
        {"type": "identify", "userId": "u1", "traits": {"firstName": "Ada"}, "messageId": "1"},
        {"type": "track", "event": "e", "anonymousId": "a1", "messageId": "2"},
        {"type": "identify", "userId": "u1", "anonymousId": "a1", "messageId": "3"},
    ]
    requests = [[call] for call in calls] if apart else [calls]
    for _ in range(2):
        for request in requests:
            assert (await shop.server.post("/v1/batch", {"batch": request})).status == 200
    # No worker has carried anything over: the merge itself must have made the ids known.
    told = [fact["message_id"] for fact in await shop.facts() if fact["message_id"] in ("1", "2", "3")]
    assert told == ["1", "2", "3"]
    assert await shop.fetch("SELECT state FROM moved") == [("moved",)]


@pytest.mark.parametrize("apart", [True, False], ids=["request by request", "in one batch"])
async def test_a_repeat_after_a_browser_went_to_another_person_is_stored_once(
    shop: Shop, apart: bool
) -> None:
    calls: list[dict[str, Any]] = [
        {"type": "identify", "userId": "u1", "anonymousId": "a1", "messageId": "1"},
        {"type": "track", "event": "e", "anonymousId": "a1", "messageId": "2"},
        {"type": "identify", "userId": "u2", "messageId": "3"},
        {"type": "identify", "userId": "u2", "anonymousId": "a1", "messageId": "4"},
    ]
    for request in [[call] for call in calls] if apart else [calls]:
        assert (await shop.server.post("/v1/batch", {"batch": request})).status == 200
    assert (await shop.server.post("/v1/track", calls[1])).status == 200
    assert await stored(shop) == ["2"]
    # And what is new comes to whom the browser is now.
    await shop.server.post("/v1/track", calls[1] | {"messageId": "5"})
    assert await stored(shop) == ["2", "5"]
