"""L6: unsubscribe between two emails → nothing more."""

from uuid import UUID

from tests.support.world import World


async def publish(world: World, *, with_sms: bool = False) -> UUID:
    one, two = await world.email_template("uno"), await world.email_template("due")
    sms = await world.sms_template("tre")
    steps = {
        "one": {"kind": "send_email", "templateId": one, "next": "wait"},
        "wait": {"kind": "wait", "period": {"amount": 2, "unit": "days"}, "next": "two"},
        "two": {"kind": "send_email", "templateId": two, "next": "sms" if with_sms else None},
    }
    if with_sms:
        steps["sms"] = {"kind": "send_sms", "templateId": sms}
    return await world.publish(
        "Corso", {"starts": [{"id": "form", "event": "formCompiled"}], "first": "one", "steps": steps}
    )


async def test_who_unsubscribes_between_two_emails_leaves_at_once_and_gets_nothing_more(world: World) -> None:
    journey = await publish(world)
    await world.join("ada")
    await world.join("bob")
    for user in ("ada", "bob"):
        await world.track(user, "formCompiled")
    await world.advance(days=1)
    (mail,) = await world.mailbox("ada")
    await world.unsubscribe(mail)
    (run,) = await world.runs("ada", journey)
    assert (run.state, run.outcome, run.reason, run.ended_at) == (
        "ended",
        "neutral",
        "unsubscribed",
        world.now,
    )
    await world.advance(days=30)
    assert await world.subjects("ada") == ["uno"]
    assert await world.subjects("bob") == ["uno", "due"]


async def test_a_mail_without_a_way_back_to_the_list_is_skipped_with_its_reason(world: World) -> None:
    journey = await publish(world)
    await world.identify("eve", email="eve@example.com")
    await world.track("eve", "formCompiled")
    assert await world.mailbox() == []
    assert [(run.outcome, run.reason) for run in await world.runs("eve", journey)] == [
        ("neutral", "not_subscribed")
    ]
    assert await world.messages("eve") == [("one", "skipped", "not_subscribed")]
    assert await world.trace("eve") == [("", "form", "entered"), ("one", None, "not_subscribed")]


async def test_who_comes_back_may_enter_again(world: World) -> None:
    journey = await publish(world)
    await world.join("ada")
    await world.track("ada", "formCompiled")
    (mail,) = await world.mailbox("ada")
    await world.unsubscribe(mail)
    await world.advance(minutes=1)
    await world.track("ada", "formCompiled")
    await world.advance(minutes=1)
    await world.subscribe("ada")
    await world.track("ada", "formCompiled")
    await world.advance(days=2)
    assert await world.subjects("ada") == ["uno", "uno", "due"]
    assert [run.reason for run in await world.runs("ada", journey)] == [
        "unsubscribed",
        "not_subscribed",
        "completed",
    ]


async def test_leaving_email_ends_a_journey_only_while_email_is_still_to_come(world: World) -> None:
    journey = await publish(world, with_sms=True)
    await world.join("ada")
    await world.track("ada", "formCompiled")
    (mail,) = await world.mailbox("ada")
    await world.advance(days=2)
    assert await world.subjects("ada") == ["uno", "due", "tre"]
    await world.unsubscribe(mail)
    assert [run.reason for run in await world.runs("ada", journey)] == ["completed"]
