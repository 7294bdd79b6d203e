"""The load client of the storm: a made-up shop whose every call is in a ledger before and after it is sent.

What it will send is a pure function of a seed, so that the checker can say what must have come of it.
"""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec

BATCH: Final = 100
THRESHOLD: Final = 100
LARGE: Final = 200
_LEAST_CALLS: Final = 60
_ORDERS: Final = 10_000
_LARGEST_ORDERS_SHARE: Final = 0.2
_REPEATED_SHARE: Final = 0.02
_ATTEMPT_SECONDS: Final = 20.0
_PATIENCE_SECONDS: Final = 120.0
_SOMEWHERE_SECONDS: Final = 0.01
"""A call takes longer than a part of this: a fault comes down on it anywhere."""


class Sent(msgspec.Struct, frozen=True):
    """One event as it was made: what the checker compares with what was stored."""

    message_id: str
    contact: int
    name: str
    revenue: int


def subscriptions(contacts: int) -> list[Sent]:
    """Return one subscription for each contact; without it no marketing may leave."""
    return [Sent(f"subscription-{number}", number, "campaignSubscribed", 0) for number in range(contacts)]


def orders_and_visits(*, seed: int, count: int, contacts: int) -> list[Sent]:
    """Return `count` events: about 10,000 orders, at most a fifth of all, a third of them under the threshold.

    The rest are page views.
    """
    chance = random.Random(seed)
    share = min(_LARGEST_ORDERS_SHARE, _ORDERS / count)
    events: list[Sent] = []
    for number in range(count):
        contact = chance.randrange(contacts)
        if chance.random() < share:
            events.append(Sent(f"order-{seed}-{number}", contact, "completedOrder", chance.randrange(1, 301)))
        else:
            events.append(Sent(f"view-{seed}-{number}", contact, "viewedPage", 0))
    return events


def to_call(sent: Sent, *, list_id: str) -> dict[str, Any]:
    """Return the event as the tracking API wants it."""
    call: dict[str, Any] = {
        "type": "track",
        "messageId": sent.message_id,
        "userId": f"storm-{sent.contact}",
        "event": sent.name,
    }
    if sent.name == "campaignSubscribed":
        email = f"storm-{sent.contact}@example.com"
        call["context"] = {"traits": {"email": email}}
        call["properties"] = {"listId": list_id, "channel": "email", "source": "storm", "wording": "Yes."}
    elif sent.name == "completedOrder":
        call["properties"] = {"orderId": sent.message_id, "amount": {"revenue": sent.revenue}}
    else:
        call["properties"] = {"url": "https://shop.example.com/"}
    return call


class Ledger:
    """Two files: what is about to be sent, and what was acknowledged; written before the next call is made."""

    def __init__(self, folder: Path) -> None:
        self._sent = (folder / "sent").open("a", encoding="ascii")
        self._acknowledged = (folder / "acknowledged").open("a", encoding="ascii")

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self._sent.close()
        self._acknowledged.close()

    def note_sent(self, batch: list[Sent]) -> None:
        self._sent.writelines(f"{sent.message_id}\n" for sent in batch)
        self._sent.flush()

    def note_acknowledged(self, batch: list[Sent]) -> None:
        self._acknowledged.writelines(f"{sent.message_id}\n" for sent in batch)
        self._acknowledged.flush()


class Shop:
    """Sends events in batches over several connections, and again until each batch is acknowledged."""

    def __init__(self, *, url: str, write_key: str, list_id: str, ledger: Ledger, seed: int) -> None:
        self._url = f"{url}/v1/batch"
        self._headers = {"Authorization": aiohttp.encode_basic_auth(write_key, "")}
        self._list_id = list_id
        self._ledger = ledger
        self._chance = random.Random(seed)
        self._in_flight = 0
        self._flying = asyncio.Event()
        self.retries = 0
        """Calls that were made again."""
        self.longest_wait = 0.0
        """Seconds from a batch's first call to its acknowledgement, of the one that waited longest."""

    async def send(self, events: list[Sent], *, over_seconds: float = 0.0, connections: int = 4) -> None:
        """Return when every event is acknowledged, having made the calls evenly over so many seconds.

        Raises TimeoutError if one batch is refused for 120 s.
        """
        size = max(1, min(BATCH, len(events) // _LEAST_CALLS))
        parts = [events[at : at + size] for at in range(0, len(events), size)]
        begun = asyncio.get_running_loop().time()
        moments = ((begun + over_seconds * number / len(parts), part) for number, part in enumerate(parts))
        timeout = aiohttp.ClientTimeout(total=_ATTEMPT_SECONDS)
        async with (
            aiohttp.ClientSession(headers=self._headers, timeout=timeout) as session,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(connections):
                group.create_task(self._send_batches(session, moments))

    async def wait_until_in_flight(self) -> None:
        """Return while at least one call is somewhere on its way: to the server, in it, or back."""
        while True:
            await self._flying.wait()
            await asyncio.sleep(self._chance.uniform(0, _SOMEWHERE_SECONDS))
            if self._in_flight:
                return

    async def _send_batches(
        self, session: aiohttp.ClientSession, moments: Iterator[tuple[float, list[Sent]]]
    ) -> None:
        loop = asyncio.get_running_loop()
        for moment, batch in moments:
            await asyncio.sleep(max(0.0, moment - loop.time()))
            self._ledger.note_sent(batch)
            begun = loop.time()
            await self._send_until_acknowledged(session, batch)
            self.longest_wait = max(self.longest_wait, loop.time() - begun)
            self._ledger.note_acknowledged(batch)
            if self._chance.random() < _REPEATED_SHARE:
                # A client that lost the answer sends again what was stored long ago.
                await self._send_until_acknowledged(session, batch)

    async def _send_until_acknowledged(self, session: aiohttp.ClientSession, batch: list[Sent]) -> None:
        body = msgspec.json.encode({"batch": [to_call(sent, list_id=self._list_id) for sent in batch]})
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not await self._is_acknowledged(session, body):
                self.retries += 1
                await asyncio.sleep(0.2)

    async def _is_acknowledged(self, session: aiohttp.ClientSession, body: bytes) -> bool:
        self._in_flight += 1
        self._flying.set()
        try:
            async with session.post(self._url, data=body) as response:
                answer = await response.read()
        except (aiohttp.ClientError, TimeoutError):
            return False
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._flying.clear()
        if response.status == 200:
            return True
        if response.status < 500:
            raise AssertionError(f"The storm's own events were refused: {response.status} {answer!r}")
        return False
