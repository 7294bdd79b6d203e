"""Starts that come with time: dates of contacts, days after subscribing. Met once each, whenever somebody looks."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from percorso.db import Database
from percorso.db.failpoints import Failpoints
from percorso.journeys.date_starts import decide_written, list_occurrences
from percorso.journeys.graph import DateStart
from percorso.journeys.schedule import find_zone
from percorso.worker.apply import apply_all
from percorso.worker.main import keep_partitions, settle
from percorso.worker.reading import Limits
from tests.worker.scene import LIST_ID, START, Scene, contact_id
from tests.worker.segments import text_is
from tests.worker.test_merging import move

ADA, BEA = contact_id(1), contact_id(2)
ROME = ZoneInfo("Europe/Rome")
BIRTHDAY: dict[str, Any] = {
    "id": "s",
    "kind": "date",
    "field": "birthDate",
    "format": "dd/MM/yyyy",
    "yearly": True,
}
REMINDER: dict[str, Any] = {"id": "s", "kind": "date", "field": "eventAt"}


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.open(database)


def graph(start: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a journey that ends at once, so that whoever enters twice is seen."""
    return {"starts": [start], "first": "end", "steps": {"end": {"kind": "end"}}} | more


async def until(scene: Scene, moment: datetime) -> None:
    await scene.move_clock(seconds=(moment - scene.now).total_seconds())
    await apply_all(scene.database)


async def met(scene: Scene) -> list[tuple[UUID, datetime, dict[str, Any]]]:
    """Return who met a start when, and what was said of it, in order of time."""
    rows = await scene.rows("facts", "name", "contact_id", "occurred_at", "properties", order='"offset"')
    found = [
        (whose, at, {key: said[key] for key in said if key not in ("journeyId", "startId")})
        for name, whose, at, said in rows
        if name == "startMet"
    ]
    return sorted(found, key=lambda each: (each[1], each[0]))


async def entered(scene: Scene) -> list[tuple[UUID, datetime]]:
    return sorted(await scene.rows("runs", "contact_id", "entered_at"), key=lambda run: (run[1], run[0]))


async def test_a_birthday_is_met_every_year_at_the_journeys_hour(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1, birthDate="29/03/1990"), scene.known(BEA, 2, birthDate="?"))
    await apply_all(scene.database)
    await scene.publish("birthday", graph(BIRTHDAY, reentry={"rule": "once_per_year"}))
    await until(scene, datetime(2026, 3, 29, 6, 59, tzinfo=UTC))
    assert await met(scene) == []
    await until(scene, datetime(2027, 4, 1, tzinfo=UTC))
    # Clocks go forward on that day in 2026, the day before it in 2027.
    days = [datetime(2026, 3, 29, 7, tzinfo=UTC), datetime(2027, 3, 29, 7, tzinfo=UTC)]
    said = [{"on": f"{day.year}-03-29", "year": day.year, "value": "29/03/1990"} for day in days]
    assert await met(scene) == [(ADA, day, each) for day, each in zip(days, said, strict=True)]
    assert await entered(scene) == [(ADA, day) for day in days]


async def test_a_date_that_is_moved_or_emptied_is_not_met_at_its_old_moment(scene: Scene) -> None:
    await scene.publish("reminder", graph(REMINDER, reentry={"rule": "value_changes", "key": "value"}))
    await scene.append(scene.known(ADA, 1, eventAt="2026-03-05"), scene.known(BEA, 2, eventAt="2026-03-05"))
    await until(scene, START + timedelta(days=1))
    await scene.append(scene.update(ADA, set={"eventAt": "2026-03-08"}), scene.update(BEA, clear=["eventAt"]))
    await until(scene, START + timedelta(days=20))
    assert await entered(scene) == [(ADA, datetime(2026, 3, 8, 8, tzinfo=UTC))]
    assert await scene.rows("start_moments", "due_at") == []


async def test_a_worker_that_was_away_for_days_decides_what_a_punctual_one_would_have(scene: Scene) -> None:
    asked = REMINDER | {"condition": text_is("city", "Roma")}
    await scene.publish("reminder", graph(asked))
    await scene.append(scene.known(ADA, 1, eventAt="2026-03-05", city="Roma"))
    await scene.append(scene.known(BEA, 2, eventAt="2026-03-05", city="Bari"))
    await apply_all(scene.database)
    await scene.move_clock(days=5)
    # Said after the moment, read before anybody looked.
    await scene.append(scene.update(ADA, set={"eventAt": "2027-01-01", "city": "Bari"}))
    await scene.append(scene.update(BEA, set={"city": "Roma"}))
    await apply_all(scene.database)
    assert await entered(scene) == [(ADA, datetime(2026, 3, 5, 8, tzinfo=UTC))]


@pytest.mark.parametrize(
    ("written", "at"),
    [("2026-03-02", START), ("2026-03-01", None), ("2026-03-01T10:30:00", START), ("2026-03-03", None)],
)
async def test_a_date_written_too_late_lets_in_at_once_for_a_day(
    scene: Scene, written: str, at: datetime | None
) -> None:
    """It is ten in Rome; a date means nine o'clock."""
    await scene.publish("reminder", graph(REMINDER))
    await scene.append(scene.known(ADA, 1, eventAt=written))
    await apply_all(scene.database)
    assert await entered(scene) == ([] if at is None else [(ADA, at)])


async def test_what_is_history_lets_nobody_in_at_once_but_its_date_is_kept(scene: Scene) -> None:
    await scene.publish("reminder", graph(REMINDER))
    late = {"set": {"eventAt": "2026-03-02"}, "identities": {"email": ["a@example.com"]}}
    soon = {"set": {"eventAt": "2026-03-03"}, "identities": {"email": ["b@example.com"]}}
    for person, said in ((ADA, late), (BEA, soon)):
        await scene.append(scene.event(person, "contactUpdated", said, kind="profile", historical=True))
    await until(scene, START + timedelta(days=2))
    assert await entered(scene) == [(BEA, datetime(2026, 3, 3, 8, tzinfo=UTC))]


async def test_so_many_days_or_hours_before_and_after(scene: Scene) -> None:
    for name, offset in (
        ("before", {"amount": 3, "unit": "days", "direction": "before"}),
        ("after", {"amount": 5, "unit": "hours", "direction": "after"}),
    ):
        await scene.publish(name, graph(REMINDER | {"offset": offset}))
    await scene.append(scene.known(ADA, 1, eventAt="2026-03-30T12:00:00+00:00"))
    await until(scene, datetime(2026, 4, 1, tzinfo=UTC))
    # Three days before is the same local time, on the other side of the change of clocks.
    assert [at for _, at in await entered(scene)] == [
        datetime(2026, 3, 27, 13, tzinfo=UTC),
        datetime(2026, 3, 30, 17, tzinfo=UTC),
    ]


async def test_each_contacts_own_morning_where_the_journey_says_so(scene: Scene) -> None:
    await scene.publish("reminder", graph(REMINDER, options={"timeZone": "contact"}))
    await scene.append(scene.known(ADA, 1, eventAt="2026-03-05", timeZone="Asia/Tokyo"))
    await scene.append(scene.known(BEA, 2, eventAt="2026-03-05"))
    await apply_all(scene.database)
    await scene.append(scene.update(BEA, set={"timeZone": "America/New_York"}))
    await until(scene, START + timedelta(days=9))
    assert await entered(scene) == [
        (ADA, datetime(2026, 3, 5, 0, tzinfo=UTC)),
        (BEA, datetime(2026, 3, 5, 14, tzinfo=UTC)),
    ]


async def test_what_comes_while_the_journey_is_paused_lets_nobody_in(scene: Scene) -> None:
    journey_id = await scene.publish("reminder", graph(REMINDER))
    await scene.append(scene.known(ADA, 1, eventAt="2026-03-05"), scene.known(BEA, 2, eventAt="2026-03-09"))
    await apply_all(scene.database)
    await scene.control(journey_id, "journeyPaused")
    await until(scene, START + timedelta(days=5))
    assert await scene.rows("start_moments", "due_at") == []
    await scene.control(journey_id, "journeyResumed")
    await until(scene, START + timedelta(days=15))
    assert await entered(scene) == [(BEA, datetime(2026, 3, 9, 8, tzinfo=UTC))]


async def test_another_version_looks_for_its_own_starts(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1, eventAt="2026-03-05", other="2026-03-06"))
    await apply_all(scene.database)
    await scene.publish("reminder", graph(REMINDER))
    await apply_all(scene.database)
    changed = graph(REMINDER | {"field": "other"})
    journey_id = await scene.publish("reminder", changed, version=2, activate=False)
    await until(scene, START + timedelta(days=9))
    assert await scene.rows("runs", "journey_id", "version", "entered_at") == [
        (journey_id, 2, datetime(2026, 3, 6, 8, tzinfo=UTC))
    ]


async def test_a_contact_that_was_merged_meets_its_date_once_as_who_it_is_now(scene: Scene) -> None:
    await scene.publish("reminder", graph(REMINDER))
    gone = contact_id(3)
    await scene.append(scene.known(BEA, 2), scene.known(gone, 3, eventAt="2026-03-05"))
    await apply_all(scene.database)
    await move(scene, gone, BEA)
    await settle(scene.database)
    await until(scene, START + timedelta(days=9))
    assert [whose for whose, _, _ in await met(scene)] == [BEA]
    assert await scene.rows("start_moments", "contact_id") == []


def subscribing(**more: Any) -> dict[str, Any]:
    return {"id": "s", "kind": "subscription", "days": 3} | more


async def say(scene: Scene, contact: UUID, name: str, kind: str = "status", **more: Any) -> None:
    said = {"listId": str(LIST_ID), "channel": "email"} | more
    await scene.append(scene.event(contact, name, said, kind=kind))


async def test_days_after_subscribing_unless_somebody_left_meanwhile(scene: Scene) -> None:
    await scene.publish("course", graph(subscribing()))
    await scene.append(scene.known(ADA, 1), scene.known(BEA, 2))
    for person in (ADA, BEA):
        await say(scene, person, "campaignSubscribed")
        await say(scene, person, "campaignSubscribed", channel="sms")
    await until(scene, START + timedelta(days=1))
    await say(scene, BEA, "campaignUnsubscribed")
    await until(scene, START + timedelta(days=9))
    assert await entered(scene) == [(ADA, START + timedelta(days=3))]


async def test_days_after_the_first_notification(scene: Scene) -> None:
    await scene.publish("course", graph(subscribing(after="first_notification")))
    await scene.append(scene.known(ADA, 1))
    await say(scene, ADA, "campaignSubscribed")
    await until(scene, START + timedelta(days=4))
    assert await entered(scene) == []
    await say(scene, ADA, "firstNotificationSent", "message")
    await until(scene, START + timedelta(days=9))
    assert await entered(scene) == [(ADA, START + timedelta(days=7))]


async def test_who_subscribed_before_the_journey_was_on_enters_when_the_days_are_over(scene: Scene) -> None:
    await scene.append(scene.known(ADA, 1), scene.known(BEA, 2))
    await scene.subscribe(ADA)
    await scene.subscribe(BEA, channel="sms")
    await until(scene, START + timedelta(days=2))
    await scene.publish("course", graph(subscribing()))
    await until(scene, START + timedelta(days=9))
    assert await entered(scene) == [(ADA, START + timedelta(days=3))]


async def test_a_moment_that_the_database_refuses_is_given_up_and_the_others_are_met(scene: Scene) -> None:
    await scene.publish("reminder", graph(REMINDER))
    for number, person in ((1, ADA), (2, BEA), (3, contact_id(3))):
        await scene.append(scene.known(person, number, eventAt="2026-03-05"))
    await apply_all(scene.database)
    async with scene.database.transaction("test.commit") as connection:
        await connection.execute(f"ALTER TABLE entries ADD CHECK (contact_id <> '{BEA}')")
    await until(scene, START + timedelta(days=9))
    assert sorted(whose for whose, _ in await entered(scene)) == sorted([ADA, contact_id(3)])
    assert await scene.rows("start_moments", "contact_id") == []
    assert await scene.rows("set_aside", "contact_id", "due_at", "tries") == [
        (BEA, datetime(2026, 3, 5, 8, tzinfo=UTC), 3)
    ]


# The law: however a stretch of time is cut, the same starts are met, once each.

ZONES = (
    "Europe/Rome",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Nowhere/At_All",
    None,
)
Written = tuple[datetime, UUID, str | None, str | None]
"""When somebody's date and zone were written, and what."""


def write_story(chance: random.Random, format: str) -> list[Written]:
    """Return what is written of sixteen people in a hundred days, in order of time."""
    story: list[Written] = []
    for number in range(1, 17):
        whose = contact_id(number, bucket=chance.choice([7, 9]))
        moments = sorted(START + timedelta(minutes=chance.randrange(1, 140_000)) for _ in range(3))
        for at in moments:
            day = at + timedelta(days=chance.randrange(-2, 30), minutes=chance.randrange(1440))
            text = day.strftime("%Y-%m-%d" if format == "day" else "%Y-%m-%dT%H:%M:%S")
            text = chance.choice([text, text, text, "?", None])
            story.append((at, whose, text, chance.choice(ZONES)))
    return sorted(story)


def foresee(story: Sequence[Written], start: DateStart, end: datetime) -> list[tuple[UUID, datetime]]:
    """Return who meets the start when, read off the story."""
    found: list[tuple[UUID, datetime]] = []
    for whose in {person for _, person, _, _ in story}:
        own = [(at, text, zone) for at, person, text, zone in story if person == whose]
        known: str | None = None
        for (at, text, name), following in zip(own, [*(each[0] for each in own[1:]), None], strict=True):
            zone = find_zone(name) or ROME
            if text != known and decide_written(start, text, at, zone) is not None:
                found.append((whose, at))
            stretch = list_occurrences(start, text, at, end, zone)
            found += [(whose, one.at) for one in stretch if following is None or one.at < following]
            known = text
    return sorted(found, key=lambda each: (each[1], each[0]))


class _CrashError(BaseException):
    """Stands for a process that died: what it had not committed is gone."""


async def apply_dying(
    database: Database, limits: Limits, chance: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Apply everything by workers of which some die before or after a commit."""

    def pass_point(_: Failpoints, name: str, moment: str) -> None:
        del moment
        if name == "worker.apply" and chance.random() < 0.2:
            raise _CrashError

    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", pass_point)
        while True:
            try:
                # One lane: a crash must not leave a second one working on, as no process would.
                await apply_all(database, limits, batch_buckets=64)
                return
            except _CrashError:
                continue


@pytest.mark.parametrize("seed", range(4))
async def test_however_time_is_cut_and_whoever_dies_the_same_starts_are_met_once_each(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    offset = chance.choice([None, {"amount": 2, "unit": "days", "direction": "before"}])
    drawn = REMINDER | ({"offset": offset} if offset else {}) | {"yearly": chance.random() < 0.3}
    story = write_story(chance, "moment" if seed == 1 else "day")
    await scene.publish("g", graph(drawn, options={"timeZone": "contact"}), buckets=(7, 9))
    end = START + timedelta(days=120)
    looks = {START + timedelta(minutes=chance.randrange(1, 172_000)) for _ in range(chance.choice([2, 12]))}
    for moment in sorted({*looks, *(at for at, _, _, _ in story), end}):
        await scene.move_clock(seconds=(moment - scene.now).total_seconds())
        for _, person, text, zone in [each for each in story if each[0] == moment]:
            await scene.append(scene.known(person, person.int % 1000, eventAt=text, timeZone=zone))
        if moment in looks or moment == end:
            await keep_partitions(scene.database)
            limits = chance.choice([Limits(), Limits(facts=1, due=1), Limits(facts=3, due=2)])
            await apply_dying(scene.database, limits, chance, monkeypatch)
    expected = foresee(story, msgspec.convert(drawn, DateStart), end)
    assert len(expected) > 5
    assert [(whose, at) for whose, at, _ in await met(scene)] == expected
