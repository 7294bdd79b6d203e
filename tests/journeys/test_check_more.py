"""Starts, options, waits and random ways: every fault is named with its place."""

from typing import Any

import pytest

from percorso.conditions.model import Attribute
from percorso.journeys.carried import list_uncarried
from percorso.journeys.check import check_graph
from percorso.journeys.check_steps import is_callable_url
from percorso.journeys.graph import (
    ActivityStart,
    CheckNow,
    DateStart,
    End,
    EventStart,
    Experiment,
    FieldChangeStart,
    FieldStart,
    Graph,
    GroupMove,
    GroupStart,
    Hours,
    LeaveJourney,
    Measure,
    Offset,
    Options,
    Path,
    PushedStart,
    RandomPath,
    Removal,
    SegmentStart,
    SendEmail,
    Sending,
    SendSms,
    Split,
    StartJourney,
    SubscriptionStart,
    UntilDate,
    UntilTime,
    UpdateContact,
    Variant,
    Wait,
    WaitAfterMessage,
    Webhook,
    Winner,
)
from tests.journeys.build import CONTACT, TEMPLATE, days, hours, make_graph, of_event, of_profile

END: dict[str, Any] = {"end": End()}
ID = str(CONTACT)
HOLDS = of_profile("a", "equals", "b")
ON_DATE = of_profile("a", "before", "2026-01-01", "date")


def faults_of(graph: Graph) -> list[tuple[str, str]]:
    return [(fault.code, fault.at) for fault in check_graph(graph)]


def start(given: Any) -> list[tuple[str, str]]:
    return [(code, at.removeprefix("starts[0].")) for code, at in faults_of(make_graph(END, starts=(given,)))]


def options(sending: Sending | None = None, **given: Any) -> list[tuple[str, str]]:
    found = faults_of(make_graph(END, options=Options(sending=sending or Sending(), **given)))
    return [(code, at.removeprefix("options.")) for code, at in found]


def step(given: Any, **more: Any) -> list[tuple[str, str]]:
    return [(code, at.removeprefix("steps.it.")) for code, at in faults_of(make_graph({"it": given, **more}))]


@pytest.mark.parametrize(
    "whole",
    [
        DateStart("s", "birthDate", "dd/MM", yearly=True),
        DateStart("s", "eventAt", "yyyy-MM-dd HH:mm", Offset(3, "hours")),
        DateStart("s", "expires", None, Offset(10, "days", "after")),
        SubscriptionStart("s", 3, "first_notification"),
        FieldStart("s", condition=HOLDS),
        FieldStart("s", filter_id=ID, becomes=False),
        FieldChangeStart("s", "city", "Roma", "Milano"),
        GroupStart("s", ID, "left"),
        SegmentStart("s", ID),
        ActivityStart("s", "not_opened", last=5, days=30),
        ActivityStart("s", filter_id=ID),
        PushedStart("s", ("api", "journey")),
    ],
)
def test_every_kind_of_start_can_be_whole(whole: Any) -> None:
    assert start(whole) == []


@pytest.mark.parametrize(
    ("wrong", "faults"),
    [
        (DateStart("s", ""), [("field_needed", "field")]),
        (DateStart("s", "a..b"), [("path_malformed", "field")]),
        (DateStart("s", "d", "noon"), [("format_invalid", "format")]),
        (DateStart("s", "d", "dd/MM"), [("format_without_year", "yearly")]),
        (DateStart("s", "d", at="9:00"), [("time_invalid", "at")]),
        (DateStart("s", "d", at="24:00"), [("time_invalid", "at")]),
        (DateStart("s", "d", "dd/MM/yyyy", Offset(2, "hours")), [("hours_need_time", "offset")]),
        (DateStart("s", "d", None, Offset(2, "weeks")), [("offset_unit", "offset.unit")]),
        (DateStart("s", "d", None, Offset(-2, "days")), [("duration_too_short", "offset")]),
        (SubscriptionStart("s", -1), [("days_out_of_range", "days")]),
        (FieldStart("s"), [("filter_missing", "condition")]),
        (FieldStart("s", condition=HOLDS, filter_id=ID), [("filter_and_condition", "condition")]),
        (FieldStart("s", filter_id="x"), [("filter_missing", "filterId")]),
        (FieldChangeStart("s", "city", "Roma", "Roma"), [("values_alike", "after")]),
        (GroupStart("s", "vip"), [("group_missing", "groupId")]),
        (SegmentStart("s", ""), [("segment_missing", "segmentId")]),
        (ActivityStart("s", template_id=ID, last=3), [("activity_twice", "starts[0]")]),
        (ActivityStart("s", last=6), [("number_out_of_range", "last")]),
        (ActivityStart("s", "opened", channel="sms"), [("action_unknown", "action")]),
        (ActivityStart("s", "not_opened"), [("days_needed", "days")]),
        (ActivityStart("s", "not_clicked", last=2), [("days_needed", "days")]),
        (ActivityStart("s", filter_id=ID, days=3), [("filter_with_days", "days")]),
        (ActivityStart("s", "clicked", existing=True), [("existing_impossible", "existing")]),
    ],
)
def test_a_start_says_what_is_wrong_with_it(wrong: Any, faults: list[tuple[str, str]]) -> None:
    assert start(wrong) == faults


def test_options_can_be_whole() -> None:
    sending = Sending(
        not_between=Hours("22:00", "08:00"),
        active_from="2026-03-01",
        active_until="2026-03-10",
        except_dates=("2026-04-06", "12-25", "02-29"),
        except_weekdays=("saturday", "sunday"),
        holidays="IT-BZ",
    )
    assert (
        options(sending, include_groups=(ID,), filters=(HOLDS,), entries=10, ceiling=1.5, foreseen=90) == []
    )


@pytest.mark.parametrize(
    ("sending", "faults"),
    [
        (Sending(at="25:00"), [("time_invalid", "sending.at")]),
        (Sending(not_between=Hours("08:00", "08:00")), [("hours_empty", "sending.notBetween")]),
        (Sending(not_between=Hours("8", "09:61")), [("time_invalid", "sending.notBetween.since"),
                                                    ("time_invalid", "sending.notBetween.until")]),
        (Sending(at="07:00", not_between=Hours("22:00", "08:00")), [("time_while_quiet", "sending.at")]),
        (Sending(except_dates=("2026-02-30",)), [("day_invalid", "sending.exceptDates[0]")]),
        (Sending(except_dates=("02-30", "13-01", "soon")), [("day_invalid", f"sending.exceptDates[{n}]")
                                                            for n in range(3)]),
        (Sending(active_from="2026-02-29"), [("day_invalid", "sending.activeFrom")]),
        (Sending(active_from="2026-03-10", active_until="2026-03-10"), [("window_empty", "sending.activeUntil")]),
        (Sending(holidays="Atlantis"), [("holidays_unknown", "sending.holidays")]),
        (Sending(except_weekdays=("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")),
         [("weekdays_all", "sending.exceptWeekdays")]),
    ],
)  # fmt: skip
def test_sending_says_what_is_wrong_with_it(sending: Sending, faults: list[tuple[str, str]]) -> None:
    assert options(sending) == faults


def test_groups_and_limits_are_judged() -> None:
    assert options(include_groups=(ID,), exclude_groups=(ID, "x")) == [
        ("group_both", "excludeGroups[0]"),
        ("group_missing", "excludeGroups[1]"),
    ]
    assert options(entries=0, ceiling=0.5, foreseen=0, priority=5_000) == [
        ("number_out_of_range", "entries"),
        ("number_out_of_range", "priority"),
        ("number_out_of_range", "ceiling"),
        ("number_out_of_range", "foreseen"),
    ]
    assert options(ceiling=2) == [("foreseen_missing", "foreseen")]


@pytest.mark.parametrize(
    ("starts", "steps", "at"),
    [
        ((), {"w": Wait(hours(2))}, "steps.w"),
        ((), {"m": SendEmail(TEMPLATE, next="w"), "w": WaitAfterMessage("opened", hours(1))}, "steps.w"),
        ((DateStart("s", "d", "dd/MM/yyyy HH:mm", Offset(2, "hours")),), {"end": End()}, "starts[0].offset"),
        ((), {"w": Wait(until=UntilDate(Attribute("d"), offset=Offset(1, "hours")))}, "steps.w"),
    ],
)
def test_l7_a_fixed_time_of_day_does_not_go_with_hours(starts: Any, steps: Any, at: str) -> None:
    parts: dict[str, Any] = {"starts": starts} if starts else {}
    fixed = make_graph(steps, options=Options(sending=Sending(at="09:00")), **parts)
    assert faults_of(fixed) == [("hour_based", at)]
    assert faults_of(make_graph(steps, **parts)) == []


def test_a_wait_is_a_period_or_a_moment() -> None:
    assert step(Wait()) == [("period_or_until", "steps.it")]
    assert step(Wait(days(1), until=UntilTime("09:00"))) == [("period_or_until", "steps.it")]
    assert step(Wait(until=UntilTime("9"))) == [("time_invalid", "until.at")]
    assert step(Wait(until=UntilDate(Attribute("d"), "x"))) == [("format_invalid", "until.format")]
    assert step(Wait(until=UntilDate(Attribute("a..b")))) == [("path_malformed", "until.operand")]


def test_a_wait_until_a_time_of_day_alone_makes_no_loop() -> None:
    assert step(Wait(until=UntilTime("09:00"), next="it")) == [("loop_without_wait", "steps.it")]


def test_a_message_wait_needs_a_message_before_it() -> None:
    assert step(WaitAfterMessage("opened")) == [("message_nowhere", "message")]
    mail = SendEmail(TEMPLATE, next="it")
    graph = make_graph({"mail": mail, "it": WaitAfterMessage("opened", message="it")})
    assert faults_of(graph) == [("message_not_before", "steps.it.message")]
    sms = {"sms": SendSms(TEMPLATE, next="it"), "it": WaitAfterMessage("opened")}
    assert faults_of(make_graph(sms)) == [("message_of_other_channel", "steps.it.reaction")]
    missing = {"mail": mail, "it": WaitAfterMessage("not_opened")}
    assert faults_of(make_graph(missing)) == [("period_needed", "steps.it.period")]


def split(*percents: float) -> Split:
    return Split(tuple(RandomPath(f"p{number}", percent) for number, percent in enumerate(percents)))


def test_percentages_add_up() -> None:
    assert step(split(33.33, 33.33, 33.34)) == []
    assert step(split(0.1, 0.2, 99.7)) == []
    assert step(split(50, 49.99)) == [("percentages", "paths")]
    assert step(split(100)) == [("shares_missing", "paths")]
    assert step(split(-10, 110)) == [
        ("percent_invalid", "paths[0].percent"),
        ("percent_invalid", "paths[1].percent"),
    ]
    assert step(split(33.333, 66.667)) == [
        ("percent_invalid", "paths[0].percent"),
        ("percent_invalid", "paths[1].percent"),
    ]
    twice = Split((RandomPath("a", 50), RandomPath("a", 50)))
    assert step(twice) == [("id_twice", "paths[1].id")]
    assert step(Split((RandomPath("hold_out", 50), RandomPath("b", 50)))) == [("id_invalid", "paths[0].id")]


def test_an_experiment_counts_its_hold_out_in_and_says_what_it_measures() -> None:
    paths = (RandomPath("a", 45), RandomPath("b", 45))
    goal = Measure("completedOrder", days(7))
    assert step(Experiment(paths, goal, hold_out=RandomPath("none", 10))) == []
    assert step(Experiment(paths, goal)) == [("percentages", "paths")]
    wrong = Experiment(
        paths, Measure("", days(0)), hold_out=RandomPath("none", 10), winner=Winner(days(1), 0, 1.0)
    )
    assert step(wrong) == [
        ("event_missing", "goal.event"),
        ("duration_too_short", "goal.within"),
        ("number_out_of_range", "winner.least"),
        ("number_out_of_range", "winner.confidence"),
    ]


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://shop.example/x?y=1", True),
        ("http://127.0.0.1:8080/", True),
        ("ftp://shop.example", False),
        ("https://", False),
        ("shop.example", False),
        ("https://user:secret@shop.example", False),
        ("https://shop.example:99999/", False),
        ("https://shop.example/a b", False),
        ("https://shop.example/\r\nX: y", False),
        ("https://[::1", False),
        ("https://shop.example/" + "x" * 2_000, False),
    ],
)
def test_what_a_webhook_may_call_as_far_as_the_text_says(url: str, may: bool) -> None:
    assert is_callable_url(url) == may
    assert step(Webhook(url)) == ([] if may else [("url_invalid", "url")])


def test_other_steps_say_what_is_wrong_with_them() -> None:
    assert step(StartJourney("x", {"a b": Attribute("c")})) == [
        ("journey_missing", "journeyId"),
        ("name_invalid", "values.a b"),
    ]
    assert step(LeaveJourney("x")) == [("journey_missing", "journeyId")]
    assert step(End(group=GroupMove("move", ID))) == [("group_missing", "group.fromGroupId")]
    assert step(UpdateContact(groups=(GroupMove("join", ""),))) == [("group_missing", "groups[0].groupId")]
    variants = (Variant("en", TEMPLATE), Variant("EN", TEMPLATE), Variant("english!", "x"))
    assert step(SendEmail(TEMPLATE, variants=variants)) == [
        ("language_twice", "variants[1].language"),
        ("template_missing", "variants[2].templateId"),
        ("language_invalid", "variants[2].language"),
    ]
    paths = (Path("p", "", HOLDS, places=0),)
    assert step(CheckNow(paths)) == [("number_out_of_range", "paths[0].places")]


def test_a_removal_is_an_event_or_a_condition_on_what_the_contact_is() -> None:
    def removal(**given: Any) -> list[tuple[str, str]]:
        return faults_of(make_graph(END, removals=(Removal("r", **given),)))

    assert removal(condition=HOLDS) == []
    assert removal() == [("event_missing", "removals[0].event")]
    assert removal(condition=of_event("a", "equals", "b")) == [("event_missing", "removals[0].event")]


def uncarried(graph: Graph) -> list[str]:
    return [fault.at for fault in list_uncarried(graph)]


@pytest.mark.parametrize(
    ("given", "carried"),
    [
        (EventStart("s", "e"), True),
        (SegmentStart("s", ID), True),
        (GroupStart("s", ID, existing=False), True),
        (SubscriptionStart("s"), True),
        (ActivityStart("s", "clicked", template_id=ID), True),
        (GroupStart("s", ID), True),
        (GroupStart("s", ID, "left", existing=False), True),
        (GroupStart("s", ID, "left"), True),
        (EventStart("s", "e", updates=True), True),
        (SubscriptionStart("s", 1), True),
        (ActivityStart("s", "not_opened", days=3), True),
        (ActivityStart("s", "clicked", days=3), True),
        (ActivityStart("s", "delivered", days=3), False),
        (ActivityStart("s", "opened", last=2), True),
        (ActivityStart("s", "not_clicked", last=2, days=3, existing=True), True),
        (DateStart("s", "d"), True),
        (FieldStart("s", condition=HOLDS), True),
        (FieldStart("s", condition=HOLDS, existing=True), True),
        (FieldStart("s", condition=ON_DATE), True),
        (FieldStart("s", filter_id=ID), True),
        (ActivityStart("s", filter_id=ID, existing=True), True),
        (FieldChangeStart("s", "d"), True),
        (PushedStart("s"), True),
        (PushedStart("s", ("journey", "api")), True),
        (PushedStart("s", ("plan",)), False),
        (PushedStart("s", ("journey",)), True),
    ],
)
def test_starts_that_nobody_looks_for_are_not_published(given: Any, carried: bool) -> None:
    found = uncarried(make_graph(END, starts=(given,)))
    assert (found == []) == carried
    assert all(at.startswith("starts[0]") for at in found)


def test_what_nobody_carries_is_named_in_both_languages() -> None:
    (first,) = list_uncarried(make_graph(END, starts=(PushedStart("s", ("plan",)),)))
    assert first.say("en").startswith("This start: this release cannot carry it out yet")
    assert first.say("it").startswith("Questo inizio: ")


def test_what_is_carried_is_published() -> None:
    steps: dict[str, Any] = {
        "split": Split((RandomPath("a", 50, to="wait"), RandomPath("b", 50))),
        "wait": Wait(until=UntilTime("09:00", ("monday",)), next="mail"),
        "mail": SendEmail(TEMPLATE, next="after", variants=(Variant("en", TEMPLATE),)),
        "after": WaitAfterMessage("opened", next="hand"),
        "hand": StartJourney(ID, next="leave"),
        "leave": LeaveJourney(ID, next="groups"),
        "groups": UpdateContact(groups=(GroupMove("join", ID),), next="end"),
        "end": End(group=GroupMove("leave", ID)),
        "seats": CheckNow((Path("p", "", places=3),)),
    }
    assert uncarried(make_graph(steps, options=Options(include_groups=(ID,), filters=(HOLDS,)))) == []
