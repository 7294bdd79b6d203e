"""When dates let contacts in: examples, and laws across changing clocks."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.journeys.date_starts import (
    FormatsFound,
    FormatShare,
    Occurrence,
    decide_written,
    find_formats,
    list_occurrences,
    next_occurrence,
    subscription_moment,
)
from percorso.journeys.graph import DateStart, Offset

ROME = ZoneInfo("Europe/Rome")
ZONES = [
    ZoneInfo(name)
    for name in ("Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")
]
BIRTHDAY = DateStart("s", "birthDate", "dd/MM", yearly=True)


def local(text: str, zone: ZoneInfo = ROME) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def met(start: DateStart, value: Any, since: str, until: str) -> list[tuple[datetime, date]]:
    found = list_occurrences(start, value, local(since), local(until), ROME)
    return [(one.at, one.on) for one in found]


def test_l1_a_birthday_comes_once_a_year_and_29_february_on_the_28th_of_common_years() -> None:
    found = met(BIRTHDAY, "29/02", "2025-01-01", "2029-01-01")
    assert found == [
        (local(f"{day}T09:00"), date.fromisoformat(day))
        for day in ("2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29")
    ]


@pytest.mark.parametrize("value", ["", None, "31/02", "soon", 7, "29/02/2000", True])
def test_an_empty_date_or_none_at_all_lets_nobody_in(value: Any) -> None:
    assert met(BIRTHDAY, value, "2025-01-01", "2029-01-01") == []


def test_l2_a_moment_with_its_offset_is_that_moment() -> None:
    start = DateStart("s", "eventAt")
    moment = datetime(2024, 5, 10, 8, tzinfo=UTC)
    assert next_occurrence(
        start, "2024-05-10T10:00:00+02:00", moment - timedelta(days=9), ROME
    ) == Occurrence(moment, date(2024, 5, 10))
    assert next_occurrence(start, "2024-05-10T10:00:00+02:00", moment, ROME) is None


@pytest.mark.parametrize(
    ("start", "value", "at"),
    [
        (DateStart("s", "d", "dd/MM/yyyy"), "10/05/2026", "2026-05-10T09:00"),
        (DateStart("s", "d", "dd/MM/yyyy", at="18:30"), "10/05/2026", "2026-05-10T18:30"),
        (DateStart("s", "d", "yyyy-MM-dd HH:mm"), "2026-05-10 20:15", "2026-05-10T20:15"),
        (DateStart("s", "d", None, Offset(7, "days")), "2026-05-10", "2026-05-03T09:00"),
        (DateStart("s", "d", None, Offset(7, "days", "after")), "2026-05-10", "2026-05-17T09:00"),
        (DateStart("s", "d", None, Offset(3, "hours")), "2026-05-10T20:15", "2026-05-10T17:15"),
        # Clocks go forward on 29 March: days keep the local time, hours are exact.
        (DateStart("s", "d", None, Offset(1, "days")), "2026-03-29T12:00", "2026-03-28T12:00"),
        (DateStart("s", "d", None, Offset(24, "hours")), "2026-03-29T12:00", "2026-03-28T11:00"),
        (DateStart("s", "d", "yyyy-MM-dd HH:mm"), "2026-03-29 02:30", "2026-03-29T03:00"),
        (DateStart("s", "d", at="02:30"), "2026-03-29", "2026-03-29T03:00"),
    ],
)
def test_a_date_lets_in_at_its_moment(start: DateStart, value: str, at: str) -> None:
    ((moment, on),) = met(start, value, "2026-01-01", "2027-01-01")
    assert moment == local(at)
    assert on.isoformat() in (value[:10], "-".join(reversed(value.split("/"))))


def test_days_before_an_anniversary_may_lie_in_the_year_before() -> None:
    start = DateStart("s", "d", "dd/MM", Offset(7, "days"), yearly=True)
    assert met(start, "02/01", "2025-12-01", "2026-02-01") == [(local("2025-12-26T09:00"), date(2026, 1, 2))]


@pytest.mark.parametrize(
    ("written", "enters"),
    [
        ("2026-05-10T09:00", True),
        ("2026-05-11T09:00", True),
        ("2026-05-11T09:01", False),
        ("2026-05-10T08:59", False),
    ],
)
def test_a_date_written_late_lets_in_at_once_for_a_day(written: str, enters: bool) -> None:
    found = decide_written(DateStart("s", "d"), "2026-05-10", local(written), ROME)
    assert (found is not None) == enters


dates = st.dates(date(2020, 1, 1), date(2030, 12, 31))
offsets = st.none() | st.builds(
    Offset, st.integers(1, 400), st.just("days"), st.sampled_from(["before", "after"])
)
starts = st.builds(
    DateStart,
    st.just("s"),
    st.just("d"),
    st.none(),
    offsets,
    st.booleans(),
    st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 45])),
)


@given(starts, dates, st.sampled_from(ZONES), st.lists(st.integers(1, 900), min_size=1, max_size=6))
def test_however_time_is_cut_up_each_moment_is_found_once(
    start: DateStart, day: date, zone: ZoneInfo, cuts: list[int]
) -> None:
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    marks = [begin]
    for cut in cuts:
        marks.append(marks[-1] + timedelta(days=cut))
    value = day.isoformat()
    pieces = [
        one for since, until in pairwise(marks) for one in list_occurrences(start, value, since, until, zone)
    ]
    assert pieces == list_occurrences(start, value, begin, marks[-1], zone)
    chained: list[Occurrence] = []
    found = next_occurrence(start, value, begin, zone)
    while found is not None and found.at <= marks[-1]:
        chained.append(found)
        found = next_occurrence(start, value, found.at, zone)
    assert chained == pieces


@given(starts.filter(lambda start: start.yearly), dates, st.sampled_from(ZONES))
def test_every_year_has_one_anniversary(start: DateStart, day: date, zone: ZoneInfo) -> None:
    found = list_occurrences(
        start, day.isoformat(), datetime(2019, 1, 1, tzinfo=UTC), datetime(2033, 1, 1, tzinfo=UTC), zone
    )
    years = [one.on.year for one in found]
    assert years == list(range(years[0], years[-1] + 1))
    assert len(years) >= 11


@given(st.integers(0, 800), st.sampled_from(ZONES), st.integers(0, 365 * 24 * 4))
def test_days_after_subscribing_keep_the_local_time(days: int, zone: ZoneInfo, quarter: int) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarter)
    moment = subscription_moment(days, since, zone)
    there, here = moment.astimezone(zone), since.astimezone(zone)
    assert (there.date() - here.date()).days == days
    exists = (datetime.combine(there.date(), here.time()).replace(tzinfo=zone)).astimezone(UTC)
    if exists.astimezone(zone).time() == here.time():
        assert there.time() == here.time()
    if days == 0:
        assert moment == since


def test_the_formats_found_in_a_field_are_told_with_their_shares() -> None:
    values = [
        "31/12/1990",
        "01/02/1980",
        "12/31/1990",
        "",
        None,
        "soon",
        "2020-01-02",
        "2024-05-10T10:00:00+02:00",
    ]
    assert find_formats(values) == FormatsFound(
        (
            FormatShare("dd/MM/yyyy", 2),
            FormatShare("MM/dd/yyyy", 1),
            FormatShare("yyyy-MM-dd", 1),
            FormatShare("ISO", 1),
        ),
        unfit=1,
        empty=2,
    )


def test_a_declared_format_is_tried_first() -> None:
    assert find_formats(["01/02/1980", "31/12/1990"], declared=["MM/dd/yyyy"]).shares == (
        FormatShare("MM/dd/yyyy", 1),
        FormatShare("dd/MM/yyyy", 1),
    )
