"""What one event makes of the shop of a contact. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from percorso.contacts.shop import reading
from percorso.contacts.shop.model import (
    MAXIMUM_LINES,
    MAXIMUM_PRODUCTS,
    MAXIMUM_STORES,
    SHOP_NAMES,
    VISIT_NAME,
    Cart,
    LastOrder,
    Line,
    Shipped,
    Shop,
    ShopRules,
    Visit,
)
from percorso.contacts.shop.windows import day_of, keep_year
from percorso.log.model import Fact

MADE_BY: Final = "madeBy"
"""Where the context of an abandonment says that Percorso noticed it, and not the shop."""
OURSELVES: Final = "percorso"


def is_of_shop(name: str, *, visits: bool) -> bool:
    """Whether a shop follows from events of this name; `visits`: those that visits are made of included."""
    return name in SHOP_NAMES or (visits and name == VISIT_NAME)


def fold_shop(shop: Shop | None, fact: Fact, rules: ShopRules) -> Shop | None:
    """Return the shop after the event, the very same if nothing of it is of a shop.

    Facts come in the order of the log; what occurred earlier than what is known (a late or historical event)
    counts in sums and never takes the place of something newer.
    """
    fold = _FOLDS.get(fact.name)
    if fold is None:
        return shop
    today = day_of(fact.received_at, rules.zone)
    known = shop or Shop(judged_on=today)
    folded = fold(known, fact, rules)
    if folded is known:
        return shop
    if today > folded.judged_on:
        folded = replace(folded, judged_on=today, days=keep_year(folded.days, today))
    return folded


def _fold_order(shop: Shop, fact: Fact, rules: ShopRules) -> Shop:
    said = fact.properties
    revenue = reading.read_revenue(said) or 0
    is_return = said.get("type") == "return"
    if is_return:
        revenue = -abs(revenue)
    day = day_of(fact.occurred_at, rules.zone).isoformat()
    days = keep_year({**shop.days, day: shop.days.get(day, 0) + revenue}, shop.judged_on)
    shop = replace(shop, total=shop.total + revenue, days=days)
    if is_return:
        return shop
    products = [key for product in reading.list_products(said) if (key := reading.product_key(product))]
    new = [key for key in dict.fromkeys(products) if key not in shop.products]
    return replace(
        shop,
        last_order=_newer_order(shop.last_order, fact, products),
        products=(*shop.products, *new)[-MAXIMUM_PRODUCTS:] if new else shop.products,
        stores=_count_store(shop.stores, reading.find_store(said, fact.context), fact.occurred_at),
        cart=None if shop.cart is not None and _ends(fact, shop.cart.touched_at) else shop.cart,
        visit=None if shop.visit is not None and _ends(fact, shop.visit.touched_at) else shop.visit,
    )


def _newer_order(known: LastOrder | None, fact: Fact, products: list[str]) -> LastOrder:
    if known is not None and fact.occurred_at < known.at:
        return known
    categories = [
        category
        for product in reading.list_products(fact.properties)
        for category in reading.list_categories(product)
    ]
    return LastOrder(
        at=fact.occurred_at,
        id=reading.first_text(fact.properties, "orderId"),
        amount=reading.read_total(fact.properties),
        products=tuple(dict.fromkeys(products))[:MAXIMUM_LINES],
        categories=tuple(dict.fromkeys(categories))[:MAXIMUM_LINES],
    )


def _count_store(
    stores: dict[str, tuple[int, datetime]], store: str | None, at: datetime
) -> dict[str, tuple[int, datetime]]:
    if store is None:
        return stores
    count, last_at = stores.get(store, (0, at))
    stores = {**stores, store: (count + 1, max(last_at, at))}
    if len(stores) > MAXIMUM_STORES:
        del stores[min(stores, key=lambda name: (stores[name], name))]
    return stores


def _ends(fact: Fact, touched_at: datetime) -> bool:
    return not fact.historical or fact.occurred_at >= touched_at


def _fold_shipped(shop: Shop, fact: Fact, rules: ShopRules) -> Shop:
    del rules
    if shop.shipped is not None and fact.occurred_at < shop.shipped.at:
        return shop
    return replace(
        shop, shipped=Shipped(fact.occurred_at, reading.first_text(fact.properties, "orderId", "id"))
    )


def _fold_added(shop: Shop, fact: Fact, rules: ShopRules) -> Shop:
    if _is_past(shop, fact):
        return shop
    said = fact.properties
    cart_id = reading.first_text(said, "cartId", "cart_id")
    cart = shop.cart
    if cart is None or (cart_id is not None and cart.id is not None and cart_id != cart.id):
        cart = Cart(fact.occurred_at, ())
    key = reading.product_key(said)
    line = _find_line(cart.lines, key)
    price = reading.read_amount(said.get("price"))
    new = Line(
        key=key,
        quantity=reading.read_quantity(said) + (line.quantity if line else 0),
        price=price if price is not None else line.price if line else 0,
        product=reading.keep_product(said),
    )
    lines = (*_without(cart.lines, key), new)[-MAXIMUM_LINES:]
    visit = None if shop.visit is not None and _ends(fact, shop.visit.touched_at) else shop.visit
    return replace(shop, cart=_touched(shop, cart, fact, lines, rules), visit=visit)


def _fold_removed(shop: Shop, fact: Fact, rules: ShopRules) -> Shop:
    cart, said = shop.cart, fact.properties
    if cart is None or _is_past(shop, fact):
        return shop
    cart_id = reading.first_text(said, "cartId", "cart_id")
    if cart_id is not None and cart.id is not None and cart_id != cart.id:
        return shop
    key = reading.product_key(said)
    lines = _without(cart.lines, key)
    line = _find_line(cart.lines, key)
    if line is not None and said.get("quantity") is not None:
        left = line.quantity - reading.read_quantity(said)
        if left > 0:
            lines = (*lines, replace(line, quantity=left))
    return replace(shop, cart=_touched(shop, cart, fact, lines, rules) if lines else None)


def _find_line(lines: tuple[Line, ...], key: str) -> Line | None:
    return next((line for line in lines if line.key == key), None)


def _without(lines: tuple[Line, ...], key: str) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.key != key)


def _is_past(shop: Shop, fact: Fact) -> bool:
    """Whether the basket's change is older than the last order, or, as history, than the basket itself."""
    if shop.last_order is not None and fact.occurred_at < shop.last_order.at:
        return True
    return fact.historical and shop.cart is not None and fact.occurred_at < shop.cart.touched_at


def _touched(shop: Shop, cart: Cart, fact: Fact, lines: tuple[Line, ...], rules: ShopRules) -> Cart:
    said = fact.properties
    return Cart(
        touched_at=max(cart.touched_at, fact.occurred_at),
        lines=lines,
        id=reading.first_text(said, "cartId", "cart_id") or cart.id,
        url=reading.read_text(said.get("abandonedCartUrl") or said.get("cartUrl"), 2_000) or cart.url,
        context=_context_of(fact) or cart.context,
        due_at=None if shop.tells_carts else _due(fact, rules.cart_minutes),
    )


def _due(fact: Fact, minutes: int | None) -> datetime | None:
    if minutes is None or fact.historical:
        return None
    return fact.received_at + timedelta(minutes=minutes)


def _context_of(fact: Fact) -> str | None:
    said = fact.context.get("type") if fact.context else None
    return said if isinstance(said, str) else None


def _fold_abandoned_cart(shop: Shop, fact: Fact, rules: ShopRules) -> Shop:
    del rules
    cart = shop.cart if shop.cart is None else replace(shop.cart, due_at=None)
    if _is_ours(fact):
        return shop if cart is None else replace(shop, cart=cart)
    return replace(shop, cart=cart, tells_carts=True)


def _fold_abandoned_session(shop: Shop, fact: Fact, rules: ShopRules) -> Shop:
    del rules
    if _is_ours(fact):
        return shop if shop.visit is None else replace(shop, visit=None)
    return replace(shop, visit=None, tells_sessions=True)


def _is_ours(fact: Fact) -> bool:
    return fact.context is not None and fact.context.get(MADE_BY) == OURSELVES


def _fold_viewed(shop: Shop, fact: Fact, rules: ShopRules) -> Shop:
    due_at = _due(fact, rules.session_minutes)
    if due_at is None or shop.tells_sessions or (shop.cart is not None and shop.cart.due_at is not None):
        return shop
    known = shop.visit.products if shop.visit is not None else ()
    key = reading.product_key(fact.properties)
    looked_at = Line(key, 1, 0, reading.keep_product(fact.properties))
    products = (*_without(known, key), looked_at)[-MAXIMUM_LINES:]
    return replace(shop, visit=Visit(fact.occurred_at, products, _context_of(fact), due_at))


_FOLDS: Final[Mapping[str, Callable[[Shop, Fact, ShopRules], Shop]]] = {
    "completedOrder": _fold_order,
    "orderShipped": _fold_shipped,
    "addedProduct": _fold_added,
    "removedProduct": _fold_removed,
    "abandonedCart": _fold_abandoned_cart,
    "abandonedSession": _fold_abandoned_session,
    VISIT_NAME: _fold_viewed,
}
