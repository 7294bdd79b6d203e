from datetime import timedelta

import pytest

from percorso.conditions.model import EventProperty
from percorso.journeys.engine import advance
from percorso.journeys.graph import Capture, End, EventStart, SendEmail, Wait
from percorso.journeys.model import Count, EventArrived, TimeDue
from percorso.journeys.steps.sending import ENDS, derive_message_id
from tests.journeys.build import NOON, TEMPLATE, days, hours, make_version
from tests.journeys.stage import Stage

SENDS = make_version(
    {"mail": SendEmail(TEMPLATE, next="end"), "end": End("positive")},
    starts=(EventStart("start", "began", captures=(Capture("cart", EventProperty("cart")),)),),
)


def test_arriving_plans_one_message_with_what_the_run_captured_and_holds() -> None:
    stage = Stage(SENDS, answer="")
    stage.happens("began", cart="c1", total=12)
    run = stage.run
    (message,) = stage.messages
    assert message.id == derive_message_id(run.id, "mail", 1) == run.message_id
    assert (message.channel, str(message.template_id), message.step, message.visit) == (
        "email",
        TEMPLATE,
        "mail",
        1,
    )
    assert message.captured == {"cart": "c1"}
    assert message.event == {"cart": "c1", "total": 12}
    assert message.expires_at is None
    assert (run.state, run.step, run.due_at, run.awaits) == ("waiting", "mail", None, ENDS)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("campaignSent", "sent"), ("messageUnknown", "unknown"), ("messageFailed", "failed")],
)
def test_sent_unknown_and_failed_go_on(answer: str, outcome: str) -> None:
    stage = Stage(SENDS, answer=answer)
    stage.happens("began")
    assert (stage.run.state, stage.run.outcome, stage.run.reason) == ("ended", "positive", "completed")
    assert [(entry.step, entry.path, entry.outcome) for entry in stage.trace] == [
        ("", "start", "entered"),
        ("mail", "next", outcome),
        ("end", None, "completed"),
    ]


@pytest.mark.parametrize(
    "reason", ["no_address", "not_subscribed", "no_consent", "suppressed", "cap", "too_late"]
)
def test_a_skipped_message_ends_the_run_with_that_reason(reason: str) -> None:
    stage = Stage(SENDS, answer="messageSkipped")
    stage.reason = reason
    stage.happens("began")
    assert (stage.run.outcome, stage.run.reason, stage.run.ended_at) == ("neutral", reason, NOON)
    assert stage.cancelled == []
    assert Count("exited", "mail", reason) in stage.counts
    assert Count("ended", "", "neutral") in stage.counts


def test_a_skipped_message_is_passed_over_if_the_step_says_so() -> None:
    version = make_version(
        {"mail": SendEmail(TEMPLATE, next="end", when_skipped="skip"), "end": End("positive")}
    )
    stage = Stage(version, answer="messageSkipped")
    stage.reason = "no_address"
    stage.happens("began")
    assert stage.run.outcome == "positive"
    assert stage.trace[1].outcome == "skipped: no_address"


def test_a_skip_without_a_reason_still_has_one() -> None:
    stage = Stage(SENDS, answer="messageSkipped")
    stage.happens("began")
    assert stage.run.reason == "skipped"


def test_only_the_fact_of_this_very_message_counts() -> None:
    stage = Stage(SENDS, answer="")
    stage.happens("began")
    before = stage.run
    stage.happens("campaignSent", messageId="00000000-0000-8000-8000-00000000dead")
    stage.happens("campaignSent")
    stage.happens("campaignOpened", messageId=str(before.message_id))
    assert stage.run is before
    stage.happens("campaignSent", messageId=str(before.message_id))
    assert stage.run.state == "ended"


def test_a_moment_changes_nothing_while_a_message_is_waited_for() -> None:
    stage = Stage(SENDS, answer="")
    stage.happens("began")
    decision = advance(SENDS, stage.run, TimeDue(), {}, NOON + timedelta(days=400))
    assert decision.run is stage.run
    assert (decision.effects, decision.trace, decision.counts) == ((), (), ())


def test_too_late_is_counted_from_the_arrival_at_the_step() -> None:
    version = make_version(
        {"wait": Wait(hours(5), next="mail"), "mail": SendEmail(TEMPLATE, too_late=hours(2))},
    )
    stage = Stage(version)
    stage.happens("began")
    stage.passes(days=1)
    assert [message.expires_at for message in stage.messages] == [NOON + timedelta(hours=7)]


def test_a_step_visited_twice_sends_two_messages_with_ids_of_their_own() -> None:
    version = make_version(
        {"mail": SendEmail(TEMPLATE, next="wait"), "wait": Wait(days(1), next="mail")}, rounds=2
    )
    stage = Stage(version)
    stage.happens("began")
    stage.passes(days=9)
    first, second = stage.messages
    assert (first.visit, second.visit) == (1, 3)
    assert first.id != second.id
    assert stage.run.reason == "too_many_rounds"


def test_repeating_the_same_entry_and_answer_arrives_at_the_same_ids() -> None:
    stages = [Stage(SENDS), Stage(SENDS)]
    for stage in stages:
        stage.happens("began", cart="c1")
    assert stages[0].runs == stages[1].runs
    assert stages[0].messages == stages[1].messages


def test_a_fact_that_comes_again_after_the_run_went_on_changes_nothing() -> None:
    version = make_version({"mail": SendEmail(TEMPLATE, next="wait"), "wait": Wait(days(1))})
    stage = Stage(version)
    stage.happens("began")
    held = stage.run
    again = EventArrived("campaignSent", 9, NOON, {"messageId": str(stage.messages[0].id)})
    assert advance(version, held, again, {}, NOON).run is held


def test_a_capped_message_is_passed_over_where_the_step_says_skip_and_the_run_goes_on() -> None:
    version = make_version(
        {"mail": SendEmail(TEMPLATE, next="end", when_capped="skip"), "end": End("positive")}
    )
    stage = Stage(version, answer="messageSkipped")
    stage.reason = "capped"
    stage.happens("began")
    (message,) = stage.messages
    assert message.when_capped == "skip"
    assert (stage.run.outcome, stage.trace[1].path, stage.trace[1].outcome) == (
        "positive",
        "next",
        "skipped: capped",
    )


def test_a_postponed_message_leaves_the_run_where_it_is_and_a_line_on_its_trace() -> None:
    stage = Stage(SENDS, answer="")
    stage.happens("began")
    before = stage.run
    said = {"messageId": str(before.message_id), "reason": "capped", "until": "2026-03-03T23:00:00+00:00"}
    told = EventArrived("messagePostponed", before.reached_offset + 1, NOON, said)
    decision = advance(SENDS, before, told, {}, NOON)
    assert [(entry.step, entry.visit, entry.path, entry.outcome) for entry in decision.trace] == [
        ("mail", 1, None, "postponed: capped until 2026-03-03T23:00:00+00:00")
    ]
    after = decision.run
    assert (after.step, after.visit, after.awaits, after.due_at) == ("mail", 1, ENDS, None)
    assert after.traced == before.traced + 1
    assert (decision.effects, decision.counts) == ((), ())
    other = EventArrived("messagePostponed", 9, NOON, {**said, "messageId": "another"})
    assert advance(SENDS, before, other, {}, NOON).run is before
