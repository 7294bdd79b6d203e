from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from percorso.conditions.model import Happened, Membership, Pattern, Value
from percorso.journeys.graph import (
    AssignCoupon,
    Change,
    CheckNow,
    End,
    EventStart,
    GroupStart,
    Options,
    Path,
    PushedStart,
    RandomPath,
    React,
    Reentry,
    Removal,
    SendEmail,
    Split,
    UpdateContact,
    Wait,
    WaitAfterMessage,
    Webhook,
)
from percorso.journeys.graph_parts import GroupMove
from percorso.journeys.simulation.outcome import Simulation, Waited
from percorso.journeys.simulation.reading import ScenarioError, decode_scenario
from percorso.journeys.simulation.simulate import simulate
from percorso.journeys.version import Version
from tests.journeys.build import (
    LIST,
    POOL,
    TEMPLATE,
    capture,
    days,
    hours,
    make_version,
    of_profile,
)

BEGINS = "2026-03-02T13:00"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GROUP = "00000000-0000-8000-8000-0000000000d1"
BEGAN: dict[str, Any] = {"kind": "event", "event": "began"}
CART = make_version(
    {
        "mail": SendEmail(TEMPLATE, next="day"),
        "day": Wait(days(1), next="again"),
        "again": SendEmail(TEMPLATE, next="end"),
        "end": End("negative"),
    },
    removals=(Removal("ordered", "ordered", outcome="positive"),),
)


def tell(version: Version, *happens: dict[str, Any], **given: Any) -> Simulation:
    return simulate(version, decode_scenario({"begins": BEGINS, "happens": list(happens), **given}))


def test_waits_are_jumped_over_to_the_outcome() -> None:
    told = tell(CART, BEGAN)
    (run,) = told.runs
    assert (run.path, run.outcome, run.reason) == (("mail", "day", "again", "end"), "negative", "completed")
    assert run.reached_at == (NOON, NOON, NOON + timedelta(days=1), NOON + timedelta(days=1))
    assert [(it.step, it.planned_at, it.came_to) for it in told.messages] == [
        ("mail", NOON, "sent"),
        ("again", NOON + timedelta(days=1), "sent"),
    ]
    assert told.waits == (Waited(1, "day", 2, NOON, NOON + timedelta(days=1)),)
    assert (told.ended_at, told.stopped) == (NOON + timedelta(days=1), "over")


def test_each_decision_says_why() -> None:
    rich = of_profile("spent", "at_least", 100, "number")
    version = make_version({"check": CheckNow((Path("rich", "", rich, to="end"),)), "end": End("positive")})
    told = tell(version, BEGAN, contact={"attributes": {"spent": 120}})
    check = next(judged for judged in told.judged if judged.step == "check")
    assert (check.because, check.path) == ("began", "rich")
    assert [(why.read, why.compared, why.verdict) for why in check.judged] == [(120, (100,), True)]
    assert tell(version, BEGAN).judged[1].path == "default"


def test_a_removal_ends_the_run_and_the_next_message_never_comes() -> None:
    told = tell(CART, BEGAN, {"kind": "event", "event": "ordered", "after": {"amount": 2, "unit": "hours"}})
    (run,) = told.runs
    assert (run.outcome, run.reason, run.ended_at) == (
        "positive",
        "removed: ordered",
        NOON + timedelta(hours=2),
    )
    assert [message.step for message in told.messages] == ["mail"]


def test_a_message_that_was_not_answered_yet_is_cancelled() -> None:
    later = {"mail": {"ends": "sent", "after": {"amount": 3, "unit": "hours"}}}
    order = {"kind": "event", "event": "ordered", "after": {"amount": 2, "unit": "hours"}}
    (message,) = tell(CART, BEGAN, order, answers=later).messages
    assert (message.came_to, message.reason) == ("cancelled", "removed: ordered")


def test_answers_say_what_comes_of_a_message() -> None:
    told = tell(CART, BEGAN, answers={"mail": {"ends": "skipped", "reason": "no_address"}})
    assert (told.runs[0].reason, told.messages[0].came_to, told.messages[0].reason) == (
        "no_address",
        "skipped",
        "no_address",
    )
    assert told.runs[0].path == ("mail",)
    held = tell(CART, BEGAN, answers={"mail": {"ends": "nothing"}})
    assert (held.runs[0].step, held.runs[0].ended_at, held.messages[0].came_to) == ("mail", None, None)


def test_what_falls_due_before_a_fact_comes_before_it_and_what_falls_due_with_it_after() -> None:
    sooner = {"kind": "event", "event": "ordered", "at": "2026-03-03T13:00"}
    assert tell(CART, BEGAN, sooner).runs[0].path == ("mail", "day")
    later = {"kind": "event", "event": "ordered", "at": "2026-03-03T13:00:01"}
    assert tell(CART, BEGAN, later).runs[0].path == ("mail", "day", "again", "end")


def test_who_does_not_enter_is_told_with_the_reason() -> None:
    version = make_version({"wait": Wait(days(3))}, reentry=Reentry(rule="once_ever"))
    told = tell(version, BEGAN, {**BEGAN, "after": {"amount": 1, "unit": "days"}})
    assert [(missed.at, missed.fact, missed.reason) for missed in told.missed] == [
        (NOON + timedelta(days=1), "began", "entered_before")
    ]
    assert len(told.runs) == 1


def test_a_message_wait_goes_on_by_what_a_person_does_with_the_message() -> None:
    version = make_version(
        {
            "mail": SendEmail(TEMPLATE, next="wait"),
            "wait": WaitAfterMessage("opened", period=hours(2), next="end"),
            "end": End("positive"),
        }
    )
    day = {"amount": 1, "unit": "days"}
    scanner = {"kind": "message", "step": "mail", "what": "opened", "machine": True, "after": day}
    person = {"kind": "message", "step": "mail", "what": "opened", "after": day}
    (run,) = tell(version, BEGAN, scanner, person).runs
    assert (run.outcome, run.ended_at) == ("positive", NOON + timedelta(days=2, hours=2))
    (run,) = tell(version, BEGAN, scanner).runs
    assert (run.reason, run.ended_at) == ("did_not_occur", NOON + timedelta(days=30, hours=-1))


def test_a_message_that_was_never_sent_cannot_be_opened() -> None:
    told = tell(CART, {"kind": "message", "step": "mail", "what": "opened"})
    assert [(missed.fact, missed.reason) for missed in told.missed] == [("opened: mail", "no_message")]


def test_coupons_webhooks_and_places_are_answered() -> None:
    version = make_version(
        {
            "code": AssignCoupon(POOL, "code", next="call", none_left=None),
            "call": Webhook("https://example.org/hook", next="show", failed=None),
            "show": CheckNow((Path("seat", "", None, to="won", places=1, full="late"),)),
            "won": End("positive"),
            "late": End("negative"),
        }
    )
    told = tell(version, BEGAN)
    assert (told.runs[0].path, told.runs[0].captured) == (("code", "call", "show", "won"), {"code": "CODE-1"})
    assert [done.kind for done in told.done] == ["coupon", "webhook", "place"]
    full = tell(version, BEGAN, answers={"show": {"ends": "full"}, "code": {"ends": "assigned", "code": "X"}})
    assert (full.runs[0].outcome, full.runs[0].captured) == ("negative", {"code": "X"})
    assert tell(version, BEGAN, answers={"call": {"ends": "failed"}}).runs[0].path == ("code", "call")
    assert tell(version, BEGAN, answers={"code": {"ends": "none_left"}}).runs[0].path == ("code",)


def test_what_a_step_writes_later_steps_read() -> None:
    version = make_version(
        {
            "write": UpdateContact(
                (Change("set", "city", Value("Rome")),), groups=(GroupMove("join", GROUP),), next="check"
            ),
            "check": CheckNow(
                (
                    Path("both", "", of_profile("city", "equals", "Rome"), to="group"),
                    Path("none", "", None),
                )
            ),
            "group": CheckNow((Path("in", "", Membership("group", UUID(GROUP)), to="end"),)),
            "end": End("positive"),
        }
    )
    told = tell(version, BEGAN)
    assert (told.runs[0].outcome, told.attributes) == ("positive", {"city": "Rome"})


def test_conditions_look_back_on_what_happened_in_the_simulation() -> None:
    twice = Happened(Pattern(("visited",)), operands=(Value(2),))
    version = make_version({"check": CheckNow((Path("yes", "", twice, to="end"),)), "end": End("positive")})
    visit = {"kind": "event", "event": "visited"}
    past = {**visit, "historical": True, "occurredAt": "2025-12-01"}
    assert tell(version, past, visit, BEGAN).runs[0].outcome == "positive"
    assert tell(version, visit, BEGAN).runs[0].outcome == "neutral"


def test_a_group_a_push_and_a_segment_let_the_contact_in() -> None:
    by_group = make_version({"end": End()}, starts=(GroupStart("joined", GROUP),))
    joins = {"kind": "group", "change": "joined", "groupId": GROUP}
    assert len(tell(by_group, joins, joins).runs) == 1
    assert tell(by_group, joins, contact={"groups": [GROUP]}).runs == ()
    pushed = make_version({"end": End()}, starts=(PushedStart("hand", captures=(capture("code", "code"),)),))
    start = {"kind": "start", "start": "hand", "properties": {"code": "A"}}
    assert tell(pushed, start).runs[0].captured == {"code": "A"}


def test_leaving_the_list_takes_the_contact_out() -> None:
    leaves = {"kind": "subscription", "change": "unsubscribed", "after": {"amount": 1, "unit": "hours"}}
    (run,) = tell(CART, BEGAN, leaves).runs
    assert (run.reason, run.ended_at) == ("unsubscribed", NOON + timedelta(hours=1))
    other = {**leaves, "listId": GROUP}
    assert tell(CART, BEGAN, other).runs[0].reason == "completed"
    assert str(LIST) != GROUP


def test_an_abandoned_cart_is_told_of_twenty_minutes_later_as_by_the_shop() -> None:
    version = make_version({"mail": SendEmail(TEMPLATE)}, starts=(EventStart("start", "abandonedCart"),))
    added = {
        "kind": "event",
        "event": "addedProduct",
        "properties": {"orderId": "c1", "product": {"id": "p", "price": 10, "quantity": 1}},
    }
    told = tell(version, added)
    assert [message.planned_at for message in told.messages] == [NOON + timedelta(minutes=20)]


def test_the_seed_stands_for_the_contact_and_its_chance() -> None:
    version = make_version(
        {
            "split": Split((RandomPath("a", 50, to="a"), RandomPath("b", 50, to="b"))),
            "a": End("positive"),
            "b": End("negative"),
        }
    )
    outcomes = [tell(version, BEGAN, seed=seed).runs[0].outcome for seed in range(40)]
    assert {"positive", "negative"} == set(outcomes)
    assert outcomes == [tell(version, BEGAN, seed=seed).runs[0].outcome for seed in range(40)]


def test_the_same_scenario_is_the_same_simulation_and_can_be_written() -> None:
    told = tell(CART, BEGAN)
    assert told == tell(CART, BEGAN)
    assert msgspec.json.decode(msgspec.json.encode(told))["runs"][0]["path"] == [
        "mail",
        "day",
        "again",
        "end",
    ]


def test_time_and_decisions_are_bounded() -> None:
    told = tell(CART, BEGAN, until={"amount": 3, "unit": "hours"})
    assert (told.stopped, told.ended_at, told.runs[0].step) == ("time_up", NOON + timedelta(hours=3), "day")


def test_a_step_that_raises_ends_its_run_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    version = make_version({"react": React("told", hours(1))})

    def fail(*_: Any) -> Any:
        raise LookupError("what it needs is gone")

    monkeypatch.setattr(type(version.steps["react"]), "resume", fail)
    (run,) = tell(version, BEGAN, {"kind": "event", "event": "told"}).runs
    assert (run.reason, run.error) == ("failed", "LookupError: what it needs is gone")


def test_all_that_is_wrong_with_a_scenario_is_named_at_once() -> None:
    with pytest.raises(ScenarioError) as raised:
        tell(
            CART,
            {"kind": "event", "event": "campaignSent"},
            {"kind": "event", "event": "journeyEntered", "at": "2026-03-01"},
            {"kind": "message", "step": "day", "what": "opened"},
            {"kind": "start", "start": "none", "at": "tomorrow"},
            {
                "kind": "group",
                "change": "left",
                "groupId": "x",
                "at": BEGINS,
                "after": {"amount": 0, "unit": "days"},
            },
            answers={"none": {"ends": "sent"}, "mail": {"ends": "assigned"}},
        )
    assert [(fault.code, fault.at) for fault in raised.value.faults] == [
        ("event_reserved", "happens[0].event"),
        ("moment_before", "happens[1].at"),
        ("event_reserved", "happens[1].event"),
        ("step_sends_nothing", "happens[2].step"),
        ("moment_invalid", "happens[3].at"),
        ("start_unknown", "happens[3].start"),
        ("at_and_after", "happens[4]"),
        ("duration_too_short", "happens[4].after"),
        ("id_unreadable", "happens[4].groupId"),
        ("step_unknown", "answers.none"),
        ("answer_unfit", "answers.mail.ends"),
    ]
    assert all(fault.say("it") != fault.say("en") for fault in raised.value.faults)


def test_what_cannot_be_read_is_named_with_its_place() -> None:
    with pytest.raises(ScenarioError) as raised:
        decode_scenario({"begins": BEGINS, "colour": 1, "happens": [{"kind": "event", "evnt": "x"}]})
    assert ("field_unknown", "colour") in [(fault.code, fault.at) for fault in raised.value.faults]


@pytest.mark.parametrize(("updates", "enters"), [(False, 1), (True, 2)])
def test_what_tells_more_of_an_event_lets_in_where_the_start_says_so(updates: bool, enters: int) -> None:
    version = make_version({"end": End()}, starts=(EventStart("s", "began", updates=updates),))
    assert len(tell(version, BEGAN, BEGAN | {"updates": "order-1"}).runs) == enters


@pytest.mark.parametrize(
    ("answer", "path", "reason", "enters"),
    [
        ("taken", ("end",), "completed", True),
        ("full", (), "entries_full", False),
    ],
)
def test_who_comes_to_the_door_enters_with_a_place_and_may_come_again_without(
    answer: str, path: tuple[str, ...], reason: str, enters: bool
) -> None:
    version = make_version({"end": End("positive")}, options=Options(entries=1), reentry=Reentry("once_ever"))
    later = {**BEGAN, "after": {"amount": 1, "unit": "hours"}}
    told = tell(version, BEGAN, later, answers={"": {"ends": answer}})
    assert {(run.path, run.reason) for run in told.runs} == {(path, reason)}
    # Who was refused is remembered by nothing: both times it came.
    assert (len(told.runs), [it.reason for it in told.missed]) == (
        (1, ["entered_before"]) if enters else (2, [])
    )


def test_an_answer_that_the_door_does_not_give_is_a_fault() -> None:
    version = make_version({"end": End("positive")}, options=Options(entries=1))
    with pytest.raises(ScenarioError):
        tell(version, BEGAN, answers={"": {"ends": "sent"}})
    with pytest.raises(ScenarioError):
        tell(make_version({"end": End("positive")}), BEGAN, answers={"": {"ends": "taken"}})
