from datetime import timedelta

from percorso.conditions.model import Attribute, Captured, EventProperty, Value
from percorso.journeys.graph import AnswerCapture, End, Webhook
from percorso.journeys.model import CallWebhook
from percorso.kit.ids import derive_id
from tests.journeys.build import NOON, hours, make_version
from tests.journeys.stage import Stage

URL = "https://shop.example/points"
CALL = {
    "call": Webhook(
        URL,
        values={
            "customer": Attribute("externalId"),
            "order": EventProperty("orderId"),
            "missing": Captured("nothing"),
            "source": Value("percorso"),
        },
        captures=(AnswerCapture("points", "balance.points"), AnswerCapture("tier", "tier")),
        next="end",
        failed="failed",
        limit=hours(2),
    ),
    "end": End("positive"),
    "failed": End("negative"),
}


def begin() -> Stage:
    stage = Stage(make_version({**CALL, "call": _without_missing()}), externalId="c-1")
    stage.happens("began", orderId="o-1")
    return stage


def _without_missing() -> Webhook:
    step = CALL["call"]
    assert isinstance(step, Webhook)
    values = {name: value for name, value in step.values.items() if name != "missing"}
    values["phone"] = Attribute("phone")
    return Webhook(URL, values, step.captures, next="end", failed="failed", limit=step.limit)


def test_a_call_is_asked_for_once_with_the_values_that_are_there() -> None:
    stage = begin()
    body = {"customer": "c-1", "order": "o-1", "source": "percorso"}
    call_id = derive_id("webhook", stage.run.id, "call", 1)
    assert stage.further == [CallWebhook(call_id, URL, body, "call", 1)]
    assert stage.run.due_at == NOON + timedelta(hours=2)


def test_what_was_answered_is_kept_for_conditions_and_messages() -> None:
    stage = begin()
    stage.answers("webhookAnswered", status=200, answer={"balance": {"points": 120}, "tier": {"a": 1}})
    assert (stage.run.captured, stage.run.outcome) == ({"points": 120}, "positive")


def test_an_answer_that_is_no_object_captures_nothing() -> None:
    stage = begin()
    stage.answers("webhookAnswered", status=204, answer=None)
    assert (stage.run.captured, stage.run.outcome) == ({}, "positive")


def test_a_call_that_failed_for_good_takes_its_path() -> None:
    stage = begin()
    stage.answers("webhookFailed", reason="410")
    assert stage.run.outcome == "negative"
    assert [(entry.path, entry.outcome) for entry in stage.trace if entry.step == "call"] == [
        ("failed", "410")
    ]


def test_after_the_limit_the_path_for_failures_is_taken_and_a_late_answer_is_passed_over() -> None:
    stage = begin()
    stage.passes(hours=2)
    assert (stage.run.outcome, stage.run.ended_at) == ("negative", NOON + timedelta(hours=2))
    ended = stage.run
    stage.happens("webhookAnswered", runId=str(ended.id), step="call", visit=1, answer={})
    assert stage.run is ended


def test_answers_for_another_visit_are_passed_over() -> None:
    stage = begin()
    run = stage.run
    stage.happens("webhookAnswered", runId=str(run.id), step="call", visit=2, answer={})
    stage.happens("webhookAnswered", runId="another", step="call", visit=1, answer={})
    assert stage.run is run
