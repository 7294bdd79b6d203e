from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from percorso.conditions.model import Attribute, EventProperty
from percorso.journeys.engine import advance
from percorso.journeys.graph import Duration, End, Offset, UntilDate, UntilTime, Wait
from percorso.journeys.model import EventArrived, TimeDue
from tests.journeys.build import NOON, days, hours, make_version
from tests.journeys.stage import Stage

A_DAY = make_version({"wait": Wait(days(1), next="end"), "end": End("positive")})


def test_a_wait_holds_until_its_time_and_not_a_moment_less() -> None:
    stage = Stage(A_DAY)
    stage.happens("began")
    due = stage.run.due_at
    assert due == NOON + timedelta(days=1)
    assert stage.run.awaits == ()
    early = advance(A_DAY, stage.run, TimeDue(), {}, due - timedelta(microseconds=1))
    assert early.run is stage.run
    assert advance(A_DAY, stage.run, TimeDue(), {}, due).run.state == "ended"


def test_a_late_worker_decides_what_a_punctual_one_would_have() -> None:
    version = make_version(
        {"one": Wait(hours(1), next="two"), "two": Wait(hours(1), next="end"), "end": End()}
    )
    stage = Stage(version)
    stage.happens("began")
    punctual = advance(version, stage.run, TimeDue(), {}, NOON + timedelta(hours=1))
    late = advance(version, stage.run, TimeDue(), {}, NOON + timedelta(days=30))
    assert late == punctual
    assert late.run.reached_at == NOON + timedelta(hours=1)
    assert late.run.due_at == NOON + timedelta(hours=2)


def test_events_do_not_shorten_a_wait() -> None:
    stage = Stage(A_DAY)
    stage.happens("began")
    held = stage.run
    event = EventArrived("completedOrder", 5, NOON, {})
    assert advance(A_DAY, held, event, {}, NOON).run is held


def test_waits_follow_the_calendar_of_the_journeys_zone() -> None:
    start = datetime(2026, 3, 28, 17, 30, tzinfo=UTC)
    in_rome = Stage(make_version({"wait": Wait(days(1))}, zone="Europe/Rome"), at=start)
    in_utc = Stage(make_version({"wait": Wait(days(1))}, zone="UTC"), at=start)
    for stage in (in_rome, in_utc):
        stage.happens("began")
    assert in_rome.run.due_at == datetime(2026, 3, 29, 16, 30, tzinfo=UTC)
    assert in_utc.run.due_at == datetime(2026, 3, 29, 17, 30, tzinfo=UTC)


def test_a_month_from_the_last_of_january_is_the_last_of_february() -> None:
    stage = Stage(
        make_version({"wait": Wait(Duration(1, "months"))}), at=datetime(2026, 1, 31, 9, tzinfo=UTC)
    )
    stage.happens("began")
    assert stage.run.due_at == datetime(2026, 2, 28, 9, tzinfo=UTC)


def test_a_wait_that_leads_nowhere_ends_the_run_neutral() -> None:
    stage = Stage(make_version({"wait": Wait(days(1))}))
    stage.happens("began")
    stage.passes(days=2)
    assert (stage.run.outcome, stage.run.reason, stage.run.ended_at) == (
        "neutral",
        "completed",
        NOON + timedelta(days=1),
    )


def until(operand: Any, **given: Any) -> Wait:
    return Wait(until=UntilDate(operand, **given), next="end", default="none")


STEPS = {"end": End("positive"), "none": End("negative")}


def test_a_wait_until_a_time_of_day_ends_when_clocks_next_say_so() -> None:
    def due(at: str, *weekdays: Any) -> datetime | None:
        stage = Stage(make_version({"wait": Wait(until=UntilTime(at, weekdays))}))
        stage.happens("began")
        return stage.run.due_at

    # Noon in Greenwich on a Monday: one o'clock in Rome.
    assert due("18:00") == datetime(2026, 3, 2, 17, tzinfo=UTC)
    assert due("09:00") == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert due("18:00", "monday", "sunday") == datetime(2026, 3, 2, 17, tzinfo=UTC)
    assert due("09:00", "monday") == datetime(2026, 3, 9, 8, tzinfo=UTC)
    assert due("13:00") is None, "that is now: it went on at once"


@pytest.mark.parametrize(
    ("value", "given", "due"),
    [
        ("2026-03-10", {}, datetime(2026, 3, 10, 8, tzinfo=UTC)),
        ("2026-03-10", {"at": "18:00"}, datetime(2026, 3, 10, 17, tzinfo=UTC)),
        ("2026-03-10T10:00:00+02:00", {}, datetime(2026, 3, 10, 8, tzinfo=UTC)),
        ("10/03/2026", {"format": "dd/MM/yyyy"}, datetime(2026, 3, 10, 8, tzinfo=UTC)),
        ("2026-03-10", {"offset": Offset(2, "days")}, datetime(2026, 3, 8, 8, tzinfo=UTC)),
        ("2026-03-10", {"offset": Offset(3, "hours", "after")}, datetime(2026, 3, 10, 11, tzinfo=UTC)),
        ("2026-03-31", {"offset": Offset(1, "months", "after")}, datetime(2026, 4, 30, 7, tzinfo=UTC)),
    ],
)
def test_a_wait_until_a_date_ends_at_it(value: str, given: dict[str, Any], due: datetime) -> None:
    version = make_version({"wait": until(Attribute("expires"), **given), **STEPS})
    stage = Stage(version, expires=value)
    stage.happens("began")
    assert stage.run.due_at == due
    stage.until(due)
    assert (stage.run.outcome, stage.run.ended_at) == ("positive", due)


def test_a_date_that_is_past_goes_on_at_once() -> None:
    stage = Stage(make_version({"wait": until(EventProperty("expires")), **STEPS}))
    stage.happens("began", expires="2026-03-01")
    assert (stage.run.outcome, stage.run.ended_at) == ("positive", NOON)


def test_without_a_date_the_default_path_is_taken_or_the_run_exits() -> None:
    stage = Stage(make_version({"wait": until(Attribute("expires")), **STEPS}), expires="soon")
    stage.happens("began")
    assert stage.run.outcome == "negative"
    exits = Wait(until=UntilDate(Attribute("expires")), without_date="exit")
    gone = Stage(make_version({"wait": exits}))
    gone.happens("began")
    assert (gone.run.outcome, gone.run.reason) == ("neutral", "no_date")
