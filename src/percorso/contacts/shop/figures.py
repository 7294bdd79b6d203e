"""The attributes under `shop` that follow from what is remembered. Pure."""

from typing import Any, Final

from percorso.contacts.shop.model import Shop
from percorso.contacts.shop.reading import write_amount
from percorso.contacts.shop.windows import sum_month

ROOT: Final = "shop"
"""The attribute that holds the figures; nobody but Percorso writes below it."""


def is_figure(path: str) -> bool:
    """Whether an attribute is Percorso's own to write: the figures of the shop, and what holds them."""
    return path == ROOT or path.startswith(f"{ROOT}.")


def describe_figures(before: Shop | None, after: Shop) -> dict[str, Any]:
    """Return the figures that may differ after a fold, by name; None: there was one, and there is none now.

    Names: lastOrder {id, at, amount, products, categories}, lastShippedOrder {id, at}, cart {id, at, amount},
    revenue {total, last12Months, last30Days}, products, preferredStore.
    """
    figures: dict[str, Any] = {}
    if before is None or after.last_order is not before.last_order:
        figures["lastOrder"] = _last_order(after)
    if before is None or after.shipped is not before.shipped:
        figures["lastShippedOrder"] = _shipped(after)
    if before is None or after.cart is not before.cart:
        figures["cart"] = _cart(after)
    if before is None or after.days is not before.days or after.judged_on != before.judged_on:
        figures["revenue"] = _revenue(after)
    if before is None or after.products is not before.products:
        figures["products"] = list(after.products) or None
    if before is None or after.stores is not before.stores:
        figures["preferredStore"] = _preferred_store(after)
    return figures


def _without_nones(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


def _last_order(shop: Shop) -> dict[str, Any] | None:
    order = shop.last_order
    if order is None:
        return None
    return _without_nones(
        {
            "id": order.id,
            "at": order.at.isoformat(),
            "amount": None if order.amount is None else write_amount(order.amount),
            "products": list(order.products),
            "categories": list(order.categories),
        }
    )


def _shipped(shop: Shop) -> dict[str, Any] | None:
    if shop.shipped is None:
        return None
    return _without_nones({"id": shop.shipped.id, "at": shop.shipped.at.isoformat()})


def _cart(shop: Shop) -> dict[str, Any] | None:
    cart = shop.cart
    if cart is None:
        return None
    amount = sum(line.price * line.quantity for line in cart.lines)
    return _without_nones({"id": cart.id, "at": cart.touched_at.isoformat(), "amount": write_amount(amount)})


def _revenue(shop: Shop) -> dict[str, Any] | None:
    if shop.last_order is None and not shop.total and not shop.days:
        return None
    return {
        "total": write_amount(shop.total),
        "last12Months": write_amount(sum(shop.days.values())),
        "last30Days": write_amount(sum_month(shop.days, shop.judged_on)),
    }


def _preferred_store(shop: Shop) -> str | None:
    return max(shop.stores, key=lambda name: (shop.stores[name], name), default=None)
