"""`percorso bench entry`: seconds until a crowd has entered a journey at its activation, each with a message planned."""

import asyncio
import time
from typing import Any, Final
from uuid import UUID

from percorso.bench.frame import Ground, Result, bench_command, open_ground, progress
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

CONTACTS: Final = 1_000_000
TARGET_SECONDS: Final = 90.0
"""For a million contacts (architecture §7)."""
TARGET_RATIO: Final = 0.5
TABLES: Final = ("facts", "runs", "entries", "traces", "messages")
LIMIT_IS: Final = (
    "COPY of the rows that entering leaves, into the same tables, 1,000 a commit, one connection"
)
POLL_SECONDS: Final = 0.1
PATIENCE_SECONDS: Final = 1_800.0


async def measure_entry(quick: bool) -> Result:
    """Return the seconds from activation until everybody in the start's group is inside."""
    contacts = CONTACTS // 10 if quick else CONTACTS
    async with open_ground() as ground:
        progress(f"making {contacts} contacts")
        await make_people(ground, [contacts])
        graph = make_graph(await make_template(ground))
        before = await count_rows(ground, TABLES)
        async with run_programs(ground, "worker"):
            progress("activating")
            begun = time.perf_counter()
            journey_id = await switch_on(ground, "Everybody", graph)
            await until_passed(ground, journey_id, "entered", "", contacts)
            seconds = time.perf_counter() - begun
        after = await count_rows(ground, TABLES)
        written = {table: after[table] - before[table] for table in TABLES}
        if written["runs"] != contacts or written["messages"] != contacts:
            raise RuntimeError(f"{contacts} contacts were to enter; written were {written}.")
        progress("measuring COPY of the same rows")
        limit = await measure_written(ground.database, written)
    return duration_result(
        "entry", seconds=seconds, limit=limit, limit_is=LIMIT_IS, contacts=contacts, more={"written": written}
    )


def duration_result(
    bench: str, *, seconds: float, limit: float, limit_is: str, contacts: int, more: dict[str, Any]
) -> Result:
    """Return the result of a bench that says how long so many contacts take, beside the least it can take."""
    return Result(
        bench=bench,
        figure=round(seconds, 2),
        unit="s",
        limit=round(limit, 2),
        limit_is=limit_is,
        ratio=round(limit / seconds, 3),
        target=TARGET_SECONDS * contacts / CONTACTS,
        target_ratio=TARGET_RATIO,
        more={
            "contacts": contacts,
            "per_second": round(contacts / seconds),
            "seconds_a_million": round(seconds * CONTACTS / contacts, 1),
            **more,
        },
    )


def make_graph(template_id: UUID) -> dict[str, Any]:
    """Return a journey that lets a group in, sends it a message and waits for an order."""
    return {
        "starts": [{"kind": "group", "id": "start", "groupId": str(group_id(0)), "existing": True}],
        "first": "mail",
        "steps": {
            "mail": {"kind": "send_email", "templateId": str(template_id), "next": "wait"},
            "wait": {"kind": "wait", "period": {"amount": 2, "unit": "days"}, "next": "end"},
            "end": {"kind": "end", "outcome": "positive"},
        },
    }


async def until_passed(ground: Ground, journey_id: UUID, name: str, step: str, count: int) -> None:
    """Wait until so many have entered or left a step; raises RuntimeError if nobody more does for half an hour."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (passed := await count_passed(ground, journey_id, name, step)) < count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{passed} of {count} have {name} {step or 'the journey'}.")
        await asyncio.sleep(POLL_SECONDS)


entry = bench_command("entry", "Seconds until a crowd has entered a journey at its activation.")(
    measure_entry
)
