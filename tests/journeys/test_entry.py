from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from percorso.conditions.model import Attribute, EventProperty, Value
from percorso.journeys.engine import derive_run_id
from percorso.journeys.entry import Enter, Ignore, context_name, decide_entry, key_of
from percorso.journeys.graph import Capture, End, EventStart, Reentry, Wait
from percorso.journeys.version import Version
from tests.journeys.build import (
    CONTACT,
    JOURNEY,
    NOON,
    both,
    capture,
    days,
    hours,
    make_fact,
    make_version,
    of_event,
    of_profile,
)
from tests.journeys.stage import Stage

MONTH = {"wait": Wait(days(30), next="end"), "end": End("positive")}
AT_ONCE = {"end": End("positive")}


def journey(steps: Any = MONTH, **reentry: Any) -> Version:
    return make_version(steps, reentry=Reentry(**reentry))


def test_an_event_of_another_name_lets_nobody_in() -> None:
    stage = Stage(journey())
    stage.happens("other")
    assert stage.runs == {}


@pytest.mark.parametrize(
    ("revenue", "gender", "enters"),
    [(100, "female", True), (99.99, "female", False), (100, "male", False), (None, "female", False)],
)
def test_event_and_profile_are_judged_together(revenue: float | None, gender: str, enters: bool) -> None:
    condition = both(
        of_event("amount.revenue", "at_least", 100, "number"), of_profile("gender", "equals", "female")
    )
    version = make_version(MONTH, starts=(EventStart("start", "completedOrder", condition=condition),))
    stage = Stage(version, gender=gender)
    stage.happens("completedOrder", amount={"revenue": revenue})
    assert bool(stage.inside) is enters


@pytest.mark.parametrize(
    ("context", "enters"),
    [({"type": "RETAIL"}, True), ({"type": "WEB"}, False), ({"type": 7}, False), ({}, False), (None, False)],
)
def test_a_start_may_ask_for_contexts(context: dict[str, Any] | None, enters: bool) -> None:
    version = make_version(MONTH, starts=(EventStart("start", "began", contexts=("RETAIL", "MOBILE")),))
    stage = Stage(version)
    stage.happens("began", context=context)
    assert bool(stage.inside) is enters


@pytest.mark.parametrize("updates", [True, False])
@pytest.mark.parametrize(
    ("context", "is_update"),
    [
        ({"updates": "order-1"}, True),
        ({"updates": ""}, False),
        ({"updates": 1}, False),
        ({}, False),
        (None, False),
    ],
)
def test_what_tells_more_of_an_event_lets_in_where_the_start_says_so(
    context: dict[str, Any] | None, is_update: bool, updates: bool
) -> None:
    stage = Stage(make_version(MONTH, starts=(EventStart("start", "began", updates=updates),)))
    stage.happens("began", context=context)
    assert bool(stage.inside) is (updates or not is_update)


def test_of_several_starts_the_one_that_takes_updates_lets_in_by_one() -> None:
    said = (Capture("by", Value("more")),)
    starts = (EventStart("new", "began"), EventStart("more", "began", updates=True, captures=said))
    stage = Stage(make_version(MONTH, starts=starts))
    stage.happens("began", context={"updates": "order-1"})
    assert stage.inside[0].captured == {"by": "more"}


def test_an_event_without_a_context_has_the_context_other() -> None:
    assert context_name(None) == context_name({"library": {}}) == "OTHER"
    version = make_version(MONTH, starts=(EventStart("start", "began", contexts=("OTHER",)),))
    stage = Stage(version)
    stage.happens("began")
    assert len(stage.inside) == 1


def test_of_several_starts_the_first_that_is_met_counts_and_captures() -> None:
    version = make_version(
        MONTH,
        starts=(
            EventStart(
                "big",
                "began",
                condition=of_event("n", "more_than", 10, "number"),
                captures=(capture("big", "n"),),
            ),
            EventStart("any", "began", captures=(capture("any", "n"),)),
            EventStart("other", "arrived"),
        ),
    )
    for event, properties, path, captured in (
        ("began", {"n": 11}, "big", {"big": 11}),
        ("began", {"n": 9}, "any", {"any": 9}),
        ("arrived", {}, "other", {}),
    ):
        stage = Stage(version)
        stage.happens(event, **properties)
        assert (stage.trace[0].path, stage.run.captured) == (path, captured)


def test_captures_keep_scalars_and_lists_of_scalars_of_event_and_profile() -> None:
    captures = (
        Capture("id", EventProperty("id")),
        Capture("skus", EventProperty("products[].sku")),
        Capture("city", Attribute("address.city")),
        Capture("object", EventProperty("amount")),
        Capture("missing", EventProperty("nothing")),
        Capture("flag", EventProperty("flag")),
    )
    stage = Stage(
        make_version(MONTH, starts=(EventStart("start", "began", captures=captures),)),
        address={"city": "Rome"},
    )
    stage.happens("began", id="o1", products=[{"sku": "a"}, {"sku": "b"}], amount={"total": 1}, flag=False)
    assert stage.run.captured == {"id": "o1", "skus": ["a", "b"], "city": "Rome", "flag": False}


def test_a_captured_text_is_not_kept_beyond_its_limit() -> None:
    stage = Stage(
        make_version(MONTH, starts=(EventStart("start", "began", captures=(capture("note", "note"),)),))
    )
    stage.happens("began", note="x" * 10_000)
    assert stage.run.captured == {"note": "x" * 4_096}


def test_every_time_lets_in_again_after_the_run_ended() -> None:
    stage = Stage(journey(AT_ONCE))
    stage.happens("began")
    stage.happens("began")
    assert [run.outcome for run in stage.runs.values()] == ["positive", "positive"]


def test_once_ever_lets_in_once() -> None:
    stage = Stage(journey(AT_ONCE, rule="once_ever"))
    stage.happens("began")
    stage.passes(days=4000)
    stage.happens("began")
    assert len(stage.runs) == 1


def test_once_per_year_counts_the_calendar_year_of_the_journeys_zone() -> None:
    stage = Stage(journey(AT_ONCE, rule="once_per_year"), at=datetime(2026, 1, 5, tzinfo=UTC))
    stage.happens("began")
    stage.until(datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    stage.happens("began")
    assert len(stage.runs) == 1
    # In Rome it is already the first of January.
    stage.until(datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
    stage.happens("began")
    assert len(stage.runs) == 2


@pytest.mark.parametrize(
    ("period", "later", "enters"),
    [
        (hours(24), timedelta(hours=24), True),
        (hours(24), timedelta(hours=24, microseconds=-1), False),
        (days(7), timedelta(days=7), True),
        (days(7), timedelta(days=6, hours=23), False),
    ],
)
def test_again_after_a_period_counted_from_the_last_entry(
    period: Any, later: timedelta, enters: bool
) -> None:
    stage = Stage(journey(AT_ONCE, rule="after", period=period))
    stage.happens("began")
    stage.until(NOON + later)
    stage.happens("began")
    assert (len(stage.runs) == 2) is enters


def test_memory_of_keys_that_the_journey_once_had_still_counts() -> None:
    version = journey(AT_ONCE, rule="after", period=hours(24))
    fact = make_fact("began", at=NOON)
    subject = version.subject({}, {}, {}, NOON)
    lately = {"a": NOON - timedelta(days=9), "b": NOON - timedelta(hours=1), "": NOON - timedelta(days=5)}
    assert decide_entry(version, fact, subject, lately, []) == Ignore("entered_before")
    long_ago = {"a": NOON - timedelta(days=9), "b": NOON - timedelta(hours=24)}
    assert isinstance(decide_entry(version, fact, subject, long_ago, []), Enter)


def test_an_entry_that_was_refused_does_not_put_off_the_next() -> None:
    stage = Stage(journey(AT_ONCE, rule="after", period=hours(24)))
    stage.happens("began")
    stage.passes(hours=20)
    stage.happens("began")
    stage.passes(hours=4)
    stage.happens("began")
    assert len(stage.runs) == 2


def test_each_value_lets_in_once() -> None:
    stage = Stage(journey(AT_ONCE, rule="value_changes", key="orderId"))
    for order in ("a", "b", "a", "b", "c"):
        stage.happens("began", orderId=order)
    assert [run.key for run in stage.runs.values()] == ["a", "b", "c"]


def test_without_the_key_that_the_journey_asks_for_nobody_enters() -> None:
    for reentry in ({"rule": "value_changes"}, {"inside": "one_per_key"}):
        stage = Stage(journey(key="orderId", **reentry))
        for properties in ({}, {"orderId": None}, {"orderId": ""}, {"orderId": {"a": 1}}, {"orderId": ["a"]}):
            stage.happens("began", **properties)
        assert stage.runs == {}


@pytest.mark.parametrize(
    ("value", "key"),
    [("A", "A"), (7, "7"), (7.0, "7"), (7.5, "7.5"), (True, "true"), (0, "0")],
)
def test_a_key_reads_the_same_however_the_shop_writes_the_number(value: Any, key: str) -> None:
    assert key_of(Reentry(inside="one_per_key", key="cart.id"), {"cart": {"id": value}}) == key


def test_a_key_that_no_rule_reads_is_no_key() -> None:
    assert key_of(Reentry(key="orderId"), {"orderId": "a"}) == ""


def test_while_inside_an_entry_is_ignored() -> None:
    stage = Stage(journey())
    stage.happens("began")
    stage.passes(days=1)
    stage.happens("began")
    assert [run.entered_at for run in stage.runs.values()] == [NOON]


def test_while_inside_with_restart_the_run_starts_again_from_the_new_event() -> None:
    version = make_version(
        MONTH,
        reentry=Reentry(inside="restart"),
        starts=(EventStart("start", "began", captures=(capture("id", "id"),)),),
    )
    stage = Stage(version)
    stage.happens("began", id="a")
    stage.passes(days=1)
    stage.happens("began", id="b")
    old, new = stage.runs.values()
    assert (old.state, old.outcome, old.reason) == ("ended", "neutral", "restarted")
    assert (new.state, new.entered_at, new.captured) == ("waiting", NOON + timedelta(days=1), {"id": "b"})
    assert old.id != new.id


def test_restart_obeys_the_rule_of_re_entry() -> None:
    stage = Stage(journey(rule="once_ever", inside="restart"))
    stage.happens("began")
    stage.happens("began")
    assert len(stage.runs) == 1


def test_one_run_per_key_stands_beside_the_others() -> None:
    stage = Stage(journey(inside="one_per_key", key="cart"))
    for cart in ("a", "b", "a"):
        stage.happens("began", cart=cart)
    assert [run.key for run in stage.inside] == ["a", "b"]


def test_one_run_per_key_remembers_each_key_by_itself() -> None:
    stage = Stage(journey(AT_ONCE, inside="one_per_key", key="cart", rule="after", period=hours(24)))
    stage.happens("began", cart="a")
    stage.passes(hours=1)
    stage.happens("began", cart="b")
    stage.happens("began", cart="a")
    stage.passes(hours=23)
    stage.happens("began", cart="a")
    stage.happens("began", cart="b")
    assert [run.key for run in stage.runs.values()] == ["a", "b", "a"]


def test_the_id_of_a_run_comes_from_journey_contact_and_event() -> None:
    fact = make_fact("began", message_id="m1")
    id = derive_run_id(JOURNEY, CONTACT, fact)
    assert id == derive_run_id(JOURNEY, CONTACT, make_fact("began", message_id="m1", offset=99))
    others = {
        derive_run_id(JOURNEY, CONTACT, make_fact("began", message_id="m2")),
        derive_run_id(JOURNEY, CONTACT, make_fact("began", message_id="m1", at=NOON + timedelta(days=8))),
        derive_run_id(CONTACT, CONTACT, fact),
        derive_run_id(JOURNEY, JOURNEY, fact),
    }
    assert len(others) == 4
    assert id not in others


def test_the_trace_begins_with_why_the_contact_entered() -> None:
    version = make_version(
        MONTH, starts=(EventStart("big", "began", condition=of_event("n", "at_least", 5, "number")),)
    )
    stage = Stage(version)
    stage.happens("began", n=7)
    (entry,) = stage.trace
    assert (entry.step, entry.visit, entry.path, entry.outcome) == ("", 0, "big", "entered")
    assert [(one.read, one.compared, one.verdict) for one in entry.judged] == [(7, (5,), True)]
