"""What the engine bench applies: fifty journeys of a shop, and a day of its events, made beforehand."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.kit.ids import WorkspaceId, bucket_of, derive_id
from percorso.log.model import FactDraft

JOURNEYS: Final = 50
SEGMENTS: Final = 20
CONTACTS: Final = 50_000
ENTERING: Final = 0.02
"""The share of events by which a contact enters a journey."""

CITIES: Final = tuple(f"City {number:02}" for number in range(50))
_NAMES: Final = ("addedProduct", "completedOrder", "searched", "formCompiled", "abandonedCart")
_WEIGHTS: Final = (0.12, 0.06, 0.04, 0.02, 0.01)
"""Together 25 % of the events; the others are views, in which no journey is interested."""

_RARE: Final = ENTERING / sum(_WEIGHTS)
"""Of the events that journeys are interested in, the share that meets one's condition."""


def event_of(number: int) -> str:
    """Return the name of the event that journey `number` listens to."""
    return _NAMES[number % len(_NAMES)]


def make_graph(number: int, template_id: UUID) -> dict[str, Any]:
    """Return journey `number`: an event start with event and profile conditions, mail, wait, check, mail, end."""
    event = event_of(number)
    city = {"source": "attribute", "path": "address.city", "type": "text", "operator": "equals"}
    price = {"source": "event", "path": "amount.revenue", "type": "number", "operator": "at_least"}
    condition = {
        "kind": "and",
        "conditions": [
            {"kind": "test", **price, "operands": [{"kind": "value", "value": 100}]},
            {"kind": "test", **city, "operands": [{"kind": "value", "value": CITIES[number]}]},
        ],
    }
    return {
        "starts": [
            {
                "id": "start",
                "event": event,
                "condition": condition,
                "captures": [{"name": "revenue", "operand": {"kind": "event", "path": "amount.revenue"}}],
            }
        ],
        "reentry": {"rule": "every_time", "inside": "one_per_key", "key": "orderId"},
        "removals": [{"id": "left", "event": "closedTicket"}],
        "first": "mail",
        "steps": {
            "mail": {"kind": "send_email", "templateId": str(template_id), "next": "wait"},
            "wait": {
                "kind": "wait_then_check",
                "period": {"amount": 2, "unit": "days"},
                "paths": [{"id": "bought", "name": "Bought", "event": "completedOrder", "to": "end"}],
                "default": "again",
            },
            "again": {"kind": "send_email", "templateId": str(template_id), "next": "end"},
            "end": {"kind": "end", "outcome": "positive"},
        },
    }


def make_segments() -> dict[str, dict[str, Any]]:
    """Return twenty segments by name: eight of the profile, ten of what happened, two of other segments.

    They look back on orders, searches, forms and baskets: 13 % of the events.
    """
    segments = {f"City {number:02}": _filter(_is_city(number)) for number in range(0, 40, 5)}
    segments |= {
        "Ordered": _filter(_did("completedOrder")),
        "Ordered twice in 30 days": _filter(_did("completedOrder", times=2, days=30)),
        "Not ordered for 60 days": _filter({"kind": "not", "condition": _did("completedOrder", days=60)}),
        "Spent 300": _filter(_did("completedOrder", times=300, measure="sum", path="amount.revenue")),
        "Spent 200 in 30 days": _filter(
            _did("completedOrder", times=200, days=30, measure="sum", path="amount.revenue")
        ),
        "Left a basket this week": _filter(_did("abandonedCart", days=7)),
        "Searched three times this week": _filter(_did("searched", times=3, days=7)),
        "Searched without ordering": _filter(
            {
                "kind": "and",
                "conditions": [
                    _did("searched", days=30),
                    {"kind": "not", "condition": _did("completedOrder", days=30)},
                ],
            }
        ),
        "Wrote to us": _filter(_did("formCompiled", days=30)),
        "Wrote and ordered": _filter(
            {"kind": "and", "conditions": [_did("formCompiled"), _did("completedOrder")]}
        ),
    }
    segments["Good customers of two cities"] = {
        "kind": "combination",
        "first": str(segment_id("City 00")),
        "then": [
            {"operator": "or", "segmentId": str(segment_id("City 05"))},
            {"operator": "and", "segmentId": str(segment_id("Spent 300"))},
        ],
    }
    segments["Fallen asleep"] = {
        "kind": "combination",
        "first": str(segment_id("Ordered")),
        "then": [{"operator": "and", "segmentId": str(segment_id("Not ordered for 60 days"))}],
    }
    assert len(segments) == SEGMENTS
    return segments


def segment_id(name: str) -> UUID:
    """Return the id of a segment of the bench."""
    return derive_id("bench segment", name)


def _filter(condition: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "filter", "condition": condition}


def _is_city(number: int) -> dict[str, Any]:
    test = {"source": "attribute", "path": "address.city", "type": "text", "operator": "equals"}
    return {"kind": "test", **test, "operands": [{"kind": "value", "value": CITIES[number]}]}


def _did(event: str, *, times: int = 1, days: int | None = None, **measured: str) -> dict[str, Any]:
    window = {"kind": "anytime"} if days is None else {"kind": "ago", "amount": days, "unit": "days"}
    return {
        "kind": "happened",
        "pattern": {"events": [event]},
        "window": window,
        "operands": [{"kind": "value", "value": times}],
        **measured,
    }


def contact_id(number: int) -> UUID:
    """Return the id of contact `number`."""
    return derive_id("bench contact", number)


def city_of(number: int) -> int:
    """Return the index of the city of contact `number`: the journeys of this index may let it in."""
    return number % len(CITIES)


def make_profiles(
    workspace_id: WorkspaceId, node_id: UUID, now: datetime, *, contacts: int = CONTACTS
) -> Iterator[FactDraft]:
    """Yield the fact that makes each of so many contacts known."""
    for number in range(contacts):
        said = {
            "set": {
                "firstName": "Ada",
                "lastName": f"Rossi {number}",
                "address": {"city": CITIES[city_of(number)]},
            },
            "identities": {"email": [f"contact-{number}@example.com"], "user_id": [f"contact-{number}"]},
            "nodeId": str(node_id),
        }
        yield _draft(workspace_id, contact_id(number), "profile", "contactUpdated", f"p{number}", said, now)


def make_events(workspace_id: WorkspaceId, count: int, now: datetime, *, seed: int) -> Iterator[FactDraft]:
    """Yield `count` events in the order of their receipt, of contacts in no order."""
    chance = random.Random(seed)  # noqa: S311 - invented behaviour, no secret
    ids = [contact_id(number) for number in range(CONTACTS)]
    interesting = sum(_WEIGHTS)
    for number in range(count):
        person = chance.randrange(CONTACTS)
        product = {"id": f"SKU-{chance.randrange(5000):05}", "name": "Camicia di lino", "price": 79.9}
        if chance.random() >= interesting:
            name, said = "viewedProduct", {**product, "category": ["camicie"]}
        else:
            meets = chance.random() < _RARE
            # The journey of this city listens to one name; other names of the same contact meet nothing.
            name = event_of(city_of(person)) if meets else chance.choices(_NAMES, weights=_WEIGHTS)[0]
            revenue = 120 if meets else 59.9
            said = {
                "orderId": f"O-{number}",
                "amount": {"revenue": revenue, "total": revenue},
                "products": [product],
            }
        # As a shop with 250 events/s would send them.
        occurred_at = now - timedelta(milliseconds=4 * (count - number))
        yield _draft(workspace_id, ids[person], "event", name, f"e{number}", said, occurred_at)


def _draft(
    workspace_id: WorkspaceId,
    contact: UUID,
    kind: Any,
    name: str,
    message_id: str,
    said: dict[str, Any],
    now: datetime,
) -> FactDraft:
    return FactDraft(
        bucket=bucket_of(contact),
        workspace_id=workspace_id,
        contact_id=contact,
        kind=kind,
        name=name,
        message_id=message_id,
        occurred_at=now,
        properties=msgspec.json.encode(said),
        context=b'{"type":"ECOMMERCE","ip":"192.0.2.17","userAgent":"Mozilla/5.0 (X11; Linux x86_64)"}',
    )
