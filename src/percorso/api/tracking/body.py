"""The body of a call: read and inflated within its limits, whatever its headers say of it."""

import asyncio
import zlib
from collections import deque
from typing import Any, Final

import msgspec

from percorso.api.raw import Receive
from percorso.intake.errors import SlowError, UnreadableError

BODY_SECONDS: Final = 30.0
"""How long a body may take to arrive: the longest one, over 17 KB/s."""

_GZIP: Final = b"\x1f\x8b"


class DisconnectError(Exception):
    """The client went away before its body had arrived."""


class _Reading(msgspec.Struct, eq=False):
    task: "asyncio.Task[Any] | None"
    until: float
    is_over: bool = False
    is_late: bool = False


class Patience:
    """Ends the reading of bodies that take too long: one timer for all, because most never need it."""

    def __init__(self, *, seconds: float = BODY_SECONDS) -> None:
        self._seconds = seconds
        self._under_way: deque[_Reading] = deque()
        self._watch: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def read_body(self, receive: Receive, *, length: int | None, maximum: int) -> bytes:
        """Return what `read_body` does; raises SlowError if the body is not there in time."""
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
        reading = _Reading(asyncio.current_task(loop), loop.time() + self._seconds)
        under_way = self._under_way
        under_way.append(reading)
        if self._watch is None:
            self._watch = loop.call_at(reading.until, self._end, loop)
        try:
            return await read_body(receive, length=length, maximum=maximum)
        except asyncio.CancelledError:
            if not reading.is_late or reading.task is None or reading.task.uncancel():
                raise
            raise SlowError(self._seconds) from None
        finally:
            reading.is_over = True
            while under_way and under_way[0].is_over:
                under_way.popleft()

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        under_way, now = self._under_way, loop.time()
        while under_way and (under_way[0].is_over or under_way[0].until <= now):
            reading = under_way.popleft()
            if not reading.is_over and reading.task is not None:
                reading.is_late = True
                reading.task.cancel()
        self._watch = loop.call_at(under_way[0].until, self._end, loop) if under_way else None


async def read_body(receive: Receive, *, length: int | None, maximum: int) -> bytes:
    """Return the body, inflated if its first bytes say gzip; raises UnreadableError beyond `maximum` bytes.

    `length` is what the request announced, None for nothing: when so much has come, nobody is asked for more.
    Content-Type and Content-Encoding are ignored: browsers send text/plain to avoid a preflight.
    """
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise DisconnectError
    if len(body) != length and message.get("more_body"):
        chunks = [body]
        size = len(body)
        while message.get("more_body"):
            message = await receive()
            if message["type"] == "http.disconnect":
                raise DisconnectError
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > maximum:
                raise _too_large(maximum)
        body = b"".join(chunks)
    if len(body) > maximum:
        raise _too_large(maximum)
    return inflate(body, maximum=maximum) if body.startswith(_GZIP) else body


def inflate(body: bytes, *, maximum: int) -> bytes:
    """Return the inflated body; raises UnreadableError if it is broken or larger than `maximum` bytes."""
    pieces: list[bytes] = []
    size = 0
    while body:
        inflater = zlib.decompressobj(wbits=31)
        try:
            piece = inflater.decompress(body, maximum - size + 1)
        except zlib.error:
            raise UnreadableError(
                "broken_gzip", "The body begins like gzip and cannot be inflated."
            ) from None
        size += len(piece)
        if size > maximum:
            raise _too_large(maximum)
        if not inflater.eof:
            raise UnreadableError("broken_gzip", "The gzip of the body ends in the middle.")
        pieces.append(piece)
        body = inflater.unused_data
    return b"".join(pieces)


def _too_large(maximum: int) -> UnreadableError:
    return UnreadableError("too_large", f"The body is larger than {maximum // 1024} KB.")
