"""`percorso bench engine`: events applied per second, with twenty segments and fifty active journeys, of which 2 % of
events enter one."""

import os
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID

from percorso.bench.engine_process import apply_together, start_processes
from percorso.bench.engine_scene import (
    CONTACTS,
    JOURNEYS,
    SEGMENTS,
    contact_id,
    make_events,
    make_graph,
    make_profiles,
    make_segments,
    segment_id,
)
from percorso.bench.frame import Ground, Result, bench_command, open_ground, progress, rate_result
from percorso.bench.limits import COPY_IS, measure_copy
from percorso.config import read_config
from percorso.consent.actions import record_statuses
from percorso.consent.records import StatusChange
from percorso.content.actions import create_template
from percorso.content.model import Design
from percorso.db import load_queries
from percorso.db.clock import read_product_time
from percorso.journeys.actions import activate_journey, create_journey, publish_journey
from percorso.kit.ids import WorkspaceId, bucket_of
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft
from percorso.segments.actions import create_segment
from percorso.segments.codec import convert_definition
from percorso.worker.apply import Progress
from percorso.worker.catalog import Catalog
from percorso.worker.main import settle

TARGET: Final = 60_000
TARGET_RATIO: Final = 1.0

_queries = load_queries("percorso.bench")

Item = TypeVar("Item")


async def measure_engine(quick: bool) -> Result:
    """Return events applied per second, by as many workers as `up` runs, beside what COPY alone reaches."""
    events = 500_000 if quick else 2_000_000
    async with open_ground() as ground:
        catalog = Catalog()
        await _lay_out(ground, catalog)
        progress(f"appending {events} events")
        now = await _now(ground)
        await _append(ground, make_events(WorkspaceId(ground.workspace_id), events, now, seed=1))
        await ground.database.pool.execute("CHECKPOINT")
        progress("applying")
        workers = read_config({**os.environ, "PERCORSO_DATA": str(ground.folder)}).worker_processes
        async with start_processes(ground.url, workers) as processes:
            begun = time.perf_counter()
            done = await apply_together(processes)
            seconds = time.perf_counter() - begun
        more = await _check(ground, events, done)
        progress("measuring COPY")
        limit = await measure_copy(ground.database, seconds=10.0)
    return rate_result(
        "engine",
        figure=events / seconds,
        unit="events/s",
        limit=limit,
        limit_is=COPY_IS,
        target=TARGET,
        target_ratio=TARGET_RATIO,
        more={
            "workers": workers,
            "events": events,
            "seconds": round(seconds, 2),
            "mattered": done.facts,
            **more,
        },
    )


async def _now(ground: Ground) -> datetime:
    async with ground.database.connection() as connection:
        return await read_product_time(connection)


async def _lay_out(ground: Ground, catalog: Catalog) -> None:
    """Make contacts, all subscribed, fifty active journeys and twenty segments; let the worker hear of them."""
    progress(f"making {CONTACTS} contacts, {JOURNEYS} journeys and {SEGMENTS} segments")
    database, workspace_id = ground.database, WorkspaceId(ground.workspace_id)
    now = await _now(ground)
    async with database.connection() as connection:
        list_id: UUID = await _queries.fetch_value(connection, "find_list", workspace_id=workspace_id)
    await _append(ground, make_profiles(workspace_id, ground.node_id, now))
    for numbers in _chunks(range(CONTACTS)):
        ids = [contact_id(number) for number in numbers]
        changes = [
            StatusChange(workspace_id, id, list_id, "email", "subscribed", "bench", "bench") for id in ids
        ]
        async with database.transaction("bench.copy") as connection:
            await record_statuses(connection, changes, recorded_at={bucket_of(id): now for id in ids})
    async with database.transaction("bench.copy") as connection:
        for number in range(JOURNEYS):
            # A template is one journey's.
            template_id = await create_template(
                connection,
                workspace_id=workspace_id,
                list_id=list_id,
                name=f"Thanks {number:02}",
                design=Design(kind="email", subject="Thanks", html="<p>Thank you</p>", body="Thank you"),
                now=now,
            )
            journey = await create_journey(
                connection,
                workspace_id,
                list_id=list_id,
                name=f"Journey {number:02}",
                draft=make_graph(number, template_id),
            )
            await publish_journey(connection, workspace_id, journey.id)
            await activate_journey(connection, workspace_id, journey.id)
        for name, definition in make_segments().items():
            await create_segment(
                connection,
                workspace_id,
                name=name,
                definition=convert_definition(definition),
                id=segment_id(name),
            )
    await settle(database, catalog=catalog)


async def _append(ground: Ground, drafts: Iterable[FactDraft]) -> None:
    now = await _now(ground)
    for chunk in _chunks(drafts):
        async with ground.database.transaction("bench.copy") as connection:
            await append_facts(connection, chunk, received_at=now)


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, 5_000)):
        yield chunk


async def _check(ground: Ground, events: int, done: Progress) -> dict[str, float]:
    """Return what came of it; raises RuntimeError unless every run that should have begun did."""
    async with ground.database.connection() as connection:
        (row,) = await _queries.fetch(connection, "count_runs")
    runs, messages, meeting = row["runs"], row["messages"], row["meeting"]
    if runs != meeting or messages != runs:
        raise RuntimeError(
            f"{meeting} events meet a start; {runs} runs began and {messages} messages are planned."
        )
    return {"entered": runs, "entered_share": round(runs / events, 4), "contacts_walked": done.contacts}


engine = bench_command("engine", "Events applied per second with 50 active journeys and 20 segments.")(
    measure_engine
)
