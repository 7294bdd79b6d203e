"""L27 against production as it is: three workers, batches of any size, processes that die."""

import asyncio
import random

import pytest

from percorso.db import Database
from percorso.db.clock import set_clock
from percorso.db.failpoints import Failpoints
from percorso.kit.ids import derive_id
from percorso.worker.apply import apply_all, apply_buckets
from percorso.worker.main import settle
from percorso.worker.reading import Limits
from tests.backtest.test_replay import replay
from tests.worker.scene import Scene
from tests.worker.script import BUCKETS, Story, lay_out, live
from tests.worker.segments import filter_of, greet_graph, keep, text_is, turned

JOURNEYS = ("thanks", "cart", "reward", "milan")
WORKERS = 3


class _CrashError(BaseException):
    """Stands for a process that died: what it had not committed is gone."""


async def lay_out_more(database: Database) -> Scene:
    """Return the shop of the story with a segment more, and a journey that is begun and left by it."""
    scene = await lay_out(database)
    await keep(scene, "milan", filter_of(text_is("city", "Milano")), buckets=BUCKETS)
    leaving = {"id": "left", "event": "segmentLeft", "condition": turned("milan")}
    graph = greet_graph("segmentEntered", turned("milan")) | {
        "removals": [leaving],
        "reentry": {"rule": "every_time", "inside": "ignore"},
    }
    await scene.publish("milan", graph, buckets=BUCKETS)
    return scene


async def work(database: Database, chance: random.Random, *, whole: bool) -> int:
    """Work as one process does, now and then only a little; begin again after each death. Return how often it died."""
    deaths = 0
    while True:
        limits = Limits(
            facts=chance.randrange(1, 30), due=chance.randrange(1, 9), scan=chance.randrange(3, 60)
        )
        try:
            if whole:
                await apply_all(database, limits, batch_buckets=64)
            else:
                await apply_buckets(database, None, limits, batch_buckets=64)
        except _CrashError:
            deaths += 1
        else:
            return deaths


async def produce(scene: Scene, story: Story, seed: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let the story happen while three workers run, die and fall behind."""
    chance, deaths = random.Random(seed), 0

    def pass_point(self: Failpoints, name: str, moment: str) -> None:
        del self, moment
        if name.startswith("worker.") and chance.random() < 0.1:
            raise _CrashError

    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", pass_point)
        for moment, drafts in story:
            scene.now = moment
            async with scene.database.transaction("test.commit") as connection:
                await set_clock(connection, product_at=moment, rate=0)
            await scene.append(*drafts)
            if chance.random() < 0.5:
                whole = chance.random() < 0.3
                workers = (work(scene.database, chance, whole=whole) for _ in range(WORKERS))
                deaths += sum(await asyncio.gather(*workers))
    await settle(scene.database)
    return deaths


@pytest.mark.parametrize("seed", [1, 2])
async def test_replay_is_production_run_by_run(
    database_pair: tuple[Database, Database], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, database = database_pair
    story = await live(await lay_out_more(told), seed, steps=18)
    scene = await lay_out_more(database)
    assert await produce(scene, story, seed, monkeypatch) > 0
    runs = await scene.rows("runs", "journey_id", "reason")
    for name in JOURNEYS:
        report = await replay(scene, name)
        assert report.differences == [], name
        assert report.compared == sum(row[0] == derive_id("journey", name) for row in runs)
    assert len({row[0] for row in runs}) >= 3
