import pytest

from percorso.journeys.graph import End
from percorso.journeys.model import Count
from tests.journeys.build import NOON, make_version
from tests.journeys.stage import Stage


@pytest.mark.parametrize("outcome", ["positive", "negative", "neutral"])
def test_the_run_ends_with_the_outcome_of_the_step(outcome: str) -> None:
    stage = Stage(make_version({"end": End(outcome)}))  # type: ignore[arg-type]
    stage.happens("began")
    run = stage.run
    assert (run.state, run.step, run.outcome, run.reason, run.ended_at) == (
        "ended",
        None,
        outcome,
        "completed",
        NOON,
    )
    assert (run.due_at, run.awaits, run.message_id) == (None, (), None)
    assert stage.counts == [
        Count("entered"),
        Count("entered", "end"),
        Count("exited", "end", "completed"),
        Count("ended", "", outcome),
    ]
