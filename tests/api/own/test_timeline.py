"""A contact's timeline by pages, whole and as of a moment of the past."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from percorso.db import Database
from tests.api.own.conftest import sign_in_as
from tests.support.world import World


@pytest.fixture
async def world(database: Database) -> World:
    return await World.open(database)


@pytest.fixture
async def reader(world: World, open_browser: Callable[[], Awaitable[httpx.AsyncClient]]) -> httpx.AsyncClient:
    """The browser of the world's owner."""
    browser = await open_browser()
    assert world
    assert (
        await sign_in_as(browser, "ada@bottega.example.com", "una frase lunga abbastanza")
    ).status_code == 201
    return browser


async def read(reader: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await reader.get(f"/api/v1/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_timeline_longer_than_a_page_goes_on(reader: httpx.AsyncClient, world: World) -> None:
    await world.identify("alba", firstName="Alba")
    for number in range(70):
        await world.track("alba", "viewedPage", number=number)
    path = f"contacts/{await world.contact_id('alba')}/timeline"
    first = await read(reader, path)
    second = await read(reader, path, cursor=first["nextCursor"])
    seen = [item["properties"].get("number") for item in [*first["items"], *second["items"]]]
    assert seen == [*range(69, -1, -1), None]
    assert second["nextCursor"] is None


async def test_a_timeline_of_the_past_ends_at_its_moment(reader: httpx.AsyncClient, world: World) -> None:
    for number in range(60):
        await world.track("alba", "viewedPage", number=number)
    path = f"contacts/{await world.contact_id('alba')}/timeline"
    first = await read(reader, path)
    last = await read(reader, path, cursor=first["nextCursor"])
    told = [*first["items"], *last["items"]]
    for item in (told[0], told[7], told[-1]):
        until = [one for one in told if one["at"] <= item["at"]]
        past = await read(reader, path, asOf=item["at"])
        assert past["items"] == until[:50]
        if past["nextCursor"]:
            following = await read(reader, path, asOf=item["at"], cursor=past["nextCursor"])
            assert [*past["items"], *following["items"]] == until
    assert (await read(reader, path, asOf="2001-01-01T00:00:00Z"))["items"] == []
    assert (await read(reader, path, asOf="9999-12-31T23:59:59.999999Z"))["items"] == first["items"]
