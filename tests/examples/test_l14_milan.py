"""L14: online order → SMS with code → wait some days and check: an order at storeCode Milan **and** tag top spender
**and** female → mail W; male → mail M; code not used → the journey ends. Then: took part in the show → thank-you and
End; did not → ends."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.support.world import MONDAY, World


def of(source: str, path: str, operator: str, value: Any, type: str = "text") -> dict[str, Any]:
    operand = value if isinstance(value, dict) else {"kind": "value", "value": value}
    return {
        "kind": "test",
        "source": source,
        "path": path,
        "type": type,
        "operator": operator,
        "operands": [operand],
    }


def used_in_milan_by(gender: str) -> dict[str, Any]:
    return {
        "kind": "and",
        "conditions": [
            of("event", "storeCode", "equals", "Milan"),
            of("event", "coupon", "equals", {"kind": "captured", "name": "coupon"}),
            of("attribute", "tags.manual", "contains_any", ["top spender"], "list"),
            of("attribute", "gender", "equals", gender),
        ],
    }


async def publish(world: World) -> UUID:
    pool = await world.pool("Negozi", ["MI-1", "MI-2", "MI-3"])
    sms = await world.sms_template("codice", "Il tuo codice: {{ run.coupon }}")
    women, men, thanks = [await world.email_template(name) for name in ("donna", "uomo", "grazie")]
    return await world.publish(
        "Milano",
        {
            "starts": [{"id": "online", "event": "completedOrder", "contexts": ["ECOMMERCE"]}],
            "reentry": {"rule": "once_ever"},
            "first": "code",
            "steps": {
                "code": {"kind": "assign_coupon", "poolId": pool, "next": "sms"},
                "sms": {"kind": "send_sms", "templateId": sms, "next": "used"},
                "used": {
                    "kind": "wait_then_check",
                    "period": {"amount": 7, "unit": "days"},
                    "paths": [
                        {"id": "w", "name": "Donna", "event": "completedOrder",
                         "condition": used_in_milan_by("female"), "to": "women"},
                        {"id": "m", "name": "Uomo", "event": "completedOrder",
                         "condition": used_in_milan_by("male"), "to": "men"},
                    ],
                    "default": "unused",
                },
                "women": {"kind": "send_email", "templateId": women, "next": "show"},
                "men": {"kind": "send_email", "templateId": men, "next": "show"},
                "show": {
                    "kind": "wait_then_check",
                    "period": {"amount": 14, "unit": "days"},
                    "paths": [
                        {"id": "came", "name": "È venuto", "event": "eventParticipated",
                         "condition": of("event", "eventId", "equals", "show"), "to": "thanks"},
                    ],
                    "default": "away",
                },
                "thanks": {"kind": "send_email", "templateId": thanks, "next": "good"},
                "good": {"kind": "end", "outcome": "positive"},
                "away": {"kind": "end", "outcome": "neutral"},
                "unused": {"kind": "end", "outcome": "negative"},
            },
        },
    )  # fmt: skip


async def order_online(world: World, user: str, **traits: Any) -> str:
    """Return the code that the contact gets by SMS after an online order."""
    await world.join(user, **traits)
    await world.track(user, "completedOrder", context="ECOMMERCE", orderId="online")
    (sms,) = await world.mailbox(user, channel="sms")
    return sms.text.removeprefix("Il tuo codice: ")


TOP = {"tags": {"manual": ["top spender"]}}


@pytest.mark.parametrize(
    ("gender", "traits", "store", "coupon", "mails"),
    [
        ("female", TOP, "Milan", "own", ["donna"]),
        ("male", TOP, "Milan", "own", ["uomo"]),
        ("female", {}, "Milan", "own", []),
        ("female", TOP, "Rome", "own", []),
        ("female", TOP, "Milan", "another's", []),
        ("female", TOP, "Milan", None, []),
        (None, TOP, "Milan", "own", []),
    ],
)
async def test_store_tag_gender_and_the_very_code_must_meet_in_one_order(
    world: World, gender: str | None, traits: dict[str, Any], store: str, coupon: str | None, mails: list[str]
) -> None:
    journey = await publish(world)
    code = await order_online(world, "ada", gender=gender, **traits)
    assert code == "MI-1"
    await world.advance(days=3)
    given = {"own": code, "another's": "MI-2"}.get(coupon or "")
    await world.track("ada", "completedOrder", context="RETAIL", storeCode=store, coupon=given)
    await world.advance(days=4)
    assert [mail.subject for mail in await world.mailbox("ada", channel="email")] == mails
    (run,) = await world.runs("ada", journey)
    assert run.state == ("waiting" if mails else "ended")
    assert run.outcome == (None if mails else "negative")


async def test_store_of_one_order_and_code_of_another_do_not_make_a_use(world: World) -> None:
    journey = await publish(world)
    code = await order_online(world, "ada", gender="female", **TOP)
    await world.track("ada", "completedOrder", context="RETAIL", storeCode="Milan")
    await world.track("ada", "completedOrder", context="RETAIL", storeCode="Rome", coupon=code)
    await world.advance(days=7)
    assert [run.outcome for run in await world.runs("ada", journey)] == ["negative"]


@pytest.mark.parametrize(
    ("event", "mails", "outcome"),
    [
        ("show", ["donna", "grazie"], "positive"),
        ("another", ["donna"], "neutral"),
        (None, ["donna"], "neutral"),
    ],
)
async def test_who_took_part_in_the_show_is_thanked(
    world: World, event: str | None, mails: list[str], outcome: str
) -> None:
    journey = await publish(world)
    code = await order_online(world, "ada", gender="female", **TOP)
    await world.track("ada", "completedOrder", context="RETAIL", storeCode="Milan", coupon=code)
    await world.advance(days=10)
    if event:
        await world.track("ada", "eventParticipated", context="RETAIL", eventId=event)
    await world.advance(days=30)
    assert [mail.subject for mail in await world.mailbox("ada", channel="email")] == mails
    (run,) = await world.runs("ada", journey)
    assert (run.outcome, run.ended_at) == (outcome, MONDAY + timedelta(days=21))


async def test_an_order_in_a_shop_does_not_enter_and_each_contact_gets_a_code_of_their_own(
    world: World,
) -> None:
    journey = await publish(world)
    await world.join("eve")
    await world.track("eve", "completedOrder", context="RETAIL", storeCode="Milan")
    assert await world.runs("eve", journey) == []
    codes = [await order_online(world, user) for user in ("ada", "bob")]
    assert codes == ["MI-1", "MI-2"]
