from uuid import UUID

import pytest

from percorso.journeys.graph import End, SendPush, Variant
from percorso.journeys.model import PlanMessage
from percorso.journeys.steps.sending import derive_message_id
from tests.journeys.build import NOON, OTHER_TEMPLATE, TEMPLATE, hours, make_version
from tests.journeys.stage import Stage

PUSH = {"push": SendPush(TEMPLATE, next="end", too_late=hours(1)), "end": End("positive")}


def test_a_push_message_is_planned_once_and_held_for() -> None:
    stage = Stage(make_version(PUSH), answer="")
    stage.happens("began", id="7")
    message_id = derive_message_id(stage.run.id, "push", 1)
    assert stage.messages == [
        PlanMessage(message_id, "push", UUID(TEMPLATE), "push", 1, {}, {"id": "7"}, NOON.replace(hour=13))
    ]
    assert (stage.further, stage.run.step, stage.run.message_id) == ([], "push", message_id)


def test_the_run_goes_on_when_its_own_message_has_ended() -> None:
    stage = Stage(make_version(PUSH), answer="")
    stage.happens("began")
    stage.happens("campaignSent", messageId="another")
    assert stage.run.step == "push"
    stage.happens("campaignSent", messageId=str(stage.run.message_id))
    assert (stage.run.state, stage.run.outcome) == ("ended", "positive")


@pytest.mark.parametrize(("when_skipped", "outcome"), [("exit", "neutral"), ("skip", "positive")])
def test_without_a_device_the_run_exits_or_goes_on_as_the_step_says(when_skipped: str, outcome: str) -> None:
    step = SendPush(TEMPLATE, next="end", when_skipped=when_skipped)  # type: ignore[arg-type]
    stage = Stage(make_version({"push": step, "end": End("positive")}), answer="messageSkipped")
    stage.reason = "no_address"
    stage.happens("began")
    assert (stage.sent_by, stage.run.outcome) == (["push"], outcome)
    assert (stage.run.reason == "no_address") == (when_skipped == "exit")


def test_a_message_is_in_the_language_of_the_contact() -> None:
    def sent_to(language: str) -> UUID:
        step = SendPush(TEMPLATE, variants=(Variant("en", OTHER_TEMPLATE),))
        stage = Stage(make_version({"push": step}), language=language)
        stage.happens("began")
        (planned,) = stage.messages
        return planned.template_id

    assert sent_to("en") == sent_to("EN-gb") == sent_to("en_US") == UUID(OTHER_TEMPLATE)
    assert sent_to("it") == sent_to("") == sent_to("eng") == UUID(TEMPLATE)
