"""A body that drips holds nothing for longer than its time, and nobody else pays for it: real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from percorso.api.tracking.body import DisconnectError, Patience
from percorso.api.tracking.routes import create_tracking
from percorso.db import Database
from tests.api.tracking.shop import Shop, only, open_shop
from tests.interop.served import free_port
from tests.support.asgi import basic

PATIENCE_SECONDS = 0.5


@pytest.fixture
async def shop(database: Database) -> Shop:
    return await open_shop(database)


@asynccontextmanager
async def serve(shop: Shop) -> AsyncIterator[int]:
    """Lend the port of a server that waits half a second for a body."""
    port = free_port()
    application = only(
        create_tracking(shop.database, public_url="http://localhost:8000", body_seconds=PATIENCE_SECONDS)
    )
    server = Server(
        application,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    )
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(20):
            while not await answers(port):
                await asyncio.sleep(0.01)
        yield port
    finally:
        server.stop()
        await serving


async def answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def head(shop: Shop, path: str, length: int) -> bytes:
    authorization = basic(shop.server_key)["authorization"]
    return (
        f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: {authorization}\r\ncontent-length: {length}\r\n\r\n"
    ).encode()


async def drip(port: int, sent: bytes, more: bytes) -> bytes:
    """Send the beginning of a request, then a byte now and then; return all that was answered until the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    answer = asyncio.create_task(reader.read())
    try:
        for byte in more:
            done, _ = await asyncio.wait((answer,), timeout=PATIENCE_SECONDS / 5)
            if done:
                break
            writer.write(bytes((byte,)))
        async with asyncio.timeout(20):
            return await answer
    finally:
        writer.close()


@pytest.mark.parametrize("path", ["/v1/track", "/v1/batch"])
@pytest.mark.parametrize("more", [b"", b" " * 200], ids=["nothing comes", "it drips"])
async def test_a_body_that_does_not_come_is_408_with_a_sentence_and_the_connection_ends(
    shop: Shop, path: str, more: bytes
) -> None:
    async with serve(shop) as port:
        answer = await drip(port, head(shop, path, 5000) + b"{", more)
    status, _, rest = answer.partition(b"\r\n")
    assert status.startswith(b"HTTP/1.1 408")
    assert msgspec.json.decode(rest.partition(b"\r\n\r\n")[2]) == {
        "success": False,
        "code": "slow_body",
        "message": "The body did not come within 0.5 seconds. Send it again.",
    }
    assert await shop.facts() == []


async def test_others_are_answered_while_bodies_drip(shop: Shop) -> None:
    body = msgspec.json.encode({"event": "e", "userId": "u1", "messageId": "quick"})
    async with serve(shop) as port:
        slow = [asyncio.create_task(drip(port, head(shop, "/v1/track", 5000), b" " * 200)) for _ in range(20)]
        quick = await drip(
            port,
            head(shop, "/v1/track", len(body)).replace(b"host", b"connection: close\r\nhost") + body,
            b"",
        )
        assert quick.startswith(b"HTTP/1.1 200")
        assert {(await answer)[:12] for answer in slow} == {b"HTTP/1.1 408"}
    assert [fact["message_id"] for fact in await shop.facts() if fact["kind"] == "event"] == ["quick"]


async def test_who_is_cancelled_from_outside_is_cancelled(shop: Shop) -> None:
    patience = Patience(seconds=60)

    async def never() -> dict[str, object]:
        await asyncio.Event().wait()
        raise DisconnectError

    reading = asyncio.create_task(patience.read_body(never, length=None, maximum=10))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
