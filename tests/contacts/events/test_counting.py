"""Events counted behind the log: each once, by name and day, whatever is repeated or however it is cut."""

import asyncio
from datetime import date
from uuid import UUID

import pytest

from percorso.contacts.events import counting
from percorso.contacts.events.counting import count_events, list_event_days
from percorso.db import Database
from tests.worker.scene import WORKSPACE_ID, Scene, contact_id

DAY = date(2026, 3, 2)


async def counted(scene: Scene) -> dict[tuple[str, date], int]:
    async with scene.database.connection() as connection:
        days = await list_event_days(connection, UUID(int=WORKSPACE_ID.int), today=scene.now.date())
    return {(day.name, day.day): day.value for day in days}


async def test_events_are_counted_once_by_day(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "STRETCH", 2)
    scene = await Scene.open(database)
    people = [contact_id(number, bucket) for number, bucket in ((1, 7), (2, 7), (3, 200))]
    await scene.append(*(scene.known(person, number) for number, person in enumerate(people)))
    await scene.append(*(scene.event(person, "viewedPage") for person in people for _ in range(3)))
    await scene.append(scene.event(people[0], "viewedPage", context=b'{"carried":{}}'))
    await asyncio.gather(count_events(database), count_events(database))
    assert await count_events(database) == 0
    assert await counted(scene) == {("viewedPage", DAY): 9}
    await scene.move_clock(days=1)
    await scene.append(scene.event(people[0], "viewedPage"), scene.event(people[0], "searched"))
    assert await count_events(database) == 2
    tomorrow = date(2026, 3, 3)
    assert await counted(scene) == {
        ("viewedPage", DAY): 9,
        ("viewedPage", tomorrow): 1,
        ("searched", tomorrow): 1,
    }


async def test_names_beyond_measure_count_together(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "NAMES", 2)
    scene = await Scene.open(database)
    await scene.append(*(scene.event(contact_id(1), f"event {number}") for number in range(5)))
    await scene.append(scene.event(contact_id(1), "event 3"))
    await count_events(database)
    assert await counted(scene) == {("event 3", DAY): 2, ("event 0", DAY): 1, ("", DAY): 3}
