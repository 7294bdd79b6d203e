"""At most so many entries: who comes waits at the door, enters with a place, and is refused without one."""

from datetime import timedelta

from percorso.conditions.model import EventProperty
from percorso.journeys.door import FULL, FULL_TODAY, WAITS
from percorso.journeys.engine import advance
from percorso.journeys.graph import Capture, End, EventStart, Options, Removal, SendEmail
from percorso.journeys.model import Count, EventArrived, Removed, RequestPlace
from percorso.journeys.steps.check_now import PLACES
from tests.journeys.build import NOON, TEMPLATE, make_version
from tests.journeys.stage import Stage


def stage(**limits: int) -> Stage:
    version = make_version(
        {"mail": SendEmail(TEMPLATE, next="end"), "end": End("positive")},
        starts=(EventStart("start", "began", captures=(Capture("cart", EventProperty("cart")),)),),
        options=Options(**limits),
        removals=(Removal("bought", "completedOrder"),),
    )
    return Stage(version, answer="campaignSent")


def test_who_comes_waits_for_a_place_and_has_not_entered() -> None:
    at = stage(entries=3)
    at.happens("began", cart="c1")
    run = at.run
    assert (run.state, run.step, run.visit, run.awaits, run.start) == ("waiting", "", 0, PLACES, "start")
    assert at.further == [RequestPlace("", 0, "entries", 3)]
    assert at.counts == []
    assert [(entry.step, entry.path, entry.outcome) for entry in at.trace] == [("", None, WAITS)]
    at.answers("placeTaken", path="entries")
    assert (at.run.outcome, at.run.captured, at.run.start) == ("positive", {"cart": "c1"}, "")
    assert [(entry.step, entry.visit, entry.path, entry.outcome) for entry in at.trace[1:]] == [
        ("", 0, "start", "entered"),
        ("mail", 1, "next", "sent"),
        ("end", 2, None, "completed"),
    ]
    assert at.counts[0] == Count("entered")


def test_who_finds_no_place_is_refused_and_counted_as_that_alone() -> None:
    at = stage(entries=3)
    at.happens("began")
    at.answers("placesFull", path="entries")
    assert (at.run.state, at.run.outcome, at.run.reason) == ("ended", "neutral", FULL)
    assert at.counts == [Count("refused", "", FULL)]
    assert at.trace[-1].outcome == FULL


def test_the_day_is_asked_before_all_and_called_by_the_journeys_calendar() -> None:
    at = stage(entries=9, entries_per_day=2)
    at.now = NOON + timedelta(hours=11, minutes=30)
    at.happens("began")
    day = (at.now + timedelta(hours=1)).date().isoformat()
    assert at.further == [RequestPlace("", -1, day, 2)]
    # The answer to what was not asked for is none.
    run = at.run
    other = {"runId": str(run.id), "step": "", "visit": 0, "path": "entries"}
    assert (
        advance(
            at.versions[run.journey_id], run, EventArrived("placeTaken", 9, at.now, other), {}, at.now
        ).run
        is run
    )
    at.answers("placeTaken", path=day)
    assert at.further[-1] == RequestPlace("", 0, "entries", 9)
    assert at.run.step == ""
    at.answers("placeTaken", path="entries")
    assert at.run.outcome == "positive"


def test_a_full_day_says_so() -> None:
    at = stage(entries_per_day=2)
    at.happens("began")
    at.answers("placesFull", path=NOON.date().isoformat())
    assert at.run.reason == FULL_TODAY


def test_who_is_removed_at_the_door_never_entered() -> None:
    at = stage(entries=1)
    at.happens("began")
    at.happens("completedOrder")
    assert (at.run.reason, at.counts) == ("removed: bought", [Count("refused", "", "removed: bought")])
    again = stage(entries=1)
    again.happens("began")
    ended = advance(again.versions[again.run.journey_id], again.run, Removed("archived"), {}, again.now)
    assert (ended.run.reason, ended.counts) == ("archived", (Count("refused", "", "archived"),))
