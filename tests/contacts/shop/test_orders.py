"""Figures of orders: sums by the days of the workspace's calendar, the same as counting all orders again."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from percorso.contacts.fold import fold_fact
from percorso.log.model import Fact
from tests.contacts.shop.build import MORNING, ROME, event, figures, order, tell
from tests.contacts.test_fold import contact, fact

_ZONE = ZoneInfo(ROME.zone)
_DAY = timedelta(days=1)


def revenue_of(ada: Any) -> tuple[Any, ...]:
    said = figures(ada)["revenue"]
    return said["total"], said["last12Months"], said["last30Days"]


def test_an_order_counts_in_the_total_and_in_both_windows() -> None:
    ada, said = tell([order(99.9, MORNING)], MORNING)
    assert revenue_of(ada) == (99.9, 99.9, 99.9)
    assert figures(ada)["lastOrder"] == {
        "id": "o", "at": MORNING.isoformat(), "amount": 99.9, "products": [], "categories": [],
    }  # fmt: skip
    assert said == []


def test_a_day_leaves_the_month_after_thirty_days_and_the_year_on_the_same_date() -> None:
    midnight = datetime(2026, 4, 1, tzinfo=_ZONE)
    ada, _ = tell([order(50, MORNING)], midnight - timedelta(microseconds=1))
    assert revenue_of(ada) == (50, 50, 50)
    ada, said = tell([order(50, MORNING)], midnight)
    assert revenue_of(ada) == (50, 50, 0)
    assert [(each.name, each.mark) for each in said] == [("contactUpdated", "2026-04-01")]
    assert said[0].properties["set"] == {"shop.revenue": figures(ada)["revenue"]}
    ada, said = tell([order(50, MORNING)], datetime(2027, 3, 2, tzinfo=_ZONE))
    assert revenue_of(ada) == (50, 0, 0)
    assert [each.mark for each in said] == ["2026-04-01", "2027-03-02"]
    assert ada.due_at is None


def test_an_order_late_in_the_evening_counts_on_the_day_of_the_shop() -> None:
    evening = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    ada, _ = tell([order(50, evening)], evening)
    assert ada.shop is not None
    assert ada.shop.days == {"2026-03-02": 500_000}


def test_the_29th_of_february_stays_a_whole_year() -> None:
    leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
    ada, said = tell([order(50, leap)], datetime(2029, 3, 2, tzinfo=UTC))
    assert [each.mark for each in said] == ["2028-03-30", "2029-03-01"]
    assert revenue_of(ada) == (50, 0, 0)


def test_a_return_subtracts_and_is_no_last_order() -> None:
    back = order(30, MORNING + _DAY, type="return", products=[{"id": "p"}])
    ada, _ = tell([order(100, MORNING), back], MORNING + _DAY)
    assert revenue_of(ada) == (70, 70, 70)
    assert figures(ada)["lastOrder"]["at"] == MORNING.isoformat()
    assert figures(ada).get("products") is None
    # Whether the shop writes a return as a negative amount or not.
    ada, _ = tell([order(100, MORNING), order(-30, MORNING, type="return")], MORNING)
    assert revenue_of(ada) == (70, 70, 70)


def test_an_order_of_the_past_counts_and_does_not_take_the_last_ones_place() -> None:
    old = order(
        10, MORNING - 400 * _DAY, historical=True, received_at=MORNING + _DAY, products=[{"id": "old"}]
    )
    ada, _ = tell([order(100, MORNING, products=[{"id": "new"}]), old], MORNING + _DAY)
    assert revenue_of(ada) == (110, 100, 100)
    assert figures(ada)["lastOrder"]["products"] == ["new"]
    assert figures(ada)["products"] == ["new", "old"]


def test_products_categories_stores_and_shipments_are_remembered() -> None:
    shirt = {"id": "s1", "name": "Shirt", "category": ["linen", "men"]}
    sold = [
        order(1, MORNING, products=[shirt], store="MI"),
        order(1, MORNING, products=[{"sku": "t2", "category": "ties"}], store="BA"),
        order(1, MORNING, products=[shirt], context={"store": {"id": "BA"}}),
        event("orderShipped", {"orderId": "o"}, MORNING),
    ]
    ada, _ = tell(sold, MORNING)
    assert figures(ada)["products"] == ["s1", "t2"]
    assert figures(ada)["lastOrder"]["categories"] == ["linen", "men"]
    assert figures(ada)["preferredStore"] == "BA"
    assert figures(ada)["lastShippedOrder"] == {"id": "o", "at": MORNING.isoformat()}


@pytest.mark.parametrize("amount", [None, "many", True, {"total": []}, [], float("inf"), "1e400", 10**30])
def test_an_amount_that_is_none_counts_nothing(amount: Any) -> None:
    ada, _ = tell([order(5, MORNING), event("completedOrder", {"amount": amount}, MORNING)], MORNING)
    assert revenue_of(ada) == (5, 5, 5)


def test_a_shops_total_counts_where_it_says_no_revenue_and_texts_are_numbers() -> None:
    said = {"amount": {"total": "12.50"}}
    ada, _ = tell(
        [event("completedOrder", said, MORNING), event("completedOrder", {"amount": 1}, MORNING)], MORNING
    )
    assert revenue_of(ada) == (13.5, 13.5, 13.5)


def test_nobody_else_writes_the_figures() -> None:
    ada, _ = tell([order(5, MORNING)], MORNING)
    forged = {
        "set": {"shop.revenue.total": 9, "shop": {}, "shopping": 1},
        "clear": ["shop.revenue"],
        "fill": {"shop.x": 1},
    }
    ada, _ = tell([fact(3, forged, received_at=MORNING)], MORNING, known=ada)
    assert revenue_of(ada) == (5, 5, 5)
    assert ada.attributes["shopping"] == 1
    assert set(figures(ada)) == {"lastOrder", "revenue"}


def _count_again(facts: list[Fact], today: date) -> tuple[Fraction, Fraction, Fraction]:
    """Return the three sums by going through all orders, day by day, as a person would."""
    total = year = month = Fraction(0)
    for each in facts:
        amount = Fraction(str(each.properties["amount"]["revenue"]))
        amount = -abs(amount) if each.properties["type"] == "return" else amount
        day = each.occurred_at.astimezone(_ZONE).date()
        total += amount
        month += amount if (today - day).days < 30 else 0
        last_year = (today.year - 1, today.month, today.day)
        year += amount if (day.year, day.month, day.day) > last_year else 0
    return total, year, month


_amounts = st.integers(-500_000, 5_000_000).map(lambda cents: cents / 100)
_orders = st.lists(
    st.tuples(
        st.integers(0, 900 * 24),  # hours between this order and the one before, in tenths at most 90 days
        _amounts,
        st.sampled_from(["sale", "sale", "return", "sale-return"]),
        st.integers(0, 500 * 24),  # hours by which it is late
    ),
    max_size=12,
)


@example(orders=[(0, 0.0, "return", 0)], days=0)
@given(_orders, st.integers(0, 800))
def test_the_sums_are_those_of_counting_all_orders_again(
    orders: list[tuple[int, float, str, int]], days: int
) -> None:
    now, facts = MORNING, list[Fact]()
    for pause, amount, kind, late in orders:
        now += timedelta(hours=pause / 10)
        facts.append(
            order(amount, now - timedelta(hours=late), type=kind, received_at=now, historical=late > 72)
        )
    until = now + days * _DAY
    ada, _ = tell(facts, until)
    if not facts:
        assert ada.shop is None
        return
    counted = _count_again(facts, until.astimezone(_ZONE).date())
    if "revenue" not in figures(ada):
        # Nothing was ever bought, and what was given back was worth nothing.
        assert counted == (0, 0, 0)
        assert all(each.properties["type"] == "return" for each in facts)
        return
    said = tuple(Fraction(str(value)) for value in revenue_of(ada))
    assert said == counted


@given(_orders, st.randoms(use_true_random=False))
def test_sums_do_not_depend_on_the_order_of_arrival(
    orders: list[tuple[int, float, str, int]], chance: Any
) -> None:
    moments = [MORNING - timedelta(hours=late) for _, _, _, late in orders]
    facts = [
        order(
            amount,
            at,
            type=kind,
            received_at=MORNING,
            store=str(number % 3),
            products=[{"id": str(number % 4)}],
        )
        for number, ((_, amount, kind, _), at) in enumerate(zip(orders, moments, strict=True))
    ]
    ada, _ = tell(facts, MORNING)
    chance.shuffle(facts)
    other, _ = tell(facts, MORNING)
    one, two = dict(figures(ada)), dict(figures(other))
    assert sorted(one.pop("products", None) or []) == sorted(two.pop("products", None) or [])
    assert (one.pop("lastOrder", None) or {}).get("at") == (two.pop("lastOrder", None) or {}).get("at")
    assert one == two


def test_what_stood_in_the_figures_place_gives_way() -> None:
    for before in ("mine", {}, None, []):
        ada, changes = fold_fact(contact(shop=before), order(5, MORNING), ROME)
        assert set(figures(ada)) == {"lastOrder", "revenue"}
        assert (changes[0].path, changes[0].old) == ("shop", before)
    ada, _ = fold_fact(contact(shop={"mine": 1}), order(5, MORNING), ROME)
    assert set(figures(ada)) == {"mine", "lastOrder", "revenue"}
