"""`percorso bench timers`: seconds until a crowd that is due at one second has gone on, each with a message planned;
and what a few due runs cost beside many that wait."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from percorso.bench.entering import CONTACTS, duration_result, until_passed
from percorso.bench.frame import Ground, Result, bench_command, open_ground, progress, stand_at
from percorso.bench.limits import measure_written
from percorso.bench.people_scene import (
    count_passed,
    count_rows,
    group_id,
    make_people,
    make_template,
    switch_on,
)
from percorso.bench.serving import run_programs
from percorso.worker.apply import apply_all, apply_buckets
from percorso.worker.catalog import Catalog

TABLES: Final = ("facts", "traces", "messages")
"""What gains rows when a run goes on; the run's own row is written anew besides."""
LIMIT_IS: Final = (
    "COPY of the rows that going on writes, the run's own among them, into the same tables, 1,000 a commit, "
    "one connection"
)
FEW: Final = 1_000
"""Runs due beside those that wait."""
SOME: Final = 10_000
"""Runs that wait at first."""
_LOOKS: Final = 20
_DAY: Final = datetime(2026, 3, 2, tzinfo=UTC)
_GROUPS: Final = {"07:00": 0, "08:00": 1, "09:00": 2}
"""Who waits until when: a few, a few more, and all others."""


async def measure_timers(quick: bool) -> Result:
    """Return the seconds from the moment at which all are due until all have gone on."""
    contacts = CONTACTS // 10 if quick else CONTACTS
    async with open_ground() as ground:
        await stand_at(ground, _DAY + timedelta(hours=6))
        progress(f"making {contacts} contacts")
        await make_people(ground, [FEW, FEW, SOME, contacts - SOME])
        journeys = [
            await switch_on(ground, at, make_graph(await make_template(ground), at, group))
            for at, group in _GROUPS.items()
        ]
        await _let_in(ground, journeys, [FEW, FEW, SOME])
        costs = {SOME: await _measure_few(ground, journeys[0], _DAY + timedelta(hours=7))}
        others = make_graph(await make_template(ground), "09:00", 3)
        journeys.append(await switch_on(ground, "others", others))
        await _let_in(ground, journeys[3:], [contacts - SOME])
        costs[contacts] = await _measure_few(ground, journeys[1], _DAY + timedelta(hours=8))
        return await _measure_all(ground, journeys[2:], contacts, costs)


async def _measure_all(
    ground: Ground, journeys: list[UUID], contacts: int, costs: dict[int, dict[str, float]]
) -> Result:
    before = await count_rows(ground, TABLES)
    async with run_programs(ground, "worker"):
        progress(f"{contacts} runs are due")
        await stand_at(ground, _DAY + timedelta(hours=9))
        begun = time.perf_counter()
        await until_passed(ground, journeys[1], "left", "mail_wait", contacts - SOME)
        await until_passed(ground, journeys[0], "left", "mail_wait", SOME)
        seconds = time.perf_counter() - begun
    after = await count_rows(ground, TABLES)
    written = {"runs": contacts, **{table: after[table] - before[table] for table in TABLES}}
    if written["messages"] != contacts:
        raise RuntimeError(f"{contacts} runs were due; written were {written}.")
    progress("measuring COPY of the same rows")
    limit = await measure_written(ground.database, written)
    more = {"written": written, "beside_waiting": {str(waiting): cost for waiting, cost in costs.items()}}
    return duration_result(
        "timers", seconds=seconds, limit=limit, limit_is=LIMIT_IS, contacts=contacts, more=more
    )


def make_graph(template_id: UUID, at: str, group: int) -> dict[str, Any]:
    """Return a journey that lets a group in, holds it until a time of day, sends a message and waits again."""
    return {
        "starts": [{"kind": "group", "id": "start", "groupId": str(group_id(group)), "existing": True}],
        "first": "mail_wait",
        "steps": {
            "mail_wait": {"kind": "wait", "until": {"kind": "time", "at": at}, "next": "mail"},
            "mail": {"kind": "send_email", "templateId": str(template_id), "next": "end"},
            "end": {"kind": "end", "outcome": "positive"},
        },
    }


async def _let_in(ground: Ground, journeys: list[UUID], sizes: list[int]) -> None:
    progress(f"letting {sum(sizes)} in")
    async with run_programs(ground, "worker"):
        for journey_id, size in zip(journeys, sizes, strict=True):
            await until_passed(ground, journey_id, "entered", "mail_wait", size)
    async with ground.database.connection() as connection:
        await connection.execute("VACUUM (ANALYZE) runs, entries, traces, contacts")


async def _measure_few(ground: Ground, journey_id: UUID, moment: datetime) -> dict[str, float]:
    """Return what a look costs when nothing is due, and each of the few that then are: in this process, nobody beside."""
    catalog = Catalog()
    await apply_all(ground.database, catalog=catalog)
    begun = time.perf_counter()
    for _ in range(_LOOKS):
        await apply_buckets(ground.database, catalog=catalog)
    looked = time.perf_counter() - begun
    await stand_at(ground, moment)
    begun = time.perf_counter()
    await apply_all(ground.database, catalog=catalog)
    seconds = time.perf_counter() - begun
    left = await count_passed(ground, journey_id, "left", "mail_wait")
    if left != FEW:
        raise RuntimeError(f"{FEW} runs were due, {left} went on.")
    return {"look_ms": round(looked / _LOOKS * 1e3, 2), "each_due_us": round(seconds / FEW * 1e6)}


timers = bench_command("timers", "Seconds until a crowd that is due at one second has gone on.")(
    measure_timers
)
