"""Calls foreign addresses, each judged when it is connected to."""

import socket
from collections.abc import Mapping
from typing import Any, Final, Literal

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult

from percorso.channels.web.networks import is_public

LARGEST_ANSWER: Final = 64 * 1024
"""Bytes of an answer that are read (trust §1)."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one call may take (trust §1)."""

    connect_seconds: float = 10
    """Until the connection stands, the name looked up and TLS agreed."""
    whole_seconds: float = 15
    """Until the answer has ended."""
    answer_bytes: int = LARGEST_ANSWER


class Answered(msgspec.Struct, frozen=True, tag=True):
    """The other side answered. `body` is None where the answer is larger than may be read, or cannot be read whole.

    `retry_after` is the header as it came.
    """

    status: int
    body: bytes | None
    retry_after: str | None = None


class NotAnswered(msgspec.Struct, frozen=True, tag=True):
    """There was no answer. forbidden: the name leads into a network that may not be called. invalid: it is no address."""

    reason: Literal["timeout", "no_connection", "forbidden", "invalid"]


Reply = Answered | NotAnswered

_Info = tuple[int, int, int, str, tuple[Any, ...]]
"""What `getaddrinfo` says of an address."""


class WebClient:
    """Posts to addresses that anybody may call, and to `private_hosts`: lower-case `host:port`."""

    def __init__(self, *, private_hosts: tuple[str, ...] = (), limits: Limits | None = None) -> None:
        self._private_hosts = frozenset(private_hosts)
        self._limits = limits or Limits()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Return what came of one POST to an http or https address; raises nothing for what the other side does."""
        guard = _Guard(self._private_hosts)
        timeout = aiohttp.ClientTimeout(
            total=self._limits.whole_seconds, connect=self._limits.connect_seconds
        )
        connector = aiohttp.TCPConnector(
            resolver=guard, use_dns_cache=False, force_close=True, socket_factory=guard.make_socket
        )
        try:
            async with aiohttp.ClientSession(
                connector=connector,
                timeout=timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            ) as session:
                return await self._post(session, url, body, headers)
        except TimeoutError:
            return NotAnswered("timeout")
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, ValueError):
            return NotAnswered("invalid")
        except (aiohttp.ClientError, OSError):
            return NotAnswered("forbidden" if guard.has_refused else "no_connection")

    async def _post(
        self, session: aiohttp.ClientSession, url: str, body: bytes, headers: Mapping[str, str]
    ) -> Answered:
        async with session.post(
            url, data=body, headers={"accept-encoding": "identity", **headers}, allow_redirects=False
        ) as response:
            read = await self._read(response)
            return Answered(response.status, read, response.headers.get("retry-after"))

    async def _read(self, response: aiohttp.ClientResponse) -> bytes | None:
        """Return the answer's body, None where it is too large or packed, which we did not ask for."""
        largest = self._limits.answer_bytes
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            return None
        read = bytearray()
        async for piece in response.content.iter_chunked(8192):
            read += piece
            if len(read) > largest:
                # The rest is left unread: the connection is closed, not kept.
                response.close()
                return None
        return bytes(read)


class _Guard(AbstractResolver):
    """Looks up the name of one call and judges every address that a connection to it is tried at."""

    def __init__(self, private_hosts: frozenset[str]) -> None:
        self._resolver = aiohttp.ThreadedResolver()
        self._private_hosts = private_hosts
        self._private: set[tuple[str, int]] = set()
        self.has_refused = False
        """Whether an address was met that may not be called."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return what the name leads to; what a private host leads to may be called."""
        found = await self._resolver.resolve(host, port, family)
        if f"{host}:{port}".lower() in self._private_hosts:
            self._private.update((result["host"], port) for result in found)
        return found

    async def close(self) -> None:
        """Let go of nothing: names are looked up in the loop's threads."""

    def make_socket(self, info: _Info) -> socket.socket:
        """Return the socket for an address about to be connected to; raises OSError where it may not be called."""
        family, kind, protocol, _, place = info
        address, port = str(place[0]), int(place[1])
        is_private = (address, port) in self._private or f"{address}:{port}" in self._private_hosts
        if not is_private and not is_public(address):
            self.has_refused = True
            raise OSError("This address may not be called.")
        return socket.socket(family, kind, protocol)
