"""Plain ASGI, for what Litestar would cost too much: types, and sending an answer."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any, Final

import msgspec

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
"""An ASGI application."""

Header = tuple[bytes, bytes]

JSON: Final[Header] = (b"content-type", b"application/json")
PROBLEM: Final[Header] = (b"content-type", b"application/problem+json")


class RawRoutes(msgspec.Struct, frozen=True):
    """Raw routes of one part of the application; the longest prefix wins after the exact paths."""

    exact: Mapping[str, Application] = {}
    """By whole path."""
    prefixes: Mapping[str, Application] = {}
    """By the beginning of the path, with its last slash: `/c/`."""


async def send_answer(send: Send, status: int, body: bytes, headers: Iterable[Header] = (JSON,)) -> None:
    """Send a whole answer."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [length, *headers]})
    await send({"type": "http.response.body", "body": body})


async def send_problem(
    send: Send, status: int, *, code: str, sentence: str, headers: Iterable[Header] = ()
) -> None:
    """Send problem details (RFC 9457) with a stable code and a sentence for people."""
    body = msgspec.json.encode({"type": "about:blank", "status": status, "code": code, "title": sentence})
    await send_answer(send, status, body, (PROBLEM, *headers))
