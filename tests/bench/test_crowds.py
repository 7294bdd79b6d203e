"""The crowds of the benches of journeys are what they say, and their journeys can be published."""

from collections import Counter
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from percorso.bench import entering, latency, timers
from percorso.bench.engine_scene import city_of, event_of
from percorso.bench.frame import Ground, set_up_ground
from percorso.bench.people_scene import (
    count_passed,
    count_rows,
    group_id,
    make_people,
    make_template,
    switch_on,
)
from percorso.db import Database
from percorso.journeys.carried import list_uncarried
from percorso.journeys.check import check_graph
from percorso.journeys.graph import Graph
from percorso.worker.main import settle

TEMPLATE = UUID(int=1)


@pytest.mark.parametrize(
    "graph",
    [entering.make_graph(TEMPLATE), *(timers.make_graph(TEMPLATE, at, 1) for at in ("07:00", "09:00"))],
    ids=["entry", "timers-few", "timers-all"],
)
def test_their_journeys_can_be_published(graph: dict[str, object]) -> None:
    said = msgspec.convert(graph, Graph)
    assert [*check_graph(said), *list_uncarried(said)] == []


def test_a_second_of_events_lets_in_as_many_as_it_says() -> None:
    sending = latency.make_sending(20, seed=7)
    events = [event for body in sending.bodies for event in msgspec.json.decode(body)["batch"]]
    assert len(events) == 20 * latency.RATE == len({event["messageId"] for event in events})
    share = len(sending.orders) / len(events)
    assert 0.5 * latency.ENTERING < share < 1.5 * latency.ENTERING
    for event in events:
        meeting = sending.orders.get(event["properties"]["orderId"])
        number = int(event["userId"].rpartition("-")[2])
        if meeting is None:
            assert event["event"] == "viewedProduct"
        else:
            assert (number, event["event"]) == (meeting[0], event_of(city_of(number)))
            assert event["properties"]["amount"]["revenue"] >= 100


@pytest.fixture
async def ground(database: Database, database_url: str, tmp_path: Path) -> Ground:
    return await set_up_ground(tmp_path, database_url, database)


async def test_everybody_of_a_group_enters_and_is_counted(ground: Ground, database: Database) -> None:
    await make_people(ground, [20, 30])
    before = await count_rows(ground, ["contacts", "statuses", "group_members", "runs"])
    assert before == {"contacts": 50, "statuses": 50, "group_members": 50, "runs": 0}
    journey_id = await switch_on(ground, "Everybody", entering.make_graph(await make_template(ground)))
    await settle(database)
    assert await count_passed(ground, journey_id, "entered", "") == 20
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT m.group_id, r.id IS NOT NULL AS inside FROM group_members AS m "
            "LEFT JOIN runs AS r ON r.bucket = m.bucket AND r.contact_id = m.contact_id"
        )
    assert Counter((row["group_id"], row["inside"]) for row in rows) == {
        (group_id(0), True): 20,
        (group_id(1), False): 30,
    }
