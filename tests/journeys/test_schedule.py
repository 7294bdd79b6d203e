"""Calendar arithmetic against clocks that change: naive times here are local times, as people say them."""

# ruff: noqa: DTZ001

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.journeys.graph import Duration
from percorso.journeys.schedule import (
    MAXIMUM_DAYS,
    check_duration,
    end_of,
    local_year,
    resolve_local,
    shortest,
)

ZONES = ("Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "UTC")


def local(text: str, zone: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "amount", "unit", "until"),
    [
        ("2026-01-10T09:30:00", 1, "days", "2026-01-11T09:30:00"),
        ("2026-01-31T09:30:00", 1, "months", "2026-02-28T09:30:00"),
        ("2028-01-31T09:30:00", 1, "months", "2028-02-29T09:30:00"),
        ("2026-01-30T09:30:00", 2, "weeks", "2026-02-13T09:30:00"),
        ("2028-02-29T09:30:00", 1, "years", "2029-02-28T09:30:00"),
        ("2028-02-29T09:30:00", 4, "years", "2032-02-29T09:30:00"),
        ("2026-11-30T23:59:59.250000", 3, "months", "2027-02-28T23:59:59.250000"),
        ("2026-12-15T08:00:00", 1, "months", "2027-01-15T08:00:00"),
        # Clocks go forward on 29 March and back on 25 October 2026: the same local time, not 24 hours.
        ("2026-03-28T12:00:00", 1, "days", "2026-03-29T12:00:00"),
        ("2026-10-24T12:00:00", 1, "days", "2026-10-25T12:00:00"),
        ("2026-03-22T12:00:00", 1, "weeks", "2026-03-29T12:00:00"),
        ("2026-02-28T12:00:00", 1, "months", "2026-03-28T12:00:00"),
    ],
)
def test_days_weeks_and_months_end_at_the_same_local_time(
    since: str, amount: int, unit: str, until: str
) -> None:
    duration = Duration(amount, unit)  # type: ignore[arg-type]
    ended = end_of(duration, since=local(since, "Europe/Rome"), zone=ZoneInfo("Europe/Rome"))
    assert ended == local(until, "Europe/Rome")


@pytest.mark.parametrize(
    ("zone", "since", "amount", "unit", "until"),
    [
        # Rome skips 02:00 to 03:00 on 29 March 2026.
        ("Europe/Rome", "2026-03-28T02:30:00", 1, "days", "2026-03-29T01:00:00"),
        # New York skips 02:00 to 03:00 on 8 March 2026.
        ("America/New_York", "2026-03-07T02:15:30", 1, "days", "2026-03-08T07:00:00"),
        # Lord Howe skips half an hour, 02:00 to 02:30, on 4 October 2026.
        ("Australia/Lord_Howe", "2026-10-03T02:15:00", 1, "days", "2026-10-03T15:30:00"),
        # Casablanca skips 02:00 to 03:00 on 22 March 2026, after Ramadan.
        ("Africa/Casablanca", "2026-03-21T02:30:00", 1, "days", "2026-03-22T02:00:00"),
        # Samoa skipped the whole of 30 December 2011.
        ("Pacific/Apia", "2011-12-29T10:00:00", 1, "days", "2011-12-30T10:00:00"),
    ],
)
def test_a_local_time_that_does_not_exist_is_the_first_valid_instant_after(
    zone: str, since: str, amount: int, unit: str, until: str
) -> None:
    duration = Duration(amount, unit)  # type: ignore[arg-type]
    assert end_of(duration, since=local(since, zone), zone=ZoneInfo(zone)) == utc(until)


@pytest.mark.parametrize(
    ("zone", "since", "until"),
    [
        ("Europe/Rome", "2026-10-24T02:30:00", "2026-10-25T00:30:00"),
        ("America/New_York", "2026-10-31T01:30:00", "2026-11-01T05:30:00"),
        ("Australia/Lord_Howe", "2026-04-04T01:45:00", "2026-04-04T14:45:00"),
        ("Africa/Casablanca", "2026-02-14T02:30:00", "2026-02-15T01:30:00"),
    ],
)
def test_a_local_time_that_occurs_twice_is_the_first(zone: str, since: str, until: str) -> None:
    assert end_of(Duration(1, "days"), since=local(since, zone), zone=ZoneInfo(zone)) == utc(until)


def test_a_day_begun_in_the_second_of_two_hours_ends_at_the_same_wall_time() -> None:
    since = local("2026-10-25T02:30:00", "Europe/Rome", fold=1)
    assert since == utc("2026-10-25T01:30:00")
    ended = end_of(Duration(1, "days"), since=since, zone=ZoneInfo("Europe/Rome"))
    assert ended == utc("2026-10-26T01:30:00")


@pytest.mark.parametrize("unit", ["minutes", "hours"])
@pytest.mark.parametrize("zone", ZONES)
def test_minutes_and_hours_are_exact_across_every_change_of_clocks(unit: str, zone: str) -> None:
    since = utc("2026-03-29T00:10:00.000001")
    real = {"minutes": timedelta(minutes=90), "hours": timedelta(hours=90)}[unit]
    assert end_of(Duration(90, unit), since=since, zone=ZoneInfo(zone)) - since == real  # type: ignore[arg-type]


moments = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from(ZONES).map(ZoneInfo)
calendar = st.builds(
    Duration, st.integers(1, 60), st.sampled_from(["days", "weeks", "months", "years"])
).filter(lambda duration: check_duration(duration) is None)


@given(moments, zones, calendar)
def test_a_calendar_wait_ends_later_at_the_same_wall_time_or_where_clocks_went_forward(
    since: datetime, zone: ZoneInfo, duration: Duration
) -> None:
    ended = end_of(duration, since=since, zone=zone)
    assert ended > since
    assert ended - since >= shortest(duration) or ZoneInfo("Pacific/Apia") == zone
    wall = since.astimezone(zone).time()
    reached = ended.astimezone(zone).time()
    if reached != wall:
        # Only a gap may move it: a microsecond earlier the clock showed an earlier local time, far away.
        before = (ended - timedelta(microseconds=1)).astimezone(zone)
        assert ended.astimezone(zone).utcoffset() != before.utcoffset()


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)), zones)
def test_resolving_a_local_time_gives_the_first_instant_that_shows_it_or_comes_after(
    wall: datetime, zone: ZoneInfo
) -> None:
    instant = resolve_local(wall, zone)
    shown = instant.astimezone(zone).replace(tzinfo=None)
    assert shown >= wall
    if shown == wall:
        assert (instant - timedelta(hours=1)).astimezone(zone).replace(tzinfo=None) != wall
        assert (instant - timedelta(minutes=30)).astimezone(zone).replace(tzinfo=None) != wall
    else:
        earlier = (instant - timedelta(microseconds=1)).astimezone(zone).replace(tzinfo=None)
        assert earlier < wall


@given(moments, moments, zones, calendar)
def test_who_began_later_does_not_end_earlier(
    one: datetime, other: datetime, zone: ZoneInfo, duration: Duration
) -> None:
    first, second = sorted((one, other))
    apart = second - first
    # In the hour that occurs twice the second pass ends with the first: an hour is the most that may be lost.
    assert end_of(duration, since=second, zone=zone) >= end_of(duration, since=first, zone=zone) - timedelta(
        hours=1
    )
    if apart > timedelta(days=2):
        assert end_of(duration, since=second, zone=zone) >= end_of(duration, since=first, zone=zone)


@pytest.mark.parametrize(
    ("duration", "code"),
    [
        (Duration(0, "days"), "duration_too_short"),
        (Duration(-5, "hours"), "duration_too_short"),
        (Duration(10**30, "minutes"), "duration_too_long"),
        (Duration(MAXIMUM_DAYS + 200, "days"), "duration_too_long"),
        (Duration(11, "years"), "duration_too_long"),
        (Duration(10, "years"), None),
        (Duration(1, "minutes"), None),
        (Duration(60 * 24 * MAXIMUM_DAYS, "minutes"), None),
    ],
)
def test_a_duration_is_between_one_and_ten_years(duration: Duration, code: str | None) -> None:
    assert check_duration(duration) == code


def test_the_year_of_an_entry_is_that_of_the_journeys_zone() -> None:
    assert local_year(utc("2025-12-31T23:30:00"), ZoneInfo("Europe/Rome")) == 2026
    assert local_year(utc("2025-12-31T23:30:00"), ZoneInfo("America/New_York")) == 2025
