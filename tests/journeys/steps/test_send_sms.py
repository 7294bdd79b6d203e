import pytest

from percorso.journeys.graph import End, SendEmail, SendSms
from tests.journeys.build import TEMPLATE, make_version
from tests.journeys.stage import Stage


def test_an_sms_is_planned_on_its_channel_and_the_run_goes_on_when_it_was_sent() -> None:
    stage = Stage(make_version({"sms": SendSms(TEMPLATE, next="end"), "end": End("positive")}))
    stage.happens("began")
    assert [(message.channel, message.step) for message in stage.messages] == [("sms", "sms")]
    assert stage.run.outcome == "positive"


@pytest.mark.parametrize(("when_skipped", "sent"), [("exit", ["sms"]), ("skip", ["sms", "mail"])])
def test_without_a_phone_the_run_exits_or_goes_on_as_the_step_says(
    when_skipped: str, sent: list[str]
) -> None:
    version = make_version(
        {
            "sms": SendSms(TEMPLATE, next="mail", when_skipped=when_skipped),  # type: ignore[arg-type]
            "mail": SendEmail(TEMPLATE),
        }
    )
    stage = Stage(version, answer="messageSkipped")
    stage.reason = "no_address"
    stage.happens("began")
    assert stage.sent_by == sent
    assert stage.run.reason == "no_address"
