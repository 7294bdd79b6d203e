"""Periods of the calendar, the room that rules leave, and who gets it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.messages.caps.model import Asking, CapRule, Period, Room, find_period, find_room, share_out

ZONES = ("Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")
# A Monday, ten o'clock in Rome.
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        ("day", datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 2, 23, tzinfo=UTC)),
        ("week", datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 8, 23, tzinfo=UTC)),
        ("month", datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC)),
    ],
)
def test_periods_are_of_the_workspaces_calendar(period: Period, since: datetime, until: datetime) -> None:
    assert find_period(period, NOW, "Europe/Rome") == (since, until)


@given(MOMENTS, st.sampled_from(("day", "week", "month")), st.sampled_from(ZONES))
def test_every_moment_lies_in_one_period_and_the_next_begins_where_it_ends(
    moment: datetime, period: Period, zone: str
) -> None:
    since, until = find_period(period, moment, zone)
    assert since <= moment < until
    assert find_period(period, until, zone)[0] == until
    assert find_period(period, since, zone) == (since, until)
    first = since.astimezone(ZoneInfo(zone))
    assert period != "week" or first.weekday() == 0
    assert period != "month" or first.day == 1


def test_the_strictest_rule_leaves_room_and_the_last_full_period_opens_it() -> None:
    rules = (CapRule("email", "day", 1), CapRule("email", "week", 3))
    earlier = NOW - timedelta(hours=9)
    assert find_room((), [NOW], NOW, "Europe/Rome") is None
    assert find_room(rules, [], NOW, "Europe/Rome") == Room(1)
    monday = datetime(2026, 3, 8, 23, tzinfo=UTC)
    assert find_room(rules, [earlier], NOW, "Europe/Rome") == Room(0, datetime(2026, 3, 2, 23, tzinfo=UTC))
    assert find_room(rules, [earlier] * 3, NOW, "Europe/Rome") == Room(0, monday)
    assert find_room(rules, [earlier] * 2, NOW + timedelta(days=1), "Europe/Rome") == Room(1)
    assert find_room(rules, [NOW - timedelta(hours=11)] * 9, NOW, "Europe/Rome") == Room(1)


@given(st.integers(0, 4), st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 3)), max_size=6))
def test_places_go_to_the_highest_and_one_is_left_to_each_that_stands_higher_elsewhere(
    left: int, asked: list[tuple[int, int]]
) -> None:
    asking = [
        Asking(UUID(int=number), priority, outside + sum(other > priority for other, _ in asked))
        for number, (priority, outside) in enumerate(asked)
    ]
    allowed = share_out(left, asking)
    assert len(allowed) <= left
    for one, (_, outside) in zip(asking, asked, strict=True):
        if one.id in allowed:
            higher = [other for other in asking if other.priority > one.priority]
            assert sum(other.id in allowed for other in higher) + outside < left
            assert all(other.id in allowed or other.rivals > 0 for other in higher)
        elif not any(outside for _, outside in asked):
            assert len(allowed) == left
