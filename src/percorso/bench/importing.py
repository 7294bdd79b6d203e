"""`percorso bench import`: contacts imported per second, until the last is folded; and how live events fare meanwhile."""

import asyncio
import time
from typing import Final

from percorso.bench.frame import Ground, Result, bench_command, open_ground, progress, rate_result
from percorso.bench.import_scene import Live, bring_file, start, wait_until_done
from percorso.bench.limits import measure_tables
from percorso.bench.serving import run_programs
from percorso.db import load_queries
from percorso.imports.model import Import

TARGET_SECONDS: Final = 150
"""For a million contacts."""
TARGET_RATIO: Final = 0.2
LIMIT_IS: Final = (
    "COPY of all rows that the import leaves, into the same tables, 1,000 a commit, one connection"
)
TABLES: Final = ("facts", "identities", "contacts", "changes", "statuses", "consent_records")
"""What an import writes to."""

_queries: Final = load_queries("percorso.bench")


async def measure_import(quick: bool) -> Result:
    """Return contacts per second beside what COPY of the same rows reaches."""
    count = 100_000 if quick else 1_000_000
    async with open_ground() as ground, run_programs(ground, "api", "worker") as serving:
        port = serving.port
        live = Live(ground)
        await live.identify(port)
        progress(f"bringing a file of {count} contacts")
        begun = time.perf_counter()
        found = await bring_file(ground, count)
        upload_seconds = time.perf_counter() - begun
        progress("importing it, while people do things")
        living = asyncio.create_task(live.run(port))
        begun = time.perf_counter()
        await start(ground, found.id)
        done = await wait_until_done(ground, found.id)
        seconds = time.perf_counter() - begun
        live.stop()
        await living
        await _check(ground, count, done)
        progress("measuring COPY of the same rows")
        limit = await measure_tables(ground.database, TABLES, contacts=count)
    return rate_result(
        "import",
        figure=count / seconds,
        unit="contacts/s",
        limit=limit,
        limit_is=LIMIT_IS,
        target=1_000_000 / TARGET_SECONDS,
        target_ratio=TARGET_RATIO,
        more={
            "contacts": count,
            "seconds": round(seconds, 2),
            "seconds_a_million": round(seconds * 1_000_000 / count, 1),
            "upload_seconds": round(upload_seconds, 2),
            "file_mb": round(found.bytes / 1e6, 1),
            "live_events": len(live.seconds),
            "live_p50_ms": live.quantile(0.5),
            "live_p99_ms": live.quantile(0.99),
            "live_refused_seconds": live.refused_seconds,
        },
    )


async def _check(ground: Ground, count: int, done: Import) -> None:
    """Raise RuntimeError unless every row is a contact with its status and proof."""
    async with ground.database.connection() as connection:
        (row,) = await _queries.fetch(connection, "count_imported")
    if done.counts.new != count or tuple(row) != (count, count, count):
        raise RuntimeError(f"{count} rows were imported as {done.counts}; stored are {dict(row)}.")


import_ = bench_command("import", "Contacts imported per second, until the last is folded.")(measure_import)
