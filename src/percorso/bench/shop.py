"""What the ingest benches send: the calls of a shop, made beforehand, each with a message id of its own."""

import base64
import random
from typing import Any, Final
from uuid import UUID

import msgspec

_CONTEXT: Final = {
    "library": {"name": "analytics-python", "version": "2.4.0"},
    "ip": "192.0.2.17",
    "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36",
}


def authorization_of(write_key: str) -> str:
    """Return the header by which Segment's clients give their key."""
    return "Basic " + base64.b64encode(f"{write_key}:".encode()).decode()


def make_identify(number: int) -> dict[str, Any]:
    """Return the identify of contact `number`."""
    return {
        "type": "identify",
        "messageId": f"identify-{number}",
        "userId": f"contact-{number}",
        "traits": {
            "firstName": "Ada",
            "email": f"contact-{number}@example.com",
            "address": {"city": "Milano"},
        },
    }


def make_event(chance: random.Random, *, contacts: int) -> dict[str, Any]:
    """Return a track of one of the contacts: mostly views, some carts, some orders by Segment's names."""
    event: dict[str, Any] = {
        "type": "track",
        "messageId": str(UUID(int=chance.getrandbits(128))),
        "userId": f"contact-{chance.randrange(contacts)}",
        "timestamp": "2026-03-02T09:00:00.000Z",
        "context": _CONTEXT,
        "integrations": {},
    }
    sku = f"SKU-{chance.randrange(5000):05}"
    draw = chance.random()
    if draw < 0.75:
        event["event"] = "viewedProduct"
        event["properties"] = {"id": sku, "name": "Camicia di lino", "price": 79.9, "category": ["camicie"]}
    elif draw < 0.92:
        event["event"] = "addedProduct"
        event["properties"] = {"id": sku, "name": "Camicia di lino", "price": 79.9, "quantity": 1}
    else:
        event["event"] = "Order Completed"
        event["properties"] = {
            "order_id": f"O-{chance.getrandbits(40)}",
            "revenue": 79.9,
            "currency": "EUR",
            "products": [{"product_id": sku, "name": "Camicia di lino", "price": 79.9, "quantity": 1}],
        }
    return event


def make_batches(count: int, size: int, *, contacts: int, seed: int) -> list[bytes]:
    """Return the bodies of `count` batches of `size` events."""
    chance = random.Random(seed)  # noqa: S311 - invented behaviour, no secret
    return [
        msgspec.json.encode(
            {
                "batch": [make_event(chance, contacts=contacts) for _ in range(size)],
                "sentAt": "2026-03-02T09:00:00.500Z",
            }
        )
        for _ in range(count)
    ]


def make_singles(count: int, *, contacts: int, seed: int) -> list[bytes]:
    """Return the bodies of `count` single calls."""
    chance = random.Random(seed)  # noqa: S311 - invented behaviour, no secret
    return [msgspec.json.encode(make_event(chance, contacts=contacts)) for _ in range(count)]
