"""`percorso bench export`: contacts written as CSV per second, ten fields each."""

import resource
import time
from typing import Final

from percorso.bench.frame import Result, bench_command, open_ground, progress, rate_result
from percorso.bench.import_scene import bring_file, start, wait_until_done
from percorso.bench.limits import measure_copy_out
from percorso.bench.serving import run_programs
from percorso.imports.downloading import begin_export
from percorso.imports.exporting import Audience

TARGET_SECONDS: Final = 15
"""For a million contacts."""
TARGET_RATIO: Final = 0.2
LIMIT_IS: Final = "COPY of the same columns to the client, one connection"
FIELDS: Final = (
    "email",
    "phone",
    "attributes.firstName",
    "attributes.lastName",
    "attributes.birthDate",
    "attributes.gender",
    "attributes.address.city",
    "attributes.address.zip",
    "attributes.punti",
    "attributes.registrato",
)


async def measure_export(quick: bool) -> Result:
    """Return contacts per second beside what COPY reaches."""
    count = 100_000 if quick else 1_000_000
    async with open_ground() as ground:
        progress(f"importing {count} contacts")
        async with run_programs(ground, "api", "worker"):
            found = await bring_file(ground, count)
            await start(ground, found.id)
            await wait_until_done(ground, found.id)
        await ground.database.pool.execute("VACUUM ANALYZE contacts")
        progress("exporting them")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.perf_counter()
        size = lines = 0
        pieces = await begin_export(
            ground.database,
            ground.workspace_id,
            fields=FIELDS,
            audience=Audience(),
            condition=None,
            made_by="bench",
        )
        async for piece in pieces:
            size += len(piece)
            lines += piece.count(b"\n")
        seconds = time.perf_counter() - begun
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        if lines != count + 1:
            raise RuntimeError(f"{count} contacts left as {lines} lines.")
        progress("measuring COPY of the same columns")
        limit = await measure_copy_out(ground.database)
    return rate_result(
        "export",
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
            "file_mb": round(size / 1e6, 1),
            "memory_grown_mb": round(grown / 1024, 1),
        },
    )


export = bench_command("export", "Contacts written as CSV per second.")(measure_export)
