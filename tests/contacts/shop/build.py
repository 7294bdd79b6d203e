"""Events of a shop for pure tests, and a contact that is told of them in order of time."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from percorso.contacts.fold import fold_fact
from percorso.contacts.model import Contact
from percorso.contacts.shop.model import ShopRules
from percorso.contacts.shop.moments import Said, next_moment, plan_moment
from percorso.log.model import Fact
from tests.contacts.test_fold import contact, fact

ROME = ShopRules("Europe/Rome", 20, 20)
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)


def event(name: str, said: dict[str, Any], at: datetime, **more: Any) -> Fact:
    """Return an event that occurred and was received at `at`."""
    values: dict[str, Any] = {"kind": "event", "name": name, "occurred_at": at, "received_at": at}
    return fact(0, said, **(values | more))


def order(amount: Any, at: datetime, *, type: str = "sale", **more: Any) -> Fact:
    """Return an order that brought in `amount`."""
    products = more.pop("products", [])
    said = {"orderId": "o", "type": type, "amount": {"revenue": amount}, "products": products}
    store = more.pop("store", None)
    return event("completedOrder", said | ({"storeCode": store} if store else {}), at, **more)


def added(product: str, at: datetime, price: Any = 10, **said: Any) -> Fact:
    """Return a product put into the basket."""
    return event("addedProduct", {"id": product, "price": price, **said}, at)


def removed(product: str, at: datetime, **said: Any) -> Fact:
    """Return a product taken out of the basket."""
    return event("removedProduct", {"id": product, **said}, at)


def tell(
    facts: Iterable[Fact], until: datetime, *, rules: ShopRules = ROME, known: Contact | None = None
) -> tuple[Contact, list[Said]]:
    """Return the contact at `until`, and what was said of it on the way: each moment before the next fact."""
    ada, heard = known or contact(), list[Said]()

    def wait(moment: datetime, *, inclusive: bool) -> None:
        nonlocal ada
        while ada.due_at is not None and (ada.due_at < moment or (inclusive and ada.due_at == moment)):
            assert ada.shop is not None
            due_at = ada.due_at
            said = list(plan_moment(ada.shop, due_at, rules.zone))
            assert said, "a moment at which nothing is said"
            for each in said:
                heard.append(each)
                own = event(each.name, each.properties, due_at, kind=each.kind, context=each.context)
                ada, _ = fold_fact(ada, msgspec.structs.replace(own, origin="worker"), rules)
            assert ada.due_at is None or ada.due_at > due_at

    for each in facts:
        wait(each.received_at, inclusive=False)
        ada, _ = fold_fact(ada, each, rules)
        assert ada.shop is None or ada.due_at == next_moment(ada.shop, rules.zone)
    wait(until, inclusive=True)
    return ada, heard


def figures(ada: Contact) -> dict[str, Any]:
    """Return the contact's attributes under `shop`."""
    return ada.attributes.get("shop", {})


def minutes(count: float) -> timedelta:
    """Return a span of minutes."""
    return timedelta(minutes=count)
