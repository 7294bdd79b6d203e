from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.conditions.evaluate import compile_condition
from percorso.conditions.model import All, AnyOf, Condition, Not, Subject
from percorso.journeys.graph import End, Path, SendEmail, WaitThenCheck
from percorso.journeys.judging import could_hold
from percorso.journeys.steps.wait_then_check import MAXIMUM_SEEN
from percorso.journeys.version import Version
from tests.journeys.build import (
    NOON,
    TEMPLATE,
    both,
    capture,
    days,
    make_version,
    of_event,
    of_profile,
)
from tests.journeys.stage import Stage

MILAN_WOMAN = both(of_event("store", "equals", "Milan"), of_profile("gender", "equals", "female"))
MILAN_MAN = both(of_event("store", "equals", "Milan"), of_profile("gender", "equals", "male"))


def wait_then_check(*paths: Path, **more: Any) -> Version:
    mails = {name: SendEmail(TEMPLATE, next="good") for name in sorted({path.to or "" for path in paths})}
    check = WaitThenCheck(days(3), paths, default="none", **more)
    return make_version({"check": check, **mails, "good": End("positive"), "none": End("negative")})


SHOP = wait_then_check(
    Path("w", "Women", MILAN_WOMAN, "order", "women"), Path("m", "Men", MILAN_MAN, "order", "men")
)


def test_it_holds_until_its_time_and_for_the_events_of_its_paths() -> None:
    stage = Stage(SHOP)
    stage.happens("began")
    assert stage.run.due_at == NOON + timedelta(days=3)
    assert stage.run.awaits == ("order",)


@pytest.mark.parametrize(
    ("gender", "store", "step"),
    [("female", "Milan", ["women"]), ("male", "Milan", ["men"]), ("male", "Rome", []), (None, "Milan", [])],
)
def test_at_its_time_the_first_path_is_taken_that_event_and_profile_make_true(
    gender: str | None, store: str, step: list[str]
) -> None:
    stage = Stage(SHOP, gender=gender)
    stage.happens("began")
    stage.happens("order", store=store)
    assert stage.run.step == "check"
    stage.passes(days=3)
    assert stage.sent_by == step


def test_the_profile_counts_as_it_is_when_the_time_has_come() -> None:
    stage = Stage(SHOP, gender="male")
    stage.happens("began")
    stage.happens("order", store="Milan")
    stage.attributes = {"gender": "female"}
    stage.passes(days=3)
    assert stage.sent_by == ["women"]


def test_one_and_the_same_event_must_meet_all_conditions_of_a_path() -> None:
    version = wait_then_check(
        Path(
            "w",
            "",
            both(of_event("store", "equals", "Milan"), of_event("coupon", "equals", "X")),
            "order",
            "women",
        )
    )
    apart, together = Stage(version), Stage(version)
    for stage in (apart, together):
        stage.happens("began")
    apart.happens("order", store="Milan")
    apart.happens("order", coupon="X")
    together.happens("order", store="Rome")
    together.happens("order", store="Milan", coupon="X")
    for stage in (apart, together):
        stage.passes(days=3)
    assert apart.run.outcome == "negative"
    assert together.run.outcome == "positive"


def test_events_of_before_the_step_do_not_count_even_if_they_arrive_later() -> None:
    stage = Stage(SHOP, gender="female")
    stage.happens("order", store="Milan")
    stage.passes(hours=1)
    stage.happens("began")
    stage.happens("order", store="Milan", occurred_at=NOON + timedelta(minutes=59))
    assert stage.run.seen == ()
    stage.passes(days=3)
    assert stage.run.outcome == "negative"


def test_an_event_that_occurred_when_the_step_was_reached_counts_however_late_it_arrives() -> None:
    stage = Stage(SHOP, gender="female")
    stage.happens("began")
    stage.passes(days=2)
    stage.happens("order", store="Milan", occurred_at=NOON)
    stage.passes(days=1)
    assert stage.run.outcome == "positive"


def test_the_event_that_entered_the_journey_does_not_count_for_its_first_step() -> None:
    version = wait_then_check(Path("any", "", None, "began", "women"))
    stage = Stage(version)
    stage.happens("began")
    stage.passes(days=3)
    assert stage.run.outcome == "negative"


def test_a_path_without_an_event_is_judged_on_the_profile_alone() -> None:
    version = wait_then_check(Path("vip", "", of_profile("vip", "equals", "yes"), None, "women"))
    stage = Stage(version, vip="yes")
    stage.happens("began")
    assert stage.run.awaits == ()
    stage.passes(days=3)
    assert stage.run.outcome == "positive"


def test_paths_go_before_events_in_order() -> None:
    version = wait_then_check(
        Path("big", "", of_event("total", "at_least", 100, "number"), "order", "women"),
        Path("any", "", None, "order", "men"),
    )
    stage = Stage(version)
    stage.happens("began")
    stage.happens("order", total=10)
    stage.happens("order", total=150)
    stage.passes(days=3)
    assert stage.sent_by == ["women"]


def test_only_what_the_version_reads_is_kept_and_alike_events_once() -> None:
    stage = Stage(SHOP, gender="female")
    stage.happens("began")
    for number in range(5):
        stage.happens("order", store="Milan", note="n" * 1000, id=number)
    stage.happens("order", store="Rome")
    assert [seen.properties for seen in stage.run.seen] == [{"store": "Milan"}]
    assert stage.run.seen[0].offset == 2


def test_events_kept_are_limited() -> None:
    version = wait_then_check(Path("any", "", of_event("id", "more_than", 10**6, "number"), "order", "women"))
    stage = Stage(version)
    stage.happens("began")
    for number in range(MAXIMUM_SEEN + 50):
        stage.happens("order", id=10**6 + 1 + number)
    assert len(stage.run.seen) == MAXIMUM_SEEN


def test_the_event_of_the_path_taken_becomes_the_event_at_hand_and_is_captured() -> None:
    version = wait_then_check(
        Path("w", "", of_event("store", "equals", "Milan"), "order", "women"),
        captures=(capture("order", "id"), capture("total", "amount.total")),
    )
    stage = Stage(version)
    stage.happens("began", id="first")
    stage.happens("order", store="Milan", id="o1", amount={"total": 12.5}, note="not kept")
    stage.passes(days=3)
    assert stage.messages[0].captured == {"order": "o1", "total": 12.5}
    assert stage.messages[0].event == {"store": "Milan", "id": "o1", "amount": {"total": 12.5}}


def test_the_trace_tells_the_event_that_decided_or_the_last_that_did_not() -> None:
    stage = Stage(SHOP, gender="male")
    stage.happens("began")
    stage.happens("order", store="Milan")
    stage.passes(days=3)
    assert [(one.test.path, one.read, one.verdict) for one in stage.trace[1].judged] == [
        ("store", "Milan", True),
        ("gender", "male", False),
        ("store", "Milan", True),
        ("gender", "male", True),
    ]


tests_of_event = st.sampled_from(["a", "b"]).map(lambda value: of_event("store", "equals", value))
tests_of_profile = st.sampled_from(["a", "b"]).map(lambda value: of_profile("kind", "equals", value))
trees: st.SearchStrategy[Condition] = st.recursive(
    tests_of_event | tests_of_profile,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda trees: All(tuple(trees)))
        | st.lists(inner, max_size=3).map(lambda trees: AnyOf(tuple(trees)))
        | inner.map(Not)
    ),
    max_leaves=6,
)


@given(trees, st.sampled_from(["a", "b", "c", None]), st.sampled_from(["a", "b", "c", None]))
def test_an_event_is_left_out_only_if_no_profile_could_make_it_matter(
    tree: Condition, store: str | None, kind: str | None
) -> None:
    event: dict[str, Any] = {} if store is None else {"store": store}
    judge = compile_condition(tree)
    could = compile_condition(could_hold(tree))
    if judge(Subject({"kind": kind}, event, {}, NOON)):
        assert could(Subject({}, event, {}, NOON))
