from percorso.journeys.engine import advance
from percorso.journeys.graph import AssignCoupon, End, SendSms
from percorso.journeys.model import EventArrived, TimeDue
from percorso.journeys.steps.assign_coupon import ANSWERS
from tests.journeys.build import NOON, POOL, TEMPLATE, make_version
from tests.journeys.stage import Stage

COUPON = make_version(
    {
        "code": AssignCoupon(POOL, next="sms", none_left="none"),
        "sms": SendSms(TEMPLATE, next="good"),
        "good": End("positive"),
        "none": End("negative"),
    }
)


def test_the_code_is_captured_for_messages_and_conditions() -> None:
    stage = Stage(COUPON, codes=("ABC1", "ABC2"))
    stage.happens("began")
    assert [message.captured for message in stage.messages] == [{"coupon": "ABC1"}]
    assert stage.run.outcome == "positive"
    assert stage.trace[1].path == "next"


def test_an_empty_pool_leads_by_its_own_path() -> None:
    stage = Stage(COUPON)
    stage.happens("began")
    assert (stage.messages, stage.run.outcome, stage.trace[1].path) == ([], "negative", "none_left")


def test_the_run_holds_until_its_own_visit_is_answered() -> None:
    stage = Stage(COUPON, codes=("ABC1",))
    # Only the first decision: the answer is still on its way.
    stage._settle = lambda: None  # type: ignore[method-assign]
    stage.happens("began")
    stage._apply(stage._pending.popleft())
    run = stage.run
    assert (run.step, run.awaits, run.due_at) == ("code", ANSWERS, None)
    for properties in (
        {"runId": "another", "step": "code", "visit": 1, "code": "X"},
        {"runId": str(run.id), "step": "other", "visit": 1, "code": "X"},
        {"runId": str(run.id), "step": "code", "visit": 2, "code": "X"},
        {},
    ):
        event = EventArrived("couponAssigned", 9, NOON, properties)
        assert advance(COUPON, run, event, {}, NOON).run is run
    assert advance(COUPON, run, TimeDue(), {}, NOON).run is run


def test_it_may_be_captured_under_another_name() -> None:
    version = make_version({"code": AssignCoupon(POOL, capture="gift", next="sms"), "sms": SendSms(TEMPLATE)})
    stage = Stage(version, codes=("G1",))
    stage.happens("began")
    assert stage.messages[0].captured == {"gift": "G1"}
