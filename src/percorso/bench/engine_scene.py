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
CONTACTS: Final = 50_000
ENTERING: Final = 0.02
"""The share of events by which a contact enters a journey."""

CITIES: Final = tuple(f"City {number:02}" for number in range(50))
_NAMES: Final = ("addedProduct", "completedOrder", "searched", "formCompiled", "abandonedCart")
_WEIGHTS: Final = (0.12, 0.06, 0.04, 0.02, 0.01)
"""Together 25 % of the events; the others are views, in which no journey is interested."""

_RARE: Final = ENTERING / sum(_WEIGHTS)
"""Of the events that journeys are interested in, the share that meets one's condition."""


def make_graph(number: int, template_id: UUID) -> dict[str, Any]:
    """Return journey `number`: an event start with event and profile conditions, mail, wait, check, mail, end."""
    event = _NAMES[number % len(_NAMES)]
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


def contact_id(number: int) -> UUID:
    """Return the id of contact `number`."""
    return derive_id("bench contact", number)


def city_of(number: int) -> int:
    """Return the index of the city of contact `number`: the journeys of this index may let it in."""
    return number % len(CITIES)


def make_profiles(workspace_id: WorkspaceId, node_id: UUID, now: datetime) -> Iterator[FactDraft]:
    """Yield the fact that makes each contact known."""
    for number in range(CONTACTS):
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
            name = (
                _NAMES[city_of(person) % len(_NAMES)]
                if meets
                else chance.choices(_NAMES, weights=_WEIGHTS)[0]
            )
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
