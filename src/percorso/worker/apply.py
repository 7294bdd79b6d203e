"""Applying until nothing is left to do now."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec

from percorso.db import Database
from percorso.db.clock import read_product_time
from percorso.worker import store
from percorso.worker.batch import BatchDone
from percorso.worker.catalog import Catalog
from percorso.worker.fault import apply_or_isolate
from percorso.worker.reading import Limits
from percorso.worker.store import Work

BATCH_BUCKETS: Final = 64
"""Buckets of one transaction, at most."""

LANES: Final = 2
"""Batches that one process has under way: buckets do not know of each other."""

_MATTERING: Final = 4
"""Of so many facts one matters, more or less: a batch passes over the others."""

_BUSY_SECONDS: Final = 0.01


class Progress(msgspec.Struct, frozen=True):
    """What was applied: facts that mattered, offsets passed, contacts looked at."""

    facts: int = 0
    offsets: int = 0
    contacts: int = 0
    is_blocked: bool = False
    """Whether nothing was done because all that is to do is in the hands of other workers."""

    @property
    def has_moved(self) -> bool:
        """Whether anything was done: if not, and nobody blocks, there is nothing to do now."""
        return self.offsets + self.contacts > 0


async def apply_buckets(
    database: Database,
    buckets: Sequence[int] | None = None,
    limits: Limits | None = None,
    *,
    catalog: Catalog | None = None,
    batch_buckets: int = BATCH_BUCKETS,
) -> Progress:
    """Apply one batch to each bucket that has something to do (of `buckets`, if given); return what was done.

    Locks the buckets' cursors, leaving out those that another worker holds. Doing it again goes on from there.
    """
    catalog = catalog or Catalog()
    limits = limits or Limits()
    async with database.connection() as connection:
        work = await store.find_work(connection, await read_product_time(connection))
    todo = [item for item in work if buckets is None or item.bucket in buckets]
    facts = offsets = contacts = held = 0
    for done in await _apply_lanes(database, catalog, pack_buckets(todo, limits, batch_buckets), limits):
        facts, offsets, contacts = facts + done.facts, offsets + done.offsets, contacts + done.contacts
        held += done.buckets
    return Progress(facts, offsets, contacts, is_blocked=bool(todo) and not held)


def pack_buckets(todo: Sequence[Work], limits: Limits, most: int) -> list[list[int]]:
    """Return the buckets of each batch, `most` at most: the further they are behind, the fewer.

    Several facts of one contact cost little more than one, so a backlog is taken deep rather than wide.
    """
    batches: list[list[int]] = []
    behind = 0
    for item in todo:
        if not batches or len(batches[-1]) >= most or behind + item.behind > limits.facts * _MATTERING:
            batches.append([])
            behind = 0
        batches[-1].append(item.bucket)
        behind += item.behind
    return batches


async def _apply_lanes(
    database: Database, catalog: Catalog, batches: Sequence[Sequence[int]], limits: Limits
) -> list[BatchDone]:
    """Apply the batches in two lanes: while one waits for the database, the other walks."""
    waiting = iter(batches)
    finished: list[BatchDone] = []

    async def follow() -> None:
        for buckets in waiting:
            finished.append(await apply_or_isolate(database, catalog, buckets, limits))

    ended = await asyncio.gather(*(follow() for _ in batches[:LANES]), return_exceptions=True)
    for outcome in ended:
        if outcome is not None:
            raise outcome
    return finished


async def apply_all(
    database: Database,
    limits: Limits | None = None,
    *,
    catalog: Catalog | None = None,
    batch_buckets: int = BATCH_BUCKETS,
) -> Progress:
    """Apply until no fact is left and no run is due now; return all that was done."""
    catalog = catalog or Catalog()
    facts = offsets = contacts = 0
    while True:
        done = await apply_buckets(database, None, limits, catalog=catalog, batch_buckets=batch_buckets)
        facts, offsets, contacts = facts + done.facts, offsets + done.offsets, contacts + done.contacts
        if done.is_blocked:
            await asyncio.sleep(_BUSY_SECONDS)
        elif not done.has_moved:
            return Progress(facts, offsets, contacts)
