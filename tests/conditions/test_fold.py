"""What is kept of a contact's facts: matching, order, limits, and that two ways to the same facts agree."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from percorso.conditions import (
    MAX_KEPT,
    Past,
    compile_condition,
    compile_fold,
    find_unread,
    fold_history,
    fold_past,
    list_needs,
    lower_simple,
)
from percorso.conditions.fold import context_of
from percorso.conditions.measures import key_of
from percorso.conditions.model import (
    Ago,
    All,
    Attribute,
    Between,
    Captured,
    Condition,
    FirstOrLast,
    Followed,
    Happened,
    JourneyTest,
    MessageTest,
    Not,
    Pattern,
    Period,
    Same,
    Value,
)
from percorso.conditions.needs import Need
from percorso.kit.ids import derive_id
from percorso.log.model import Fact
from tests.conditions.histories import IDS
from tests.conditions.subjects import NOW, make_test, subject

ORDERS = Pattern(("completedOrder",))
WHO = derive_id("who")


def fact(
    ago: timedelta = timedelta(0),
    name: str = "completedOrder",
    *,
    offset: int = 1,
    context: dict[str, Any] | None = None,
    late: timedelta = timedelta(0),
    **properties: Any,
) -> Fact:
    """Return a fact that occurred so long before NOW, and arrived `late`."""
    return Fact(
        bucket=0,
        offset=offset,
        workspace_id=WHO,
        contact_id=WHO,
        kind="event",
        name=name,
        message_id=str(offset),
        occurred_at=NOW - ago,
        received_at=NOW - ago + late,
        properties=properties,
        context=context,
        origin="api",
        historical=False,
        depth=0,
    )


def only_need(tree: Condition, zone: str = "UTC") -> Need:
    (need,) = list_needs(tree, zone)
    return need


def judge(tree: Condition, facts: list[Fact], **subject_of: Any) -> bool:
    """Judge a tree over what was folded of these facts."""
    who = subject(time_zone="UTC", **subject_of)
    pasts = {need.key: fold_history(need, facts) for need in list_needs(tree, "UTC")}
    return compile_condition(tree)(msgspec.structs.replace(who, pasts=pasts))


def test_a_fact_that_does_not_match_leaves_the_past_as_it_is() -> None:
    need = only_need(Happened(Pattern(("completedOrder",), ("RETAIL",))))
    past = Past(count=3)
    assert fold_past(need, past, fact(name="searched", context={"type": "RETAIL"})) is past
    assert fold_past(need, past, fact(context={"type": "WEB"})) is past
    assert fold_past(need, past, fact(context={"type": "RETAIL"})).count == 4


@pytest.mark.parametrize(
    ("context", "name"),
    [
        (None, "OTHER"),
        ({}, "OTHER"),
        ({"type": 3}, "OTHER"),
        ({"type": "WEB"}, "WEB"),
        ({"page": 1}, "OTHER"),
    ],
)
def test_a_fact_without_a_context_is_of_the_context_other(context: dict[str, Any] | None, name: str) -> None:
    assert context_of(context) == name


def test_sums_are_exact() -> None:
    need = only_need(Happened(ORDERS, measure="sum", path="amount"))
    past = Past()
    for amount in (0.1, 0.2, 1e20, -1e20, "7", True, None):
        past = fold_past(need, past, fact(amount=amount))
    assert (past.total, past.numbers, past.minimum, past.maximum) == (
        Decimal("0.3"),
        4,
        Decimal("-1e20"),
        Decimal("1e20"),
    )


def test_each_item_of_a_list_counts_by_itself() -> None:
    tree = Happened(ORDERS, measure="sum", path="lines[].price", operator="equals", operands=(Value(6),))
    assert judge(tree, [fact(lines=[{"price": 1}, {"price": 2}]), fact(lines=[{"price": 3}, {}, 4])])


def test_distinct_texts_are_told_apart_whatever_their_case() -> None:
    need = only_need(Happened(ORDERS, measure="distinct", path="sku"))
    past = Past()
    for sku in ("a", "A", "b", 1, 1.0, "1", True, None, ["a"]):
        past = fold_past(need, past, fact(sku=sku))
    assert past.distinct == ("text:a", "text:b", "number:1", "text:1", "boolean:True")


def test_the_first_and_the_last_are_those_that_occurred_first_and_last_however_they_arrived() -> None:
    condition = make_test("text", "equals", "Milan", path="store", source="event")
    facts = [
        fact(timedelta(days=2), offset=1, store="Rome"),
        fact(timedelta(days=5), offset=2, store="Turin", late=timedelta(days=4)),
        fact(timedelta(days=1), offset=3, store="Milan"),
        fact(timedelta(days=3), offset=4, store="Bari"),
    ]
    assert judge(FirstOrLast("last", ORDERS, condition), facts)
    assert not judge(FirstOrLast("first", ORDERS, condition), facts)
    first = FirstOrLast("first", ORDERS, make_test("text", "equals", "Turin", path="store", source="event"))
    assert judge(first, facts)
    in_window = FirstOrLast("first", ORDERS, condition, Ago(36, "hours"))
    assert judge(in_window, facts)


def test_without_a_first_or_last_fact_every_value_of_it_is_missing() -> None:
    for operator, holds in (("equals", False), ("not_equals", True)):
        condition = make_test("text", operator, "Milan", path="store", source="event")
        assert judge(FirstOrLast("last", ORDERS, condition), []) is holds


def test_more_facts_than_are_kept_are_read_from_the_log() -> None:
    tree = Happened(ORDERS, Ago(30, "days"), operator="at_least", operands=(Value(MAX_KEPT + 1),))
    need = only_need(tree)
    facts = [fact(timedelta(minutes=MAX_KEPT + 10 - count), offset=count) for count in range(MAX_KEPT + 10)]
    fold, past = compile_fold(need), Past()
    for one in facts:
        past = fold(past, one)
    assert len(past.kept) == MAX_KEPT
    assert past.lost_until == facts[9].occurred_at
    who = msgspec.structs.replace(subject(time_zone="UTC"), pasts={need.key: past})
    assert find_unread(tree, who) == (need,)
    whole = msgspec.structs.replace(who, pasts={need.key: fold_history(need, facts)})
    assert compile_condition(tree)(whole)
    assert not compile_condition(tree)(who)


def test_facts_that_no_window_reaches_any_more_are_dropped() -> None:
    need = only_need(Happened(ORDERS, Ago(7, "days")))
    past = fold_past(need, Past(), fact(timedelta(days=60), offset=1))
    assert [kept.place for kept in fold_past(need, past, fact(offset=2)).kept] == [2]


def test_what_the_profile_or_a_run_must_decide_is_kept_and_judged_later() -> None:
    where = All(
        (
            make_test("text", "equals", Attribute("city"), path="store", source="event"),
            make_test("number", "more_than", Captured("amount"), path="amount", source="event"),
            make_test("boolean", "is_true", path="paid", source="event"),
        )
    )
    tree = Happened(Pattern(("completedOrder",), where=where))
    need = only_need(tree)
    assert need.keep == "all"
    assert need.paths == ("store", "amount")
    facts = [fact(store="Milan", amount=10, paid=True, more=1), fact(store="Milan", amount=10, paid=False)]
    assert [kept.properties for kept in fold_history(need, facts).kept] == [{"store": "Milan", "amount": 10}]
    assert judge(tree, facts, attributes={"city": "milan"}, captured={"amount": 9})
    assert not judge(tree, facts, attributes={"city": "rome"}, captured={"amount": 9})
    assert not judge(tree, facts, attributes={"city": "milan"}, captured={"amount": 10})


def test_equal_needs_of_different_trees_are_one() -> None:
    paid = make_test("boolean", "is_true", path="paid", source="event")
    twice = Happened(Pattern(("completedOrder",), where=paid), operands=(Value(2),))
    thrice = Not(Happened(Pattern(("completedOrder",), where=All((paid,))), operands=(Value(3),)))
    assert only_need(twice).key == only_need(thrice).key
    assert list_needs(All((twice, thrice))) == (only_need(twice),)
    assert only_need(twice).key != only_need(Happened(ORDERS)).key


def test_the_zone_is_part_of_a_need_only_where_it_matters() -> None:
    fixed = Happened(ORDERS, Between("2025-01-01", "2025-01-31"))
    assert only_need(fixed, "UTC").key != only_need(fixed, "Europe/Rome").key
    absolute = Happened(ORDERS, Between("2025-01-01T00:00:00Z"))
    assert only_need(absolute, "UTC").key == only_need(absolute, "Europe/Rome").key


def test_a_sequence_counts_only_in_its_order_and_time_and_of_the_same_thing() -> None:
    tree = Followed(Pattern(("viewed",)), ORDERS, Period(1, "days"), Same("sku", "product"))
    view, order = (
        fact(timedelta(days=2), "viewed", offset=1, sku="A"),
        fact(timedelta(days=1), offset=2, product="a"),
    )
    assert judge(tree, [view, order])
    assert not judge(tree, [view, fact(timedelta(days=1), offset=2, product="b")])
    assert not judge(tree, [view, fact(timedelta(hours=23), offset=2, product="a")])
    assert not judge(tree, [order, fact(timedelta(hours=1), "viewed", offset=3, sku="A")])
    assert not judge(Followed(ORDERS, ORDERS), [order])
    assert judge(Followed(ORDERS, ORDERS), [order, fact(offset=3)])


def test_of_the_last_messages_sent_those_that_were_not_opened_are_counted() -> None:
    facts = [
        fact(timedelta(days=10 - count), "campaignSent", offset=count, messageId=f"m{count}", channel="email")
        for count in range(7)
    ]
    facts += [
        fact(timedelta(days=1), "campaignOpened", offset=20, messageId="m0", channel="email", machine=False),
        fact(timedelta(days=1), "campaignOpened", offset=21, messageId="m6", channel="email", machine=True),
        fact(timedelta(days=1), "campaignOpened", offset=22, messageId="m5", channel="email", machine=False),
    ]

    def count(action: Any, last: int | None, number: int) -> bool:
        tree = MessageTest("email", action, operator="equals", operands=(Value(number),))
        return judge(
            msgspec.structs.replace(tree, scope=msgspec.structs.replace(tree.scope, last=last)), facts
        )

    def every(action: Any, last: int | None) -> bool:
        tree = MessageTest("email", action, counted="every")
        return judge(
            msgspec.structs.replace(tree, scope=msgspec.structs.replace(tree.scope, last=last)), facts
        )

    assert every("not_opened", 1)
    assert not every("not_opened", 2)
    assert not every("opened", 1)
    assert not judge(MessageTest("email", "not_opened", counted="every"), [])
    assert count("not_opened", 5, 4)
    assert count("not_opened", None, 5)
    assert count("opened", 5, 1)
    assert count("opened", None, 2)
    assert count("sent", 5, 5)


def test_whoever_entered_more_often_than_they_left_is_in_the_journey() -> None:
    tree = JourneyTest("inside", IDS[0])
    entered = fact(timedelta(days=3), "journeyEntered", offset=1, journeyId=str(IDS[0]))
    exited = fact(timedelta(days=2), "journeyExited", offset=2, journeyId=str(IDS[0]), outcome="positive")
    other = fact(timedelta(days=1), "journeyExited", offset=3, journeyId=str(IDS[1]))
    assert judge(tree, [entered, other])
    assert not judge(tree, [entered, exited])
    assert judge(JourneyTest("finished", IDS[0], "positive"), [entered, exited])
    assert not judge(JourneyTest("finished", IDS[0], "negative"), [entered, exited])


def test_a_carried_and_a_historical_fact_count_like_any_other() -> None:
    carried = fact(context={"carried": {"contactId": str(WHO), "offset": 4}})
    need = only_need(Happened(ORDERS))
    assert (
        fold_past(need, Past(), msgspec.structs.replace(carried, historical=True), lower=lower_simple).count
        == 1
    )


def test_a_zero_without_its_sign_is_the_same_value() -> None:
    assert len({key_of(value, lower_simple) for value in (0, 0.0, -0.0)}) == 1
    assert len({key_of(value, lower_simple) for value in (10**23, 1e23)}) == 1
