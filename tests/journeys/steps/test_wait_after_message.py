from datetime import datetime, timedelta
from typing import Any

import pytest

from percorso.journeys.graph import End, Options, SendEmail, SendSms, Wait, WaitAfterMessage
from tests.journeys.build import NOON, OTHER_TEMPLATE, TEMPLATE, days, hours, make_version
from tests.journeys.stage import Stage


def begin(wait: WaitAfterMessage, *, between: Wait | None = None, sms: bool = False, **parts: Any) -> Stage:
    send = (SendSms if sms else SendEmail)(TEMPLATE, next="between" if between else "wait")
    steps: dict[str, Any] = {"mail": send, "wait": wait, "yes": End("positive")}
    if wait.otherwise:
        steps["no"] = End("negative")
    if between:
        steps["between"] = between
    stage = Stage(make_version(steps, **parts))
    stage.happens("began")
    return stage


def tell(stage: Stage, name: str, step: str = "mail", **said: Any) -> None:
    planned = next(message for message in stage.messages if message.step == step)
    stage.happens(name, messageId=str(planned.id), **said)


def end_of(stage: Stage) -> tuple[str | None, str | None, datetime | None]:
    return stage.run.outcome, stage.run.reason, stage.run.ended_at


def test_positive_the_clock_starts_when_it_happens() -> None:
    stage = begin(WaitAfterMessage("opened", hours(3), next="yes"))
    assert stage.run.due_at == NOON + timedelta(days=30, hours=-1), "clocks go forward meanwhile"
    stage.passes(hours=10)
    tell(stage, "campaignOpened")
    assert stage.run.due_at == NOON + timedelta(hours=13)
    stage.passes(hours=1)
    tell(stage, "campaignOpened")
    assert stage.run.due_at == NOON + timedelta(hours=13)
    stage.passes(hours=2)
    assert end_of(stage) == ("positive", "completed", NOON + timedelta(hours=13))


def test_positive_without_a_period_goes_on_at_once() -> None:
    stage = begin(WaitAfterMessage("clicked", next="yes"))
    tell(stage, "campaignOpened")
    assert stage.run.state == "waiting"
    tell(stage, "campaignLinkClicked")
    assert end_of(stage) == ("positive", "completed", NOON)


def test_what_happened_before_the_wait_was_reached_counts() -> None:
    stage = begin(WaitAfterMessage("opened", days(1), next="yes"), between=Wait(hours(12), next="wait"))
    stage.passes(hours=2)
    tell(stage, "campaignOpened")
    stage.passes(hours=10)
    assert (stage.run.step, stage.run.due_at) == ("wait", NOON + timedelta(hours=26))


def test_positive_not_by_the_maximum_exits_neutral() -> None:
    stage = begin(WaitAfterMessage("opened", days(1), next="yes"), options=Options(message_wait=days(3)))
    stage.passes(days=4)
    assert end_of(stage) == ("neutral", "did_not_occur", NOON + timedelta(days=3))


def test_the_steps_own_maximum_stands_above_the_journeys() -> None:
    stage = begin(WaitAfterMessage("opened", next="yes", maximum=days(2), unmet="otherwise", otherwise="no"))
    stage.passes(days=4)
    assert end_of(stage) == ("negative", "completed", NOON + timedelta(days=2))


def test_negative_who_opened_exits_at_once_and_who_did_not_goes_on() -> None:
    wait = WaitAfterMessage("not_opened", days(2), next="yes")
    opened = begin(wait)
    opened.passes(days=1)
    tell(opened, "campaignOpened")
    assert end_of(opened) == ("neutral", "occurred", NOON + timedelta(days=1))
    unopened = begin(wait)
    unopened.passes(days=3)
    assert end_of(unopened) == ("positive", "completed", NOON + timedelta(days=2))


def test_negative_as_two_paths_nobody_exits() -> None:
    wait = WaitAfterMessage("not_opened_or_clicked", days(2), next="yes", unmet="otherwise", otherwise="no")
    stage = begin(wait)
    tell(stage, "campaignLinkClicked")
    assert stage.run.outcome == "negative"


def test_negative_that_happened_before_the_wait_was_reached_is_unmet_on_arrival() -> None:
    stage = begin(WaitAfterMessage("not_opened", days(2), next="yes"), between=Wait(hours(1), next="wait"))
    tell(stage, "campaignOpened")
    stage.passes(hours=1)
    assert end_of(stage) == ("neutral", "occurred", NOON + timedelta(hours=1))


def test_what_machines_do_counts_for_nobody() -> None:
    stage = begin(WaitAfterMessage("opened", next="yes"))
    tell(stage, "campaignOpened", machine="prefetch")
    assert stage.run.state == "waiting"


def test_facts_about_another_message_count_for_nothing() -> None:
    stage = begin(WaitAfterMessage("opened", next="yes"))
    held = stage.run
    stage.happens("campaignOpened", messageId="another")
    assert stage.run is held


def test_a_wait_names_its_message_or_means_the_last_one() -> None:
    def stage_of(message: str | None) -> Stage:
        steps: dict[str, Any] = {
            "first": SendEmail(TEMPLATE, next="second"),
            "second": SendEmail(OTHER_TEMPLATE, next="wait"),
            "wait": WaitAfterMessage("opened", message=message, next="yes"),
            "yes": End("positive"),
        }
        stage = Stage(make_version(steps))
        stage.happens("began")
        tell(stage, "campaignOpened", "first")
        return stage

    assert stage_of("first").run.outcome == "positive"
    last = stage_of(None)
    assert last.run.state == "waiting"
    tell(last, "campaignOpened", "second")
    assert last.run.outcome == "positive"


@pytest.mark.parametrize(
    ("reason", "report", "outcome"),
    [
        ("any", None, "positive"),
        ("any", "expired", "positive"),
        ("expired", "expired", "positive"),
        ("rejected", "expired", "neutral"),
        ("expired", None, "neutral"),
    ],
)
def test_an_sms_that_was_not_delivered(reason: Any, report: str | None, outcome: str) -> None:
    stage = begin(WaitAfterMessage("not_delivered", days(1), next="yes", reason=reason), sms=True)
    if report:
        tell(stage, "campaignBounced", reason=report)
    stage.passes(days=1)
    assert (stage.run.outcome, stage.run.ended_at) == (outcome, NOON + timedelta(days=1))


def test_a_delivered_sms_is_no_undelivered_one() -> None:
    stage = begin(WaitAfterMessage("not_delivered", days(1), next="yes"), sms=True)
    tell(stage, "campaignDelivered")
    assert (stage.run.outcome, stage.run.reason) == ("neutral", "occurred")


@pytest.mark.parametrize("reaction", ["sent", "opened", "not_opened"])
def test_of_a_message_that_was_never_sent_nothing_is_waited_for(reaction: Any) -> None:
    steps: dict[str, Any] = {
        "mail": SendEmail(TEMPLATE, next="wait", when_skipped="skip"),
        "wait": WaitAfterMessage(reaction, days(1), next="yes"),
        "yes": End("positive"),
    }
    stage = Stage(make_version(steps), answer="messageSkipped")
    stage.reason = "no_address"
    stage.happens("began")
    assert end_of(stage) == ("neutral", "not_sent", NOON)


def test_sending_is_a_mark_to_count_from() -> None:
    stage = begin(WaitAfterMessage("sent", days(1), next="yes"))
    assert stage.run.due_at == NOON + timedelta(days=1)


def test_a_late_worker_decides_what_a_punctual_one_would_have() -> None:
    stage = begin(WaitAfterMessage("opened", days(1), next="yes", maximum=days(2)))
    stage.passes(days=40)
    assert end_of(stage) == ("neutral", "did_not_occur", NOON + timedelta(days=2))
