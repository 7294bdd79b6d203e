"""When a shop changes although nothing happens, and what Percorso says of it then. Pure."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from percorso.contacts.shop.figures import ROOT, describe_figures
from percorso.contacts.shop.fold import MADE_BY, OURSELVES
from percorso.contacts.shop.model import Shop
from percorso.contacts.shop.reading import write_amount
from percorso.contacts.shop.windows import begin_of, day_of, keep_year, next_change


class Said(msgspec.Struct, frozen=True):
    """A fact that is due; `mark` tells it from others of its name, and is the same whenever it is made."""

    kind: Literal["event", "profile"]
    name: str
    mark: str
    properties: dict[str, Any]
    context: dict[str, Any] | None = None


def next_moment(shop: Shop, zone: str) -> datetime | None:
    """Return when the shop must be looked at again if nothing happens, None for never."""
    change = next_change(shop.days, shop.judged_on)
    moments = [
        moment
        for moment in (
            shop.cart.due_at if shop.cart is not None else None,
            shop.visit.due_at if shop.visit is not None else None,
            begin_of(change, zone) if change is not None else None,
        )
        if moment is not None
    ]
    return min(moments, default=None)


def plan_moment(shop: Shop, moment: datetime, zone: str) -> Iterator[Said]:
    """Yield what is to be said at the moment that `next_moment` gave; folding it moves that on."""
    cart, visit = shop.cart, shop.visit
    if cart is not None and cart.due_at is not None and cart.due_at <= moment:
        amount = sum(line.price * line.quantity for line in cart.lines)
        said: dict[str, Any] = {
            "orderId": cart.id,
            "abandonedCartUrl": cart.url,
            "amount": {"total": write_amount(amount)},
            "products": [{**line.product, "quantity": line.quantity} for line in cart.lines],
        }
        yield _event("abandonedCart", cart.due_at, said, cart.context)
    if visit is not None and visit.due_at is not None and visit.due_at <= moment:
        yield _event(
            "abandonedSession",
            visit.due_at,
            {"products": [line.product for line in visit.products]},
            visit.context,
        )
    today = day_of(moment, zone)
    change = next_change(shop.days, shop.judged_on)
    if change is not None and change <= today:
        revenue = describe_figures(None, judge_days(shop, today))["revenue"]
        yield Said(
            "profile",
            "contactUpdated",
            today.isoformat(),
            {"set": {f"{ROOT}.revenue": revenue}, ROOT: {"judgedOn": today.isoformat()}},
        )


def judge_days(shop: Shop, today: date) -> Shop:
    """Return the shop with its windows as of `today`; the very same if they stand there or beyond."""
    if today <= shop.judged_on:
        return shop
    return replace(shop, judged_on=today, days=keep_year(shop.days, today))


def _event(name: str, due_at: datetime, said: dict[str, Any], context: str | None) -> Said:
    return Said(
        "event",
        name,
        due_at.isoformat(),
        {key: value for key, value in said.items() if value is not None},
        {"type": context or "ECOMMERCE", MADE_BY: OURSELVES},
    )
