"""How the visits of an experiment are counted, and when one of its paths has won."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.journeys.experiments.model import (
    Measured,
    Visit,
    add_measured,
    count_visits,
    find_winner,
    is_same,
)
from percorso.journeys.graph import Duration, Experiment, Measure, RandomPath, Winner
from percorso.journeys.winner import Figures
from percorso.kit.ids import derive_id
from tests.journeys.build import days

ROME = ZoneInfo("Europe/Rome")
NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)
PATHS = (RandomPath("a", 45, to="x"), RandomPath("b", 45, to="y"))
STEP = Experiment(
    PATHS,
    Measure("completedOrder", Duration(2, "hours")),
    hold_out=RandomPath("none", 10),
    winner=Winner(days(7), 3),
)
ADA, BEA = derive_id("contact", "ada"), derive_id("contact", "bea")


def hours(amount: float) -> datetime:
    return NOON + timedelta(hours=amount)


def test_a_visit_is_a_success_if_the_goal_comes_within_its_time_and_counts_when_that_is_over() -> None:
    visits = [
        Visit(ADA, "a", hours(0)),
        Visit(BEA, "a", hours(0)),
        Visit(ADA, "b", hours(1)),
        Visit(BEA, "b", hours(9)),
    ]
    goals = {ADA: [hours(-1), hours(2)], BEA: [hours(2.01), hours(9)]}
    measured = count_visits(STEP, visits, goals, hours(10), ROME)
    # Bea's last visit goes on: that she has come to the goal already must not count alone.
    assert measured == Measured({"a": Figures(2, 1), "b": Figures(1, 1)}, hours(0))


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 30), st.sampled_from([ADA, BEA])), max_size=30),
    st.lists(st.integers(0, 40), max_size=6),
    st.integers(1, 7),
)
def test_it_does_not_matter_in_which_parts_visits_are_counted(
    told: list[tuple[str, int, object]], ordered: list[int], parts: int
) -> None:
    visits = [Visit(whose, path, hours(at)) for path, at, whose in told]  # pyright: ignore[reportArgumentType]
    goals = {ADA: [hours(at) for at in sorted(ordered)]}
    whole = count_visits(STEP, visits, goals, hours(20), ROME)
    cut = [count_visits(STEP, visits[place::parts], goals, hours(20), ROME) for place in range(parts)]
    summed = reduce(add_measured, cut, Measured({}, None))
    assert summed.began_at == whole.began_at
    assert {path: one for path, one in summed.figures.items() if one.runs} == dict(whole.figures)


@pytest.mark.parametrize(
    ("figures", "after", "winner"),
    [
        ({"a": Figures(100, 50), "b": Figures(100, 10), "hold_out": Figures(100, 99)}, 7, "a"),
        ({"a": Figures(100, 50), "b": Figures(100, 10)}, 6.9, None),
        ({"a": Figures(100, 50), "b": Figures(100, 49)}, 7, None),
        ({"a": Figures(100, 50), "b": Figures(2, 0)}, 7, None),
        ({"a": Figures(100, 50)}, 7, None),
    ],
    ids=["better", "too early", "not surely", "too few", "untaken"],
)
def test_the_rule_says_when_a_path_has_won(
    figures: dict[str, Figures], after: float, winner: str | None
) -> None:
    now = NOON + timedelta(days=after)
    assert find_winner(STEP, Measured(figures, NOON), now, ROME) == winner
    assert find_winner(msgspec.structs.replace(STEP, winner=None), Measured(figures, NOON), now, ROME) is None
    assert find_winner(STEP, Measured(figures, None), now, ROME) is None


def test_what_is_measured_goes_on_unless_paths_shares_or_goal_change() -> None:
    def changed(**values: object) -> bool:
        return is_same(STEP, msgspec.structs.replace(STEP, **values))

    named = tuple(msgspec.structs.replace(path, name="called") for path in reversed(PATHS))
    assert changed(name="Subject lines", winner=None, paths=named)
    assert not changed(paths=(RandomPath("a", 40, to="x"), RandomPath("b", 50, to="y")))
    assert not changed(paths=(RandomPath("a", 45, to="x"), RandomPath("b", 45, to="z")))
    assert not changed(goal=Measure("completedOrder", Duration(3, "hours")))
    assert not changed(hold_out=None)
