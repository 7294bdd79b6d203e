"""The next moment: until then no verdict changes although nothing happens, and it always lies ahead."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from percorso.conditions import (
    Kept,
    Past,
    compile_condition,
    compile_next_moment,
    find_unread,
    list_needs,
    lower_simple,
    next_moment,
)
from percorso.conditions.model import (
    Ago,
    Condition,
    Happened,
    Membership,
    Not,
    Pattern,
    Subject,
    Test,
    Value,
)
from percorso.conditions.moments import compile_first_turn
from percorso.conditions.operators import OPERATORS
from tests.conditions.generate import NOWS, ZONES, fits_format
from tests.conditions.histories import (
    ACTIONS,
    EVENTS,
    IDS,
    MEASURES,
    NUMBER_OPERATORS,
    WINDOWS,
    Historian,
    Person,
)
from tests.conditions.population import WORKSPACE, see
from tests.conditions.subjects import NOW, make_test, subject

STEP = timedelta(microseconds=1)
AHEAD = timedelta(days=800)
ORDERS = Pattern(("completedOrder",))


def draw_leaf(historian: Historian, captured: dict[str, Any]) -> Condition:
    window = historian.window(historian.pick(*WINDOWS, "less_than", "exactly", "more_than"))
    if isinstance(window, Ago) and historian.pick(True, False):
        # Much of the history still lies inside.
        window = msgspec.structs.replace(window, amount=2 * window.amount)
    draw = historian.random.random()
    if draw < 0.3:
        operator = historian.pick(*NUMBER_OPERATORS)
        if historian.pick(True, False):
            operands = tuple(
                Value(count) for count in range(1, 1 + len(OPERATORS["number"][operator].operands))
            )
            return Happened(Pattern(EVENTS), window, operator=operator, operands=operands)
        return historian.happened(historian.pick(*MEASURES), window, operator, captured)
    if draw < 0.45:
        return historian.first_or_last(window, captured)
    if draw < 0.55:
        return historian.followed(window, captured)
    if draw < 0.7:
        return historian.message(historian.pick(*ACTIONS), window, captured)
    if draw < 0.8:
        return historian.journey(historian.pick("entered", "inside", "finished"), window)
    kind = historian.pick("date", "datetime")
    operators = [name for name in OPERATORS[kind] if name.endswith("_now") or name == "is_anniversary"]
    return historian.test(kind, historian.pick(*operators), "attribute", captured, None)


def draw_person(historian: Historian) -> Person:
    kind = historian.pick("date", "datetime")
    attributes = historian.properties(historian.pick("value", "value", "ill-typed"), kind, None)
    return msgspec.structs.replace(
        historian.person(historian.pick(0, 3, 7), WORKSPACE), attributes=attributes
    )


def list_tries(historian: Historian, person: Person, now: datetime, until: datetime) -> Iterator[datetime]:
    """Give moments strictly between, most of them beside those at which something could change."""
    length = until - now
    for _ in range(12):
        yield now + length * historian.random.random()
    shifts = [timedelta(minutes=count) for count in (1, 90, 300, 1440)] + [
        timedelta(days=count) for count in (7, 28, 29, 30, 31, 365, 366, 395, 396, 397)
    ]
    for fact in person.facts:
        for _ in range(3):
            yield fact.occurred_at + historian.pick(*shifts) + STEP * historian.pick(-1, 0, 1)
    for days in range(1, 40):
        midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=days)
        yield midnight + timedelta(hours=historian.random.randint(-12, 12)) + STEP * historian.pick(-1, 0, 1)
    yield now + STEP
    yield until - STEP


def check_law(seed: int, *, trees: int) -> int:
    """Walk trees from moment to moment, and return how many moments there were."""
    moments = 0
    for number in range(trees):
        now, zone = NOWS[(seed + number) % len(NOWS)], ZONES[number % len(ZONES)]
        historian = Historian(seed * 10_000 + number, now)
        captured: dict[str, Any] = {}
        leaves: list[Any] = [draw_leaf(historian, captured) for _ in range(historian.pick(1, 1, 3))]
        tree: Condition = leaves[0] if len(leaves) == 1 else historian.tree(leaves)
        person = draw_person(historian)
        who = see(person, [tree], lower_simple, now=now, zone=zone, captured=captured)
        judge, find_next = compile_condition(tree), compile_next_moment(tree)
        find_first = compile_first_turn(tree)
        for _ in range(6):
            found = None if find_next is None else find_next(who)
            assert found is None or found > who.now
            until = min(found or who.now + AHEAD, who.now + AHEAD)
            holds = judge(who)
            for tried in list_tries(historian, person, who.now, until):
                if who.now < tried < until:
                    later = msgspec.structs.replace(who, now=tried)
                    assert judge(later) is holds, (
                        f"{tree!r}\nfrom {who.now} to {found}, at {tried} in {zone}\n{person!r}"
                    )
            if found is None:
                break
            first = None if find_first is None else find_first(who)
            turns = judge(msgspec.structs.replace(who, now=found)) is not holds
            assert not turns or (first is not None and who.now < first <= found), f"{tree!r}\n{first} {found}"
            moments += 1
            who = msgspec.structs.replace(who, now=found)
    return moments


def test_no_verdict_changes_before_the_next_moment() -> None:
    assert check_law(1, trees=600) > 150


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(2, 22))
def test_no_verdict_changes_before_the_next_moment_for_many_seeds(seed: int) -> None:
    check_law(seed, trees=1000)


@pytest.mark.parametrize(
    ("operator", "least", "turn"),
    [
        ("at_least", 2, timedelta(days=4)),
        ("more_than", 1, timedelta(days=4)),
        ("less_than", 2, timedelta(days=4)),
        ("at_most", 1, timedelta(days=4)),
        ("at_least", 3, timedelta(days=1)),
        ("at_least", 4, None),
        ("less_than", 4, None),
        ("equals", 3, timedelta(days=1)),
    ],
)
def test_the_first_turn_of_a_count_is_when_enough_have_left(
    operator: str, least: int, turn: timedelta | None
) -> None:
    tree = Happened(ORDERS, Ago(7, "days"), operator=operator, operands=(Value(least),))
    who = with_orders(tree, *(NOW - timedelta(days=days) for days in (9, 6, 3, 1)))
    find_first = compile_first_turn(tree)
    assert find_first is not None
    assert find_first(who) == (None if turn is None else NOW + turn)


def with_orders(tree: Condition, *ats: datetime, now: datetime = NOW, zone: str = "UTC") -> Subject:
    (need,) = list_needs(tree, zone)
    kept = tuple(Kept(at, number, "completedOrder", {}) for number, at in enumerate(ats))
    return msgspec.structs.replace(
        subject(now=now, time_zone=zone), pasts={need.key: Past(count=len(kept), kept=kept)}
    )


def test_a_member_leaves_a_window_of_days_when_its_last_event_has_been_there_for_24_hours_each() -> None:
    tree = Happened(ORDERS, Ago(7, "days"))
    who = with_orders(tree, NOW - timedelta(days=6), NOW - timedelta(days=2, hours=1))
    assert next_moment(tree, who) == NOW + timedelta(days=4, hours=23)
    assert next_moment(Not(tree), who) == NOW + timedelta(days=4, hours=23)


def test_a_member_leaves_a_window_of_a_month_by_the_calendar() -> None:
    tree = Happened(ORDERS, Ago(1, "months"))
    ordered_at = datetime(2025, 1, 31, 10, tzinfo=UTC)
    who = with_orders(tree, ordered_at, now=datetime(2025, 2, 1, tzinfo=UTC))
    # February has no 31st: the month is over when February is.
    assert next_moment(tree, who) == datetime(2025, 3, 1, tzinfo=UTC)


def test_someone_who_did_it_long_enough_ago_is_foreseen() -> None:
    tree = Happened(ORDERS, Ago(2, "hours", "more_than"))
    assert next_moment(tree, with_orders(tree, NOW - timedelta(hours=1))) == NOW + timedelta(hours=1) + STEP


def test_a_thousand_events_cost_a_bounded_number_of_judgings() -> None:
    tree = Happened(ORDERS, Ago(30, "days"))
    ats = [NOW - timedelta(days=29) + timedelta(minutes=count) for count in range(1000)]
    who = with_orders(tree, *ats)
    steps = 0
    while (found := next_moment(tree, who)) is not None:
        assert found > who.now
        who, steps = msgspec.structs.replace(who, now=found), steps + 1
    assert who.now == ats[-1] + timedelta(days=30)
    assert steps < 50


@pytest.mark.parametrize(
    "tree",
    [
        make_test("text", "equals", "x"),
        make_test("date", "before", "2025-01-01"),
        Happened(ORDERS),
        Membership("group", IDS[0]),
    ],
)
def test_what_time_does_not_change_has_no_next_moment(tree: Condition) -> None:
    assert compile_next_moment(tree) is None
    assert next_moment(tree, subject({"x": "x"})) is None


def test_a_past_that_has_lost_what_is_asked_for_is_told() -> None:
    tree = Happened(ORDERS, Ago(7, "days"))
    (need,) = list_needs(tree)
    inside = Past(lost_until=NOW - timedelta(days=2))
    outside = Past(lost_until=NOW - timedelta(days=9))
    who = subject(time_zone="UTC")
    assert find_unread(tree, msgspec.structs.replace(who, pasts={need.key: inside})) == (need,)
    assert find_unread(tree, msgspec.structs.replace(who, pasts={need.key: outside})) == ()
    assert find_unread(tree, who) == ()


def test_formats_of_dates_are_read_for_the_next_moment() -> None:
    assert fits_format("date", "is_anniversary", "dd/MM")
    tree = Test("attribute", "x", "date", "is_anniversary", format="dd/MM")
    birthday = subject({"x": "02/03"}, time_zone="Europe/Rome")
    assert next_moment(tree, birthday) == datetime(2025, 3, 1, 23, tzinfo=UTC)
    tree = Test("attribute", "x", "date", "exactly_before_now", (Value(1),), unit="days")
    assert next_moment(tree, subject({"x": "2025-03-01"}, time_zone="UTC")) == datetime(
        2025, 3, 2, tzinfo=UTC
    )
