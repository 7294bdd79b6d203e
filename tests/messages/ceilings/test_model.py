"""How many messages of a journey may still leave today: as many as were foreseen so many times, whoever asks how."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.messages.ceilings.model import Ceiling, count_marks, find_most, open_day, share_out

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)
JOURNEY = UUID(int=1)
ASKING = [UUID(int=number) for number in range(10, 20)]


def test_a_new_day_begins_at_nothing_and_what_was_asked_stays_asked() -> None:
    before = Ceiling(JOURNEY, 5, TODAY, 5, NOW, reached_at=NOW)
    later = NOW + timedelta(days=1)
    assert open_day(before, TODAY, later) == before
    assert open_day(before, TODAY - timedelta(days=1), later) == before
    tomorrow = open_day(before, TODAY + timedelta(days=1), later)
    assert tomorrow == Ceiling(JOURNEY, 5, TODAY + timedelta(days=1), 0, later, reached_at=NOW)


def test_the_first_ones_leave_as_far_as_there_is_room() -> None:
    assert share_out(Ceiling(JOURNEY, 5, TODAY, 3, NOW), ASKING[:2]) == (set(ASKING[:2]), False)
    assert share_out(Ceiling(JOURNEY, 5, TODAY, 3, NOW), ASKING[:3]) == (set(ASKING[:2]), True)
    assert share_out(Ceiling(JOURNEY, 2, TODAY, 3, NOW), ASKING[:1]) == (set(), True)


def test_one_that_asks_lets_nothing_leave_even_with_room_again() -> None:
    asks = Ceiling(JOURNEY, 5, TODAY, 3, NOW, reached_at=NOW)
    assert share_out(asks, ASKING[:1]) == (set(), True)
    assert count_marks(asks, 0, exceeded=True, now=NOW + timedelta(1)).reached_at == NOW


@pytest.mark.parametrize(
    ("times", "foreseen", "most"), [(1.5, 1200, 1800), (1.5, 1, 1), (1.0, 1, 1), (2.5, 3, 7), (1.1, 10, 11)]
)
def test_more_than_so_many_times_what_was_foreseen(times: float, foreseen: int, most: int) -> None:
    assert find_most(times, foreseen) == most


@given(
    most=st.integers(1, 12),
    groups=st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5), st.integers(0, 2)), max_size=12),
)
def test_no_day_holds_more_than_its_most_and_the_first_kept_back_asks(
    most: int, groups: list[tuple[int, int, int]]
) -> None:
    """Groups of (how many ask, how many of those let pass are refused by the gate, how many days go by)."""
    ceiling, now, today = Ceiling(JOURNEY, most), NOW, TODAY
    by_day: dict[date, int] = {}
    for asking, refused, days in groups:
        now, today = now + timedelta(days=days, seconds=1), today + timedelta(days=days)
        ceiling = open_day(ceiling, today, now)
        asked_before = ceiling.reached_at
        allowed, exceeded = share_out(ceiling, ASKING[:asking])
        marked = max(len(allowed) - refused, 0)
        ceiling = count_marks(ceiling, marked, exceeded=exceeded, now=now)
        by_day[today] = by_day.get(today, 0) + marked
        assert by_day[today] == ceiling.counted <= most
        assert exceeded == (len(allowed) < asking)
        assert (ceiling.reached_at is not None) == (asked_before is not None or exceeded)
        assert asked_before is None or not allowed
