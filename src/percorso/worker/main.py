"""The worker's process, and the same work done until nothing is left: what tests and the demo's loader call."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from percorso.config import Config
from percorso.contacts.events.counting import count_events
from percorso.content.coupons.allocator import allocate_all, run_allocator
from percorso.db import Connection, Database
from percorso.db.away import is_transient
from percorso.db.clock import read_product_time
from percorso.db.condition import read_lag
from percorso.imports.actions import advance_imports, run_imports, sweep_imports
from percorso.jobs import is_anything_put_off, run_all_jobs, run_jobs
from percorso.jobs.run import Handlers
from percorso.journeys.ceilings import pause_reached
from percorso.journeys.control import HANDLERS as OF_JOURNEYS
from percorso.journeys.experiments.actions import measure_experiments
from percorso.journeys.failing import watch_journeys
from percorso.kit.ids import BUCKETS
from percorso.log.partitions import Partitions
from percorso.log.retention import drop_old_months, empty_old_facts
from percorso.segments.control import HANDLERS as OF_SEGMENTS
from percorso.segments.groups.actions import HANDLERS as OF_GROUPS
from percorso.telemetry import get_log
from percorso.worker.apply import apply_all, apply_buckets
from percorso.worker.catalog import Catalog
from percorso.worker.erasing import empty_all
from percorso.worker.merging import merge_all
from percorso.worker.noticing import plan_all
from percorso.worker.placing import allocate_all_places, run_place_allocator
from percorso.worker.reading import Limits
from percorso.worker.store import count_due

_log = get_log(__name__)

HANDLERS: Final[Handlers] = {**OF_JOURNEYS, **OF_GROUPS, **OF_SEGMENTS}
"""Who does which kind of job."""

_EAGER_SECONDS: Final = 0.05
"""How long to wait for new facts while some came lately."""
_LIVELY_SECONDS: Final = 0.25
_IDLE_SECONDS: Final = 1.0
"""How long to wait when no hint came lately: a timer is late by as much, and a hint that was lost."""
_EAGER_ROUNDS: Final = 40
_FAULT_SECONDS: Final = (0.2, 0.5, 1.0, 2.0)
MUCH: Final = 2_048
"""Facts that lie beyond the cursors, or runs and others that are due: so many are worth a second process."""
_MUCH_OF_A_BUCKET: Final = 2 * MUCH // BUCKETS
_LOOK_SECONDS: Final = 0.5
_LOOK_IDLE_SECONDS: Final = 5.0
_UPKEEP_SECONDS: Final = 60.0
_COUNT_SECONDS: Final = 10.0
_WATCH_SECONDS: Final = 15.0
"""How often journeys are looked at that may have come to stand still."""


async def run(database: Database, config: Config, stop: asyncio.Event) -> None:
    """Apply facts and due runs, take imports in, and do all else that a worker does, until `stop` is set.

    Several processes may do so at once. A database that goes away is waited for.
    """
    await asyncio.gather(run_helped(database, config, stop), _take_imports(database, stop))


async def run_helped(database: Database, config: Config, stop: asyncio.Event) -> None:
    """Apply facts and due runs, hand out coupons and places, do jobs, merge contacts, plan what is owed and keep partitions until `stop` is set.

    Imports are left to the workers beside it (`run_beside`).
    """
    del config
    spare_collector()
    await asyncio.gather(
        _apply_forever(database, stop),
        _repeat(lambda: run_allocator(database, stop), stop, _FAULT_SECONDS[-1]),
        _repeat(lambda: run_place_allocator(database, stop), stop, _FAULT_SECONDS[-1]),
        _repeat(lambda: run_jobs(database, HANDLERS, stop), stop, _FAULT_SECONDS[-1]),
        _look(database, lambda: merge_all(database), stop),
        _look(database, lambda: empty_all(database), stop),
        _look(database, lambda: plan_all(database), stop),
        _look(database, lambda: pause_reached(database), stop),
        _repeat(lambda: keep_partitions(database), stop, _UPKEEP_SECONDS),
        _repeat(lambda: count_events(database), stop, _COUNT_SECONDS),
        _repeat(lambda: sweep_imports(database), stop, _UPKEEP_SECONDS),
        _repeat(lambda: watch_journeys(database), stop, _WATCH_SECONDS),
        _repeat(lambda: measure_experiments(database), stop, _UPKEEP_SECONDS),
    )


async def run_beside(database: Database, config: Config, stop: asyncio.Event) -> None:
    """Take imports in beside a worker that applies them, and help it when it is far behind, until `stop` is set.

    Timers and upkeep are that one's: where little is to do a second worker would only ask for it twice.
    """
    del config
    spare_collector()
    await asyncio.gather(_help_forever(database, stop), _take_imports(database, stop))


async def _take_imports(database: Database, stop: asyncio.Event) -> None:
    await _repeat(lambda: run_imports(database, stop), stop, _FAULT_SECONDS[-1])


async def _help_forever(database: Database, stop: asyncio.Event) -> None:
    catalog, pulse = Catalog(), database.hints.watch()
    while not stop.is_set():
        try:
            if await help_out(database, catalog):
                continue
        except Exception as error:
            _note(error, "facts wait")
            catalog = Catalog()
        await pulse.wait(_LOOK_SECONDS, idle_seconds=_LOOK_IDLE_SECONDS, stop=stop)


async def help_out(database: Database, catalog: Catalog) -> bool:
    """Apply a batch to each bucket if facts lie far behind or much is due, and return whether anything was done."""
    async with database.connection() as connection:
        is_much = await read_lag(connection) >= MUCH or await _is_much_due(connection)
    return is_much and (await apply_buckets(database, catalog=catalog)).has_moved


async def _is_much_due(connection: Connection) -> bool:
    now = await read_product_time(connection)
    return await count_due(connection, now, most=_MUCH_OF_A_BUCKET) >= MUCH


def spare_collector() -> None:
    """Let Python look for circles of objects seldom: a batch makes some hundred thousand objects and no circle."""
    gc.freeze()
    gc.set_threshold(1_000_000, 10, 10)


async def settle(database: Database, *, catalog: Catalog | None = None) -> None:
    """Do all that a worker does until nothing is left to do now: for virtual time, where nobody waits."""
    catalog = catalog or Catalog()
    while True:
        jobs = await run_all_jobs(database, HANDLERS)
        progress = await apply_all(database, catalog=catalog)
        imported = await advance_imports(database)
        coupons = await allocate_all(database)
        placed = await allocate_all_places(database)
        merged = await merge_all(database)
        emptied = await empty_all(database)
        planned = await plan_all(database)
        paused = await pause_reached(database)
        upkeep = imported or coupons or placed or merged or emptied or planned or paused
        if jobs or upkeep or progress.has_moved:
            continue
        if not await is_anything_put_off(database, HANDLERS):
            return
        await asyncio.sleep(_EAGER_SECONDS)


async def keep_partitions(database: Database) -> None:
    """Make room for what is to come, and let go of message ids and facts past their time."""
    async with database.connection() as connection:
        now = await read_product_time(connection)
    await Partitions(database).ensure(now)
    await drop_old_months(database, now)
    await empty_old_facts(database, now)


async def _apply_forever(database: Database, stop: asyncio.Event) -> None:
    """Apply what there is; when there is nothing, look again soon: one query for all buckets."""
    catalog, pulse = Catalog(), database.hints.watch()
    limits = Limits()
    quiet = faults = 0
    while not stop.is_set():
        try:
            progress = await apply_buckets(database, None, limits, catalog=catalog)
        except Exception as error:
            # A worker that ends at a fault would be started into it again; the next round finds what is left.
            _note(error, "facts wait")
            catalog, limits = Catalog(), limits.halved()
            await _pause(stop, _FAULT_SECONDS[min(faults, len(_FAULT_SECONDS) - 1)])
            faults += 1
            continue
        # What failed may have been too much at once for a busy machine.
        faults, limits = 0, limits.doubled()
        if progress.has_moved:
            quiet = 0
        else:
            quiet += 1
            if quiet < _EAGER_ROUNDS:
                await _pause(stop, _EAGER_SECONDS)
            else:
                await pulse.wait(_LIVELY_SECONDS, idle_seconds=_IDLE_SECONDS, stop=stop)


async def _look(database: Database, work: Callable[[], Awaitable[object]], stop: asyncio.Event) -> None:
    """Do work that follows what others commit: at hints, and from time to time."""
    pulse = database.hints.watch()
    while not stop.is_set():
        try:
            await work()
        except Exception as error:
            _note(error, "upkeep waits")
        await pulse.wait(_LOOK_SECONDS, idle_seconds=_LOOK_IDLE_SECONDS, stop=stop)


async def _repeat(work: Callable[[], Awaitable[object]], stop: asyncio.Event, seconds: float) -> None:
    while not stop.is_set():
        try:
            await work()
        except Exception as error:
            _note(error, "upkeep waits")
        await _pause(stop, seconds)


def _note(error: Exception, sentence: str) -> None:
    if is_transient(error):
        _log.warning(sentence, error=repr(error))
    else:
        _log.error(sentence, error=repr(error), exc_info=error)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
