"""Messages of a journey leave at its hours, in its zone or the contact's; judged by the worker on PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.kit.ids import derive_id
from percorso.messages.actions import claim_messages
from percorso.worker.catalog import Catalog
from percorso.worker.main import settle
from percorso.workspaces.holidays import Holiday, set_holidays
from tests.worker.scene import ORDER, START, WORKSPACE_ID, Scene, contact_id, thanks_graph

ADA, BEA, CIA = (contact_id(number) for number in (1, 2, 3))


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


async def order(scene: Scene, options: dict[str, Any]) -> None:
    """Let Ada, of Rome, Bea, of New York, and Cia, of nowhere, order at ten o'clock in Rome."""
    await scene.publish("thanks", thanks_graph(options=options))
    zones = {ADA: {"timeZone": "Europe/Rome"}, BEA: {"timeZone": "America/New_York"}, CIA: {"timeZone": "?"}}
    for number, (person, known) in enumerate(zones.items(), 1):
        await scene.append(scene.known(person, number, **known))
        await scene.subscribe(person)
        await scene.append(scene.event(person, "completedOrder", ORDER))
    await settle(scene.database)


async def planned(scene: Scene) -> dict[Any, datetime]:
    return dict(await scene.rows("messages", "contact_id", "due_at"))


async def until(scene: Scene, moment: datetime) -> None:
    await scene.move_clock(seconds=(moment - scene.now).total_seconds())
    await settle(scene.database)


async def test_every_message_at_the_journeys_time_of_day(scene: Scene) -> None:
    await order(scene, {"sending": {"at": "12:00"}})
    assert await planned(scene) == {}
    noon = datetime(2026, 3, 2, 11, tzinfo=UTC)
    await until(scene, datetime(2026, 3, 3, tzinfo=UTC))
    # The worker came half a day late, and decided what a punctual one would have.
    assert await planned(scene) == {ADA: noon, BEA: noon, CIA: noon}


async def test_in_each_contacts_zone_where_the_journey_says_so(scene: Scene) -> None:
    await order(scene, {"sending": {"at": "12:00"}, "timeZone": "contact"})
    await until(scene, datetime(2026, 3, 3, tzinfo=UTC))
    noon = datetime(2026, 3, 2, 11, tzinfo=UTC)
    assert await planned(scene) == {ADA: noon, BEA: datetime(2026, 3, 2, 17, tzinfo=UTC), CIA: noon}
    # The day that is waited then is one of the contact's calendar too.
    async with scene.database.transaction("test.commit") as connection:
        assert await connection.fetchval("SELECT count(*) FROM runs WHERE state = 'waiting'") == 3


@pytest.mark.parametrize(
    ("sending", "moment"),
    [
        ({"notBetween": {"since": "09:30", "until": "15:00"}}, datetime(2026, 3, 2, 14, tzinfo=UTC)),
        ({"exceptWeekdays": ["monday", "tuesday"]}, datetime(2026, 3, 3, 23, tzinfo=UTC)),
        ({"exceptDates": ["2026-03-02", "03-03"], "at": "08:00"}, datetime(2026, 3, 4, 7, tzinfo=UTC)),
        (
            {"exceptDates": ["2026-03-02"], "exceptWeekdays": ["tuesday"]},
            datetime(2026, 3, 3, 23, tzinfo=UTC),
        ),
        ({"activeUntil": "2026-03-03"}, START),
    ],
)
async def test_a_message_that_falls_elsewhere_waits_for_the_next_moment(
    scene: Scene, sending: dict[str, Any], moment: datetime
) -> None:
    await order(scene, {"sending": sending})
    await until(scene, datetime(2026, 3, 5, tzinfo=UTC))
    assert set((await planned(scene)).values()) == {moment}


async def test_on_a_public_holiday_nothing_leaves(scene: Scene) -> None:
    await scene.move_clock(days=34)  # Easter Sunday, the 5th of April; the day after is one in Italy as well.
    await order(scene, {"sending": {"holidays": "IT"}})
    await until(scene, datetime(2026, 4, 8, tzinfo=UTC))
    assert set((await planned(scene)).values()) == {datetime(2026, 4, 6, 22, tzinfo=UTC)}


async def test_after_the_last_day_nobody_enters_and_who_waits_leaves(scene: Scene) -> None:
    await order(scene, {"sending": {"activeUntil": "2026-03-03", "exceptDates": ["2026-03-02"]}})
    assert await planned(scene) == {}
    assert {reason for (reason,) in await scene.rows("runs", "reason")} == {"not_active"}
    await scene.move_clock(days=1)
    await scene.append(scene.event(ADA, "completedOrder", ORDER))
    await settle(scene.database)
    assert len(await scene.rows("runs", "id")) == 3


async def test_conditions_read_the_journeys_calendar_also_of_who_lives_elsewhere(scene: Scene) -> None:
    """What they look back on is kept for one calendar."""
    bought = {
        "kind": "happened",
        "pattern": {"events": ["completedOrder"]},
        "window": {"kind": "between", "since": "2026-03-02", "until": "2026-03-03"},
    }
    await order(scene, {"timeZone": "contact", "filters": [bought]})
    assert await planned(scene) == {ADA: START, BEA: START, CIA: START}


async def test_messages_of_the_journey_that_goes_first_are_handed_over_first(scene: Scene) -> None:
    for name, priority in (("last", -5), ("usual", 0), ("first", 7)):
        await scene.publish(name, thanks_graph(options={"priority": priority}))
    await scene.append(scene.known(ADA, 1), scene.event(ADA, "completedOrder", ORDER))
    await scene.subscribe(ADA)
    await settle(scene.database)
    claimed: list[UUID | None] = []
    for _ in range(3):
        async with scene.database.transaction("test.commit") as connection:
            (message,) = await claim_messages(
                connection, courier_id=UUID(int=99), provider="test", now=scene.now, real=scene.now, size=1
            )
        claimed.append(message.journey_id)
    assert claimed == [derive_id("journey", name) for name in ("first", "usual", "last")]


async def test_the_days_of_the_workspaces_calendar_are_followed_as_they_change(scene: Scene) -> None:
    catalog = Catalog()

    async def close(*days: Holiday) -> None:
        async with scene.database.transaction("test.commit") as connection:
            await set_holidays(connection, WORKSPACE_ID, days, caller="test", present=START)

    await close(Holiday(START.date(), "Inventario"), Holiday(START.date() + timedelta(days=1), ""))
    for name, own in (("follows", True), ("does not", False)):
        await scene.publish(name, thanks_graph(options={"sending": {"at": "12:00", "ownHolidays": own}}))
    await scene.append(scene.known(ADA, 1), scene.known(BEA, 2))
    await scene.append(scene.event(ADA, "completedOrder", ORDER))
    await settle(scene.database, catalog=catalog)
    first, second = datetime(2026, 3, 2, 11, tzinfo=UTC), datetime(2026, 3, 4, 11, tzinfo=UTC)
    assert await scene.rows("runs", "due_at") == [(first,), (second,)]
    await close()
    await scene.append(scene.event(BEA, "completedOrder", ORDER))
    await settle(scene.database, catalog=catalog)
    # Who waits already keeps the moment; the courier asks the calendar again.
    assert await scene.rows("runs", "due_at") == [(first,), (first,), (first,), (second,)]
