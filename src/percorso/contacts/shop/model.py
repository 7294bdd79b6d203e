"""What is remembered of a contact's orders, basket and visit: pure values."""

from datetime import date, datetime
from typing import Any, Final

import msgspec

SHOP_NAMES: Final = frozenset(
    {"completedOrder", "orderShipped", "addedProduct", "removedProduct", "abandonedCart", "abandonedSession"}
)
"""Events from which the shop follows, whatever else is interested in them."""

VISIT_NAME: Final = "viewedProduct"
"""The event of which visits are made; read only where `abandonedSession` is waited for."""

MAXIMUM_PRODUCTS: Final = 1_000
"""Products bought that are remembered, the newest of them."""

MAXIMUM_LINES: Final = 50
"""Products of a basket or visit that are remembered, the newest of them."""

MAXIMUM_STORES: Final = 50
"""Stores that are remembered with their orders."""


class ShopRules(msgspec.Struct, frozen=True):
    """What a workspace says about shops: the zone of its calendar, and after how long what is abandoned.

    None: never.
    """

    zone: str = "UTC"
    cart_minutes: int | None = 20
    session_minutes: int | None = None


class LastOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """The order that occurred last; `amount` in ten-thousandths."""

    at: datetime
    id: str | None = None
    amount: int | None = None
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


class Shipped(msgspec.Struct, frozen=True, omit_defaults=True):
    """The shipment that occurred last."""

    at: datetime
    id: str | None = None


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One product of a basket, told from others by `key`: how many, at what price (ten-thousandths), and what
    the event said of it."""

    key: str
    quantity: int
    price: int
    product: dict[str, Any]


class Cart(msgspec.Struct, frozen=True, omit_defaults=True):
    """A basket with something in it, the line that changed last at the end: a list, as jsonb keeps no order of keys.

    `touched_at` is when it changed last. `due_at`: when it counts as abandoned; None: it does already, or
    nothing is made of it, because it is history or the shop tells of baskets itself.
    """

    touched_at: datetime
    lines: tuple[Line, ...]
    id: str | None = None
    url: str | None = None
    context: str | None = None
    due_at: datetime | None = None


class Visit(msgspec.Struct, frozen=True, omit_defaults=True):
    """Products looked at since the last basket, order or abandoned visit."""

    touched_at: datetime
    products: tuple[Line, ...]
    context: str | None = None
    due_at: datetime | None = None


class Shop(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that is remembered. Sums are in ten-thousandths of whatever currency the shop sends.

    `days` are sums by day of the workspace's calendar, of the last twelve months as of `judged_on`; `total`
    is of all days. `stores` are orders by store, with the last one's moment. `tells_carts`, `tells_sessions`:
    the shop sent such an event itself.
    """

    judged_on: date
    total: int = 0
    days: dict[str, int] = {}
    last_order: LastOrder | None = None
    shipped: Shipped | None = None
    products: tuple[str, ...] = ()
    stores: dict[str, tuple[int, datetime]] = {}
    cart: Cart | None = None
    visit: Visit | None = None
    tells_carts: bool = False
    tells_sessions: bool = False
