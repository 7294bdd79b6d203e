"""A second, naive reading of the data: one household at a time, straight from the package's tables.

Shares no code with the loader or the engine; knows the journey from its description only.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

HOURS = 4
FORTNIGHT = timedelta(days=14)


@dataclass
class Basket:
    at: datetime
    id: int
    paid: float = 0.0
    coupon_discount: float = 0.0
    coupon: str | None = None

    @property
    def received_at(self) -> datetime:
        """The end of the four hours that the basket falls into; one exactly at the end belongs there."""
        midnight = self.at.replace(hour=0, minute=0, second=0, microsecond=0)
        passed = (self.at - midnight).total_seconds() / 3600
        full = -(-passed // HOURS)
        return midnight + timedelta(hours=full * HOURS)


@dataclass
class Expected:
    """What must have come of one household."""

    revenue: float = 0.0
    orders: int = 0
    entries: list[int] = field(default_factory=list[int])
    """The baskets that started a run, in order."""
    paths: Counter[str] = field(default_factory=Counter[str])
    """again, large or none, by how often."""


def expect(tables: dict[str, Any], household: int, until: datetime | None = None) -> Expected:
    baskets = read_baskets(tables, household)
    if until is not None:
        baskets = [basket for basket in baskets if basket.at < until]
    expected = Expected()
    started: datetime | None = None
    for basket in baskets:
        expected.orders += 1
        expected.revenue += basket.paid
        now = basket.received_at
        if started is not None and started + FORTNIGHT < now:
            expected.paths["none"] += 1
            started = None
        if started is not None and now > started:
            if basket.coupon is not None:
                expected.paths["again"] += 1
                started = None
            elif round(basket.paid, 2) >= 50:
                expected.paths["large"] += 1
                started = None
        if started is None and basket.coupon is not None:
            expected.entries.append(basket.id)
            started = now
    if started is not None:
        expected.paths["none"] += 1
    return expected


def read_baskets(tables: dict[str, Any], household: int) -> list[Basket]:
    lines = tables["transactions"]
    lines = lines[lines["household_id"] == household]
    baskets: dict[int, Basket] = {}
    for line in lines.itertuples():
        basket = baskets.setdefault(
            line.basket_id, Basket(line.transaction_timestamp.to_pydatetime(), line.basket_id)
        )
        basket.paid += line.sales_value
        basket.coupon_discount += line.coupon_disc
    redemptions = tables["coupon_redemptions"]
    for row in redemptions[redemptions["household_id"] == household].itertuples():
        same_day = [b for b in baskets.values() if b.at.date() == row.redemption_date.date()]
        if same_day:
            same_day.sort(key=lambda basket: (-round(basket.coupon_discount, 2), basket.at, basket.id))
            if same_day[0].coupon is None:
                same_day[0].coupon = str(row.coupon_upc)
    return sorted(baskets.values(), key=lambda basket: (basket.at, basket.id))
