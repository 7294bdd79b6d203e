"""The check before activation: one test a finding, and laws of what is said of conditions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.conditions import compile_condition
from percorso.conditions.model import All, AnyOf, Not, Subject, Test, Value
from percorso.journeys.graph import (
    AssignCoupon,
    CheckNow,
    End,
    EventStart,
    Goal,
    Graph,
    LeaveJourney,
    Options,
    Path,
    React,
    SendEmail,
    Sending,
    SendSms,
    StartJourney,
    Variant,
    Wait,
    WaitAfterMessage,
    WaitThenCheck,
)
from percorso.journeys.implied import implies, is_contradiction
from percorso.journeys.lint import (
    EventFacts,
    Finding,
    Surroundings,
    TemplateFacts,
    lint_graph,
    may_be_activated,
)
from percorso.journeys.lint_sentences import FINDINGS
from tests.journeys.build import (
    CONTACT,
    JOURNEY,
    NOON,
    OTHER_TEMPLATE,
    POOL,
    TEMPLATE,
    both,
    capture,
    days,
    hours,
    make_graph,
    of_event,
    of_profile,
)

END: dict[str, Any] = {"end": End()}


def around(**given: Any) -> Surroundings:
    return Surroundings(now=NOON, time_zone="Europe/Rome", **given)


def lint(graph: Graph, **given: Any) -> list[tuple[str, str, str]]:
    found = lint_graph(graph, around(**given))
    for finding in found:
        for language in ("en", "it"):
            said = finding.say(language)
            assert said.endswith(".")
            assert "{" not in said
    return [(finding.severity, finding.code, finding.at) for finding in found]


def steps(given: dict[str, Any], **known: Any) -> list[tuple[str, str, str]]:
    return lint(make_graph(given), **known)


def test_a_journey_without_fault_is_found_without_fault() -> None:
    assert steps({"mail": SendEmail(TEMPLATE, next="end"), **END}) == []


def test_what_is_incomplete_is_an_error_at_its_step_and_errors_come_first() -> None:
    never = both(of_profile("a", "equals", "x"), of_profile("a", "equals", "y"))
    graph = make_graph(
        {"check": CheckNow((Path("p", "P", never, to="wait"),)), "wait": Wait(), "lost": End()}
    )
    found = lint_graph(graph, around())
    assert [(one.severity, one.code, one.step) for one in found] == [
        ("error", "period_or_until", "wait"),
        ("error", "step_unreachable", "lost"),
        ("warning", "path_contradicts", "check"),
    ]
    assert not may_be_activated(found)
    assert may_be_activated([one for one in found if one.severity == "warning"])


def test_a_path_that_contradicts_itself_or_is_implied_by_an_earlier_one_is_never_taken() -> None:
    big, bigger = of_event("total", "more_than", 100, "number"), of_event("total", "at_least", 200, "number")
    check = CheckNow(
        (Path("big", "Big", big), Path("bigger", "", both(bigger, of_profile("a", "equals", "b"))))
    )
    assert steps({"check": check}) == [("warning", "path_implied", "steps.check.paths[1]")]
    other_way = CheckNow((Path("bigger", "", bigger), Path("big", "", big)))
    assert steps({"check": other_way}) == []
    by_event = WaitThenCheck(days(1), (Path("a", "", big, "order"), Path("b", "", big, "visit")))
    assert steps({"check": by_event}) == []
    nobody = (EventStart("s", "e", condition=both(big, of_event("total", "less_than", 50, "number"))),)
    assert lint(make_graph(END, starts=nobody)) == [("warning", "start_contradicts", "starts[0].condition")]


def test_senders_must_be_there() -> None:
    both_kinds: dict[str, Any] = {"mail": SendEmail(TEMPLATE, next="sms"), "sms": SendSms(OTHER_TEMPLATE)}
    assert steps(both_kinds, sender_is_verified=False, has_sms_sender=False) == [
        ("error", "sender_unverified", "steps.mail"),
        ("error", "sms_sender_missing", "steps.sms"),
    ]
    assert steps(both_kinds, sender_is_verified=True, has_sms_sender=True) == []
    assert steps(both_kinds) == []


def test_messages_must_be_there_be_of_the_channel_and_belong_to_nothing_else() -> None:
    mail = {"mail": SendEmail(TEMPLATE, variants=(Variant("en", OTHER_TEMPLATE),))}

    def of(*facts: TemplateFacts | None) -> list[tuple[str, str, str]]:
        known = dict(zip((TEMPLATE, OTHER_TEMPLATE), facts, strict=True))
        return steps(mail, templates={id: fact for id, fact in known.items() if fact is not None})

    fine = TemplateFacts("email")
    assert of(fine, fine) == []
    assert of(None, TemplateFacts("sms")) == [
        ("error", "template_unknown", "steps.mail.templateId"),
        ("error", "template_of_other_kind", "steps.mail.variants[0].templateId"),
    ]
    assert of(TemplateFacts("email", "Welcome"), fine) == [
        ("error", "template_used", "steps.mail.templateId")
    ]
    twice = {
        "one": SendEmail(TEMPLATE, next="wait"),
        "wait": Wait(days(2), next="two"),
        "two": SendEmail(TEMPLATE),
    }
    assert steps(twice) == [("warning", "template_twice", "steps.two.templateId")]


def test_pools_and_journeys_must_be_there_and_be_others() -> None:
    given: dict[str, Any] = {
        "coupon": AssignCoupon(POOL, next="start"),
        "start": StartJourney(str(JOURNEY), next="leave"),
        "leave": LeaveJourney(str(CONTACT)),
    }
    assert steps(given, pools=frozenset(), journeys=frozenset(), journey_id=JOURNEY) == [
        ("error", "pool_unknown", "steps.coupon.poolId"),
        ("error", "journey_itself", "steps.start.journeyId"),
        ("error", "journey_unknown", "steps.leave.journeyId"),
    ]
    assert steps(given, pools=frozenset({POOL}), journeys=frozenset({str(JOURNEY), str(CONTACT)})) == []


def test_fields_that_nobody_has_or_that_were_not_written_for_long_are_told_of() -> None:
    check = CheckNow(
        (
            Path("a", "", of_profile("new", "equals", "x")),
            Path("b", "", of_profile("old", "equals", "x")),
            Path("c", "", of_profile("usual", "equals", "x")),
        )
    )
    fields = {"old": NOON - timedelta(days=31), "usual": NOON - timedelta(days=30)}
    assert steps({"check": check}, fields=fields) == [
        ("warning", "field_unknown", "steps.check.paths[0].condition"),
        ("warning", "field_unseen", "steps.check.paths[1].condition"),
    ]
    assert steps({"check": check}) == []


def test_events_and_properties_that_never_came_are_told_of() -> None:
    react = React(
        "order",
        days(1),
        condition=of_event("total", "at_least", 1, "number"),
        captures=(capture("c", "code"),),
    )
    graph = make_graph({"react": react}, goals=(Goal("g", "never"),))
    events = {
        "began": EventFacts(NOON - timedelta(days=40)),
        "order": EventFacts(NOON, frozenset({"total"})),
    }
    assert lint(graph, events=events) == [
        ("warning", "event_unseen", "starts[0].event"),
        ("warning", "event_unknown", "goals[0].event"),
        ("warning", "property_unknown", "steps.react.event"),
    ]


def test_the_share_without_an_address_is_counted() -> None:
    graph = make_graph({"sms": SendSms(TEMPLATE)})
    (finding,) = lint_graph(graph, around(missing={"sms": 0.125}))
    assert (finding.severity, finding.share, finding.step) == ("warning", 0.125, "sms")
    assert finding.say("en").startswith("12.5 % of the audience")


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"wait": Wait(days(31))}, ("wait_beyond_statistics", "steps.wait.period")),
        ({"wait": Wait(days(30))}, None),
        ({"wait": WaitThenCheck(days(31), (Path("p", "", of_profile("a", "equals", "b")),))},
         ("wait_beyond_statistics", "steps.wait.period")),
        ({"mail": SendEmail(TEMPLATE, next="wait"), "wait": WaitAfterMessage("opened", maximum=days(11))},
         ("wait_beyond_details", "steps.wait.period")),
        ({"mail": SendEmail(TEMPLATE, next="wait"), "wait": WaitAfterMessage("opened", maximum=days(10))}, None),
        ({"mail": SendEmail(TEMPLATE, next="wait"), "wait": WaitAfterMessage("not_opened", days(11), maximum=days(1))},
         ("wait_beyond_details", "steps.wait.period")),
    ],
)  # fmt: skip
def test_l11_a_wait_longer_than_retention_is_refused_with_the_number(given: Any, at: Any) -> None:
    found = steps(given, statistics_days=30, details_days=10)
    assert found == ([] if at is None else [("error", *at)])


def test_l25_what_starts_by_the_same_thing_is_told_of() -> None:
    graph = make_graph(END)
    assert lint(graph, starts={"began": ("Welcome", "Task 7")}) == [
        ("warning", "start_shared", "starts[0]"),
        ("warning", "start_shared", "starts[0]"),
    ]


def test_hours_and_days_that_leave_no_time_to_send_are_refused() -> None:
    sending = Sending(
        active_from="2026-03-07", active_until="2026-03-09", except_weekdays=("saturday", "sunday")
    )
    assert lint(make_graph(END, options=Options(sending=sending))) == [
        ("error", "never_allowed", "options.sending")
    ]
    past = Sending(active_until="2026-03-02")
    assert lint(make_graph(END, options=Options(sending=past))) == [
        ("error", "never_allowed", "options.sending")
    ]


def many(count: int, wait: Wait | None) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for number in range(count):
        following = f"m{number + 1}" if number + 1 < count else None
        id = f"{number:012d}"
        template = f"00000000-0000-8000-8000-{id}"
        if wait is None or following is None:
            made[f"m{number}"] = SendEmail(template, next=following)
        else:
            made[f"m{number}"] = SendEmail(template, next=f"w{number}")
            made[f"w{number}"] = Wait(wait.period, next=following)
    return made


@pytest.mark.parametrize(
    ("count", "wait", "told"),
    [
        (3, None, False),
        (4, None, True),
        (4, Wait(hours(6)), True),
        (4, Wait(hours(8)), False),
        (9, Wait(days(1)), True),
    ],
)
def test_more_than_some_messages_a_day_are_told_of(count: int, wait: Wait | None, told: bool) -> None:
    # A day may have 23 hours: two messages of daily ones may fall within 24.
    maximum = 1 if wait == Wait(days(1)) else 3
    found = steps(many(count, wait), messages_per_day=maximum)
    assert (found == [("warning", "too_many_messages", "steps.m0")]) == told


def test_messages_round_a_loop_are_counted_and_looking_ends() -> None:
    graph = {"mail": SendEmail(TEMPLATE, next="wait"), "wait": Wait(hours(1), next="mail")}
    assert steps(graph) == [("warning", "too_many_messages", "steps.mail")]


values = st.integers(-3, 3)
tests_ = st.builds(
    lambda path, operator, value: Test(
        source="attribute", path=path, type="number", operator=operator, operands=(Value(value),)
    ),
    st.sampled_from("ab"),
    st.sampled_from(["equals", "less_than", "at_most", "more_than", "at_least", "not_equals"]),
    values,
)
texts = st.builds(
    lambda operator, words: Test(
        source="attribute",
        path="t",
        type="text",
        operator=operator,
        operands=(Value(words if operator == "one_of" else words[0]),),
    ),
    st.sampled_from(["equals", "one_of", "not_equals"]),
    st.lists(st.sampled_from(["x", "X", "y", "z"]), min_size=1, max_size=3),
)
leaves = tests_ | texts
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda found: All(tuple(found)))
        | st.lists(inner, max_size=2).map(lambda found: AnyOf(tuple(found)))
        | inner.map(Not)
    ),
    max_leaves=5,
)
profiles = st.fixed_dictionaries(
    {},
    optional={
        "a": st.none() | values | st.floats(-3, 3) | st.just("x"),
        "b": values,
        "t": st.sampled_from(["x", "X", "y", "Z", 3, None]),
    },
)


def holds(tree: Any, profile: dict[str, Any]) -> bool:
    return compile_condition(tree)(Subject(profile, None, {}, datetime(2026, 1, 1, tzinfo=UTC)))


@given(trees, profiles)
def test_what_is_called_a_contradiction_never_holds(tree: Any, profile: dict[str, Any]) -> None:
    if is_contradiction(tree):
        assert not holds(tree, profile)


@given(trees, trees, profiles)
def test_what_is_called_implied_holds_wherever_the_other_does(
    one: Any, other: Any, profile: dict[str, Any]
) -> None:
    if implies(one, other) and holds(one, profile):
        assert holds(other, profile)


def test_every_finding_has_its_sentence_and_differs_by_language() -> None:
    for code, (english, italian) in FINDINGS.items():
        assert english != italian, code
    assert Finding("error", "template_unknown", "steps.a.templateId").step == "a"
    assert Finding("error", "never_allowed", "options.sending").step is None
