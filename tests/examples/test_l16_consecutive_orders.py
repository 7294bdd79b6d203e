"""L16: the second order is compared with the first order's amount, captured in the run; a month after the second
*consecutive* order over 100 (a smaller one between breaks it) the contact gets a coupon of 10 %."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.support.world import MONDAY, World


def amount(operator: str, operand: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "test",
        "source": "event",
        "path": "amount.revenue",
        "type": "number",
        "operator": operator,
        "operands": [operand],
    }


OVER_100 = amount("more_than", {"kind": "value", "value": 100})
CAPTURED = {"name": "first", "operand": {"kind": "event", "path": "amount.revenue"}}
SECOND = {"name": "second", "operand": {"kind": "event", "path": "amount.revenue"}}


async def publish_coupon(world: World) -> UUID:
    pool = await world.pool("Dieci per cento", ["DIECI-1", "DIECI-2"])
    mail = await world.email_template("sconto", "Per te il 10 %: {{ run.coupon }}")
    return await world.publish(
        "Due ordini di fila",
        {
            "starts": [
                {"id": "first", "event": "completedOrder", "condition": OVER_100, "captures": [CAPTURED]}
            ],
            "first": "second",
            "steps": {
                "second": {
                    "kind": "react",
                    "event": "completedOrder",
                    "limit": {"amount": 1, "unit": "years"},
                    "paths": [{"id": "big", "name": "Oltre 100", "condition": OVER_100, "to": "month"}],
                    "unmatched": "default",
                },
                "month": {"kind": "wait", "period": {"amount": 1, "unit": "months"}, "next": "coupon"},
                "coupon": {"kind": "assign_coupon", "poolId": pool, "next": "mail"},
                "mail": {"kind": "send_email", "templateId": mail, "next": "end"},
                "end": {"kind": "end", "outcome": "positive"},
            },
        },
    )


async def order(world: World, revenue: float) -> None:
    await world.track("ada", "completedOrder", amount={"revenue": revenue})
    await world.advance(days=1)


@pytest.mark.parametrize(
    ("revenues", "coupon_due"),
    [
        ((150, 120), True),
        ((150, 50, 120), False),
        ((150, 50, 120, 130), True),
        ((150,), False),
        ((100, 100), False),
        ((50, 150, 101), True),
        ((150, 100, 150), False),
    ],
)
async def test_a_coupon_follows_only_two_orders_over_a_hundred_in_a_row(
    world: World, revenues: tuple[float, ...], coupon_due: bool
) -> None:
    await publish_coupon(world)
    await world.join("ada")
    for revenue in revenues:
        await order(world, revenue)
    await world.advance(days=60)
    assert await world.subjects("ada") == (["Per te il 10 %: DIECI-1"] if coupon_due else [])


async def test_the_month_is_one_of_the_calendar_counted_from_the_second_order(world: World) -> None:
    await publish_coupon(world)
    await world.join("ada")
    await world.track("ada", "completedOrder", amount={"revenue": 150})
    # 31 March, ten in the morning in Rome, summer time by now: a month later is 30 April.
    await world.advance(days=28, hours=23)
    assert world.now == datetime(2026, 3, 31, 8, tzinfo=UTC)
    await world.track("ada", "completedOrder", amount={"revenue": 150})
    await world.advance(days=60)
    (mail,) = await world.mailbox("ada")
    assert mail.received_at == datetime(2026, 4, 30, 8, tzinfo=UTC)


async def publish_comparison(world: World) -> UUID:
    mail = await world.email_template("di più", "Da {{ run.first }} a {{ run.second }}")
    more = amount("more_than", {"kind": "captured", "name": "first"})
    return await world.publish(
        "Spende di più",
        {
            "starts": [{"id": "first", "event": "completedOrder", "captures": [CAPTURED]}],
            "reentry": {"rule": "once_ever"},
            "first": "second",
            "steps": {
                "second": {
                    "kind": "react",
                    "event": "completedOrder",
                    "limit": {"amount": 60, "unit": "days"},
                    "paths": [{"id": "more", "name": "Di più", "condition": more, "to": "mail"}],
                    "captures": [SECOND],
                    "unmatched": "default",
                    "default": "less",
                },
                "mail": {"kind": "send_email", "templateId": mail, "next": "good"},
                "good": {"kind": "end", "outcome": "positive"},
                "less": {"kind": "end", "outcome": "negative"},
            },
        },
    )


@pytest.mark.parametrize(
    ("second", "outcome", "subjects"),
    [(80.5, "positive", ["Da 80 a 80.5"]), (80, "negative", []), (79.99, "negative", [])],
)
async def test_the_second_order_is_compared_with_the_first(
    world: World, second: float, outcome: str, subjects: list[str]
) -> None:
    journey = await publish_comparison(world)
    await world.join("ada")
    await world.track("ada", "completedOrder", amount={"revenue": 80})
    await world.advance(days=3)
    await world.track("ada", "completedOrder", amount={"revenue": second})
    (run,) = await world.runs("ada", journey)
    assert (run.outcome, run.ended_at) == (outcome, MONDAY + timedelta(days=3))
    assert await world.subjects("ada") == subjects


async def test_without_a_second_order_the_limit_ends_the_run(world: World) -> None:
    journey = await publish_comparison(world)
    await world.join("ada")
    await world.track("ada", "completedOrder", amount={"revenue": 80})
    await world.advance(days=61)
    (run,) = await world.runs("ada", journey)
    # Clocks went forward meanwhile: sixty days of the calendar are an hour short of 60 × 24 hours.
    assert (run.outcome, run.ended_at) == ("negative", MONDAY + timedelta(days=60, hours=-1))
    assert ("second", "default", "limit") in await world.trace("ada")
