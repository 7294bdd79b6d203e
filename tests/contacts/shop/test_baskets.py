"""Baskets and visits: what lies in them, when they count as abandoned, and what is said then. Virtual time."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.contacts.shop.model import ShopRules
from percorso.contacts.shop.moments import Said
from percorso.log.model import Fact
from tests.contacts.shop.build import MORNING, ROME, added, event, figures, minutes, order, removed, tell

_HOUR = minutes(60)


def names(said: list[Said]) -> list[str]:
    return [each.name for each in said]


def viewed(product: str, at: Any) -> Fact:
    return event("viewedProduct", {"id": product, "name": "Shirt"}, at, context={"type": "MOBILE"})


def test_a_basket_is_kept_with_its_worth() -> None:
    ada, _ = tell(
        [
            added("a", MORNING, 10.5, quantity=2, cartId="c1"),
            added("b", MORNING + minutes(1), 5),
            added("a", MORNING + minutes(2), 9.5),
            removed("b", MORNING + minutes(3)),
        ],
        MORNING + minutes(3),
    )
    assert figures(ada)["cart"] == {
        "id": "c1", "at": (MORNING + minutes(3)).isoformat(), "amount": 28.5,
    }  # fmt: skip


def test_an_untouched_basket_is_abandoned_once_after_its_minutes() -> None:
    cart = [added("a", MORNING, 10, quantity=2, name="Shirt", cartId="c1", cartUrl="https://shop.example/c1")]
    assert tell(cart, MORNING + minutes(20) - timedelta(microseconds=1))[1] == []
    ada, said = tell(cart, MORNING + timedelta(days=9))
    assert said == [
        Said(
            "event",
            "abandonedCart",
            (MORNING + minutes(20)).isoformat(),
            {
                "orderId": "c1",
                "abandonedCartUrl": "https://shop.example/c1",
                "amount": {"total": 20},
                "products": [{"id": "a", "name": "Shirt", "price": 10, "quantity": 2}],
            },
            {"type": "ECOMMERCE", "madeBy": "percorso"},
        )
    ]
    assert ada.due_at is None


def test_each_state_of_a_basket_is_abandoned_once() -> None:
    cart = [added("a", MORNING), added("b", MORNING + minutes(19)), removed("b", MORNING + _HOUR)]
    _, said = tell(cart, MORNING + 9 * _HOUR)
    assert [each.mark for each in said] == [
        (MORNING + minutes(39)).isoformat(),
        (MORNING + minutes(80)).isoformat(),
    ]
    assert [len(each.properties["products"]) for each in said] == [2, 1]


@pytest.mark.parametrize(
    "end",
    [
        order(10, MORNING + minutes(19)),
        removed("a", MORNING + minutes(19)),
        removed("a", MORNING + minutes(19), quantity=7),
        event("abandonedCart", {}, MORNING + minutes(19)),
    ],
    ids=["ordered", "emptied", "more taken out than in it", "told by the shop itself"],
)
def test_a_basket_that_is_ordered_or_emptied_is_not_abandoned(end: Fact) -> None:
    ada, said = tell([added("a", MORNING), end], MORNING + 9 * _HOUR)
    assert names(said) == []
    assert (figures(ada)["cart"] is None) == (end.name != "abandonedCart")


def test_a_shop_that_tells_of_baskets_itself_is_left_to_it() -> None:
    told = event("abandonedCart", {}, MORNING)
    _, said = tell([told, added("a", MORNING + _HOUR)], MORNING + 9 * _HOUR)
    assert said == []


def test_a_part_of_the_basket_taken_out_leaves_the_rest() -> None:
    ada, _ = tell([added("a", MORNING, quantity=3), removed("a", MORNING, quantity=1)], MORNING)
    assert figures(ada)["cart"]["amount"] == 20


def test_another_basket_takes_the_place_of_the_first() -> None:
    ada, _ = tell([added("a", MORNING, cartId="c1"), added("b", MORNING, 3, cartId="c2")], MORNING)
    assert (figures(ada)["cart"]["id"], figures(ada)["cart"]["amount"]) == ("c2", 3)
    still, _ = tell([removed("b", MORNING, cartId="c1")], MORNING, known=ada)
    assert still == ada


def test_a_change_that_occurred_before_the_order_but_came_after_it_makes_no_basket() -> None:
    late = event("addedProduct", {"id": "a"}, MORNING - minutes(1), received_at=MORNING + minutes(1))
    ada, said = tell([order(5, MORNING), late], MORNING + 9 * _HOUR)
    assert said == []
    assert figures(ada).get("cart") is None


def test_history_fills_the_basket_and_reminds_nobody() -> None:
    old = event(
        "addedProduct", {"id": "a", "price": 4}, MORNING - minutes(5), received_at=MORNING, historical=True
    )
    ada, said = tell([old], MORNING + 9 * _HOUR)
    assert said == []
    assert figures(ada)["cart"]["amount"] == 4


def test_a_workspace_chooses_the_minutes_or_none() -> None:
    _, said = tell([added("a", MORNING)], MORNING + 9 * _HOUR, rules=ShopRules("Europe/Rome", 5))
    assert [each.mark for each in said] == [(MORNING + minutes(5)).isoformat()]
    _, said = tell([added("a", MORNING)], MORNING + 9 * _HOUR, rules=ShopRules("Europe/Rome", None))
    assert said == []


def test_a_visit_without_basket_is_abandoned_with_what_was_looked_at() -> None:
    looks = [viewed("a", MORNING), viewed("b", MORNING + minutes(3)), viewed("a", MORNING + minutes(5))]
    ada, said = tell(looks, MORNING + 9 * _HOUR)
    assert [(each.name, each.mark) for each in said] == [
        ("abandonedSession", (MORNING + minutes(25)).isoformat())
    ]
    assert [product["id"] for product in said[0].properties["products"]] == ["b", "a"]
    assert said[0].context == {"type": "MOBILE", "madeBy": "percorso"}
    assert ada.due_at is None


@pytest.mark.parametrize(
    ("then", "heard"),
    [
        (added("a", MORNING + minutes(3)), ["abandonedCart"]),
        (order(5, MORNING + minutes(3)), []),
        (event("abandonedSession", {}, MORNING + minutes(3)), []),
    ],
    ids=["basket", "order", "told by the shop itself"],
)
def test_a_visit_that_leads_somewhere_is_not_abandoned(then: Fact, heard: list[str]) -> None:
    _, said = tell([viewed("a", MORNING), then], MORNING + 9 * _HOUR)
    assert [name for name in names(said) if name != "contactUpdated"] == heard


def test_visits_are_kept_only_where_somebody_waits_for_them() -> None:
    ada, _ = tell([viewed("a", MORNING)], MORNING, rules=ShopRules("Europe/Rome", 20, None))
    assert ada.shop is None


def test_a_basket_of_a_thousand_products_keeps_the_newest_fifty() -> None:
    ada, said = tell([added(f"p{number}", MORNING) for number in range(1_000)], MORNING + _HOUR)
    assert figures(ada)["cart"]["amount"] == 500
    assert [product["id"] for product in said[0].properties["products"]] == [
        f"p{number}" for number in range(950, 1_000)
    ]


_steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "order", "look"]), st.integers(0, 45), st.sampled_from("abc")
    ),
    max_size=14,
)


@given(_steps)
def test_a_basket_is_abandoned_at_each_pause_of_twenty_minutes_with_something_in_it(
    steps: list[tuple[str, int, str]],
) -> None:
    now, facts, moments = MORNING, list[Fact](), list[Any]()
    basket: set[str] = set()
    touched_at = None
    for what, pause, product in steps:
        now += minutes(pause)
        if touched_at is not None and basket and now > touched_at + minutes(20):
            moments.append(touched_at + minutes(20))
            touched_at = None
        if what == "add":
            facts.append(added(product, now))
            basket.add(product)
            touched_at = now
        elif what == "remove":
            facts.append(removed(product, now))
            touched_at = now if basket else None
            basket.discard(product)
        elif what == "order":
            facts.append(order(5, now))
            basket.clear()
        else:
            facts.append(viewed(product, now))
    if touched_at is not None and basket:
        moments.append(touched_at + minutes(20))
    _, said = tell(facts, now + _HOUR, rules=ShopRules(ROME.zone, 20))
    assert [each.mark for each in said if each.name == "abandonedCart"] == [at.isoformat() for at in moments]
