"""What a person does of their own accord, from the first visit on: a pure function of their number.

Times are minutes of product time since the person's arrival.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from percorso.demo.people import Person, amount_of, chance, make_person, pick, pick_lines, traits_of

DAY: Final = 24 * 60
LIFE: Final = 45 * DAY
"""Minutes from a person's arrival to their last act."""

_CHANNELS = ("email", "sms")


class Act(msgspec.Struct, frozen=True):
    """One tracking call, sent when product time has come to `at`. `key` makes its message id."""

    at: float
    key: str
    call: dict[str, Any]
    expires_after: float | None = None
    """Minutes after which the cart is emptied: becomes the property `expiresAt`; None: the call has none."""


def arrival_of(number: int) -> float:
    """Return when the person with this number arrives, in minutes since the shop opened.

    The first forty come within a few seconds of the demo, then ever fewer, so that growth is bounded in time too.
    """
    steps = ((40, 5.0), (500, 40.0), (2_000, 120.0))
    at, counted = 0.0, 0
    for upto, gap in steps:
        here = min(number, upto) - counted
        if here <= 0:
            break
        at, counted = at + here * gap, min(number, upto)
    at += max(number - counted, 0) * 720.0
    return at + chance("arrival", number)


def live(number: int, list_id: str) -> list[Act]:
    """Return a person's acts in order of time; `list_id` is the list that they may subscribe to."""
    person = make_person(number)
    acts = [*_first_visit(person)]
    if person.registers:
        joined = 20 + chance("joined", number) * 60
        acts.extend(_join(person, joined, list_id))
        for session in range(2 + int(person.keen * 5)):
            acts.extend(_session(person, session, _session_start(person, joined, session)))
        acts.extend(_store_visits(person))
    acts.extend(_mistake(person))
    return sorted((act for act in acts if act.at <= LIFE), key=lambda act: (act.at, act.key))


def who(person: Person, *, known: bool) -> dict[str, Any]:
    """Return the identities of a call: the account once there is one, the browser before."""
    return {"userId": person.user_id} if known else {"anonymousId": person.anonymous_id}


def track(
    person: Person,
    name: str,
    properties: dict[str, Any],
    *,
    context: str = "ECOMMERCE",
    known: bool = True,
) -> dict[str, Any]:
    """Return a tracking call of an event."""
    return {
        "type": "track",
        **who(person, known=known),
        "event": name,
        "properties": properties,
        "context": {"type": context},
    }


def order(
    person: Person,
    key: str,
    lines: list[dict[str, Any]],
    *,
    store: str | None = None,
    coupon: str | None = None,
) -> dict[str, Any]:
    """Return the call of a completed order, online or in the shop of a city; a coupon takes 10 %."""
    total = sum(line["price"] for line in lines)
    properties: dict[str, Any] = {
        "orderId": f"A-{person.number:05}-{key}",
        "type": "sale",
        "paymentMethod": pick(("card", "cash" if store else "transfer"), "payment", person.number, key),
        "amount": amount_of(lines, discount=round(total * 0.1, 2) if coupon else 0.0),
        "products": lines,
    }
    if store:
        properties["storeCode"] = store
    if coupon:
        properties["coupon"] = coupon
    return track(person, "completedOrder", properties, context="RETAIL" if store else "ECOMMERCE")


def _first_visit(person: Person) -> Iterator[Act]:
    number = person.number
    pages = (("Home", "/"), ("Novità", "/novita"))
    for place, (title, path) in enumerate(pages):
        yield Act(
            place * 2.0,
            f"visit-{place}",
            {
                "type": "page",
                **who(person, known=False),
                "name": title,
                "properties": {"url": f"https://www.example.com/aurora{path}", "path": path},
                "context": {"type": "WEB"},
            },
        )
    for place, line in enumerate(pick_lines(person, "first")):
        yield Act(5.0 + place * 3, f"first-{place}", track(person, "viewedProduct", line, known=False))
    if chance("search", number) < 0.3:
        keyword = pick(("cappotto", "abito", "borsa", "stivali"), "keyword", number)
        yield Act(
            16.0, "search", track(person, "searched", {"keyword": keyword, "resultCount": 4}, known=False)
        )


def _join(person: Person, at: float, list_id: str) -> Iterator[Act]:
    """The account, and the subscriptions given with it; most take email, about half SMS too."""
    yield Act(
        at,
        "join",
        {
            "type": "identify",
            "userId": person.user_id,
            "anonymousId": person.anonymous_id,
            "traits": traits_of(person),
            "context": {"type": "ECOMMERCE"},
        },
    )
    yield Act(
        at + 0.5, "form", track(person, "formCompiled", {"formName": "Registrazione", "formId": "join"})
    )
    for place, (channel, share) in enumerate(zip(_CHANNELS, (0.88, 0.6), strict=True)):
        if chance("subscribes", channel, person.number) < share:
            properties = {
                "listId": list_id,
                "channel": channel,
                "source": "registration form",
                "wording": "Voglio ricevere le novità di Boutique Aurora.",
            }
            yield Act(at + 1 + place, f"subscribe-{channel}", track(person, "campaignSubscribed", properties))


def _session_start(person: Person, joined: float, session: int) -> float:
    """Return when a session begins: the first soon after joining, the others days apart."""
    if session == 0:
        return joined + 15 + chance("session", person.number, 0) * 180
    gap = 2 * DAY + chance("gap", person.number) * 5 * DAY
    return joined + session * gap + chance("session", person.number, session) * DAY


def _session(person: Person, session: int, start: float) -> Iterator[Act]:
    """A visit to the online shop: look, perhaps fill a cart, then order it or leave it."""
    number, key = person.number, f"s{session}"
    lines = pick_lines(person, key)
    yield Act(start, f"{key}-in", track(person, "loggedIn", {}))
    for place, line in enumerate(lines):
        yield Act(start + 2 + place * 3, f"{key}-view-{place}", track(person, "viewedProduct", line))
    if chance("cart", number, session) >= 0.45 + person.keen * 0.3:
        return
    for place, line in enumerate(lines):
        yield Act(start + 12 + place * 2, f"{key}-add-{place}", track(person, "addedProduct", line))
    if chance("order", number, session) < 0.5:
        yield Act(start + 22, f"{key}-order", order(person, key, lines))
        return
    cart = {
        "orderId": f"C-{number:05}-{key}",
        "abandonedCartUrl": f"https://www.example.com/aurora/carts/{number:05}-{key}",
        "amount": amount_of(lines),
        "products": lines,
    }
    yield Act(start + 40, f"{key}-cart", track(person, "abandonedCart", cart), expires_after=2 * DAY)
    if chance("returns", number, session) < 0.25:
        yield Act(start + 40 + 6 * 60, f"{key}-order", order(person, key, lines))


def _store_visits(person: Person) -> Iterator[Act]:
    for visit in range(int(chance("store", person.number) * 3)):
        at = (3 + visit * 11 + chance("store-day", person.number, visit) * 8) * DAY
        lines = pick_lines(person, "store", visit)
        yield Act(at, f"store-{visit}", order(person, f"r{visit}", lines, store=person.city))


def _mistake(person: Person) -> Iterator[Act]:
    """Now and then the shop's programs get it wrong: such calls are for the rejected list."""
    wrong: tuple[dict[str, Any], ...] = (
        {"type": "track", "userId": person.user_id, "properties": {"orderId": "A-0"}},
        {"type": "track", "event": "viewedProduct", "properties": {"sku": "AUR-101"}},
        {"type": "track", "userId": person.user_id, "event": "completedOrder", "properties": "129,00 EUR"},
        {"type": "identify", "userId": person.user_id, "traits": ["Anna", "Milano"]},
        {"type": "purchase", "userId": person.user_id, "event": "completedOrder", "properties": {}},
    )
    if person.number % 7 == 4:
        yield Act(30.0, "mistake", wrong[person.number // 7 % len(wrong)])
