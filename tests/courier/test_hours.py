"""The hours of a journey are asked again when its message is handed over: a refusal, a pause or a queue may end in the night."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from percorso.courier.main import hand_over_all
from percorso.db import Database
from percorso.db.clock import set_clock
from percorso.workspaces.holidays import Holiday, set_holidays
from tests.support.scene import NOW, Scene, read_facts, read_message, ready_message
from tests.support.smtp_sink import Fault, SmtpSink

# NOW is a Monday, ten o'clock in Rome.
NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)


async def draw(database: Database, scene: Scene, sending: dict[str, Any], **options: Any) -> None:
    """Give the scene's journey these hours."""
    graph = {
        "starts": [{"id": "s", "event": "e"}],
        "first": "benvenuto",
        "steps": {"benvenuto": {"kind": "send_email", "templateId": str(scene.email_template)}},
        "options": {"sending": sending, **options},
    }
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "INSERT INTO journey_versions VALUES ($1, 1, $2, $3)", scene.journey_id, graph, NOW
        )


async def let_pass(database: Database, until: datetime) -> None:
    async with database.transaction("test.commit") as connection:
        await set_clock(connection, product_at=until, rate=0)


async def test_a_message_that_was_refused_into_quiet_hours_waits_for_their_end(database: Database) -> None:
    scene, _, message_id = await ready_message(database)
    await draw(database, scene, {"notBetween": {"since": "10:02", "until": "12:00"}})
    async with SmtpSink(Fault("mail", "4xx", times=1)) as sink:
        await hand_over_all(database, provider=sink.provider())
        refused = await read_message(database, message_id)
        assert (refused["state"], refused["reason"]) == ("due", "refused_for_now")

        await let_pass(database, refused["due_at"] + timedelta(seconds=1))
        await hand_over_all(database, provider=sink.provider())
        held = await read_message(database, message_id)
        assert (held["state"], held["reason"], held["due_at"]) == ("due", "outside_hours", NOON)

        await let_pass(database, NOON)
        await hand_over_all(database, provider=sink.provider())
    assert [received.recipient for received in sink.received] == ["<maria@example.com>"]
    assert (await read_message(database, message_id))["state"] == "accepted"


async def test_one_that_waited_while_the_journey_paused_leaves_at_the_next_hour(database: Database) -> None:
    scene, _, message_id = await ready_message(database)
    await draw(database, scene, {"at": "10:00", "exceptWeekdays": ["tuesday"], "holidays": "IT"})
    async with database.transaction("test.commit") as connection:
        await connection.execute("UPDATE journeys SET state = 'paused'")
    async with SmtpSink() as sink:
        # Late on the same day it may still leave; on the day after it waits for the journey's time of day.
        await let_pass(database, NOW + timedelta(hours=25))
        async with database.transaction("test.commit") as connection:
            await connection.execute("UPDATE journeys SET state = 'active'")
        await hand_over_all(database, provider=sink.provider())
        held = await read_message(database, message_id)
        assert (held["state"], held["due_at"]) == ("due", datetime(2026, 3, 4, 9, tzinfo=UTC))
        await let_pass(database, datetime(2026, 3, 4, 15, tzinfo=UTC))
        await hand_over_all(database, provider=sink.provider())
    assert len(sink.received) == 1


@pytest.mark.parametrize(
    ("zone", "due_at"),
    [("America/New_York", datetime(2026, 3, 2, 13, tzinfo=UTC)), (None, None), ("Middle/Earth", None)],
)
async def test_each_contacts_own_night_where_the_journey_says_so(
    database: Database, zone: str | None, due_at: datetime | None
) -> None:
    scene, _, message_id = await ready_message(database)
    await draw(database, scene, {"notBetween": {"since": "22:00", "until": "08:00"}}, timeZone="contact")
    async with database.transaction("test.commit") as connection:
        await connection.execute("UPDATE contacts SET attributes = $1", {"timeZone": zone})
    async with SmtpSink() as sink:
        await hand_over_all(database, provider=sink.provider())
    message = await read_message(database, message_id)
    assert message["state"] == ("accepted" if due_at is None else "due")
    assert due_at is None or message["due_at"] == due_at


@pytest.mark.parametrize(
    ("sending", "expires_at", "reason"),
    [
        ({"activeUntil": "2026-03-02"}, None, "not_active"),
        ({"notBetween": {"since": "09:00", "until": "12:00"}}, NOON - timedelta(minutes=1), "too_late"),
        ({"notBetween": {"since": "09:00", "until": "12:00"}}, NOON, None),
    ],
)
async def test_what_may_not_leave_in_time_is_skipped_and_its_run_is_told(
    database: Database, sending: dict[str, Any], expires_at: datetime | None, reason: str | None
) -> None:
    scene, _, message_id = await ready_message(database)
    await draw(database, scene, sending)
    async with database.transaction("test.commit") as connection:
        await connection.execute("UPDATE messages SET expires_at = $1", expires_at)
    async with SmtpSink() as sink:
        await hand_over_all(database, provider=sink.provider())
    assert sink.received == []
    message = await read_message(database, message_id)
    assert message["state"] == ("due" if reason is None else "skipped")
    told = [fact["properties"]["reason"] for fact in await read_facts(database, "messageSkipped")]
    assert told == ([] if reason is None else [reason])


async def test_hours_that_end_while_it_is_being_carried_keep_it_back(database: Database) -> None:
    scene, _, message_id = await ready_message(database)
    await draw(database, scene, {"notBetween": {"since": "10:30", "until": "12:00"}})
    async with SmtpSink() as sink:

        async def tarry() -> None:
            await let_pass(database, NOW + timedelta(minutes=30))

        sink.before_data = tarry
        await hand_over_all(database, provider=sink.provider())
    assert sink.received == []
    message = await read_message(database, message_id)
    assert (message["state"], message["marked_at"], message["due_at"]) == ("due", None, NOON)


async def test_a_version_that_cannot_be_read_keeps_no_message_back(database: Database) -> None:
    scene, _, message_id = await ready_message(database)
    await draw(database, scene, {"at": "never"})
    async with SmtpSink() as sink:
        await hand_over_all(database, provider=sink.provider())
    assert (await read_message(database, message_id))["state"] == "accepted"


async def test_a_day_that_the_workspace_closes_meanwhile_keeps_back_what_is_planned_already(
    database: Database,
) -> None:
    scene, _, message_id = await ready_message(database)
    await draw(database, scene, {"ownHolidays": True})
    async with database.transaction("test.commit") as connection:
        days = [Holiday(NOW.date(), "Inventario"), Holiday(NOW.date() + timedelta(days=1), "")]
        await set_holidays(connection, scene.workspace_id, days, caller="test", present=NOW)
    async with SmtpSink() as sink:
        await hand_over_all(database, provider=sink.provider())
        held = await read_message(database, message_id)
        assert (held["state"], held["reason"], held["due_at"]) == (
            "due",
            "outside_hours",
            datetime(2026, 3, 3, 23, tzinfo=UTC),
        )
        # A calendar that says nothing any more lets it go at its moment.
        async with database.transaction("test.commit") as connection:
            await set_holidays(connection, scene.workspace_id, [], caller="test", present=NOW)
        await let_pass(database, held["due_at"])
        await hand_over_all(database, provider=sink.provider())
    assert len(sink.received) == 1


async def test_a_journey_that_does_not_follow_the_calendar_sends_on_its_days(database: Database) -> None:
    scene, _, message_id = await ready_message(database)
    await draw(database, scene, {})
    async with database.transaction("test.commit") as connection:
        days = [Holiday(NOW.date(), "Inventario")]
        await set_holidays(connection, scene.workspace_id, days, caller="test", present=NOW)
    async with SmtpSink() as sink:
        await hand_over_all(database, provider=sink.provider())
    assert (await read_message(database, message_id))["state"] == "accepted"
