import pytest

from percorso.conditions.model import Captured, EventProperty
from percorso.journeys.graph import CheckNow, End, EventStart, Path, React
from percorso.journeys.model import Count
from tests.journeys.build import capture, days, hours, make_version, of_captured, of_event, of_profile
from tests.journeys.stage import Stage

BY_CITY = make_version(
    {
        "check": CheckNow(
            (
                Path("milan", "Milan", of_profile("address.city", "equals", "Milan"), to="positive"),
                Path("rich", "Rich", of_event("amount.revenue", "at_least", 100, "number"), to="negative"),
            ),
            default="neutral",
        ),
        "positive": End("positive"),
        "negative": End("negative"),
        "neutral": End("neutral"),
    }
)


@pytest.mark.parametrize(
    ("city", "revenue", "path", "outcome"),
    [
        ("Milan", 500, "milan", "positive"),
        ("milan", 5, "milan", "positive"),
        ("Rome", 100, "rich", "negative"),
        ("Rome", 99.99, "default", "neutral"),
        (None, None, "default", "neutral"),
    ],
)
def test_the_first_path_that_holds_is_taken_else_the_default(
    city: str | None, revenue: float | None, path: str, outcome: str
) -> None:
    stage = Stage(BY_CITY, address={"city": city})
    stage.happens("began", amount={"revenue": revenue})
    assert stage.run.outcome == outcome
    assert stage.trace[1].path == path
    assert Count("left", "check", path) in stage.counts


def test_the_trace_says_what_was_read_and_compared_up_to_the_path_taken() -> None:
    stage = Stage(BY_CITY, address={"city": "Rome"})
    stage.happens("began", amount={"revenue": 120})
    judged = stage.trace[1].judged
    assert [(one.test.path, one.read, one.compared, one.verdict) for one in judged] == [
        ("address.city", "Rome", ("Milan",), False),
        ("amount.revenue", 120, (100,), True),
    ]


def test_paths_read_the_event_last_met_and_what_was_captured_before() -> None:
    version = make_version(
        {
            "react": React("order", hours(3), next="check"),
            "check": CheckNow(
                (
                    Path("same", "Same", of_event("id", "equals", Captured("first")), to="yes"),
                    Path("told", "Told", of_captured("first", "equals", EventProperty("note")), to="yes"),
                ),
            ),
            "yes": End("positive"),
        },
        starts=(EventStart("start", "began", captures=(capture("first", "id"),)),),
    )
    for properties, outcome in (
        ({"id": "a"}, "positive"),
        ({"id": "b", "note": "a"}, "positive"),
        ({"id": "b"}, "neutral"),
    ):
        stage = Stage(version)
        stage.happens("began", id="a")
        stage.happens("order", **properties)
        assert stage.run.outcome == outcome, properties


def test_without_a_default_step_the_run_ends_neutral() -> None:
    version = make_version({"check": CheckNow((Path("yes", "Yes", of_profile("x", "equals", "y")),))})
    stage = Stage(version)
    stage.happens("began")
    assert (stage.run.outcome, stage.run.reason) == ("neutral", "completed")
    assert stage.counts[-2:] == [Count("exited", "", "completed"), Count("ended", "", "neutral")]


def test_nothing_holds_here() -> None:
    stage = Stage(BY_CITY)
    stage.happens("began")
    assert stage.run.state == "ended"
    stage.passes(days=days(1).amount)
    assert len(stage.trace) == 3
