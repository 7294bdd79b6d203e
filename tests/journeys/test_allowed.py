"""When messages may leave: laws across changing clocks, held against a search minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.journeys.allowed import (
    WEEKDAYS,
    Allowed,
    compile_sending,
    find_end,
    is_allowed,
    is_day_allowed,
    next_allowed,
    next_departure,
    next_time_of_day,
)
from percorso.journeys.calendars import is_calendar, list_calendars, list_holidays
from percorso.journeys.graph import Hours, Sending

ROME = ZoneInfo("Europe/Rome")
ZONES = [
    ZoneInfo(name)
    for name in ("Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")
]
MINUTE = timedelta(minutes=1)


def changes(zone: ZoneInfo) -> list[datetime]:
    """The moments of 2026 at which clocks change, to the half hour."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    found: list[datetime] = []
    while moment.year == 2026:
        following = moment + timedelta(minutes=30)
        if moment.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            found.append(following)
        moment = following
    return found


CHANGES = {zone: changes(zone) or [datetime(2026, 6, 1, tzinfo=UTC)] for zone in ZONES}


@st.composite
def moments(draw: st.DrawFn) -> tuple[datetime, ZoneInfo]:
    """A moment within a day and a half of a change of clocks, more often than not within two hours."""
    zone = draw(st.sampled_from(ZONES))
    near = st.integers(-120, 120) | st.integers(-36 * 60, 36 * 60)
    return draw(st.sampled_from(CHANGES[zone])) + draw(near) * MINUTE, zone


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
hours_of_change = st.builds(time, st.integers(0, 4), st.sampled_from([0, 15, 30, 45]))
quiet = st.tuples(times | hours_of_change, times | hours_of_change).filter(lambda pair: pair[0] != pair[1])
days_off = st.frozensets(st.integers(0, 6), max_size=3)


@given(moments(), quiet, days_off)
def test_the_next_moment_is_allowed_and_nothing_before_it_is(
    given: tuple[datetime, ZoneInfo], pair: tuple[time, time], off: frozenset[int]
) -> None:
    moment, zone = given
    allowed = Allowed(quiet=pair, weekdays=off)
    found = next_allowed(allowed, moment, zone)
    assert found is not None
    assert found >= moment
    assert is_allowed(allowed, found, zone)
    assert next_allowed(allowed, found, zone) == found
    # Everything here lies on whole minutes, so that looking at each is looking at all.
    before = moment
    while before < found:
        assert not is_allowed(allowed, before, zone)
        before += MINUTE


@given(moments(), quiet, days_off)
def test_what_may_leave_may_leave_until_the_end_that_is_named(
    given: tuple[datetime, ZoneInfo], pair: tuple[time, time], off: frozenset[int]
) -> None:
    moment, zone = given
    allowed = Allowed(quiet=pair, weekdays=off)
    end = find_end(allowed, moment, zone)
    assert end is not None
    assert moment < end <= moment + timedelta(hours=26)
    if is_allowed(allowed, moment, zone):
        at = moment
        while at < end:
            assert is_allowed(allowed, at, zone)
            at += MINUTE


@given(moments(), times, quiet, days_off)
def test_what_was_planned_for_a_time_of_day_may_leave_later_that_day(
    given: tuple[datetime, ZoneInfo], at: time, pair: tuple[time, time], off: frozenset[int]
) -> None:
    moment, zone = given
    fixed, free = Allowed(at=at, quiet=pair, weekdays=off), Allowed(quiet=pair, weekdays=off)
    found = next_departure(fixed, moment, zone)
    if is_allowed(free, moment, zone):
        assert found == moment
    else:
        assert found == next_allowed(fixed, moment, zone)


def test_without_hours_messages_leave_at_any_time() -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    assert find_end(Allowed(), moment, ROME) is None
    assert next_departure(Allowed(), moment, ROME) == moment


@given(moments(), times | hours_of_change, days_off)
def test_a_fixed_time_of_day_comes_once_a_local_day(
    given: tuple[datetime, ZoneInfo], at: time, off: frozenset[int]
) -> None:
    moment, zone = given
    allowed = Allowed(at=at, weekdays=off)
    days: list[date] = []
    for _ in range(8):
        found = next_allowed(allowed, moment, zone)
        assert found is not None
        assert is_allowed(allowed, found, zone)
        days.append(found.astimezone(zone).date())
        moment = found + timedelta(microseconds=1)
    expected = [days[0] + timedelta(days=n) for n in range((days[-1] - days[0]).days + 1)]
    assert days == [day for day in expected if day.weekday() not in off]


@given(moments(), times | hours_of_change, st.frozensets(st.integers(0, 6), max_size=6))
def test_waiting_for_a_time_of_day_reaches_the_first_such_moment(
    given: tuple[datetime, ZoneInfo], at: time, weekdays: frozenset[int]
) -> None:
    moment, zone = given
    found = next_time_of_day(at, weekdays, moment, zone)
    assert found >= moment
    assert not weekdays or found.astimezone(zone).weekday() in weekdays
    assert next_time_of_day(at, weekdays, found, zone) == found
    before = moment
    while before < found:
        local = before.astimezone(zone)
        exists = local.fold == 0 and local.time() == at
        assert not (exists and (not weekdays or local.weekday() in weekdays))
        before += MINUTE


@pytest.mark.parametrize(
    ("zone", "at", "said"),
    [
        ("Europe/Rome", "02:30", "2026-03-29T01:00"),
        ("America/New_York", "02:30", "2026-03-08T07:00"),
        ("Australia/Lord_Howe", "02:15", "2026-10-03T15:30"),
        ("Africa/Casablanca", "02:30", "2026-03-22T02:00"),
    ],
)
def test_a_time_that_does_not_exist_is_the_first_valid_instant_after(zone: str, at: str, said: str) -> None:
    expected = datetime.fromisoformat(said).replace(tzinfo=UTC)
    moment = expected - timedelta(hours=2)
    assert next_allowed(Allowed(at=time.fromisoformat(at)), moment, ZoneInfo(zone)) == expected


def test_in_an_hour_that_comes_twice_quiet_is_what_the_clock_says() -> None:
    # Rome puts clocks back from 03:00 to 02:00 on 25 October 2026: 02:15 is quiet both times.
    allowed = Allowed(quiet=(time(1), time(2, 30)))
    first = next_allowed(allowed, datetime(2026, 10, 24, 23, 30, tzinfo=UTC), ROME)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    again = next_allowed(allowed, datetime(2026, 10, 25, 1, 10, tzinfo=UTC), ROME)
    assert again == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "allowed_at"),
    [
        ("2026-03-02T12:00", "2026-03-02T12:00"),
        ("2026-03-02T23:00", "2026-03-03T08:00"),
        ("2026-03-03T07:59", "2026-03-03T08:00"),
        ("2026-03-06T22:00", "2026-03-09T08:00"),
        ("2026-03-07T12:00", "2026-03-09T08:00"),
    ],
)
def test_quiet_hours_over_midnight_and_weekends(moment: str, allowed_at: str) -> None:
    sending = Sending(not_between=Hours("22:00", "08:00"), except_weekdays=("saturday", "sunday"))
    assert next_allowed(compile_sending(sending), local(moment), ROME) == local(allowed_at)


def test_l8_the_last_day_is_not_included() -> None:
    allowed = compile_sending(Sending(active_from="2026-03-01", active_until="2026-03-10"))
    assert next_allowed(allowed, local("2026-02-20T12:00"), ROME) == local("2026-03-01T00:00")
    assert next_allowed(allowed, local("2026-03-09T23:59"), ROME) == local("2026-03-09T23:59")
    assert next_allowed(allowed, local("2026-03-10T00:00"), ROME) is None


def test_dates_dates_of_every_year_and_public_holidays_are_left_out() -> None:
    sending = Sending(except_dates=("2026-04-24", "12-24"), holidays="IT")
    allowed = compile_sending(sending)
    assert next_allowed(allowed, local("2026-04-24T10:00"), ROME) == local("2026-04-26T00:00")
    assert next_allowed(allowed, local("2027-12-24T10:00"), ROME) == local("2027-12-27T00:00")
    # Easter Monday moves.
    assert not is_day_allowed(allowed, date(2026, 4, 6))
    assert not is_day_allowed(allowed, date(2027, 3, 29))
    assert is_day_allowed(allowed, date(2027, 4, 6))


def test_calendars_know_countries_and_their_parts() -> None:
    assert is_calendar("IT")
    assert is_calendar("IT-BZ")
    assert not is_calendar("IT-XX")
    assert not is_calendar("")
    assert len(list_calendars()) > 200
    # Whit Monday is one in South Tyrol alone.
    assert list_holidays("IT-BZ", 2026) - list_holidays("IT", 2026) == {date(2026, 5, 25)}
    with pytest.raises(KeyError):
        list_holidays("Atlantis", 2026)


def test_where_nothing_may_ever_leave_there_is_no_moment() -> None:
    allowed = Allowed(weekdays=frozenset(range(len(WEEKDAYS))))
    assert next_allowed(allowed, local("2026-03-02T12:00"), ROME) is None


def test_where_nothing_is_said_it_is_now() -> None:
    moment = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
    assert next_allowed(compile_sending(Sending()), moment, ROME) is moment
