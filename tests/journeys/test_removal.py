from datetime import timedelta

import pytest

from percorso.conditions.model import Captured
from percorso.journeys.graph import End, EventStart, Goal, React, Reentry, Removal, SendEmail, SendSms, Wait
from percorso.journeys.model import CancelMessage, Count
from percorso.journeys.version import Version
from tests.journeys.build import (
    LIST,
    NOON,
    OTHER_TEMPLATE,
    TEMPLATE,
    capture,
    days,
    hours,
    make_version,
    of_event,
    of_profile,
)
from tests.journeys.stage import Stage

STEPS = {
    "mail": SendEmail(TEMPLATE, next="wait"),
    "wait": Wait(days(1), next="again"),
    "again": SendEmail(TEMPLATE),
}
CART = EventStart("start", "abandonedCart", captures=(capture("cart", "cart"),))


def cart(**more: object) -> Version:
    more.setdefault("removals", (Removal("bought", "completedOrder", outcome="positive"),))
    return make_version(STEPS, starts=(CART,), **more)


@pytest.mark.parametrize("answer", ["", "campaignSent"])
def test_a_removal_event_ends_the_run_at_any_step(answer: str) -> None:
    stage = Stage(cart(), answer=answer)
    stage.happens("abandonedCart")
    stage.passes(hours=3)
    at = "mail" if answer == "" else "wait"
    assert stage.run.step == at
    stage.happens("completedOrder")
    run = stage.run
    assert (run.state, run.outcome, run.reason, run.ended_at) == (
        "ended",
        "positive",
        "removed: bought",
        NOON + timedelta(hours=3),
    )
    assert Count("exited", at, "removed: bought") in stage.counts
    stage.passes(days=9)
    assert stage.sent_by == ["mail"]


def test_a_message_not_handed_over_yet_is_cancelled_with_the_reason() -> None:
    stage = Stage(cart(), answer="")
    stage.happens("abandonedCart")
    stage.happens("completedOrder")
    assert stage.cancelled == [CancelMessage(stage.messages[0].id, "removed: bought")]


def test_where_no_message_is_on_its_way_none_is_cancelled() -> None:
    stage = Stage(cart())
    stage.happens("abandonedCart")
    stage.happens("completedOrder")
    assert stage.cancelled == []


def test_a_removal_may_be_tied_to_what_the_run_captured_and_to_the_profile() -> None:
    tied = Removal("bought", "completedOrder", condition=of_event("cart", "equals", Captured("cart")))
    staff = Removal("staff", "completedOrder", condition=of_profile("staff", "equals", "yes"))
    version = cart(removals=(tied, staff))
    stage = Stage(version)
    stage.happens("abandonedCart", cart="c1")
    stage.happens("completedOrder", cart="c2")
    assert stage.run.state == "waiting"
    stage.happens("completedOrder", cart="c1")
    assert stage.run.reason == "removed: bought"
    stage = Stage(version, staff="yes")
    stage.happens("abandonedCart", cart="c1")
    stage.happens("completedOrder")
    assert stage.run.reason == "removed: staff"


def test_a_goal_ends_the_run_positive() -> None:
    stage = Stage(cart(removals=(), goals=(Goal("order", "completedOrder"),)))
    stage.happens("abandonedCart")
    stage.happens("completedOrder")
    assert (stage.run.outcome, stage.run.reason) == ("positive", "goal: order")


def test_removals_come_before_goals_and_both_before_the_step() -> None:
    removal = Removal("out", "order", condition=of_event("n", "equals", 1, "number"), outcome="negative")
    version = make_version(
        {"react": React("order", days(1), next="end"), "end": End("neutral")},
        removals=(removal,),
        goals=(Goal("win", "order", condition=of_event("n", "at_most", 2, "number")),),
    )
    for n, reason in ((1, "removed: out"), (2, "goal: win"), (3, "completed")):
        stage = Stage(version)
        stage.happens("began")
        stage.happens("order", n=n)
        assert stage.run.reason == reason


def test_the_trace_says_what_the_removal_was_judged_on() -> None:
    removal = Removal("big", "order", condition=of_event("total", "at_least", 50, "number"))
    stage = Stage(make_version({"wait": Wait(days(1))}, removals=(removal,)))
    stage.happens("began")
    stage.happens("order", total=60)
    last = stage.trace[-1]
    assert (last.step, last.path, last.outcome) == ("wait", None, "removed: big")
    assert [(one.read, one.verdict) for one in last.judged] == [(60, True)]


@pytest.mark.parametrize(
    ("occurred", "removed"),
    [(-1, False), (0, True), (5, True)],
)
def test_what_occurred_before_the_start_removes_nobody_however_late_it_arrives(
    occurred: int, removed: bool
) -> None:
    stage = Stage(cart())
    stage.passes(hours=2)
    # The cart itself arrives an hour late.
    began = NOON + timedelta(hours=1)
    stage.happens("abandonedCart", occurred_at=began)
    stage.passes(hours=2)
    stage.happens("completedOrder", occurred_at=began + timedelta(minutes=occurred))
    assert (stage.run.state == "ended") is removed


ORDER = EventStart("start", "order", condition=of_event("total", "at_least", 100, "number"))


def same_event(*, priority: bool, **reentry: str) -> Version:
    return make_version(
        {"wait": Wait(days(1))},
        starts=(ORDER,),
        removals=(Removal("again", "order"),),
        removal_has_priority=priority,
        reentry=Reentry(**reentry),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("inside", ["ignore", "restart"])
def test_with_priority_who_repeats_the_event_is_removed_and_not_inserted_again(inside: str) -> None:
    stage = Stage(same_event(priority=True, inside=inside))
    stage.happens("order", total=100)
    stage.happens("order", total=100)
    assert [(run.state, run.reason) for run in stage.runs.values()] == [("ended", "removed: again")]
    stage.happens("order", total=100)
    assert [run.state for run in stage.runs.values()] == ["ended", "waiting"]


def test_without_priority_the_event_is_an_entry_again() -> None:
    restart = Stage(same_event(priority=False, inside="restart"))
    ignore = Stage(same_event(priority=False, inside="ignore"))
    for stage in (restart, ignore):
        stage.happens("order", total=100)
        stage.passes(hours=1)
        stage.happens("order", total=100)
    assert [(run.state, run.reason) for run in restart.runs.values()] == [
        ("ended", "restarted"),
        ("waiting", None),
    ]
    assert [run.entered_at for run in ignore.inside] == [NOON]


def test_without_priority_what_is_no_entry_still_removes() -> None:
    stage = Stage(same_event(priority=False, inside="restart"))
    stage.happens("order", total=100)
    stage.happens("order", total=99)
    assert [(run.state, run.reason) for run in stage.runs.values()] == [("ended", "removed: again")]


def test_a_contact_who_is_not_inside_always_enters() -> None:
    for priority in (True, False):
        stage = Stage(same_event(priority=priority))
        stage.happens("order", total=100)
        assert len(stage.inside) == 1


def test_who_reaches_the_goal_by_an_event_does_not_enter_by_it() -> None:
    version = make_version({"wait": Wait(days(1))}, starts=(ORDER,), goals=(Goal("again", "order"),))
    stage = Stage(version)
    stage.happens("order", total=100)
    stage.happens("order", total=100)
    assert [run.reason for run in stage.runs.values()] == ["goal: again"]


def test_one_key_removed_does_not_remove_the_others() -> None:
    tied = Removal("bought", "order", condition=of_event("cart", "equals", Captured("cart")))
    version = make_version(
        {"wait": Wait(days(1))},
        starts=(EventStart("start", "abandonedCart", captures=(capture("cart", "cart"),)),),
        removals=(tied,),
        reentry=Reentry(inside="one_per_key", key="cart"),
    )
    stage = Stage(version)
    stage.happens("abandonedCart", cart="a")
    stage.happens("abandonedCart", cart="b")
    stage.happens("order", cart="a")
    assert [(run.key, run.state) for run in stage.runs.values()] == [("a", "ended"), ("b", "waiting")]


TWO_CHANNELS = make_version(
    {
        "mail": SendEmail(TEMPLATE, next="wait"),
        "wait": Wait(hours(2), next="sms"),
        "sms": SendSms(OTHER_TEMPLATE, next="rest"),
        "rest": Wait(hours(2)),
    }
)


def unsubscribes(stage: Stage, channel: str, list_id: object = LIST) -> None:
    stage.happens("campaignUnsubscribed", listId=str(list_id), channel=channel)


def test_who_leaves_the_list_on_a_channel_still_to_be_used_leaves_at_once() -> None:
    stage = Stage(TWO_CHANNELS)
    stage.happens("began")
    unsubscribes(stage, "sms")
    assert (stage.run.state, stage.run.outcome, stage.run.reason) == ("ended", "neutral", "unsubscribed")
    stage.passes(days=1)
    assert stage.sent_by == ["mail"]


def test_leaving_on_a_channel_that_is_done_with_or_another_list_changes_nothing() -> None:
    stage = Stage(TWO_CHANNELS)
    stage.happens("began")
    unsubscribes(stage, "email")
    unsubscribes(stage, "sms", "00000000-0000-8000-8000-00000000dead")
    unsubscribes(stage, "push")
    stage.happens("campaignUnsubscribed")
    assert stage.run.state == "waiting"
    stage.passes(hours=2)
    assert stage.sent_by == ["mail", "sms"]
    unsubscribes(stage, "sms")
    assert stage.run.state == "waiting"


def test_leaving_cancels_the_message_that_has_not_left() -> None:
    stage = Stage(TWO_CHANNELS, answer="")
    stage.happens("began")
    unsubscribes(stage, "email")
    assert stage.cancelled == [CancelMessage(stage.messages[0].id, "unsubscribed")]


def test_a_journey_without_messages_does_not_listen_for_who_leaves() -> None:
    assert "campaignUnsubscribed" not in make_version({"wait": Wait(days(1))}).names
    assert "campaignUnsubscribed" in TWO_CHANNELS.names
