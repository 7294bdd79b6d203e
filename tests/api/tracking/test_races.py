"""What another process does between a call's resolving and its lock: played at exactly that moment."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from percorso.intake import actions
from tests.api.tracking.shop import Shop
from tests.api.tracking.test_identity import moves, open_again, owners


def meanwhile(monkeypatch: pytest.MonkeyPatch, happen: Callable[[], Awaitable[Any]]) -> None:
    """Let something happen once, when the next call is resolved and has not locked its heads."""
    take_offsets = actions.take_offsets
    left = [happen]

    async def take(*arguments: Any, **named: Any) -> Any:
        if left:
            await left.pop()()
        return await take_offsets(*arguments, **named)

    monkeypatch.setattr(actions, "take_offsets", take)


async def test_a_contact_that_is_merged_before_the_lock_is_followed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await open_again(shop)
    await shop.call("identify", userId="u1")
    await shop.call("page", anonymousId="a1")
    meanwhile(monkeypatch, lambda: other.call("identify", userId="u1", anonymousId="a1"))
    await shop.call("page", anonymousId="a1", messageId="late")
    known = await shop.contact_of("user_id", "u1")
    assert (await shop.fact("late"))["contact_id"] == known
    assert [into for _, into in await moves(shop)] == [known]


async def test_a_contact_that_becomes_known_before_the_lock_is_not_merged(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await open_again(shop)
    await shop.call("identify", userId="u1")
    await shop.call("page", anonymousId="a1")
    meanwhile(monkeypatch, lambda: other.call("identify", userId="u9", anonymousId="a1"))
    await shop.call("identify", userId="u1", anonymousId="a1")
    held = await owners(shop)
    assert await moves(shop) == []
    assert held["user_id", "u9"] != held["user_id", "u1"]
    assert held["anonymous_id", "a1"] == held["user_id", "u1"]
