"""A database that goes away: 503 with Retry-After, nothing acknowledged, everything resumes by itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from percorso.db import Database, migrate
from percorso.db.embedded import EmbeddedServer
from tests.api.tracking.shop import Shop, open_shop
from tests.support.asgi import Answer


@pytest.fixture
async def mortal(tmp_path: Path) -> AsyncIterator[tuple[Shop, EmbeddedServer]]:
    """A shop over a server of its own, which may be killed."""
    server = EmbeddedServer(tmp_path / "data")
    await server.start()
    try:
        await migrate(server.url())
        database = await Database.open(server.url(), name="test")
        try:
            yield await open_shop(database), server
        finally:
            await database.close()
    finally:
        await server.stop()


def track(message_id: str) -> dict[str, Any]:
    return {"event": "e", "userId": "u1", "messageId": message_id}


async def until_taken(shop: Shop, body: dict[str, Any]) -> Answer:
    deadline = asyncio.get_running_loop().time() + 30
    while True:
        answer = await shop.server.post("/v1/track", body)
        if answer.status == 200:
            return answer
        assert answer.status == 503
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.05)


async def test_while_the_database_is_away_nothing_is_acknowledged(
    mortal: tuple[Shop, EmbeddedServer],
) -> None:
    shop, server = mortal
    assert (await shop.server.post("/v1/track", track("before"))).status == 200
    server.kill()
    await server.wait()
    answers = [await shop.server.post("/v1/track", track(f"away-{number}")) for number in range(3)]
    assert [answer.status for answer in answers] == [503] * 3
    assert {answer.headers["retry-after"] for answer in answers} == {"2"}
    assert {answer.json["code"] for answer in answers} == {"database_away"}
    await server.start()
    for message_id in ("before", "away-1", "after"):
        await until_taken(shop, track(message_id))
    events = [fact["message_id"] for fact in await shop.facts() if fact["kind"] == "event"]
    assert events == ["after", "away-1", "before"]


async def test_what_was_acknowledged_under_a_crash_is_stored_once(
    mortal: tuple[Shop, EmbeddedServer],
) -> None:
    shop, server = mortal
    acknowledged: list[str] = []

    async def send(place: int) -> None:
        for number in range(15):
            await until_taken(shop, track(f"{place}-{number}"))
            acknowledged.append(f"{place}-{number}")

    async def crash() -> None:
        for wanted in (20, 60):
            while len(acknowledged) < wanted:
                await asyncio.sleep(0.005)
            server.kill()
            await server.wait()
            await server.start()

    async with asyncio.timeout(120), asyncio.TaskGroup() as tasks:
        tasks.create_task(crash())
        for place in range(8):
            tasks.create_task(send(place))
    events = [fact["message_id"] for fact in await shop.facts() if fact["kind"] == "event"]
    assert sorted(events) == sorted(acknowledged)
    assert len(acknowledged) == 8 * 15
