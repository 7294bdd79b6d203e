from typing import Any

import pytest

from percorso.conditions.model import All, Captured, EventProperty, Not, Test, Value
from percorso.journeys.check import check_graph
from percorso.journeys.faults import SENTENCES, WORDS, Fault, GraphError
from percorso.journeys.graph import (
    AssignCoupon,
    Capture,
    Change,
    CheckNow,
    Duration,
    End,
    EventStart,
    Goal,
    Graph,
    Path,
    React,
    RecordEvent,
    Reentry,
    Removal,
    SendEmail,
    SendSms,
    UpdateContact,
    Wait,
    WaitThenCheck,
)
from tests.journeys.build import (
    POOL,
    TEMPLATE,
    capture,
    compile_graph,
    days,
    hours,
    make_graph,
    minutes,
    of_captured,
    of_event,
    of_profile,
)

END = {"end": End()}
HOLDS = of_profile("a", "equals", "b")


def faults_of(graph: Graph) -> list[tuple[str, str]]:
    return [(fault.code, fault.at) for fault in check_graph(graph)]


def steps(**given: Any) -> list[tuple[str, str]]:
    return faults_of(make_graph(given))


def test_a_whole_graph_has_no_faults() -> None:
    assert steps(mail=SendEmail(TEMPLATE, next="end"), **END) == []


def test_every_fault_is_named_at_once_in_the_order_of_the_parts() -> None:
    graph = Graph(
        starts=(),
        first="nowhere",
        steps={"wait": Wait(Duration(0, "days"), next="gone"), "mail": SendEmail("none")},
        reentry=Reentry(inside="one_per_key"),
    )
    assert faults_of(graph) == [
        ("start_missing", "starts"),
        ("key_missing", "reentry.key"),
        ("duration_too_short", "steps.wait.period"),
        ("template_missing", "steps.mail.templateId"),
        ("first_unknown", "first"),
        ("target_unknown", "steps.wait.next"),
    ]


def test_a_graph_with_faults_cannot_become_a_version() -> None:
    with pytest.raises(GraphError) as raised:
        compile_graph(make_graph({"mail": SendEmail("none")}))
    assert [fault.code for fault in raised.value.faults] == ["template_missing"]
    assert raised.value.code == "graph_invalid"
    assert "Choose a message." in str(raised.value)


def test_steps_must_be_there_and_reachable() -> None:
    assert faults_of(make_graph({}, first="a")) == [("steps_missing", "steps")]
    assert steps(wait=Wait(days(1)), lonely=End()) == [("step_unreachable", "steps.lonely")]


@pytest.mark.parametrize(
    ("step", "at"),
    [
        (SendEmail(TEMPLATE, next="x"), "next"),
        (SendSms(TEMPLATE, next="x"), "next"),
        (Wait(days(1), next="x"), "next"),
        (UpdateContact((Change("clear", "a"),), next="x"), "next"),
        (AssignCoupon(POOL, next="x"), "next"),
        (AssignCoupon(POOL, none_left="x"), "noneLeft"),
        (CheckNow((Path("p", "", HOLDS, to="x"),)), "paths[0].to"),
        (CheckNow((Path("p", "", HOLDS),), default="x"), "default"),
        (WaitThenCheck(days(1), (Path("p", "", HOLDS, to="x"),)), "paths[0].to"),
        (WaitThenCheck(days(1), (Path("p", "", HOLDS),), default="x"), "default"),
        (React("e", days(1), next="x"), "next"),
        (React("e", days(1), default="x"), "default"),
        (React("e", days(1), (Path("p", "", HOLDS, to="x"),)), "paths[0].to"),
    ],
)
def test_every_way_out_must_lead_to_a_step(step: Any, at: str) -> None:
    assert steps(step=step) == [("target_unknown", f"steps.step.{at}")]


def test_loops_need_a_wait_of_an_hour_or_a_reaction() -> None:
    back = SendEmail(TEMPLATE, next="hold")
    for hold, allowed in (
        (Wait(hours(1), next="mail"), True),
        (Wait(days(1), next="mail"), True),
        (Wait(minutes(60), next="mail"), True),
        (Wait(minutes(59), next="mail"), False),
        (React("e", minutes(1), next="mail"), True),
        (WaitThenCheck(hours(1), (Path("p", "", HOLDS, to="mail"),)), True),
        (WaitThenCheck(minutes(5), (Path("p", "", HOLDS, to="mail"),)), False),
        (CheckNow((Path("p", "", HOLDS, to="mail"),)), False),
        (UpdateContact((Change("clear", "a"),), next="mail"), False),
        (AssignCoupon(POOL, next="mail"), False),
    ):
        assert steps(mail=back, hold=hold) == ([] if allowed else [("loop_without_wait", "steps.mail")]), hold


def test_a_step_that_leads_to_itself_is_a_loop() -> None:
    assert steps(mail=SendEmail(TEMPLATE, next="mail")) == [("loop_without_wait", "steps.mail")]
    assert steps(wait=Wait(days(1), next="wait")) == []


def test_each_loop_is_named_once_with_its_steps() -> None:
    graph = make_graph(
        {
            "a": CheckNow((Path("p", "", HOLDS, to="b"),), default="c"),
            "b": SendEmail(TEMPLATE, next="a"),
            "c": SendEmail(TEMPLATE, next="d"),
            "d": SendEmail(TEMPLATE, next="c"),
        }
    )
    assert [(fault.at, fault.values) for fault in check_graph(graph)] == [
        ("steps.a", {"steps": "a, b"}),
        ("steps.c", {"steps": "c, d"}),
    ]


def test_a_chain_of_five_hundred_steps_is_allowed_and_one_more_is_not() -> None:
    def chain(length: int) -> Graph:
        ids = [f"s{number}" for number in range(length)]
        return make_graph({id: Wait(hours(1), next=to) for id, to in zip(ids, [*ids[1:], None], strict=True)})

    assert faults_of(chain(500)) == []
    assert faults_of(chain(501)) == [("too_many", "steps")]


@pytest.mark.parametrize("id", ["", "a b", "é", "x" * 65, "a/b", "a.b", "a\n"])
def test_ids_are_short_and_plain(id: str) -> None:
    graph = make_graph({id: End()})
    assert [fault.code for fault in check_graph(graph)] == ["id_invalid"]
    starts = (EventStart(id, "began"),)
    assert faults_of(make_graph(END, starts=starts)) == [("id_invalid", "starts[0].id")]
    assert steps(check=CheckNow((Path(id, "", HOLDS),))) == [("id_invalid", "steps.check.paths[0].id")]


@pytest.mark.parametrize("id", ["default", "next", "none_left"])
def test_paths_do_not_take_the_ids_of_ways_out_that_have_none(id: str) -> None:
    assert steps(check=CheckNow((Path(id, "", HOLDS),))) == [("id_invalid", "steps.check.paths[0].id")]


def test_ids_do_not_stand_twice() -> None:
    twice = (Path("p", "", HOLDS), Path("p", "", HOLDS))
    assert steps(check=CheckNow(twice)) == [("id_twice", "steps.check.paths[1].id")]
    starts = (EventStart("s", "a"), EventStart("s", "b"))
    assert faults_of(make_graph(END, starts=starts)) == [("id_twice", "starts[1].id")]
    removals = (Removal("r", "a"), Removal("r", "b"))
    assert faults_of(make_graph(END, removals=removals)) == [("id_twice", "removals[1].id")]
    goals = (Goal("g", "a"), Goal("g", "b"))
    assert faults_of(make_graph(END, goals=goals)) == [("id_twice", "goals[1].id")]


@pytest.mark.parametrize(
    ("name", "code"), [("", "event_missing"), ("  ", "event_missing"), ("e" * 201, "event_too_long")]
)
def test_events_have_a_name(name: str, code: str) -> None:
    assert faults_of(make_graph(END, starts=(EventStart("s", name),))) == [(code, "starts[0].event")]
    assert faults_of(make_graph(END, removals=(Removal("r", name),))) == [(code, "removals[0].event")]
    assert faults_of(make_graph(END, goals=(Goal("g", name),))) == [(code, "goals[0].event")]
    assert steps(react=React(name, days(1))) == [(code, "steps.react.event")]
    assert steps(check=WaitThenCheck(days(1), (Path("p", "", None, name),))) == [
        (code, "steps.check.paths[0].event")
    ]
    recorded = UpdateContact(events=(RecordEvent(name),))
    assert steps(update=recorded) == [(code, "steps.update.events[0].event")]


def test_only_a_wait_then_check_asks_its_paths_for_events() -> None:
    path = Path("p", "", HOLDS, "order")
    assert steps(check=CheckNow((path,))) == [("event_not_here", "steps.check.paths[0].event")]
    assert steps(react=React("other", days(1), (path,))) == [("event_not_here", "steps.react.paths[0].event")]
    assert steps(react=React("order", days(1), (path,))) == []


def test_a_path_of_a_wait_then_check_that_reads_an_event_says_which() -> None:
    path = Path("p", "", of_event("total", "equals", 1, "number"))
    assert steps(check=WaitThenCheck(days(1), (path,))) == [("event_missing", "steps.check.paths[0].event")]
    assert steps(check=CheckNow((path,))) == []


def test_a_step_that_checks_has_paths_that_can_be_taken() -> None:
    assert steps(check=CheckNow(())) == [("paths_missing", "steps.check.paths")]
    assert steps(check=WaitThenCheck(days(1), ())) == [("paths_missing", "steps.check.paths")]
    always = (Path("always", ""), Path("never", "", HOLDS))
    assert steps(check=CheckNow(always)) == [("path_never_taken", "steps.check.paths[1]")]
    many = tuple(Path(f"p{number}", "", HOLDS) for number in range(51))
    assert steps(check=CheckNow(many)) == [("too_many", "steps.check.paths")]


@pytest.mark.parametrize(
    ("reentry", "code"),
    [
        (Reentry(rule="value_changes"), "key_missing"),
        (Reentry(inside="one_per_key"), "key_missing"),
        (Reentry(rule="after"), "period_missing"),
        (Reentry(rule="after", period=Duration(0, "days")), "duration_too_short"),
        (Reentry(inside="one_per_key", key="a..b"), "path_malformed"),
        (Reentry(rule="value_changes", key="cart.id"), None),
        (Reentry(rule="after", period=Duration(24, "hours")), None),
    ],
)
def test_re_entry_says_all_that_its_rule_needs(reentry: Reentry, code: str | None) -> None:
    assert [fault.code for fault in check_graph(make_graph(END, reentry=reentry))] == ([code] if code else [])


@pytest.mark.parametrize("rounds", [0, -1, 1001])
def test_rounds_are_limited(rounds: int) -> None:
    assert faults_of(make_graph(END, rounds=rounds)) == [("rounds_invalid", "rounds")]


@pytest.mark.parametrize("period", [Duration(0, "hours"), Duration(10**15, "years")])
def test_every_duration_is_judged(period: Duration) -> None:
    code = "duration_too_short" if period.amount == 0 else "duration_too_long"
    path = (Path("p", "", HOLDS),)
    assert steps(step=Wait(period)) == [(code, "steps.step.period")]
    assert steps(step=WaitThenCheck(period, path)) == [(code, "steps.step.period")]
    assert steps(step=React("e", period)) == [(code, "steps.step.limit")]
    assert steps(step=SendEmail(TEMPLATE, too_late=period)) == [(code, "steps.step.tooLate")]


def test_what_is_captured_must_have_been_captured_before() -> None:
    reads = CheckNow((Path("p", "", of_event("id", "equals", Captured("code")), to="coupon"),))
    coupon = AssignCoupon(POOL, capture="code")
    assert steps(check=reads, coupon=coupon) == [("captured_unknown", "steps.check.paths[0].condition")]
    again = AssignCoupon(POOL, capture="code", next="check")
    later = CheckNow((Path("p", "", of_captured("code", "equals", "x")),))
    assert steps(coupon=again, check=later) == []
    # Round a loop, what stands further down was captured before.
    loop = {
        "check": CheckNow((Path("p", "", of_captured("code", "equals", "x")),), default="coupon"),
        "coupon": AssignCoupon(POOL, capture="code", next="wait"),
        "wait": Wait(days(1), next="check"),
    }
    assert steps(**loop) == []


def test_starts_read_no_captured_values_and_removals_any_that_the_journey_captures() -> None:
    condition = of_captured("code", "equals", "x")
    assert faults_of(make_graph(END, starts=(EventStart("s", "e", condition=condition),))) == [
        ("captured_unknown", "starts[0].condition")
    ]
    again = (EventStart("s", "e", captures=(Capture("a", Captured("b")),)),)
    assert faults_of(make_graph(END, starts=again)) == [("captured_unknown", "starts[0].captures[0].operand")]
    coupon = {"coupon": AssignCoupon(POOL, capture="code")}
    assert faults_of(make_graph(coupon, removals=(Removal("r", "e", condition=condition),))) == []
    assert faults_of(make_graph(END, removals=(Removal("r", "e", condition=condition),))) == [
        ("captured_unknown", "removals[0].condition")
    ]


@pytest.mark.parametrize("name", ["", "a b", "1a", "x" * 65, "a.b"])
def test_names_of_captured_values_are_plain(name: str) -> None:
    captures = (capture(name, "id"),)
    assert faults_of(make_graph(END, starts=(EventStart("s", "e", captures=captures),))) == [
        ("name_invalid", "starts[0].captures[0].name")
    ]
    assert steps(react=React("e", days(1), captures=captures)) == [
        ("name_invalid", "steps.react.captures[0].name")
    ]
    assert steps(coupon=AssignCoupon(POOL, capture=name)) == [("name_invalid", "steps.coupon.capture")]


def test_conditions_are_judged_in_both_languages_and_say_where() -> None:
    wrong = All((HOLDS, Not(Test("attribute", "a", "text", "resembles", (Value("b"),)))))
    (fault,) = check_graph(make_graph({"check": CheckNow((Path("p", "", wrong),))}))
    assert (fault.code, fault.at) == (
        "condition_invalid",
        "steps.check.paths[0].condition.conditions.1.condition",
    )
    assert "resembles" in fault.say("en")
    assert "resembles" in fault.say("it")
    assert fault.say("en") != fault.say("it")


def test_changes_say_what_and_with_what() -> None:
    def change(*args: Any) -> list[str]:
        return [code for code, _ in steps(update=UpdateContact((Change(*args),)))]

    assert steps(update=UpdateContact()) == [("changes_missing", "steps.update.changes")]
    assert change("set", "city") == ["value_missing"]
    assert change("clear", "city") == []
    assert change("set", "", Value(1)) == ["path_malformed"]
    assert change("set", "a..b", Value(1)) == ["path_malformed"]
    assert change("set", "products[].sku", Value(1)) == ["path_malformed"]
    assert change("add", "points", Value("many")) == ["value_not_a_number"]
    assert change("subtract", "points", Value(True)) == ["value_not_a_number"]
    assert change("add", "points", Value(1.5)) == []
    assert change("add", "points", EventProperty("total")) == []
    assert change("set", "a", EventProperty("a..b")) == ["path_malformed"]
    assert change("set", "a", Captured("nothing")) == ["captured_unknown"]
    many = UpdateContact(tuple(Change("clear", f"a{number}") for number in range(101)))
    assert steps(update=many) == [("too_many", "steps.update.changes")]


@pytest.mark.parametrize("event", ["campaignSent", "contactUpdated", "journeyEntered", "couponAssigned"])
def test_a_journey_does_not_record_what_percorso_records_itself(event: str) -> None:
    recorded = UpdateContact(events=(RecordEvent(event),))
    assert steps(update=recorded) == [("event_reserved", "steps.update.events[0].event")]


@pytest.mark.parametrize("step", [SendEmail("x"), SendSms(""), AssignCoupon("pool")])
def test_ids_of_templates_and_pools_are_ids(step: Any) -> None:
    code, at = (
        ("pool_missing", "poolId") if isinstance(step, AssignCoupon) else ("template_missing", "templateId")
    )
    assert steps(step=step) == [(code, f"steps.step.{at}")]


VALUES = dict.fromkeys(
    (
        "maximum", "id", "event", "step", "target", "steps", "name", "path", "before", "journey", "en", "it",
        "channel", "day", "yearly_en", "yearly_it", "format", "code", "language", "minimum", "sum", "time", "units", "url",
        "value", "wanted", "found", "detail", "start", "moment", "field", "answer", "user", "most",
        "days", "retention",
    ),
    "…",
) | {"what": "steps"}  # fmt: skip


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_fault_can_be_said_in_both_languages(code: str) -> None:
    fault = Fault(code, "here", VALUES)
    assert fault.say("en").endswith((".", "…"))
    assert fault.say("it").endswith((".", "…"))
    assert "{" not in fault.say("en") + fault.say("it")
    if code != "condition_invalid":
        assert fault.say("en") != fault.say("it")


def test_what_there_can_be_too_many_of_has_an_italian_word() -> None:
    said = {what: Fault("too_many", "", {"maximum": 1, "what": what}).say("it") for what in WORDS}
    assert said["steps"] == "Ci sono più di 1 passi."
    assert len(set(said.values())) == len(WORDS)
