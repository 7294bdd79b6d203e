from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.journeys.graph import End, RandomPath, Split
from percorso.journeys.steps.split import choose_share
from percorso.kit.ids import derive_id
from tests.journeys.build import CONTACT, days, make_fact, make_version
from tests.journeys.stage import Stage

THIRDS = (RandomPath("a", 33.33), RandomPath("b", 33.33), RandomPath("c", 33.34))
HALVES = {
    "split": Split((RandomPath("a", 50, to="yes"), RandomPath("b", 50, to="no"))),
    "yes": End("positive"),
    "no": End("negative"),
}


@given(
    st.lists(st.floats(0.01, 100, allow_nan=False), min_size=2, max_size=20),
    st.floats(0, 1, exclude_max=True),
)
def test_every_number_falls_to_a_path(percents: list[float], chance: float) -> None:
    paths = [RandomPath(str(number), percent) for number, percent in enumerate(percents)]
    chosen = choose_share(paths, chance)
    before = sum(path.percent for path in paths[: paths.index(chosen)])
    total = sum(percents)
    assert before <= chance * total + 1e-6
    assert chance * total <= before + chosen.percent + 1e-6


@pytest.mark.parametrize(("chance", "path"), [(0.0, "a"), (0.3333, "b"), (0.6667, "c"), (0.999999, "c")])
def test_paths_take_their_part_in_their_order(chance: float, path: str) -> None:
    assert choose_share(THIRDS, chance).id == path


def test_a_run_takes_one_path_for_ever_and_runs_spread_by_the_percentages() -> None:
    version = make_version(HALVES)
    outcomes: list[str | None] = []
    for number in range(1_000):
        stage = Stage(version)
        stage.happens("began", number=number)
        outcomes.append(stage.run.outcome)
        assert isinstance(stage.run.id, UUID)
    # Every stage is at the same offset: the same run, therefore the same path.
    assert len(set(outcomes)) == 1
    shares = [choose_share(THIRDS[:2], _chance(number)).id for number in range(10_000)]
    assert 4_700 < shares.count("a") < 5_300


def _chance(number: int) -> float:
    from percorso.kit.ids import derive_share

    return derive_share("split", derive_id("run", CONTACT, number), "split")


def test_visits_of_one_run_take_the_same_path() -> None:
    from percorso.journeys.graph import Wait

    steps = {
        "split": Split((RandomPath("a", 50, to="wait"), RandomPath("b", 50, to="wait"))),
        "wait": Wait(days(1), next="split"),
    }
    stage = Stage(make_version(steps))
    stage.happens("began")
    stage.passes(days=5)
    taken = [entry.path for entry in stage.trace if entry.step == "split"]
    assert len(taken) == 6
    assert len(set(taken)) == 1
    assert make_fact("began").contact_id == CONTACT
