"""Group commit: who waits, how long, and what one bad call costs its neighbours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from percorso.db import Database
from percorso.intake import gather
from percorso.intake.errors import OverloadError
from percorso.intake.gather import Gatherer
from percorso.intake.model import Call, Source, Taking
from percorso.intake.reading import Frame, read_call
from tests.api.tracking.shop import Shop, open_shop


@pytest.fixture
async def shop(database: Database) -> Shop:
    return await open_shop(database)


def call_of(gatherer: Gatherer, shop: Shop, message_id: str) -> Call:
    source = Source(
        node=gatherer.node(shop.setup.workspace_id, shop.setup.node_id), is_server=True, list_ids=()
    )
    body = {"type": "track", "event": "e", "userId": "u1", "messageId": message_id}
    return read_call(msgspec.json.encode(body), Frame(source))


async def stored(shop: Shop) -> list[str]:
    return [fact["message_id"] for fact in await shop.facts() if fact["kind"] == "event"]


async def test_requests_of_a_few_milliseconds_share_one_transaction(shop: Shop) -> None:
    gatherer = Gatherer(shop.database)
    calls = [call_of(gatherer, shop, f"{number:02}") for number in range(50)]
    await gatherer.take_in(Taking(calls[:1], []))
    await asyncio.gather(*(gatherer.take_in(Taking([call], [])) for call in calls[1:]))
    assert await stored(shop) == [f"{number:02}" for number in range(50)]
    transactions = await shop.fetch("SELECT count(DISTINCT xmin::text) FROM facts WHERE kind = 'event'")
    assert transactions == [(2,)]


async def test_what_postgresql_refuses_is_rejected_and_its_neighbours_are_stored(shop: Shop) -> None:
    gatherer = Gatherer(shop.database)
    calls = [call_of(gatherer, shop, str(number)) for number in range(9)]
    # What the edge would never let pass.
    calls[4] = msgspec.structs.replace(calls[4], properties=rb'{"a":"\u0000"}')
    groups = [Taking(calls[:2], []), Taking(calls[2:7], []), Taking(calls[7:], [])]
    await asyncio.gather(*(gatherer.take_in(taking) for taking in groups))
    assert await stored(shop) == [str(number) for number in range(9) if number != 4]
    assert await shop.rejected() == [("unstorable", None)]


@asynccontextmanager
async def heads_held(database: Database) -> AsyncIterator[None]:
    """While this lasts nobody can append."""
    async with database.transaction("test.commit") as connection:
        await connection.execute("SELECT FROM heads ORDER BY bucket FOR UPDATE")
        yield


async def test_patience_ends_while_the_storing_goes_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "PATIENCE_SECONDS", 0.2)
    gatherer = Gatherer(shop.database)
    async with heads_held(shop.database):
        with pytest.raises(TimeoutError):
            await gatherer.take_in(Taking([call_of(gatherer, shop, "1")], []))
    monkeypatch.setattr(gather, "PATIENCE_SECONDS", 30.0)
    await gatherer.take_in(Taking([call_of(gatherer, shop, "2")], []))
    await gatherer.take_in(Taking([call_of(gatherer, shop, "1")], []))
    assert await stored(shop) == ["1", "2"]


async def test_a_full_queue_refuses_instead_of_growing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "QUEUE_CALLS", 20)
    gatherer = Gatherer(shop.database)
    takings = [Taking([call_of(gatherer, shop, f"{number:02}")], []) for number in range(40)]
    async with heads_held(shop.database):
        waiting = [asyncio.create_task(gatherer.take_in(taking)) for taking in takings]
        while not any(task.done() for task in waiting):
            await asyncio.sleep(0.01)
    results: list[Any] = await asyncio.gather(*waiting, return_exceptions=True)
    refused = [isinstance(result, OverloadError) for result in results]
    assert any(refused)
    assert await stored(shop) == [f"{number:02}" for number, was in enumerate(refused) if not was]


async def test_a_client_that_goes_away_does_not_stop_the_storing(shop: Shop) -> None:
    gatherer = Gatherer(shop.database)
    leaving = asyncio.create_task(gatherer.take_in(Taking([call_of(gatherer, shop, "1")], [])))
    await asyncio.sleep(0)
    leaving.cancel()
    await gatherer.take_in(Taking([call_of(gatherer, shop, "2")], []))
    assert await stored(shop) == ["1", "2"]
