"""A receiver of webhooks on loopback that notes what it was given, then answers as told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Self

import msgspec
from aiohttp import web


class Said(msgspec.Struct, frozen=True):
    """What the sink answers: a status, a body and headers."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = {}


class Received(msgspec.Struct, frozen=True):
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


class WebSink:
    """Listens on a free port of 127.0.0.1; `answers` are given in order, the last one for ever."""

    def __init__(self, *answers: Said | Callable[[], Awaitable[Said]]) -> None:
        self.answers: list[Said | Callable[[], Awaitable[Said]]] = list(answers) or [Said()]
        self.received: list[Received] = []
        self.port = 0
        self._ended = asyncio.Event()
        self._runner: web.AppRunner | None = None

    @property
    def host(self) -> str:
        """How the operator names it in PERCORSO_PRIVATE_HOSTS."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/hook") -> str:
        """Return the address of a path here."""
        return f"http://{self.host}{path}"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: Any) -> None:
        self._ended.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def hang(self) -> Said:
        """Answer nothing as long as the sink is open."""
        await self._ended.wait()
        return Said(503)

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append(Received(request.path, headers, body))
        said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not isinstance(said, Said):
            said = await said()
        return web.Response(status=said.status, body=said.body, headers=said.headers)
