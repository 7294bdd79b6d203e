from datetime import timedelta
from typing import Any

import pytest

from percorso.conditions.model import Captured
from percorso.journeys.engine import advance
from percorso.journeys.graph import End, EventStart, Path, React, Wait
from percorso.journeys.model import Count, EventArrived
from percorso.journeys.version import Version
from tests.journeys.build import NOON, capture, days, make_version, of_event
from tests.journeys.stage import Stage

BIG = of_event("total", "more_than", 100, "number")


def reacts(**more: Any) -> Version:
    return make_version(
        {"react": React("order", days(3), **more), "good": End("positive"), "bad": End("negative")},
        starts=(EventStart("start", "began", captures=(capture("cart", "cart"), capture("total", "total"))),),
    )


def test_the_next_event_of_that_name_moves_the_run_at_once() -> None:
    stage = Stage(reacts(next="good", default="bad"))
    stage.happens("began")
    assert (stage.run.due_at, stage.run.awaits) == (NOON + timedelta(days=3), ("order",))
    stage.happens("other")
    assert stage.run.state == "waiting"
    stage.passes(hours=1)
    stage.happens("order")
    assert (stage.run.outcome, stage.run.ended_at) == ("positive", NOON + timedelta(hours=1))


def test_after_the_limit_the_default_path_is_taken() -> None:
    stage = Stage(reacts(next="good", default="bad"))
    stage.happens("began")
    stage.passes(days=3)
    assert (stage.run.outcome, stage.run.ended_at) == ("negative", NOON + timedelta(days=3))
    assert (stage.trace[1].path, stage.trace[1].outcome) == ("default", "limit")


def test_an_event_may_be_tied_to_what_the_run_captured() -> None:
    version = reacts(condition=of_event("cart", "equals", Captured("cart")), next="good", default="bad")
    stage = Stage(version)
    stage.happens("began", cart="c1")
    stage.happens("order", cart="c2")
    assert stage.run.state == "waiting"
    stage.happens("order", cart="c1")
    assert stage.run.outcome == "positive"


@pytest.mark.parametrize(("unmatched", "state"), [("keep_waiting", "waiting"), ("default", "ended")])
def test_an_event_that_matches_no_path_is_waited_past_or_takes_the_default(
    unmatched: str, state: str
) -> None:
    version = reacts(paths=(Path("big", "Big", BIG, to="good"),), default="bad", unmatched=unmatched)
    stage = Stage(version)
    stage.happens("began")
    stage.happens("order", total=50)
    assert stage.run.state == state
    stage.happens("order", total=150)
    assert stage.run.outcome == ("positive" if state == "waiting" else "negative")


def test_the_first_path_that_matches_is_taken() -> None:
    version = make_version(
        {
            "react": React("order", days(3), (Path("big", "", BIG, to="good"), Path("any", "", to="bad"))),
            "good": End("positive"),
            "bad": End("negative"),
        }
    )
    for total, outcome in ((150, "positive"), (50, "negative")):
        stage = Stage(version)
        stage.happens("began")
        stage.happens("order", total=total)
        assert stage.run.outcome == outcome


def test_it_captures_from_the_event_after_comparing_with_what_was_captured_before() -> None:
    more = of_event("total", "more_than", Captured("total"), "number")
    version = make_version(
        {
            "react": React(
                "order",
                days(3),
                (Path("more", "", more, to="react2"),),
                captures=(capture("total", "total"),),
            ),
            "react2": React("order", days(3), (Path("more", "", more, to="good"),)),
            "good": End("positive"),
        },
        starts=(EventStart("start", "began", captures=(capture("total", "total"),)),),
    )
    stage = Stage(version)
    stage.happens("began", total=10)
    stage.happens("order", total=10)
    assert (stage.run.step, stage.run.captured) == ("react", {"total": 10})
    stage.happens("order", total=30)
    assert (stage.run.step, stage.run.captured) == ("react2", {"total": 30})
    stage.happens("order", total=20)
    assert stage.run.step == "react2"
    stage.happens("order", total=31)
    assert stage.run.outcome == "positive"


def test_what_the_event_lacks_is_forgotten_rather_than_left_from_before() -> None:
    version = make_version(
        {
            "react": React("order", days(3), next="wait", captures=(capture("total", "total"),)),
            "wait": Wait(days(1)),
        },
        starts=(EventStart("start", "began", captures=(capture("total", "total"),)),),
    )
    stage = Stage(version)
    stage.happens("began", total=10)
    stage.happens("order", total={"not": "a scalar"})
    assert stage.run.captured == {}


def test_the_event_that_brought_the_run_here_does_not_count_again() -> None:
    version = make_version(
        {
            "one": React("order", days(3), next="two"),
            "two": React("order", days(3), next="end"),
            "end": End("positive"),
        }
    )
    stage = Stage(version)
    stage.happens("began")
    stage.happens("order")
    assert stage.run.step == "two"
    stage.happens("order")
    assert stage.run.outcome == "positive"


def test_the_fact_that_brought_the_run_here_told_again_does_not_count() -> None:
    version = make_version(
        {
            "one": React("order", days(3), next="two"),
            "two": React("order", days(3), next="end"),
            "end": End("positive"),
        }
    )
    stage = Stage(version)
    stage.happens("began")
    stage.happens("order")
    again = EventArrived("order", stage.offset, NOON, {})
    assert advance(version, stage.run, again, {}, NOON).run is stage.run


def test_an_event_that_occurred_before_what_brought_the_run_here_does_not_count() -> None:
    stage = Stage(reacts(next="good", default="bad"))
    stage.happens("began")
    stage.happens("order", occurred_at=NOON - timedelta(seconds=1))
    assert stage.run.state == "waiting"
    stage.happens("order", occurred_at=NOON)
    assert stage.run.outcome == "positive"


def test_after_a_wait_only_what_occurred_since_its_end_counts() -> None:
    version = make_version(
        {"wait": Wait(days(1), next="react"), "react": React("order", days(1), next="good", default="bad"),
         "good": End("positive"), "bad": End("negative")}
    )  # fmt: skip
    stage = Stage(version)
    stage.happens("began")
    stage.passes(hours=25)
    stage.happens("order", occurred_at=NOON + timedelta(hours=23))
    assert stage.run.step == "react"
    stage.happens("order", occurred_at=NOON + timedelta(hours=24))
    assert stage.run.outcome == "positive"


def test_ways_out_are_counted_by_path() -> None:
    stage = Stage(reacts(next="good", default="bad"))
    stage.happens("began")
    stage.happens("order")
    assert Count("left", "react", "next") in stage.counts
