"""`percorso bench ingest-single`: single calls per second, and how long each waits to be durable."""

from itertools import cycle

from percorso.bench.client import Sent, make_request, send_all, send_paced
from percorso.bench.frame import Result, bench_command, open_ground, progress, rate_result
from percorso.bench.ingest import CONTACTS, check_stored, identify_contacts
from percorso.bench.serving import serve_like_up
from percorso.bench.shop import authorization_of, make_singles

TARGET = 5_000
TARGET_RATIO = 0.3
TARGET_P99_MS = 50
_CONNECTIONS = 512
_PACE = 1_000


async def measure_single(quick: bool) -> Result:
    """Return requests per second beside those of an endpoint that only answers, and p99 at 1,000/s."""
    rounds, seconds = (4, 1.5) if quick else (10, 2.0)
    sent, idle = Sent(), Sent()
    async with open_ground() as ground:
        authorization = authorization_of(ground.write_key)
        async with serve_like_up(ground) as serving:
            port = serving.port
            await identify_contacts(port, authorization)
            paced_count = int(_PACE * rounds * seconds)
            bodies = make_singles(int(12_000 * rounds * seconds), contacts=CONTACTS, seed=2)
            requests = [make_request("/v1/track", body, authorization=authorization) for body in bodies]
            progress(f"sending {_PACE} a second")
            paced = await send_paced(port, requests[:paced_count], connections=_CONNECTIONS, per_second=_PACE)
            waiting = iter(requests[paced_count:])
            answering = cycle([make_request("/health", body, authorization=authorization) for body in bodies])
            for number in range(1, rounds + 1):
                progress(f"sending, round {number} of {rounds}, then to an endpoint that only answers")
                sent.add(await send_all(port, waiting, connections=_CONNECTIONS, seconds=seconds))
                idle.add(await send_all(port, answering, connections=_CONNECTIONS, seconds=seconds / 2))
        await check_stored(ground, sent.answered + paced.answered)
    return rate_result(
        "ingest-single",
        figure=sent.rate,
        unit="requests/s",
        limit=idle.rate,
        limit_is="the same requests to an endpoint that only answers",
        target=TARGET,
        target_ratio=TARGET_RATIO,
        more={
            "api_processes": serving.api_processes,
            "requests": sent.answered,
            "connections": _CONNECTIONS,
            "seconds": round(sent.seconds, 2),
            "p50_ms": sent.quantile(0.5),
            "p99_ms": sent.quantile(0.99),
            "paced_per_second": _PACE,
            "paced_p50_ms": paced.quantile(0.5),
            "paced_p99_ms": paced.quantile(0.99),
            "target_paced_p99_ms": TARGET_P99_MS,
        },
    )


ingest_single = bench_command("ingest-single", "Single calls per second, and p99 at 1,000/s.")(measure_single)
