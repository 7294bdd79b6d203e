"""Asks an ASGI application without a server: one whole request, one whole answer."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from percorso.api.raw import Application


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


@dataclass
class Client:
    """Asks one application; `headers` go with every request."""

    application: Application
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
        chunks: int = 1,
    ) -> Answer:
        given = {**self.headers, **(headers or {})}
        size = max(len(body) // chunks, 1)
        pieces = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
        received = [
            {"type": "http.request", "body": piece, "more_body": place < len(pieces) - 1}
            for place, piece in enumerate(pieces)
        ]
        sent: list[Any] = []

        async def receive() -> Any:
            return received.pop(0) if received else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        path, _, query = path.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
            "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "scheme": "http",
            "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
            "client": ("192.0.2.1", 1), "server": ("testserver", 80),
        }  # fmt: skip
        await self.application(scope, receive, send)
        return Answer(
            status=sent[0]["status"],
            headers={name.decode(): value.decode() for name, value in sent[0]["headers"]},
            body=b"".join(message.get("body", b"") for message in sent[1:]),
        )

    async def post(self, path: str, value: Any, *, headers: Mapping[str, str] | None = None) -> Answer:
        body = value if isinstance(value, bytes) else msgspec.json.encode(value)
        return await self.ask("POST", path, body, headers=headers)


def basic(key: str) -> dict[str, str]:
    """The header of a write key as Segment's clients send it."""
    return {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}
