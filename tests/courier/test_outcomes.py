"""What a provider's answer, or its silence, makes of a message, its run and its next try."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from percorso.channels.email.smtp import SmtpProvider, Timeouts
from percorso.channels.mailbox.store import find_mail, list_mail
from percorso.courier.main import hand_over_all
from percorso.db import Database
from percorso.db.clock import set_clock
from tests.support.scene import NOW, add_contact, plan, read_facts, read_message, ready_message
from tests.support.smtp_sink import Fault, SmtpSink

FAST = Timeouts(connect=5, command=2, body=5, final=0.5)


async def advance(database: Database, by: timedelta) -> None:
    async with database.transaction("test.commit") as connection:
        await set_clock(connection, product_at=NOW + by, rate=0)


async def age_marks(database: Database) -> None:
    """Make every mark as old as one that nobody can be waiting for."""
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "UPDATE messages SET marked_real_at = marked_real_at - interval '661 s' WHERE state = 'marked'"
        )


async def read_attempts(database: Database, message_id: UUID) -> list[dict[str, Any]]:
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT result, reply, marked_at IS NOT NULL AS marked FROM attempts WHERE message_id = $1"
            " ORDER BY number",
            message_id,
        )
    return [dict(row) for row in rows]


async def test_a_refusal_fails_the_message_and_tells_why(database: Database) -> None:
    _, _, message_id = await ready_message(database)
    async with SmtpSink(Fault("rcpt", "5xx")) as sink:
        await hand_over_all(database, provider=sink.provider(), timeouts=FAST)

    message = await read_message(database, message_id)
    assert (message["state"], message["reason"], message["marked_at"]) == ("failed", "refused", None)
    (fact,) = await read_facts(database, "messageFailed")
    assert (fact["properties"]["reason"], fact["properties"]["reply"]) == ("refused", "550 5.1.1 no")
    assert await read_attempts(database, message_id) == [
        {"result": "refused", "reply": "550 5.1.1 no", "marked": False}
    ]


async def test_a_temporary_refusal_is_tried_again_when_its_time_has_come(database: Database) -> None:
    _, _, message_id = await ready_message(database)
    async with SmtpSink(Fault("mail", "4xx", times=2)) as sink:
        assert await hand_over_all(database, provider=sink.provider(), timeouts=FAST) == 1
        assert await hand_over_all(database, provider=sink.provider(), timeouts=FAST) == 0
        await advance(database, timedelta(minutes=5.5))
        assert await hand_over_all(database, provider=sink.provider(), timeouts=FAST) == 1
        await advance(database, timedelta(minutes=5.5 + 16.5))
        assert await hand_over_all(database, provider=sink.provider(), timeouts=FAST) == 1

    assert len(sink.received) == 1
    assert (await read_message(database, message_id))["state"] == "accepted"
    assert [attempt["result"] for attempt in await read_attempts(database, message_id)] == [
        "temporary",
        "temporary",
        "accepted",
    ]
    (fact,) = await read_facts(database, "campaignSent", "messageFailed", "messageUnknown")
    assert fact["occurred_at"] == NOW + timedelta(minutes=22)


async def test_a_4xx_after_the_dot_is_an_answer_and_takes_the_mark_back(database: Database) -> None:
    _, _, message_id = await ready_message(database)
    async with SmtpSink(Fault("dot", "4xx", times=1)) as sink:
        await hand_over_all(database, provider=sink.provider(), timeouts=FAST)
        message = await read_message(database, message_id)
        assert (message["state"], message["marked_at"]) == ("due", None)
        await advance(database, timedelta(minutes=6))
        await hand_over_all(database, provider=sink.provider(), timeouts=FAST)

    assert len(sink.received) == 1
    assert [a["marked"] for a in await read_attempts(database, message_id)] == [True, True]


@pytest.mark.parametrize("action", ["reset", "hang", "garbage"])
async def test_marketing_in_doubt_is_unknown_told_and_never_sent_again(
    database: Database, action: Any
) -> None:
    _, _, message_id = await ready_message(database)
    async with SmtpSink(Fault("stored", action, times=1)) as sink:
        await hand_over_all(database, provider=sink.provider(), timeouts=FAST)
        for by in (timedelta(minutes=20), timedelta(days=10)):
            await advance(database, by)
            await hand_over_all(database, provider=sink.provider(), timeouts=FAST)

    assert len(sink.received) == 1
    assert (await read_message(database, message_id))["state"] == "unknown"
    (fact,) = await read_facts(database, "campaignSent", "messageUnknown")
    assert (fact["name"], fact["properties"]["reason"]) == ("messageUnknown", "no_answer")


async def test_a_transactional_message_in_doubt_gets_one_extra_copy_with_the_same_id(
    database: Database,
) -> None:
    _, _, message_id = await ready_message(database, message_class="transactional")
    async with SmtpSink(Fault("stored", "reset")) as sink:
        await hand_over_all(database, provider=sink.provider(), timeouts=FAST)
        assert (await read_message(database, message_id))["state"] == "marked"
        await hand_over_all(database, provider=sink.provider(), timeouts=FAST)
        assert len(sink.received) == 1
        for _ in range(3):
            await age_marks(database)
            await hand_over_all(database, provider=sink.provider(), timeouts=FAST)

    ids = [re.findall(rb"Message-ID: (\S+)", received.content) for received in sink.received]
    assert len(ids) == 2
    assert ids[0] == ids[1]
    assert (await read_message(database, message_id))["state"] == "unknown"
    assert len(await read_facts(database, "messageUnknown")) == 1


async def test_a_mark_without_a_result_is_judged_when_nobody_can_be_waiting_any_more(
    database: Database,
) -> None:
    _, _, message_id = await ready_message(database)
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "UPDATE messages SET state = 'marked', attempt = 1, claimed_by = gen_random_uuid(),"
            " marked_at = due_at, marked_real_at = clock_timestamp() - interval '659 s'"
        )
    await hand_over_all(database)
    assert (await read_message(database, message_id))["state"] == "marked"

    await age_marks(database)
    await hand_over_all(database)

    assert (await read_message(database, message_id))["state"] == "unknown"
    assert len(await read_facts(database, "messageUnknown")) == 1


async def test_a_lapsed_claim_is_due_again(database: Database) -> None:
    _, _, message_id = await ready_message(database)
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "UPDATE messages SET state = 'claimed', attempt = 1, claimed_by = gen_random_uuid(),"
            " claimed_until = clock_timestamp() - interval '1 s'"
        )

    assert await hand_over_all(database) == 1

    message = await read_message(database, message_id)
    assert (message["state"], message["attempt"]) == ("accepted", 2)


async def test_a_provider_that_cannot_be_reached_costs_a_pause(database: Database) -> None:
    _, _, message_id = await ready_message(database)
    async with SmtpSink() as sink:
        gone = sink.provider()
    await hand_over_all(database, provider=SmtpProvider(name="gone", host=gone.host, port=gone.port))

    message = await read_message(database, message_id)
    assert (message["state"], message["reason"]) == ("due", "refused_for_now")
    assert timedelta(minutes=4.5) <= message["due_at"] - NOW <= timedelta(minutes=5.5)


async def test_a_message_waits_for_its_moment(database: Database) -> None:
    scene, contact_id, _ = await ready_message(database)
    async with database.transaction("test.commit") as connection:
        later = await plan(connection, scene, contact_id, due_in=timedelta(days=2))
    await hand_over_all(database)
    assert (await read_message(database, later))["state"] == "planned"

    await advance(database, timedelta(days=2))
    assert await hand_over_all(database) == 1
    message = await read_message(database, later)
    assert (message["state"], message["marked_at"]) == ("accepted", NOW + timedelta(days=2))


async def test_a_template_that_cannot_be_filled_fails_its_message_alone(database: Database) -> None:
    scene, contact_id, good = await ready_message(database)
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "UPDATE template_versions SET subject = '{% for a in (1..100000) %}x{% endfor %}'"
            " WHERE template_id = $1",
            scene.transactional_template,
        )
        bad = await plan(connection, scene, contact_id, message_class="transactional")
    await hand_over_all(database)

    message = await read_message(database, bad)
    assert (message["state"], message["reason"]) == ("failed", "render")
    assert (await read_message(database, good))["state"] == "accepted"
    (fact,) = await read_facts(database, "messageFailed")
    assert "LoopIterationLimitError" in fact["properties"]["reply"]


async def test_a_push_reaches_the_device_that_came_last_with_its_link_and_picture(database: Database) -> None:
    scene, _, _ = await ready_message(database)
    async with database.transaction("test.commit") as connection:
        await connection.execute("DELETE FROM messages")
        contact_id = await add_contact(connection, scene, device="token-maria")
        push = await plan(connection, scene, contact_id, channel="push")
    await hand_over_all(database)

    async with database.connection() as connection:
        (line,) = await list_mail(connection, scene.workspace_id, channel="push")
        mail = await find_mail(connection, scene.workspace_id, line.id)
    assert mail is not None
    assert mail.push is not None
    assert (line.sender, line.recipient, line.subject, line.message_id, mail.text) == (
        "Bottega",
        "token-maria",
        "Ciao Maria",
        push,
        "Guarda A1",
    )
    assert (mail.push.link.startswith("http://localhost:8000/c/"), mail.push.image) == (
        True,
        "https://shop.example.com/A1.png",
    )
    message = await read_message(database, push)
    assert (message["state"], message["address"], message["subject"]) == (
        "accepted",
        "token-maria",
        "Ciao Maria",
    )
    assert [a["result"] for a in await read_attempts(database, push)] == ["accepted"]
    (fact,) = await read_facts(database, "campaignSent")
    assert (fact["properties"]["channel"], fact["properties"]["subject"]) == ("push", "Ciao Maria")


async def test_without_a_device_a_push_is_skipped(database: Database) -> None:
    scene, contact_id, _ = await ready_message(database)
    async with database.transaction("test.commit") as connection:
        await connection.execute("DELETE FROM messages")
        push = await plan(connection, scene, contact_id, channel="push")
    await hand_over_all(database)

    message = await read_message(database, push)
    assert (message["state"], message["reason"]) == ("skipped", "no_address")
    (fact,) = await read_facts(database, "messageSkipped")
    assert (fact["properties"]["reason"], fact["properties"]["channel"]) == ("no_address", "push")


async def test_an_sms_reaches_the_mailbox_under_the_same_journal(database: Database) -> None:
    scene, contact_id, _ = await ready_message(database)
    async with database.transaction("test.commit") as connection:
        await connection.execute("DELETE FROM messages")
        sms = await plan(connection, scene, contact_id, channel="sms")
    await hand_over_all(database)

    async with database.connection() as connection:
        (line,) = await list_mail(connection, scene.workspace_id, channel="sms")
        mail = await find_mail(connection, scene.workspace_id, line.id)
    assert mail is not None
    assert (line.sender, line.recipient, line.message_id, mail.text) == (
        "Bottega",
        "+393331234567",
        sms,
        "Ciao Maria!",
    )
    assert (await read_message(database, sms))["state"] == "accepted"
    assert [a["result"] for a in await read_attempts(database, sms)] == ["accepted"]
    (fact,) = await read_facts(database, "campaignSent")
    assert fact["properties"]["channel"] == "sms"
