"""`percorso bench latency`: from an event's sending by HTTP until its contact's message is planned, at 1,000 events/s."""

import asyncio
import random
import time
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.bench.client import make_request, send_all, send_paced
from percorso.bench.engine_scene import CITIES, JOURNEYS, city_of, event_of, make_graph
from percorso.bench.frame import Ground, Result, bench_command, open_ground, progress
from percorso.bench.people_scene import find_list, make_template, switch_on
from percorso.bench.serving import run_programs
from percorso.bench.shop import authorization_of
from percorso.consent.actions import record_statuses
from percorso.consent.records import StatusChange
from percorso.db import load_queries
from percorso.db.clock import read_product_time
from percorso.kit.ids import WorkspaceId, bucket_of
from percorso.worker.main import settle

CONTACTS: Final = 5_000
RATE: Final = 1_000
"""Events in a second."""
ENTERING: Final = 0.02
"""The share of them by which a contact enters a journey whose first step sends."""
TARGET_P99: Final = 1.0
TARGET_P50: Final = 0.15
"""Seconds (architecture §7)."""
_BATCH: Final = 10
_CONNECTIONS: Final = 8
_POLL_SECONDS: Final = 0.01
_PATIENCE: Final = 60.0

_queries: Final = load_queries("percorso.bench")


class Sending(msgspec.Struct, frozen=True):
    """Requests made beforehand, ten events each, and by which order whose message comes of which request."""

    bodies: list[bytes]
    orders: dict[str, tuple[int, int]]
    """Contact's number and request's number, by order."""


async def measure_latency(quick: bool) -> Result:
    """Return the p99 of the seconds from sending until the message is planned."""
    seconds = 15 if quick else 120
    async with open_ground() as ground, run_programs(ground, "api") as serving:
        contacts = await _lay_out(ground, serving.port)
        sending = make_sending(seconds, seed=1)
        async with run_programs(ground, "worker"):
            progress(f"{RATE} events a second for {seconds} s")
            waits = await _drive(ground, serving.port, sending, contacts)
    waits.sort()
    p50, p99 = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
    return Result(
        bench="latency",
        figure=round(p99, 3),
        unit="s (p99)",
        limit=TARGET_P99,
        limit_is="what architecture §7 allows from an event's sending until its message is planned",
        ratio=round(TARGET_P99 / p99, 3),
        target=TARGET_P99,
        more={
            "p50": round(p50, 3),
            "target_p50": TARGET_P50,
            "slowest": round(waits[-1], 3),
            "messages": len(waits),
            "events_per_second": RATE,
            "journeys": JOURNEYS,
        },
    )


async def _lay_out(ground: Ground, port: int) -> dict[int, UUID]:
    """Make contacts by the API, subscribed, and fifty active journeys; return the contacts by number."""
    progress(f"making {CONTACTS} contacts and {JOURNEYS} journeys")
    authorization = authorization_of(ground.write_key)
    bodies = [
        msgspec.json.encode({"batch": [_identify(number) for number in range(first, first + 500)]})
        for first in range(0, CONTACTS, 500)
    ]
    requests = [make_request("/v1/batch", body, authorization=authorization) for body in bodies]
    await send_all(port, iter(requests), connections=2, seconds=120)
    list_id, workspace_id = await find_list(ground), WorkspaceId(ground.workspace_id)
    async with ground.database.connection() as connection:
        rows = await _queries.fetch(connection, "list_live", workspace_id=ground.workspace_id)
    contacts = {int(row["value"].rpartition("-")[2]): row["contact_id"] for row in rows}
    async with ground.database.transaction("bench.copy") as connection:
        now = await read_product_time(connection)
        changes = [
            StatusChange(workspace_id, id, list_id, "email", "subscribed", "bench", "bench")
            for id in contacts.values()
        ]
        await record_statuses(
            connection, changes, recorded_at={bucket_of(id): now for id in contacts.values()}
        )
    for number in range(JOURNEYS):
        graph = make_graph(number, await make_template(ground))
        await switch_on(ground, f"Journey {number:02}", graph)
    await settle(ground.database)
    return contacts


def make_sending(seconds: int, *, seed: int) -> Sending:
    """Return the requests of so many seconds: of the events 2 % meet the start of their contact's journey."""
    chance = random.Random(seed)  # noqa: S311 - invented behaviour, no secret
    bodies: list[bytes] = []
    orders: dict[str, tuple[int, int]] = {}
    for request in range(seconds * RATE // _BATCH):
        events: list[dict[str, Any]] = []
        for place in range(_BATCH):
            number, order = chance.randrange(CONTACTS), f"O-{request}-{place}"
            meets = chance.random() < ENTERING
            if meets:
                orders[order] = (number, request)
            events.append(_track(number, order, meets=meets))
        bodies.append(msgspec.json.encode({"batch": events}))
    return Sending(bodies, orders)


def _identify(number: int) -> dict[str, Any]:
    traits = {"email": f"contact-{number}@example.com", "address": {"city": CITIES[city_of(number)]}}
    return {"type": "identify", "messageId": f"i-{number}", "userId": f"contact-{number}", "traits": traits}


def _track(number: int, order: str, *, meets: bool) -> dict[str, Any]:
    revenue = 120 if meets else 59.9
    return {
        "type": "track",
        "messageId": order,
        "userId": f"contact-{number}",
        "event": event_of(city_of(number)) if meets else "viewedProduct",
        "properties": {"orderId": order, "amount": {"revenue": revenue, "total": revenue}},
    }


async def _drive(ground: Ground, port: int, sending: Sending, contacts: dict[int, UUID]) -> list[float]:
    """Send the requests each at its moment, look whose message is planned, and return how long each took."""
    authorization = authorization_of(ground.write_key)
    requests = [make_request("/v1/batch", body, authorization=authorization) for body in sending.bodies]
    per_second = RATE / _BATCH
    # `send_paced` counts from a tenth of a second ahead.
    start = time.perf_counter() + 0.1
    watching = asyncio.create_task(_watch(ground, sending, contacts, start, per_second))
    await send_paced(port, requests, connections=_CONNECTIONS, per_second=per_second)
    return await asyncio.wait_for(watching, _PATIENCE)


async def _watch(
    ground: Ground, sending: Sending, contacts: dict[int, UUID], start: float, per_second: float
) -> list[float]:
    """Return the seconds from the moment when each was due to be sent until a look found its message planned."""
    waiting = {order: start + request / per_second for order, (_, request) in sending.orders.items()}
    waits: list[float] = []
    while waiting:
        await asyncio.sleep(_POLL_SECONDS)
        sent_by = time.perf_counter()
        asked = [order for order, sent_at in waiting.items() if sent_at < sent_by]
        people = list({contacts[sending.orders[order][0]] for order in asked})
        async with ground.database.connection() as connection:
            rows = await _queries.fetch(
                connection,
                "list_planned",
                buckets=[bucket_of(id) for id in people],
                contact_ids=people,
                keys=asked,
            )
        seen_at = time.perf_counter()
        waits += [seen_at - waiting.pop(row["key"]) for row in rows if row["key"] in waiting]
    return waits


latency = bench_command(
    "latency", "Seconds from an event's sending until its message is planned, at 1,000 events/s."
)(measure_latency)
