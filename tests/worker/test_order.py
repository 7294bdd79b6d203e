"""Law 1: what comes out does not depend on batch size, backlog, or the number of workers."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from percorso.db import Database
from percorso.worker.apply import apply_all
from percorso.worker.reading import Limits
from tests.worker.script import Story, lay_out, live, outcome, retell


async def catch_up(database: Database, story: Story, *limits: Limits) -> dict[str, Any]:
    """Return what comes of the story when workers with these limits catch up with all of it at once."""
    scene = await lay_out(database)
    await retell(scene, story)
    await asyncio.gather(
        *(apply_all(database, each, batch_buckets=number) for number, each in enumerate(limits, 1))
    )
    return await outcome(scene)


@pytest.mark.parametrize("seed", [1, 2])
async def test_one_fact_at_a_time_or_all_of_them_come_to_the_same(
    databases: Iterator[Database], seed: int
) -> None:
    scene = await lay_out(next(databases))
    story = await live(scene, seed)
    punctual = await outcome(scene)
    assert {row[5] for row in punctual["runs"]} == {"ended"}
    assert {row[1] for row in punctual["messages"]} == {"due", "skipped"}
    for limits in (
        [Limits(facts=1, due=1)],
        [Limits(facts=9, due=3, scan=5)],
        [Limits()],
        [Limits(facts=2, due=1), Limits(facts=1, due=2), Limits(facts=5, due=1)],
    ):
        late = await catch_up(next(databases), story, *limits)
        for part, rows in punctual.items():
            assert late[part] == rows, (limits, part)
