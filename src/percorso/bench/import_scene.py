"""What the import and export benches bring in: a shop's contacts as a CSV, made as it is read; and who does things meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec

from percorso.bench.client import make_request, send_paced
from percorso.bench.frame import Ground
from percorso.bench.shop import authorization_of, make_identify
from percorso.db import load_queries
from percorso.imports.actions import start_import
from percorso.imports.model import Import, Settings, Subscribing
from percorso.imports.receiving import get_import, preview_import, receive_file
from percorso.imports.store import list_lists
from percorso.kit.ids import bucket_of

HEADER: Final = "email;telefono;nome;cognome;data di nascita;sesso;città;cap;punti;registrato\n"
"""Ten columns, as a shop's till would write them."""
LIVE_CONTACTS: Final = 500
LIVE_PER_SECOND: Final = 50

_queries: Final = load_queries("percorso.bench")
_BIRTH: Final = date(1950, 1, 1)
_ROWS_A_PIECE: Final = 5_000
_POLL_SECONDS: Final = 0.02


def make_rows(count: int) -> Iterator[bytes]:
    """Yield a file of so many contacts; three in five have a phone."""
    yield HEADER.encode()
    births = [(_BIRTH + timedelta(days=day)).strftime("%d/%m/%Y") for day in range(20_000)]
    for start in range(0, count, _ROWS_A_PIECE):
        yield "".join(
            f"persona{n}@example.com;{f'+39347{n:07}' if n % 5 < 3 else ''};Nome{n % 997};Cognome {n % 8191};"
            f"{births[n * 7919 % 20_000]};{'FM'[n % 2]};Città {n % 320};{n % 90_000 + 10_000};{n % 1000};"
            f"2024-0{n % 9 + 1}-1{n % 10} 1{n % 10}:30:00\n"
            for n in range(start, min(start + _ROWS_A_PIECE, count))
        ).encode()


async def _in_pieces(count: int) -> AsyncIterator[bytes]:
    for piece in make_rows(count):
        yield piece


async def bring_file(ground: Ground, count: int) -> Import:
    """Return the import of so many contacts, ready to start."""
    return await receive_file(
        ground.database,
        ground.workspace_id,
        _in_pieces(count),
        id=uuid4(),
        file_name="bench.csv",
        made_by="bench",
    )


async def start(ground: Ground, import_id: UUID) -> None:
    """Start the import by its guesses, everybody joining the list by email."""
    async with ground.database.transaction("imports.change") as connection:
        preview = await preview_import(connection, ground.workspace_id, import_id)
        (list_id,) = await list_lists(connection, ground.workspace_id)
        settings = Settings(preview.targets, (Subscribing(list_id),), "till of the shop")
        await start_import(connection, ground.workspace_id, import_id, settings)


async def wait_until_done(ground: Ground, import_id: UUID) -> Import:
    """Return the import when its last row is folded; raises RuntimeError if it fails."""
    while True:
        async with ground.database.connection() as connection:
            found = await get_import(connection, ground.workspace_id, import_id)
        if found.state in ("failed", "cancelled"):
            raise RuntimeError(f"The import is {found.state}: {found.error}.")
        if found.state == "done":
            return found
        await asyncio.sleep(0.1)


class Live:
    """People who do things while the import goes on, and how long each waits to be applied.

    Waiting is measured from the moment an event was due to be sent until a look at the cursors, every 20 ms, finds it
    applied.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._authorization = authorization_of(ground.write_key)
        self._contacts: dict[str, UUID] = {}
        self._stop = asyncio.Event()
        self._waiting: dict[str, float] = {}
        self.seconds: list[float] = []
        self.refused_seconds = 0
        """Seconds in which a request was refused or not answered; their events are not among the others."""

    async def identify(self, port: int) -> None:
        """Make these people known."""
        bodies = [msgspec.json.encode(make_identify(number)) for number in range(LIVE_CONTACTS)]
        requests = [make_request("/v1/identify", body, authorization=self._authorization) for body in bodies]
        await send_paced(port, requests, connections=4, per_second=1_000)
        async with self._ground.database.connection() as connection:
            rows = await _queries.fetch(connection, "list_live", workspace_id=self._ground.workspace_id)
        self._contacts = {row["value"]: row["contact_id"] for row in rows}

    async def run(self, port: int) -> None:
        """Send events at their pace until `stop`, and watch them being applied."""
        watching = asyncio.create_task(self._watch())
        number = 0
        while not self._stop.is_set():
            # A second at a time, so that it ends when the import does.
            bodies: list[bytes] = []
            begun = time.perf_counter() + 0.1
            for place in range(LIVE_PER_SECOND):
                message_id = f"live-{number % LIVE_CONTACTS}-{number}"
                self._waiting[message_id] = begun + place / LIVE_PER_SECOND
                bodies.append(_make_event(number % LIVE_CONTACTS, message_id))
                number += 1
            requests = [make_request("/v1/track", body, authorization=self._authorization) for body in bodies]
            try:
                await send_paced(port, requests, connections=4, per_second=LIVE_PER_SECOND)
            except RuntimeError:
                # Told to come again: none of that second is known to be stored.
                self.refused_seconds += 1
                for message_id in [id for id, sent_at in self._waiting.items() if sent_at >= begun]:
                    del self._waiting[message_id]
        await asyncio.wait_for(watching, 60)

    def stop(self) -> None:
        """Send no more."""
        self._stop.set()

    async def _watch(self) -> None:
        while not self._stop.is_set() or self._waiting:
            await asyncio.sleep(_POLL_SECONDS)
            now = time.perf_counter()
            asked = [message_id for message_id, sent_at in self._waiting.items() if sent_at < now]
            contacts = list({self._contacts[f"contact-{id.split('-')[1]}"] for id in asked})
            async with self._ground.database.connection() as connection:
                rows = await _queries.fetch(
                    connection,
                    "list_applied",
                    buckets=[bucket_of(id) for id in contacts],
                    contact_ids=contacts,
                    message_ids=asked,
                )
            now = time.perf_counter()
            for row in rows:
                sent_at = self._waiting.pop(row["message_id"], None)
                if sent_at is not None:
                    self.seconds.append(now - sent_at)

    def quantile(self, share: float) -> float:
        """Return the wait in milliseconds that this share did not exceed."""
        ordered = sorted(self.seconds)
        return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 1) if ordered else 0.0


def _make_event(number: int, message_id: str) -> bytes:
    event: dict[str, Any] = {
        "userId": f"contact-{number}",
        "event": "viewedPage",
        "messageId": message_id,
        "timestamp": datetime.now().astimezone().isoformat(),
        "properties": {"url": f"https://shop.example.com/{number}"},
    }
    return msgspec.json.encode(event)
