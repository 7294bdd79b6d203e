"""The guarded client against real servers on loopback."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from percorso.channels.web.client import LARGEST_ANSWER, Answered, Limits, NotAnswered, WebClient
from tests.support.web_sink import Said, WebSink

_getaddrinfo = socket.getaddrinfo


def lead(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Let every name lead to these addresses, one answer each, the last one for ever; return who was looked up."""
    asked: list[str] = []
    left = list(answers)

    def look_up(host: str, port: int, *args: Any, **more: Any) -> Any:
        asked.append(str(host))
        address = left.pop(0) if len(left) > 1 else left[0]
        return _getaddrinfo(address, port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


async def test_an_answer_comes_with_its_status_and_body() -> None:
    async with WebSink(Said(201, b'{"a":1}', {"retry-after": "7"})) as sink:
        reply = await WebClient(private_hosts=(sink.host,)).post(sink.url(), b'{"b":2}', {"x-one": "1"})
        assert reply == Answered(201, b'{"a":1}', "7")
        (received,) = sink.received
        assert (received.path, received.body, received.headers["x-one"]) == ("/hook", b'{"b":2}', "1")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0x7f.1", "127.0.0.1.", "①②⑦.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"],
)
async def test_an_address_of_this_machine_is_not_called_however_it_is_written(host: str) -> None:
    async with WebSink() as sink:
        reply = await WebClient().post(f"http://{host}:{sink.port}/", b"{}", {})
        assert isinstance(reply, NotAnswered)
        assert sink.received == []


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "file:///etc/passwd", "http://", "nonsense", "http://[::1"]
)
async def test_what_is_no_address_is_said_so(url: str) -> None:
    assert await WebClient().post(url, b"{}", {}) == NotAnswered("invalid")


async def test_a_name_is_judged_by_what_it_leads_to(monkeypatch: pytest.MonkeyPatch) -> None:
    async with WebSink() as sink:
        lead(monkeypatch, "127.0.0.1")
        reply = await WebClient().post(f"http://shop.example:{sink.port}/", b"{}", {})
        assert reply == NotAnswered("forbidden")
        assert sink.received == []


async def test_the_address_that_is_judged_is_the_one_that_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that first leads to a public address and then to this machine never reaches this machine."""
    async with WebSink() as sink:
        # 192.0.0.8 answers nobody (RFC 7600), and is closed as 127.0.0.1 is: neither look-up may be called.
        asked = lead(monkeypatch, "8.8.8.8", "127.0.0.1")
        connected: list[str] = []

        async def connect(self: Any, sock: socket.socket, address: tuple[Any, ...]) -> None:
            connected.append(address[0])
            raise OSError("Nobody is called from a test.")

        monkeypatch.setattr(type(asyncio.get_running_loop()), "sock_connect", connect)
        reply = await WebClient().post(f"http://shop.example:{sink.port}/", b"{}", {})
        assert reply == NotAnswered("no_connection")
        assert (asked, connected) == (["shop.example"], ["8.8.8.8"])


async def test_only_the_named_host_and_port_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    async with WebSink() as sink, WebSink() as other:
        lead(monkeypatch, "127.0.0.1")
        client = WebClient(private_hosts=(f"crm.internal:{sink.port}",))
        assert await client.post(f"http://CRM.internal:{sink.port}/", b"{}", {}) == Answered(200, b"{}")
        for url in (f"http://crm.internal:{other.port}/", f"http://else.internal:{sink.port}/", sink.url()):
            assert await client.post(url, b"{}", {}) == NotAnswered("forbidden")
        assert (len(sink.received), len(other.received)) == (1, 0)


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    async with WebSink() as goal, WebSink(Said(307, b"", {"location": goal.url()})) as sink:
        reply = await WebClient(private_hosts=(sink.host, goal.host)).post(sink.url(), b"{}", {})
        assert reply == Answered(307, b"")
        assert goal.received == []


@pytest.mark.parametrize(
    ("size", "read"), [(LARGEST_ANSWER, True), (LARGEST_ANSWER + 1, False), (5_000_000, False)]
)
async def test_no_more_of_an_answer_is_read_than_may_be(size: int, read: bool) -> None:
    async with WebSink(Said(200, b"x" * size)) as sink:
        reply = await WebClient(private_hosts=(sink.host,)).post(sink.url(), b"{}", {})
        assert reply == Answered(200, b"x" * size if read else None)


async def test_a_packed_answer_that_nobody_asked_for_is_not_unpacked() -> None:
    async with WebSink(Said(200, b"\x1f\x8b", {"content-encoding": "gzip"})) as sink:
        assert await WebClient(private_hosts=(sink.host,)).post(sink.url(), b"{}", {}) == Answered(200, None)
        assert sink.received[0].headers["accept-encoding"] == "identity"


async def test_who_does_not_answer_in_time_is_not_waited_for() -> None:
    async with WebSink() as sink:
        sink.answers = [sink.hang]
        client = WebClient(private_hosts=(sink.host,), limits=Limits(whole_seconds=0.2))
        assert await client.post(sink.url(), b"{}", {}) == NotAnswered("timeout")


@asynccontextmanager
async def serve(write: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncGenerator[int]:
    """Lend the port of a server that reads a request's head and then writes what it likes."""
    ended: list[asyncio.Event] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended.append(asyncio.Event())
        await reader.readuntil(b"\r\n\r\n")
        with suppress(OSError):
            await write(writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        ended[-1].set()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    for one in ended:
        await one.wait()


async def test_a_dripping_answer_is_not_waited_for() -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with serve(drip) as port:
        client = WebClient(private_hosts=(f"127.0.0.1:{port}",), limits=Limits(whole_seconds=0.3))
        assert await client.post(f"http://127.0.0.1:{port}/", b"{}", {}) == NotAnswered("timeout")


@pytest.mark.parametrize(
    "said", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"]
)
async def test_half_an_answer_or_none_is_none(said: bytes) -> None:
    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()

    async with serve(say) as port:
        client = WebClient(private_hosts=(f"127.0.0.1:{port}",))
        assert await client.post(f"http://127.0.0.1:{port}/", b"{}", {}) == NotAnswered("no_connection")


async def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with WebSink() as proxy, WebSink() as sink:
        monkeypatch.setenv("http_proxy", proxy.url(""))
        await WebClient(private_hosts=(sink.host, proxy.host)).post(sink.url(), b"{}", {})
        assert (len(sink.received), len(proxy.received)) == (1, 0)
