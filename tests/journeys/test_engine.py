from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.conditions.model import Value
from percorso.journeys.engine import advance, was_removed
from percorso.journeys.graph import (
    AssignCoupon,
    Change,
    CheckNow,
    End,
    Path,
    React,
    RecordEvent,
    Removal,
    SendEmail,
    UpdateContact,
    Wait,
    WaitThenCheck,
)
from percorso.journeys.memory import pack_memory, unpack_memory
from percorso.journeys.model import Count, EventArrived, Removed, TimeDue
from percorso.journeys.version import Version
from tests.journeys.build import (
    NOON,
    POOL,
    TEMPLATE,
    capture,
    compile_graph,
    days,
    hours,
    make_graph,
    make_version,
    of_event,
    of_profile,
)
from tests.journeys.stage import Stage

HOLDS = of_profile("a", "equals", "b")


def test_a_run_goes_through_all_steps_that_do_not_hold_it_in_one_decision() -> None:
    version = make_version(
        {
            "update": UpdateContact((Change("set", "a", Value("b")),), next="check"),
            "check": CheckNow((Path("yes", "", HOLDS, to="wait"),)),
            "wait": Wait(days(1)),
        }
    )
    stage = Stage(version)
    stage.happens("began")
    assert (stage.run.step, stage.run.visit, stage.run.traced) == ("wait", 3, 3)
    assert [(entry.step, entry.visit, entry.path) for entry in stage.trace] == [
        ("", 0, "start"),
        ("update", 1, "next"),
        ("check", 2, "yes"),
    ]


def test_a_loop_is_gone_round_as_often_as_the_version_allows() -> None:
    version = make_version(
        {"mail": SendEmail(TEMPLATE, next="wait"), "wait": Wait(days(1), next="mail")}, rounds=3
    )
    stage = Stage(version)
    stage.happens("began")
    stage.passes(days=30)
    assert len(stage.messages) == 3
    assert (stage.run.outcome, stage.run.reason) == ("neutral", "too_many_rounds")
    assert stage.run.rounds == {"mail": 4, "wait": 3}
    assert stage.run.ended_at == NOON + timedelta(days=3)


def test_steps_outside_loops_are_not_counted() -> None:
    stage = Stage(make_version({"wait": Wait(days(1), next="end"), "end": End()}))
    stage.happens("began")
    assert stage.run.rounds == {}


def test_someone_outside_may_end_the_run() -> None:
    stage = Stage(make_version({"mail": SendEmail(TEMPLATE)}), answer="")
    stage.happens("began")
    decision = advance(stage.versions[stage.run.journey_id], stage.run, Removed("merged"), {}, NOON)
    assert (decision.run.outcome, decision.run.reason) == ("neutral", "merged")
    assert len(decision.effects) == 1


def test_an_ended_run_stays_as_it_ended() -> None:
    version = make_version({"end": End("positive")}, removals=(Removal("r", "order"),))
    stage = Stage(version)
    stage.happens("began")
    ended = stage.run
    for given_input in (TimeDue(), Removed("x"), EventArrived("order", 9, NOON, {})):
        decision = advance(version, ended, given_input, {}, NOON + timedelta(days=1))
        assert decision.run is ended
        assert (decision.effects, decision.trace, decision.counts) == ((), (), ())


def test_only_removals_and_goals_make_the_same_event_no_entry() -> None:
    version = make_version({"react": React("order", days(1))}, removals=(Removal("r", "cancel"),))
    stage = Stage(version)
    stage.happens("began")
    before = stage.run
    by_step = advance(version, before, EventArrived("order", 9, NOON, {}), {}, NOON)
    by_removal = advance(version, before, EventArrived("cancel", 9, NOON, {}), {}, NOON)
    by_hand = advance(version, before, Removed("merged"), {}, NOON)
    assert [was_removed(before, decision) for decision in (by_step, by_removal, by_hand)] == [
        False,
        True,
        False,
    ]
    assert not was_removed(by_removal.run, by_removal)


def test_names_that_nothing_here_is_interested_in_are_not_listed() -> None:
    version = make_version(
        {
            "react": React("order", days(1), next="check"),
            "check": WaitThenCheck(days(1), (Path("p", "", None, "visit"),), default="coupon"),
            "coupon": AssignCoupon(POOL),
        },
        removals=(Removal("r", "cancel"),),
    )
    assert version.names == {"began", "order", "visit", "cancel", "couponAssigned", "couponPoolEmpty"}
    assert set(version.starts) == {"began"}
    assert set(version.exits) == {"cancel"}


def test_an_event_of_its_own_does_not_move_the_run_that_recorded_it() -> None:
    version = make_version(
        {
            "update": UpdateContact(events=(RecordEvent("reward"),), next="react"),
            "react": React("reward", days(1), next="good", default="bad"),
            "good": End("positive"),
            "bad": End("negative"),
        }
    )
    stage = Stage(version)
    stage.happens("began")
    run = stage.run
    own = EventArrived("reward", 0, NOON, {}, {"runId": str(run.id)})
    assert advance(version, run, own, {}, NOON).run is run
    others = EventArrived("reward", 0, NOON, {}, {"runId": "00000000-0000-8000-8000-00000000dead"})
    assert advance(version, run, others, {}, NOON).run.outcome == "positive"


def test_an_event_just_recorded_counts_though_it_has_no_place_in_the_log_yet() -> None:
    version = make_version(
        {"check": WaitThenCheck(days(1), (Path("p", "", None, "reward", "good"),)), "good": End("positive")}
    )
    stage = Stage(version)
    stage.happens("began")
    recorded = EventArrived("reward", 0, NOON, {}, {"runId": "00000000-0000-8000-8000-00000000dead"})
    assert len(advance(version, stage.run, recorded, {}, NOON).run.seen) == 1


WHOLE = make_version(
    {
        "react": React("order", days(2), (Path("big", "", of_event("n", "at_least", 5, "number"), to="coupon"),),
                       captures=(capture("n", "n"),), default="check"),
        "coupon": AssignCoupon(POOL, next="mail", none_left="end"),
        "mail": SendEmail(TEMPLATE, next="check"),
        "check": WaitThenCheck(days(1), (Path("again", "", None, "order", "react"),), default="end"),
        "end": End("positive"),
    },
    removals=(Removal("stop", "cancel"),),
    rounds=3,
)  # fmt: skip

happenings = st.lists(
    st.one_of(
        st.tuples(st.just("order"), st.integers(0, 9)),
        st.tuples(st.just("began"), st.just(0)),
        st.tuples(st.just("cancel"), st.just(0)),
        st.tuples(st.just("passes"), st.integers(1, 60)),
    ),
    max_size=14,
)


def play(version: Version, happened: list[tuple[str, int]]) -> Stage:
    stage = Stage(version, codes=("A", "B"))
    for name, amount in happened:
        if name == "passes":
            stage.passes(hours=amount)
        else:
            stage.happens(name, n=amount)
    return stage


@given(happenings)
def test_every_run_waits_for_something_or_has_ended_with_an_outcome(happened: list[tuple[str, int]]) -> None:
    stage = play(WHOLE, happened)
    for run in stage.runs.values():
        if run.state == "waiting":
            assert run.step is not None
            assert run.due_at is not None or run.awaits
            assert (run.outcome, run.reason, run.ended_at) == (None, None, None)
        else:
            assert (run.step, run.due_at, run.awaits, run.message_id) == (None, None, (), None)
            assert run.outcome is not None
            assert run.reason
            assert run.ended_at is not None


@given(happenings)
def test_counts_agree_with_where_the_runs_are(happened: list[tuple[str, int]]) -> None:
    stage = play(WHOLE, happened)

    def count(name: str, step: str, path: str | None = None) -> int:
        return sum(one.name == name and one.step == step and path in (None, one.path) for one in stage.counts)

    assert count("entered", "") == len(stage.runs)
    assert count("ended", "") == len(stage.runs) - len(stage.inside)
    for outcome in ("positive", "negative", "neutral"):
        assert count("ended", "", outcome) == sum(run.outcome == outcome for run in stage.runs.values())
    for step in WHOLE.steps:
        there = sum(run.step == step for run in stage.inside)
        assert count("entered", step) == count("left", step) + count("exited", step) + there
    reasons = [one.path for one in stage.counts if one.name == "exited"]
    assert sorted(reasons) == sorted(run.reason or "" for run in stage.runs.values() if run.state == "ended")


@given(happenings)
def test_no_visit_plans_a_second_message_and_all_ids_differ(happened: list[tuple[str, int]]) -> None:
    stage = play(WHOLE, happened)
    ids = [message.id for message in stage.messages]
    assert len(set(ids)) == len(ids)
    assert play(WHOLE, happened).messages == stage.messages


@given(happenings)
def test_what_a_run_remembers_survives_being_packed(happened: list[tuple[str, int]]) -> None:
    for run in play(WHOLE, happened).runs.values():
        memory = unpack_memory(pack_memory(run))
        kept: dict[str, Any] = msgspec.structs.asdict(memory) | {"messages": dict(memory.messages)}
        assert msgspec.structs.replace(run, **kept) == run


@given(happenings)
def test_entries_of_the_trace_are_numbered_without_gaps(happened: list[tuple[str, int]]) -> None:
    stage = play(WHOLE, happened)
    assert sum(run.traced for run in stage.runs.values()) == len(stage.trace)


@given(happenings)
def test_the_same_version_compiled_twice_decides_the_same(happened: list[tuple[str, int]]) -> None:
    again = compile_graph(msgspec.json.decode(msgspec.json.encode(WHOLE.graph), type=type(WHOLE.graph)))
    assert play(again, happened).runs == play(WHOLE, happened).runs


def test_paths_may_join_again() -> None:
    graph = make_graph(
        {
            "check": CheckNow((Path("p", "", HOLDS, to="wait"),), default="wait"),
            "wait": Wait(hours(1), next="end"),
            "end": End("positive"),
        }
    )
    for attributes in ({"a": "b"}, {}):
        stage = Stage(compile_graph(graph), **attributes)
        stage.happens("began")
        stage.passes(hours=1)
        assert stage.run.outcome == "positive"
        assert Count("left", "wait", "next") in stage.counts


@pytest.mark.parametrize("name", ["viewedPage", "campaignSent", "campaignUnsubscribed"])
def test_what_does_not_concern_a_run_leaves_it_the_very_same(name: str) -> None:
    version = make_version({"wait": Wait(days(1))})
    stage = Stage(version)
    stage.happens("began")
    assert advance(version, stage.run, EventArrived(name, 9, NOON, {}), {}, NOON).run is stage.run
