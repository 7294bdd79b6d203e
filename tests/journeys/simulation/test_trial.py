from typing import Any

import pytest

from percorso.journeys.graph import End, Removal, SendEmail, Wait
from percorso.journeys.simulation.expectation import decode_tests
from percorso.journeys.simulation.reading import ScenarioError
from percorso.journeys.simulation.trial import Mismatch, try_tests
from tests.journeys.build import TEMPLATE, days, make_version

CART = make_version(
    {
        "mail": SendEmail(TEMPLATE, next="day"),
        "day": Wait(days(1), next="again"),
        "again": SendEmail(TEMPLATE, next="end"),
        "end": End("negative"),
    },
    removals=(Removal("ordered", "ordered", outcome="positive"),),
)
BEGAN = {"kind": "event", "event": "began"}


def make_test(expect: dict[str, Any], *happens: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {
        "name": "Cart",
        "begins": "2026-03-02T13:00",
        "happens": list(happens or (BEGAN,)),
        "expect": expect,
        **given,
    }


def mismatches(expect: dict[str, Any], *happens: dict[str, Any], **given: Any) -> tuple[Mismatch, ...]:
    (trial,) = try_tests(CART, decode_tests([make_test(expect, *happens, **given)]))
    return trial.mismatches


def say(expect: dict[str, Any], *happens: dict[str, Any], **given: Any) -> list[str]:
    return [mismatch.say("en") for mismatch in mismatches(expect, *happens, **given)]


WHOLE: dict[str, Any] = {
    "path": ["mail", "day", "again", "end"],
    "outcome": "negative",
    "reason": "completed",
    "endsAt": "2026-03-03T13:00",
    "messages": [
        {"step": "mail", "at": "2026-03-02T12:00Z", "channel": "email", "cameTo": "sent"},
        {"step": "again", "at": "2026-03-03T13:00"},
    ],
}


def test_what_comes_as_expected_passes() -> None:
    assert mismatches(WHOLE) == ()
    hours = {"amount": 2, "unit": "hours"}
    ordered = {"kind": "event", "event": "ordered", "after": hours}
    assert mismatches({"path": ["mail", "day"], "reason": "removed: ordered"}, BEGAN, ordered) == ()
    assert mismatches({"waitsAt": "day"}, until=hours) == ()
    assert mismatches({"runs": []}, ordered) == ()
    assert mismatches({"messages": []}, ordered) == ()


def test_another_path_is_named_with_its_step_and_moment() -> None:
    assert say({"path": ["mail", "end"]}) == [
        "Run 1: step 2 was expected to be “end”; it was “day”, reached at 2026-03-02 13:00."
    ]
    assert say({"path": ["mail", "day"]}) == [
        "Run 1: it was expected to go no further; it went on to “again” at 2026-03-03 13:00."
    ]
    assert say({"path": [*WHOLE["path"], "mail"]}) == [
        "Run 1: step 5 was expected to be “mail”; after “end”, reached at 2026-03-03 13:00, there was none."
    ]


def test_another_end_is_named_with_its_step_and_moment() -> None:
    assert say({"outcome": "positive", "reason": "won", "endsAt": "2026-03-03T12:00"}) == [
        "Run 1: the outcome was expected to be positive; it was negative, at “end”, 2026-03-03 13:00.",
        "Run 1: the reason was expected to be “won”; it was “completed”, at “end”, 2026-03-03 13:00.",
        "Run 1: it was expected to end at 2026-03-03 12:00; it ended at 2026-03-03 13:00, at “end”.",
    ]
    assert say({"waitsAt": "day"}) == [
        "Run 1: it was expected to wait at “day”; it ended at “end”, 2026-03-03 13:00."
    ]
    hour = {"amount": 1, "unit": "hours"}
    assert say({"outcome": "negative"}, until=hour) == [
        "Run 1: it was expected to have ended; it waits at “day” since 2026-03-02 13:00."
    ]
    assert say({"waitsAt": "mail"}, until=hour) == [
        "Run 1: it was expected to wait at “mail”; it waits at “day” since 2026-03-02 13:00."
    ]
    assert say({"captured": {"code": "A"}}) == ['Run 1: “code” was expected to be "A"; it was nothing.']


def test_another_message_is_named_with_its_step_and_moment() -> None:
    first, second = WHOLE["messages"]
    assert say({"messages": [second, first]}) == [
        "Message 1 was expected to be “again”; it was “mail”, at 2026-03-02 13:00.",
        "Message 2 was expected to be “mail”; it was “again”, at 2026-03-03 13:00.",
    ]
    assert say({"messages": [first]}) == ["A message was not expected: “again”, at 2026-03-03 13:00."]
    assert say({"messages": [first, second, first]}) == [
        "Message 3, “mail”, was expected; it was not planned."
    ]
    wrong = {"step": "mail", "at": "2026-03-02T13:01", "channel": "sms", "cameTo": "failed"}
    assert say({"messages": [wrong, second]}) == [
        "The message “mail” was expected at 2026-03-02 13:01; it was planned at 2026-03-02 13:00.",
        "The message “mail”, at 2026-03-02 13:00, was expected by sms; it went by email.",
        "The message “mail”, at 2026-03-02 13:00, was expected to be failed; it was sent.",
    ]


def test_who_did_not_enter_is_named_with_the_reason() -> None:
    assert say({"runs": [{}, {}]}, BEGAN, BEGAN) == [
        "Runs expected: 2; runs there were: 1.",
        "“began” at 2026-03-02 13:00 let nobody in: inside.",
    ]
    assert say({"outcome": "negative"}, {"kind": "event", "event": "other"}) == [
        "Runs expected: 1; runs there were: 0."
    ]


def test_every_mismatch_is_said_in_italian() -> None:
    found = mismatches({**WHOLE, "outcome": "positive", "path": ["day"], "messages": []})
    assert [one.say("it") for one in found] == [
        "Passaggio 1: il passo 1 doveva essere «day»; è stato «mail», raggiunto il 2026-03-02 13:00.",
        "Passaggio 1: l'esito doveva essere positivo; è stato negativo, a «end», il 2026-03-03 13:00.",
        "Un messaggio non era atteso: «mail», il 2026-03-02 13:00.",
        "Un messaggio non era atteso: «again», il 2026-03-03 13:00.",
    ]


def test_all_that_is_wrong_with_tests_is_named_at_once() -> None:
    sent = {"kind": "event", "event": "campaignSent"}
    tests = [
        make_test({}, sent),
        make_test({"path": ["none"], "runs": [], "messages": [{"step": "day", "at": "x"}]}),
        make_test({"waitsAt": "day", "outcome": "neutral"}, name=" ", begins="soon"),
    ]
    with pytest.raises(ScenarioError) as raised:
        try_tests(CART, decode_tests(tests))
    assert [(fault.code, fault.at) for fault in raised.value.faults] == [
        ("event_reserved", "tests[0].happens[0].event"),
        ("expectation_missing", "tests[0].expect"),
        ("name_twice", "tests[1].name"),
        ("expectation_twice", "tests[1].expect.path"),
        ("step_unknown", "tests[1].expect.path[0]"),
        ("step_sends_nothing", "tests[1].expect.messages[0].step"),
        ("moment_invalid", "tests[1].expect.messages[0].at"),
        ("name_missing", "tests[2].name"),
        ("moment_invalid", "tests[2].begins"),
        ("ended_and_waiting", "tests[2].expect.waitsAt"),
    ]
    assert all(fault.say("it") != fault.say("en") for fault in raised.value.faults)


def test_what_cannot_be_read_of_tests_is_named_with_its_place() -> None:
    with pytest.raises(ScenarioError) as raised:
        decode_tests([make_test({"outcome": "sad"}), {"name": "x"}])
    assert [fault.at for fault in raised.value.faults] == ["tests[0].expect.outcome", "tests[1].begins"]
