"""`percorso bench membership`: from a change until the contact has entered or left, with 100 segments at 1,000 events/s."""

import asyncio
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from percorso.bench.engine_scene import CITIES, city_of, contact_id, make_profiles
from percorso.bench.frame import Ground, Result, bench_command, open_ground, progress, stand_at
from percorso.bench.serving import run_programs, run_worker
from percorso.db import load_queries
from percorso.db.clock import read_product_time, set_clock
from percorso.kit.ids import WorkspaceId, bucket_of, derive_id
from percorso.log.actions import append_facts
from percorso.log.append_store import ensure_month
from percorso.log.model import FactDraft
from percorso.segments.actions import create_segment
from percorso.segments.codec import convert_definition
from percorso.worker.main import settle

SEGMENTS: Final = 100
CONTACTS: Final = 1_000_000
EVENTS_EACH: Final = 20
"""Events per contact in the year before; a quick run has a tenth of the contacts."""
RATE: Final = 1_000
"""Facts appended in a second; one in ten changes a city, so that the contact leaves a segment and enters another."""
TARGET_SECONDS: Final = 5.0
"""p99, architecture §7."""

_DAYS: Final = 365
_MONTH: Final = 28
_LOT: Final = 10_000
_PIECES: Final = 20
"""Appends of a second."""
_PATIENCE: Final = 60.0

_queries: Final = load_queries("percorso.bench")


async def measure_membership(quick: bool) -> Result:
    """Return the p99 of the seconds between the receipt of a change and the commit of its `segmentEntered`."""
    contacts, seconds = (CONTACTS // 10, 15) if quick else (CONTACTS, 120)
    async with open_ground() as ground:
        await _lay_out(ground, contacts)
        async with run_worker(ground):
            progress(f"{RATE} facts a second for {seconds} s")
            waits = await _drive(ground, seconds, contacts)
    waits.sort()
    p99 = waits[int(len(waits) * 0.99)]
    return Result(
        bench="membership",
        figure=round(p99, 3),
        unit="s (p99)",
        limit=TARGET_SECONDS,
        limit_is="what spec 2.7 allows from a change until the contact has entered or left",
        ratio=round(TARGET_SECONDS / p99, 3),
        target=TARGET_SECONDS,
        more={
            "changes": len(waits),
            "p50": round(waits[len(waits) // 2], 3),
            "slowest": round(waits[-1], 3),
            "segments": SEGMENTS,
            "contacts": contacts,
            "events_before": contacts * EVENTS_EACH,
            "events_per_second": RATE,
        },
    )


async def _lay_out(ground: Ground, contacts: int) -> None:
    progress(f"{SEGMENTS} segments, {contacts} contacts and a year with {contacts * EVENTS_EACH} events")
    workspace_id = WorkspaceId(ground.workspace_id)
    async with ground.database.connection() as connection:
        now = await read_product_time(connection)
    began_at = now - timedelta(days=_DAYS)
    await stand_at(ground, began_at)
    async with ground.database.transaction("bench.copy") as connection:
        for day in range(0, _DAYS + _MONTH, _MONTH):
            await ensure_month(connection, (began_at + timedelta(days=day)).date())
    # Before there is anybody: who comes is judged once, and not once for each segment that is made.
    await _make_segments(ground, workspace_id)
    chance = random.Random(2)  # noqa: S311 - invented behaviour, no secret
    async with run_programs(ground, "worker"):
        await _append_all(ground, make_profiles(workspace_id, ground.node_id, began_at, contacts=contacts))
        for day in range(_DAYS):
            at = began_at + timedelta(days=day)
            await stand_at(ground, at)
            await _append_all(ground, _make_day(ground, chance, day, at, contacts))
        async with ground.database.transaction("bench.copy") as connection:
            await set_clock(connection, product_at=now, rate=1)
        await settle(ground.database)


async def _make_segments(ground: Ground, workspace_id: WorkspaceId) -> None:
    async with ground.database.transaction("bench.copy") as connection:
        for number in range(SEGMENTS):
            await create_segment(
                connection,
                workspace_id,
                name=f"Segment {number:03}",
                definition=convert_definition(define_segment(number)),
                id=_segment_id(number),
            )
    await settle(ground.database)


def define_segment(number: int) -> dict[str, Any]:
    """Return segment `number`: fifty of a city each, fifty of what was done in some last days."""
    if number < len(CITIES):
        test = {"source": "attribute", "path": "address.city", "type": "text", "operator": "equals"}
        condition = {"kind": "test", **test, "operands": [{"kind": "value", "value": CITIES[number]}]}
    else:
        condition = {
            "kind": "happened",
            "pattern": {"events": [f"deed{number % 10}"]},
            "window": {"kind": "ago", "amount": 1 + number % 7, "unit": "days"},
            "operands": [{"kind": "value", "value": 1 + number % 3}],
        }
    return {"kind": "filter", "condition": condition}


def _make_day(
    ground: Ground, chance: random.Random, day: int, at: datetime, contacts: int
) -> Iterator[FactDraft]:
    """Yield a day's share of the events of the year, of which segments ask for one in ten."""
    count = contacts * EVENTS_EACH
    for place in range(day * count // _DAYS, (day + 1) * count // _DAYS):
        contact = contact_id(chance.randrange(contacts))
        name = "looked" if chance.randrange(10) else f"deed{chance.randrange(10)}"
        yield _draft(ground, contact, "event", name, f"y{place}", {}, at)


class _Awaited(msgspec.Struct, frozen=True):
    """Since when a contact's entering a segment is waited for."""

    segment_id: UUID
    since: float


async def _drive(ground: Ground, seconds: int, contacts: int) -> list[float]:
    """Append facts at the rate, look who has entered, and return how long each took."""
    chance = random.Random(1)  # noqa: S311 - invented behaviour, no secret
    awaited: dict[UUID, _Awaited] = {}
    waits: list[float] = []
    async with ground.database.connection() as connection:
        began_at = await read_product_time(connection)
    done = asyncio.Event()
    watching = asyncio.create_task(_watch(ground, awaited, waits, began_at, done))
    start = time.monotonic()
    for piece in range(seconds * _PIECES):
        await asyncio.sleep(max(0.0, start + piece / _PIECES - time.monotonic()))
        drafts, moved = make_piece(ground, chance, piece, began_at, contacts)
        await _append(ground, drafts)
        # A change counts from its commit: before, nobody could have heard of it.
        since = time.monotonic()
        awaited.update({contact: _Awaited(segment_id, since) for contact, segment_id in moved})
    done.set()
    try:
        await asyncio.wait_for(watching, _PATIENCE)
    except TimeoutError:
        raise RuntimeError(f"{len(awaited)} changes made nobody enter within {_PATIENCE} s.") from None
    return waits


def make_piece(
    ground: Ground, chance: random.Random, piece: int, now: datetime, contacts: int
) -> tuple[list[FactDraft], list[tuple[UUID, UUID]]]:
    """Return a twentieth of a second's facts, and who enters which segment by them: each contact once."""
    drafts: list[FactDraft] = []
    moved: list[tuple[UUID, UUID]] = []
    count = RATE // _PIECES
    for place in range(piece * count, (piece + 1) * count):
        if place % 10:
            contact = contact_id(chance.randrange(contacts))
            drafts.append(
                _draft(ground, contact, "event", f"deed{chance.randrange(10)}", f"m{place}", {}, now)
            )
            continue
        number = place // 10
        city = (city_of(number) + 1) % len(CITIES)
        moved.append((contact_id(number), _segment_id(city)))
        said = {"set": {"address.city": CITIES[city]}}
        drafts.append(_draft(ground, contact_id(number), "profile", "contactUpdated", f"m{place}", said, now))
    return drafts, moved


def _draft(
    ground: Ground,
    contact: UUID,
    kind: Literal["event", "profile"],
    name: str,
    message_id: str,
    said: dict[str, Any],
    now: datetime,
) -> FactDraft:
    return FactDraft(
        bucket=bucket_of(contact),
        workspace_id=WorkspaceId(ground.workspace_id),
        contact_id=contact,
        kind=kind,
        name=name,
        message_id=message_id,
        occurred_at=now,
        properties=msgspec.json.encode(said),
    )


async def _watch(
    ground: Ground, awaited: dict[UUID, _Awaited], waits: list[float], began_at: datetime, done: asyncio.Event
) -> None:
    """Note when those who moved are members of what they moved into, until all of them are."""
    while awaited or not done.is_set():
        asked = dict(awaited)
        async with ground.database.connection() as connection:
            rows = await _queries.fetch(
                connection,
                "list_entered",
                buckets=[bucket_of(contact) for contact in asked],
                contact_ids=list(asked),
                segment_ids=[one.segment_id for one in asked.values()],
                began_at=began_at,
            )
        now = time.monotonic()
        for row in rows:
            waits.append(now - awaited.pop(row["contact_id"]).since)
        await asyncio.sleep(0.02)


def _segment_id(number: int) -> UUID:
    return derive_id("membership bench", number)


async def _append_all(ground: Ground, drafts: Iterator[FactDraft]) -> None:
    while piece := list(islice(drafts, _LOT)):
        await _append(ground, piece)


async def _append(ground: Ground, drafts: list[FactDraft]) -> None:
    async with ground.database.transaction("bench.copy") as connection:
        await append_facts(connection, drafts, received_at=await read_product_time(connection))


membership = bench_command(
    "membership", "Seconds from a change until the contact has entered a segment, with 100 of them."
)(measure_membership)
