"""The public API as the demo's programs call it: retried while Percorso is away, never otherwise."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec

from percorso.telemetry import get_log

log = get_log(__name__)

LARGEST_BATCH: Final = 100
"""Calls in one batch."""

_READY_SECONDS = 60.0
_AWAY = frozenset({429, 502, 503, 504})
_PAUSE_SECONDS = 0.5
_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"


class NotReadyError(Exception):
    """Percorso did not answer within a minute of its start."""

    code = "not_ready"

    def __init__(self, log_folder: Path) -> None:
        super().__init__(f"Percorso does not answer. What its processes say is in {log_folder}.")


class RefusedError(Exception):
    """The API refused a call of the demo's own programs; the message is its answer."""

    code = "demo_refused"


class Client:
    """Calls the API at `url` with the demo's keys."""

    def __init__(self, session: aiohttp.ClientSession, url: str, *, api_key: str, write_key: str) -> None:
        self.session = session
        self.url = url
        self._key = {"authorization": f"Bearer {api_key}"}
        self._write_key = write_key

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """Return the answer to a GET of the own API."""
        return await self._call("GET", path, params=query)

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> dict[str, Any]:
        """Return the answer to a POST of the own API; with a `key` repeating it does nothing."""
        headers = {"idempotency-key": key} if key else {}
        return await self._call("POST", path, headers=headers, json=body)

    async def put(self, path: str, body: Any) -> dict[str, Any]:
        """Return the answer to a PUT of the own API."""
        return await self._call("PUT", path, json=body)

    async def upload(self, path: str, data: bytes, **query: str) -> dict[str, Any]:
        """Return the answer to a POST of a file to the own API."""
        headers = {"content-type": "application/octet-stream"}
        return await self._call("POST", path, headers=headers, params=query, data=data)

    async def take(self, path: str, body: Any) -> bytes:
        """Return the file that the own API answers a POST with."""
        return await self._fetch("POST", path, json=body)

    async def get_product_time(self) -> datetime:
        """Return product time now."""
        answer = await self.get("/api/v1/clock")
        return datetime.fromisoformat(answer["productAt"])

    async def send(self, calls: Sequence[Mapping[str, Any]]) -> None:
        """Send tracking calls in their order; returns when all are stored."""
        for start in range(0, len(calls), LARGEST_BATCH):
            batch = list(calls[start : start + LARGEST_BATCH])
            await self._call(
                "POST",
                "/v1/batch",
                json={"batch": batch},
                headers={"authorization": aiohttp.encode_basic_auth(self._write_key, "")},
                own=False,
            )

    async def visit(self, url: str) -> None:
        """Ask for an address as a telephone's mail program does; where it leads is not followed."""
        async with self.session.get(url, headers={"user-agent": _PHONE}, allow_redirects=False) as answer:
            await answer.read()

    async def unsubscribe(self, url: str) -> None:
        """Send the one-click unsubscription of RFC 8058."""
        async with self.session.post(
            url, data={"List-Unsubscribe": "One-Click"}, headers={"user-agent": _PHONE}, allow_redirects=False
        ) as answer:
            await answer.read()

    async def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Return the decoded answer of `_fetch`, an empty one for no body."""
        body = await self._fetch(method, path, **options)
        return msgspec.json.decode(body) if body else {}

    async def _fetch(
        self,
        method: str,
        path: str,
        *,
        own: bool = True,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> bytes:
        """Return the body of the answer; tries again while nobody answers or the database is away."""
        sent = {**(self._key if own else {}), **(headers or {})}
        while True:
            try:
                async with self.session.request(method, self.url + path, headers=sent, **options) as answer:
                    body = await answer.read()
                    if answer.status in _AWAY:
                        log.info("percorso is away", path=path, status=answer.status)
                    elif answer.status >= 400:
                        raise RefusedError(
                            f"{method} {path}: {answer.status} {body[:2000].decode(errors='replace')}"
                        )
                    else:
                        return body
            except (aiohttp.ClientConnectionError, TimeoutError) as error:
                log.info("percorso is away", path=path, error=type(error).__name__)
            await asyncio.sleep(_PAUSE_SECONDS)


async def await_answer(session: aiohttp.ClientSession, url: str, *, log_folder: Path) -> None:
    """Return when Percorso at `url` is ready; raises NotReadyError after a minute."""
    try:
        async with asyncio.timeout(_READY_SECONDS):
            while True:
                if await _is_ready(session, url):
                    return
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise NotReadyError(log_folder) from None


async def _is_ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(f"{url}/ready") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False
