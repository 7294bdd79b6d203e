from uuid import UUID

from percorso.journeys.graph import End, SendPush, Variant
from percorso.journeys.model import PlanPush
from percorso.journeys.steps.sending import derive_message_id
from tests.journeys.build import NOON, OTHER_TEMPLATE, TEMPLATE, hours, make_version
from tests.journeys.stage import Stage

PUSH = {"push": SendPush(TEMPLATE, next="end", too_late=hours(1)), "end": End("positive")}


def test_a_push_message_is_planned_once_and_held_for() -> None:
    stage = Stage(make_version(PUSH))
    stage.happens("began", id="7")
    message_id = derive_message_id(stage.run.id, "push", 1)
    assert stage.further == [
        PlanPush(message_id, UUID(TEMPLATE), "push", 1, {}, {"id": "7"}, NOON.replace(hour=13))
    ]
    assert (stage.messages, stage.run.step, stage.run.message_id) == ([], "push", message_id)


def test_the_run_goes_on_when_its_own_message_has_ended() -> None:
    stage = Stage(make_version(PUSH))
    stage.happens("began")
    stage.happens("campaignSent", messageId="another")
    assert stage.run.step == "push"
    stage.happens("campaignSent", messageId=str(stage.run.message_id))
    assert (stage.run.state, stage.run.outcome) == ("ended", "positive")


def test_a_message_is_in_the_language_of_the_contact() -> None:
    def sent_to(language: str) -> UUID:
        step = SendPush(TEMPLATE, variants=(Variant("en", OTHER_TEMPLATE),))
        stage = Stage(make_version({"push": step}), language=language)
        stage.happens("began")
        (planned,) = stage.further
        assert isinstance(planned, PlanPush)
        return planned.template_id

    assert sent_to("en") == sent_to("EN-gb") == sent_to("en_US") == UUID(OTHER_TEMPLATE)
    assert sent_to("it") == sent_to("") == sent_to("eng") == UUID(TEMPLATE)
