"""Generated journeys, as JSON, and generated lives of one contact."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.model.systems import LIST
from tests.model.world import Fact, Script

TEMPLATE = "00000000-0000-8000-8000-0000000000e1"
POOL = "00000000-0000-8000-8000-0000000000b1"
EVENTS = ("order", "login", "visit")
BASES = (
    datetime(2025, 3, 29, 0, 30, tzinfo=UTC),
    datetime(2025, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2024, 2, 28, 12, tzinfo=UTC),
    datetime(2025, 12, 31, 21, 30, tzinfo=UTC),
)
TEXTS = ("abc1", "ABC2", "Milan", "")
PAUSES = ("wait", "wait_then_check", "react")

amounts = st.sampled_from((50, 99.99, 100, 100.5, 120))
durations = st.sampled_from(
    [
        (30, "minutes"),
        (60, "minutes"),
        (2, "hours"),
        (12, "hours"),
        (1, "days"),
        (3, "days"),
        (1, "weeks"),
        (1, "months"),
    ]
).map(lambda period: {"amount": period[0], "unit": period[1]})
long_durations = durations.filter(lambda period: period["unit"] != "minutes" or period["amount"] >= 60)


def value(constant: Any) -> dict[str, Any]:
    return {"kind": "value", "value": constant}


def test_json(
    source: str, path: str, type: str, operator: str, *operands: Any, **more: Any
) -> dict[str, Any]:
    node = {"kind": "test", "source": source, "path": path, "type": type, "operator": operator, **more}
    return {**node, "operands": list(operands)}


test_json.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]


@st.composite
def tests(draw: st.DrawFn, sources: tuple[str, ...]) -> dict[str, Any]:
    """Draw one test over the sources at hand."""
    source = draw(st.sampled_from(sources))
    if source == "captured":
        operator = draw(st.sampled_from(("equals", "more_than", "not_equals")))
        return test_json("captured", "first", "number", operator, value(draw(amounts)))
    kind = draw(st.sampled_from(("number", "number", "text", "list", "any", "moment")))
    other = {"kind": "captured", "name": "first"} if "captured" in sources else value(draw(amounts))
    if kind == "number":
        path = "amount.revenue" if source == "event" else "spent"
        operator = draw(
            st.sampled_from(("at_least", "less_than", "equals", "not_equals", "more_than", "at_most"))
        )
        return test_json(source, path, "number", operator, draw(st.sampled_from((value(100), other))))
    if kind == "text":
        operator = draw(st.sampled_from(("equals", "not_equals", "contains", "starts_with")))
        return test_json(source, "code", "text", operator, value(draw(st.sampled_from(TEXTS))))
    if kind == "list":
        path = "products[].sku" if source == "event" else "tags.auto"
        operator = draw(st.sampled_from(("contains_any", "contains_none", "contains_all")))
        return test_json(source, path, "list", operator, value(["a", "B"]))
    if kind == "any":
        path = draw(st.sampled_from(("code", "amount.revenue", "spent", "cleared")))
        return test_json(source, path, "any", draw(st.sampled_from(("is_null", "is_empty", "is_not_null"))))
    operator = draw(st.sampled_from(("less_than_before_now", "more_than_before_now")))
    return test_json(
        source, "since", "datetime", operator, value(2), unit=draw(st.sampled_from(("days", "hours")))
    )


def conditions(sources: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a condition of a few tests."""

    def joined(parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
        lists = st.lists(parts, min_size=1, max_size=3)
        return st.builds(
            lambda kind, inner: {"kind": kind, "conditions": inner}, st.sampled_from(("and", "or")), lists
        ) | parts.map(lambda inner: {"kind": "not", "condition": inner})

    return st.recursive(tests(sources), joined, max_leaves=3)


ALL = ("event", "attribute", "captured")
FIRST = {"name": "first", "operand": {"kind": "event", "path": "amount.revenue"}}
captures = st.sampled_from(([], [FIRST], [{"name": "code", "operand": {"kind": "event", "path": "code"}}]))


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """Draw one change of the profile, or a recorded event."""
    action = draw(st.sampled_from(("set", "clear", "add", "subtract", "append", "remove")))
    if action in ("add", "subtract", "set"):
        operand = draw(st.sampled_from((value(0.1), value(10), {"kind": "event", "path": "amount.revenue"})))
        return {"action": action, "path": "spent", "operand": operand}
    if action == "clear":
        return {"action": "clear", "path": draw(st.sampled_from(("spent", "code", "cleared")))}
    return {"action": action, "path": "tags.auto", "operand": value(draw(st.sampled_from(("a", "b", "c"))))}


@st.composite
def paths(draw: st.DrawFn, ways: Any, events: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Draw one to three paths; where events are named, a path without one is judged on the profile alone."""
    found: list[dict[str, Any]] = []
    for index in range(draw(st.integers(1, 3))):
        event = draw(st.sampled_from((*events, None))) if events else None
        seen = ALL if event or not events else ("attribute", "captured")
        path = {"id": f"p{index}", "name": "", "condition": draw(conditions(seen)), "to": draw(ways)}
        found.append({**path, "event": event} if event else path)
    return found


KINDS = (
    "send_email",
    "send_sms",
    "send_push",
    "check_now",
    "update_contact",
    "assign_coupon",
    "end",
    *PAUSES * 2,
)


@st.composite
def steps(draw: st.DrawFn, number: int, count: int) -> dict[str, Any]:
    """Draw a step; only a pause of an hour or more, or a React, leads back."""
    kind = draw(st.sampled_from(KINDS))
    period = draw(long_durations)
    first = 0 if kind in PAUSES else number + 1
    ways = st.sampled_from([*(f"s{index}" for index in range(first, count) if index != number), None])
    step: dict[str, Any] = {"kind": kind}
    if kind in ("send_email", "send_sms", "send_push"):
        step |= {
            "templateId": TEMPLATE,
            "next": draw(ways),
            "whenSkipped": draw(st.sampled_from(("exit", "skip"))),
        }
    elif kind == "wait":
        step |= {"period": period, "next": draw(ways)}
    elif kind == "check_now":
        step |= {"paths": draw(paths(ways)), "default": draw(ways)}
    elif kind == "wait_then_check":
        step |= {
            "period": period,
            "paths": draw(paths(ways, EVENTS)),
            "default": draw(ways),
            "captures": draw(captures),
        }
    elif kind == "react":
        step |= {"event": draw(st.sampled_from(EVENTS)), "limit": period, "default": draw(ways)}
        step |= {"captures": draw(captures), "unmatched": draw(st.sampled_from(("keep_waiting", "default")))}
        step |= {"paths": draw(paths(ways))} if draw(st.booleans()) else {"next": draw(ways)}
        if draw(st.booleans()):
            step["condition"] = draw(conditions(ALL))
    elif kind == "update_contact":
        step |= {"changes": draw(st.lists(changes(), min_size=1, max_size=3)), "next": draw(ways)}
        if draw(st.booleans()):
            properties = {"amount": {"kind": "captured", "name": "first"}, "code": value("abc1")}
            # No start takes it: a journey that starts itself for ever is cut off by the worker, not by the engine.
            step["events"] = [{"event": "visit", "properties": properties}]
    elif kind == "assign_coupon":
        step |= {"poolId": POOL, "capture": "coupon", "next": draw(ways), "noneLeft": draw(ways)}
    else:
        step |= {"outcome": draw(st.sampled_from(("positive", "negative", "neutral")))}
    return step


REENTRIES = (
    {"rule": "every_time"},
    {"rule": "every_time", "inside": "restart"},
    {"rule": "every_time", "inside": "one_per_key", "key": "cart"},
    {"rule": "once_ever"},
    {"rule": "once_per_year", "inside": "restart"},
    {"rule": "after", "period": {"amount": 1, "unit": "days"}},
    {"rule": "after", "period": {"amount": 2, "unit": "hours"}, "inside": "one_per_key", "key": "cart"},
    {"rule": "value_changes", "key": "cart", "inside": "restart"},
)


def reachable(all_steps: dict[str, Any]) -> dict[str, Any]:
    """Return the steps that can be reached from the first; a graph with others is refused."""
    found: list[str] = []
    waiting = ["s0"]
    while waiting:
        here = waiting.pop()
        if here in found:
            continue
        found.append(here)
        step = all_steps[here]
        ways = [step.get("next"), step.get("default"), step.get("noneLeft")]
        waiting += [way for way in ways + [path.get("to") for path in step.get("paths", [])] if way]
    return {name: step for name, step in all_steps.items() if name in found}


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a journey of one to seven steps with its ways in and out."""
    count = draw(st.integers(2, 8))
    all_steps = {f"s{number}": draw(steps(number, count)) for number in range(count)}
    start: dict[str, Any] = {"id": "start", "event": "order", "captures": [FIRST]}
    if draw(st.integers(0, 3)) == 0:
        start["condition"] = draw(conditions(("event", "attribute")))
    if draw(st.integers(0, 3)) == 0:
        start["contexts"] = ["RETAIL"]
    graph: dict[str, Any] = {
        "starts": [start],
        "steps": reachable(all_steps),
        "first": "s0",
        "reentry": draw(st.sampled_from(REENTRIES)),
        "rounds": draw(st.integers(1, 3)),
        "removalHasPriority": draw(st.booleans()),
    }
    if draw(st.booleans()):
        graph["starts"].append(
            {"id": "other", "event": draw(st.sampled_from(("order", "login"))), "captures": [FIRST]}
        )
    if draw(st.booleans()):
        removal: dict[str, Any] = {"id": "out", "event": draw(st.sampled_from(EVENTS)), "name": "out"}
        removal["outcome"] = draw(st.sampled_from(("positive", "negative", "neutral")))
        if draw(st.booleans()):
            removal["condition"] = draw(conditions(ALL))
        graph["removals"] = [removal]
    if draw(st.integers(0, 3)) == 0:
        graph["goals"] = [{"id": "won", "event": "login", "name": "won", "condition": draw(conditions(ALL))}]
    return graph


@st.composite
def properties(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what an event says; some of it may be missing."""
    said: dict[str, Any] = {
        "amount": {"revenue": draw(amounts)},
        "code": draw(st.sampled_from(TEXTS)),
        "cart": draw(st.sampled_from(("c1", "c2", ""))),
        "products": [{"sku": sku} for sku in draw(st.lists(st.sampled_from("abc"), max_size=2))],
        "since": "2025-03-28T12:00:00Z",
        "cleared": None,
    }
    gone = draw(st.sets(st.sampled_from(sorted(said)), max_size=2))
    return {name: held for name, held in said.items() if name not in gone}


@st.composite
def lives(draw: st.DrawFn) -> Script:
    """Draw what happens to a contact: events (some late), changes of the profile, leaving the list."""
    now = draw(st.sampled_from(BASES))
    aligned = draw(st.booleans())
    facts: list[Fact] = []
    for number in range(draw(st.integers(3, 14))):
        gap = draw(st.sampled_from((0, 1, 30, 60, 120, 720, 1439, 1440, 1500, 10_080)))
        # Aligned lives make facts and moments meet; the others keep every moment apart.
        now += timedelta(minutes=gap, seconds=0 if aligned else number + 1)
        # The first is an entry more often than not: a life in which nothing begins shows little.
        names = ("order", *EVENTS) if number == 0 else (*EVENTS * 3, "contactUpdated", "campaignUnsubscribed")
        name = draw(st.sampled_from(names))
        late = draw(st.sampled_from((0, 0, 0, 45, 3_000)))
        said = draw(properties())
        context = draw(st.sampled_from((None, {"type": "RETAIL"}, {"type": "RETAIL"})))
        if name == "contactUpdated":
            said = {"spent": said.get("amount", {}).get("revenue", 1), "code": said.get("code", "")}
        elif name == "campaignUnsubscribed":
            said = {
                "listId": draw(st.sampled_from((str(LIST), "another"))),
                "channel": draw(st.sampled_from(("email", "sms", "push"))),
            }
        facts.append(Fact(now, name, said, now - timedelta(minutes=late), context))
    kinds = st.sampled_from(
        ("campaignSent", "campaignSent", "messageFailed", "messageUnknown", "messageSkipped")
    )
    answers = draw(st.lists(st.tuples(kinds, st.sampled_from((0, 1, 61))), min_size=1, max_size=3))
    return Script(tuple(facts), tuple(answers), draw(st.integers(0, 2)), now + timedelta(days=70))


profiles = st.sampled_from(
    (
        {},
        {"spent": 100, "tags": {"auto": ["a"]}},
        {"code": "Milan", "since": "2025-12-30T12:00:00+01:00", "spent": "x"},
    )
)
