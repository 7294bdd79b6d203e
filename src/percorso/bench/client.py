"""A lean HTTP client on loopback: requests made beforehand, one connection a worker, answers only counted.

It shares two cores with what it measures, so it does nothing that a measurement does not need.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from typing import cast

import msgspec


class Sent(msgspec.Struct):
    """What a load came to."""

    seconds: float = 0.0
    answered: int = 0
    latencies: list[float] = []
    """Of each request, in seconds, in no order."""

    def add(self, other: "Sent") -> None:
        """Count another slice of the same load."""
        self.seconds += other.seconds
        self.answered += other.answered
        self.latencies += other.latencies

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.answered / self.seconds

    def quantile(self, share: float) -> float:
        """Return the latency, in milliseconds, that this share of the requests did not exceed."""
        ordered = sorted(self.latencies)
        return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 2)


def make_request(path: str, body: bytes, *, authorization: str) -> bytes:
    """Return a whole HTTP/1.1 POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: {authorization}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """One request at a time; an answer is whole when its announced length has come."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._answered: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Other event loops have transports that are asyncio's by their methods only.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data
        head, separator, body = buffer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]) if separator else 0
        if not separator or len(body) < length:
            self._buffer = buffer
            return
        self._buffer = b""
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exc or ConnectionResetError("The server closed the connection."))

    async def ask(self, request: bytes) -> int:
        """Send a request and return the status of its answer."""
        assert self._transport is not None
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answered

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def send_all(port: int, waiting: Iterator[bytes], *, connections: int, seconds: float) -> Sent:
    """Send the requests as fast as they are answered, until they or the time are used up.

    Raises RuntimeError at an answer other than 200.
    """
    until = time.perf_counter() + seconds
    return await _send(port, connections, lambda: _work(waiting, until))


async def send_paced(port: int, requests: Sequence[bytes], *, connections: int, per_second: float) -> Sent:
    """Send the requests each at its moment; latency counts from that moment, so that waiting is not hidden."""
    start = time.perf_counter() + 0.1
    waiting = iter(enumerate(requests))

    def work() -> Iterator[tuple[bytes, float]]:
        for place, request in waiting:
            yield request, start + place / per_second

    return await _send(port, connections, work)


def _work(waiting: Iterator[bytes], until: float) -> Iterator[tuple[bytes, float]]:
    while time.perf_counter() < until:
        request = next(waiting, None)
        if request is None:
            return
        yield request, 0.0


async def _send(port: int, connections: int, work: Callable[[], Iterator[tuple[bytes, float]]]) -> Sent:
    loop = asyncio.get_running_loop()
    latencies: list[float] = []

    async def run() -> None:
        _, connection = await loop.create_connection(_Connection, "127.0.0.1", port)
        try:
            for request, moment in work():
                now = time.perf_counter()
                if moment > now:
                    await asyncio.sleep(moment - now)
                begun = moment or now
                status = await connection.ask(request)
                latencies.append(time.perf_counter() - begun)
                if status != 200:
                    raise RuntimeError(f"The server answered {status}.")
        finally:
            connection.close()

    begun = time.perf_counter()
    await asyncio.gather(*(run() for _ in range(connections)))
    return Sent(time.perf_counter() - begun, len(latencies), latencies)
