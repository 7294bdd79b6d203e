"""`percorso bench backtest`: facts told again per second of our processor, beside reading and decoding them alone."""

import time
from datetime import timedelta
from typing import Final

from percorso.backtest import store
from percorso.backtest.reading import list_names, read_epochs, read_families
from percorso.backtest.replay import retell
from percorso.backtest.store import Scope
from percorso.bench.engine import append, lay_out, present
from percorso.bench.engine_scene import make_events
from percorso.bench.frame import Ground, Result, bench_command, open_ground, progress, rate_result
from percorso.db import load_queries
from percorso.kit.ids import WorkspaceId
from percorso.worker.catalog import Catalog
from percorso.worker.main import settle

_queries = load_queries("percorso.bench")

TARGET: Final = 50_000
TARGET_RATIO: Final = 0.3
LIMIT_IS: Final = "reading and decoding the same facts, per CPU-second of the process"


async def measure_backtest(quick: bool) -> Result:
    """Return facts told again per CPU-second; the same facts are read alone before, in the same run."""
    events = 200_000 if quick else 1_000_000
    async with open_ground() as ground:
        catalog = Catalog()
        await lay_out(ground, catalog)
        progress(f"appending {events} events")
        now = await present(ground)
        await append(ground, make_events(WorkspaceId(ground.workspace_id), events, now, seed=1))
        progress("applying")
        await settle(ground.database, catalog=catalog)
        progress("reading")
        limit, facts, _ = await _tell(ground, retelling=False)
        progress("telling again")
        figure, _, runs = await _tell(ground, retelling=True)
        async with ground.database.connection() as connection:
            (row,) = await _queries.fetch(connection, "count_runs")
            known: int = row["runs"]
        if runs != known:
            raise RuntimeError(f"{known} runs began; {runs} were told again.")
    return rate_result(
        "backtest",
        figure=figure,
        unit="facts/CPU-s",
        limit=limit,
        limit_is=LIMIT_IS,
        target=TARGET,
        target_ratio=TARGET_RATIO,
        more={"facts": facts, "runs": runs},
    )


async def _tell(ground: Ground, *, retelling: bool) -> tuple[float, int, int]:
    """Return facts per CPU-second, how many there were, and how many runs came of them."""
    catalog, facts, runs = Catalog(), 0, 0
    until = await present(ground) + timedelta(seconds=1)
    begun = time.process_time()
    async with ground.database.connection() as connection:
        await catalog.refresh(connection)
        offsets = await store.list_told_buckets(connection)
        epochs = await read_epochs(connection, catalog, until, offsets)
    scope = Scope(ground.workspace_id, until, list_names(epochs))
    for bucket, offset in offsets.items():
        async for families in read_families(ground.database, bucket, offset, scope):
            for family in families:
                facts += len(family.facts)
                if retelling:
                    runs += len(retell(family, epochs, catalog, until).runs)
    return facts / (time.process_time() - begun), facts, runs


backtest = bench_command("backtest", "Facts told again per CPU-second, 50 journeys and 20 segments.")(
    measure_backtest
)
