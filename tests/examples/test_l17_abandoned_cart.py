"""L17: `abandonedCart` → reminder at once with cart and survey link → no order in a day → second reminder with the
cart's expiry → end; an order at any moment → no further reminder, outcome positive."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.support.world import MONDAY, World

CART_URL = "https://shop.example.com/carts/c1"


async def publish(world: World) -> UUID:
    first = await world.email_template(
        "cart 1",
        "Il tuo carrello ti aspetta",
        "<html><body><p>{% for line in event.products %}{{ line.name }} {% endfor %}</p>"
        '<a href="https://shop.example.com/survey?cart={{ event.orderId }}">Sondaggio</a></body></html>',
    )
    second = await world.email_template(
        "cart 2",
        "Ultimo giorno",
        "<html><body><p>Scade il {{ run.expires | date: '%d/%m/%Y' }}</p></body></html>",
    )
    return await world.publish(
        "Carrello abbandonato",
        {
            "starts": [
                {
                    "id": "cart",
                    "event": "abandonedCart",
                    "captures": [{"name": "expires", "operand": {"kind": "event", "path": "expiresAt"}}],
                }
            ],
            "removals": [{"id": "ordered", "event": "completedOrder", "outcome": "positive"}],
            "first": "reminder",
            "steps": {
                "reminder": {"kind": "send_email", "templateId": first, "next": "day"},
                "day": {"kind": "wait", "period": {"amount": 1, "unit": "days"}, "next": "last"},
                "last": {"kind": "send_email", "templateId": second, "next": "end"},
                "end": {"kind": "end", "outcome": "neutral"},
            },
        },
    )


async def abandon(world: World, **more: Any) -> None:
    await world.track(
        "ada",
        "abandonedCart",
        orderId="c1",
        abandonedCartUrl=CART_URL,
        expiresAt="2026-03-05T10:00:00Z",
        products=[{"name": "Cappotto"}, {"name": "Borsa"}],
        **more,
    )


async def test_a_cart_left_alone_is_reminded_of_at_once_and_after_a_day(world: World) -> None:
    journey = await publish(world)
    await world.join("ada")
    await abandon(world)
    (first,) = await world.mailbox("ada")
    assert (first.subject, first.received_at) == ("Il tuo carrello ti aspetta", MONDAY)
    assert "Cappotto Borsa" in first.html
    assert 'href="http://localhost:8000/c/' in first.html
    await world.advance(hours=23, minutes=59)
    assert len(await world.mailbox("ada")) == 1
    await world.advance(minutes=1)
    _, second = await world.mailbox("ada")
    assert (second.subject, second.received_at) == ("Ultimo giorno", MONDAY + timedelta(days=1))
    assert "Scade il 05/03/2026" in second.html
    (run,) = await world.runs("ada", journey)
    assert (run.state, run.outcome, run.reason, run.ended_at) == (
        "ended",
        "neutral",
        "completed",
        MONDAY + timedelta(days=1),
    )
    await world.advance(days=30)
    assert len(await world.mailbox("ada")) == 2


@pytest.mark.parametrize("hours", [0, 5, 23.99])
async def test_an_order_at_any_moment_ends_it_positive_and_no_further_reminder_comes(
    world: World, hours: float
) -> None:
    journey = await publish(world)
    await world.join("ada")
    await abandon(world)
    await world.advance(hours=hours)
    await world.track("ada", "completedOrder", orderId="o1")
    (run,) = await world.runs("ada", journey)
    assert (run.outcome, run.reason, run.ended_at) == ("positive", "removed: ordered", world.now)
    await world.advance(days=30)
    assert await world.subjects("ada") == ["Il tuo carrello ti aspetta"]
    assert await world.counters(journey) == {
        ("entered", "", ""): 1,
        ("entered", "reminder", ""): 1,
        ("left", "reminder", "next"): 1,
        ("entered", "day", ""): 1,
        ("exited", "day", "removed: ordered"): 1,
        ("ended", "", "positive"): 1,
        ("planned", "reminder", ""): 1,
        ("sent", "reminder", ""): 1,
    }
