import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.journeys.field_changes import meets_change
from percorso.journeys.graph import FieldChangeStart, Winner
from percorso.journeys.winner import Figures, decide_winner, is_better
from tests.journeys.build import days

RULE = Winner(days(14), least=100, confidence=0.95)
figures = st.integers(0, 2_000).flatmap(
    lambda runs: st.integers(0, runs).map(lambda successes: Figures(runs, successes))
)


@pytest.mark.parametrize(
    ("found", "winner"),
    [
        ({"a": Figures(1_000, 100), "b": Figures(1_000, 150)}, "b"),
        ({"a": Figures(1_000, 100), "b": Figures(1_000, 105)}, None),
        ({"a": Figures(99, 0), "b": Figures(1_000, 500)}, None),
        ({"a": Figures(1_000, 100), "b": Figures(1_000, 150), "c": Figures(1_000, 149)}, None),
        ({"a": Figures(1_000, 0), "b": Figures(1_000, 0)}, None),
        ({"a": Figures(1_000, 0), "b": Figures(1_000, 1_000)}, "b"),
        ({"a": Figures(1_000, 900)}, None),
        ({}, None),
    ],
)
def test_a_path_wins_when_it_is_surely_better_than_each_other(
    found: dict[str, Figures], winner: str | None
) -> None:
    assert decide_winner(RULE, found) == winner


@given(figures, figures, st.floats(0.5, 0.99))
def test_of_two_at_most_one_is_better(one: Figures, other: Figures, confidence: float) -> None:
    assert not (is_better(one, other, confidence) and is_better(other, one, 0.51))


@given(st.dictionaries(st.sampled_from("abcd"), figures), st.randoms())
def test_the_order_of_paths_does_not_matter(found: dict[str, Figures], random: object) -> None:
    turned = dict(reversed(found.items()))
    winners = {decide_winner(RULE, found), decide_winner(RULE, turned)}
    assert len(winners) == 1


@pytest.mark.parametrize(
    ("before", "after", "old", "new", "meets"),
    [
        (None, None, "Roma", "Milano", True),
        (None, None, None, "Milano", True),
        (None, None, "Roma", "Roma", False),
        (None, None, "Roma", None, True),
        (None, "Milano", "Roma", "Milano", True),
        (None, "Milano", "Roma", "Bari", False),
        ("Roma", "Milano", "Roma", "Milano", True),
        ("Roma", "Milano", "Bari", "Milano", False),
        ("Roma", None, "Roma", "Bari", True),
        (0, 1, False, True, False),
        (False, True, False, True, True),
    ],
)
def test_a_change_meets_a_start_from_one_value_to_another(
    before: object, after: object, old: object, new: object, meets: bool
) -> None:
    start = FieldChangeStart("s", "city", before, after)  # type: ignore[arg-type]
    assert meets_change(start, old, new) == meets
