"""L15: coupon ABC1 for contact 1, ABC2 for contact 2; an order of contact 1 with ABC2 → "not used" path; with ABC1 →
"used"."""

from uuid import UUID

import pytest

from tests.support.world import World

OWN_CODE = {
    "kind": "test",
    "source": "event",
    "path": "coupon",
    "type": "text",
    "operator": "equals",
    "operands": [{"kind": "captured", "name": "coupon"}],
}


async def publish(world: World) -> UUID:
    pool = await world.pool("ABC", ["ABC1", "ABC2"])
    mail = await world.email_template("codice", "Il tuo codice {{ run.coupon }}")
    return await world.publish(
        "Coupon",
        {
            "starts": [{"id": "form", "event": "formCompiled"}],
            "first": "coupon",
            "steps": {
                "coupon": {"kind": "assign_coupon", "poolId": pool, "next": "mail", "noneLeft": "none"},
                "mail": {"kind": "send_email", "templateId": mail, "next": "check"},
                "check": {
                    "kind": "wait_then_check",
                    "period": {"amount": 5, "unit": "days"},
                    "paths": [
                        {"id": "used", "name": "Usato", "event": "completedOrder", "condition": OWN_CODE,
                         "to": "good"}
                    ],
                    "default": "bad",
                },
                "good": {"kind": "end", "outcome": "positive"},
                "bad": {"kind": "end", "outcome": "negative"},
                "none": {"kind": "end", "outcome": "neutral"},
            },
        },
    )  # fmt: skip


@pytest.mark.parametrize(("coupon", "path"), [("ABC1", "used"), ("ABC2", "default"), (None, "default")])
async def test_only_ones_own_code_counts_as_used(world: World, coupon: str | None, path: str) -> None:
    journey = await publish(world)
    for user in ("one", "two"):
        await world.join(user)
        await world.track(user, "formCompiled")
    assert await world.subjects("one") == ["Il tuo codice ABC1"]
    assert await world.subjects("two") == ["Il tuo codice ABC2"]
    await world.track("one", "completedOrder", orderId="o1", coupon=coupon)
    await world.track("two", "completedOrder", orderId="o2", coupon="ABC2")
    await world.advance(days=5)
    assert ("check", path, None) in await world.trace("one")
    assert ("check", "used", None) in await world.trace("two")
    assert [run.outcome for run in await world.runs("one", journey)] == [
        "positive" if path == "used" else "negative"
    ]


async def test_when_no_code_is_left_the_run_takes_the_path_for_that(world: World) -> None:
    journey = await publish(world)
    for user in ("one", "two", "three"):
        await world.join(user)
        await world.track(user, "formCompiled")
    assert await world.subjects("three") == []
    assert [(run.outcome, run.reason) for run in await world.runs("three", journey)] == [
        ("neutral", "completed")
    ]
    assert ("coupon", "none_left", None) in await world.trace("three")


async def test_entering_again_takes_another_code(world: World) -> None:
    await publish(world)
    await world.join("one")
    await world.track("one", "formCompiled")
    await world.advance(days=6)
    await world.track("one", "formCompiled")
    assert await world.subjects("one") == ["Il tuo codice ABC1", "Il tuo codice ABC2"]
