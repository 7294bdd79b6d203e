"""`percorso bench ingest`: events per second through HTTP in batches of 100, durable before the answer."""

import msgspec

from percorso.bench.client import Sent, make_request, send_all
from percorso.bench.frame import (
    Ground,
    Result,
    bench_command,
    open_ground,
    progress,
    rate_result,
)
from percorso.bench.limits import COPY_IS, CopyLimit
from percorso.bench.serving import serve_like_up
from percorso.bench.shop import authorization_of, make_batches, make_identify
from percorso.db import load_queries

TARGET = 25_000
TARGET_RATIO = 0.4
CONTACTS = 10_000
_BATCH = 100
_CONNECTIONS = 48

_queries = load_queries("percorso.bench")


async def measure_ingest(quick: bool) -> Result:
    """Return events per second beside what COPY alone reaches."""
    rounds, seconds, batches = (4, 2.5, 5000) if quick else (10, 4.0, 20_000)
    sent = Sent()
    async with open_ground() as ground:
        authorization = authorization_of(ground.write_key)
        limit = CopyLimit(ground.database)
        async with serve_like_up(ground) as serving:
            port = serving.port
            await identify_contacts(port, authorization)
            progress(f"making {batches} batches of {_BATCH}")
            bodies = make_batches(batches, _BATCH, contacts=CONTACTS, seed=1)
            requests = iter([make_request("/v1/batch", body, authorization=authorization) for body in bodies])
            for number in range(1, rounds + 1):
                progress(f"sending, round {number} of {rounds}, then COPY alone")
                sent.add(await send_all(port, requests, connections=_CONNECTIONS, seconds=seconds))
                await limit.measure(seconds=seconds / 2)
        await check_stored(ground, sent.answered * _BATCH)
    return rate_result(
        "ingest",
        figure=sent.rate * _BATCH,
        unit="events/s",
        limit=limit.rate,
        limit_is=COPY_IS,
        target=TARGET,
        target_ratio=TARGET_RATIO,
        more={
            "api_processes": serving.api_processes,
            "connections": _CONNECTIONS,
            "events": sent.answered * _BATCH,
            "seconds": round(sent.seconds, 2),
            "batch_p50_ms": sent.quantile(0.5),
            "batch_p99_ms": sent.quantile(0.99),
        },
    )


async def identify_contacts(port: int, authorization: str) -> None:
    """Make the contacts known, outside the measurement."""
    progress(f"identifying {CONTACTS} contacts")
    numbers = range(CONTACTS)
    bodies = [
        msgspec.json.encode({"batch": [make_identify(number) for number in numbers[start : start + 500]]})
        for start in range(0, CONTACTS, 500)
    ]
    requests = [make_request("/v1/batch", body, authorization=authorization) for body in bodies]
    await send_all(port, iter(requests), connections=4, seconds=120)


async def check_stored(ground: Ground, sent: int) -> None:
    """Raise RuntimeError unless every event that was acknowledged is stored once."""
    async with ground.database.connection() as connection:
        (row,) = await _queries.fetch(connection, "count_events")
    if (row["stored"], row["different"]) != (sent, sent):
        raise RuntimeError(f"{sent} events were acknowledged, {row['stored']} are stored.")


ingest = bench_command("ingest", "Events per second in batches of 100, durable.")(measure_ingest)
