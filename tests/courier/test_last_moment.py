"""What is committed before the mark keeps a message from leaving, however far its hand-over had come (T6)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from percorso.courier.main import hand_over_all
from percorso.db import Connection, Database
from percorso.db.clock import set_clock
from percorso.messages.actions import cancel_messages
from tests.support.scene import NOW, plan, read_facts, read_message, ready_message
from tests.support.smtp_sink import SmtpSink

Deed = Callable[[Connection], Awaitable[object]]


def execute(statement: str) -> Deed:
    return lambda connection: connection.execute(statement)


async def cancel(connection: Connection) -> None:
    (row,) = await connection.fetch("SELECT bucket, id FROM messages")
    assert await cancel_messages(connection, [(row["bucket"], row["id"], "removed")], now=NOW)


END_RUN = (
    "UPDATE runs SET state = 'ended', step = NULL, awaits = '{}', ended_at = reached_at, outcome = 'neutral',"
    " reason = 'removed: order'"
)
SUPPRESS = (
    "INSERT INTO suppressions SELECT bucket, id, 'email', email, workspace_id, 'complaint', created_at"
    " FROM contacts"
)
ERASE = "INSERT INTO contact_marks SELECT bucket, id, workspace_id, 'erased', created_at FROM contacts"
REFUSE = (
    "INSERT INTO consents SELECT bucket, id, 'marketing.automatic.email', workspace_id, false, false, false,"
    " created_at FROM contacts"
)


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        pytest.param(
            execute("UPDATE statuses SET status = 'unsubscribed'"), "not_subscribed", id="left the list"
        ),
        pytest.param(execute(SUPPRESS), "suppressed", id="suppressed"),
        pytest.param(execute(REFUSE), "no_consent", id="refused"),
        pytest.param(execute(ERASE), "erased", id="erased"),
        pytest.param(execute(END_RUN), "removed", id="run ended"),
        pytest.param(execute("UPDATE runs SET visit = 2"), "removed", id="run went on"),
        pytest.param(execute("UPDATE journeys SET state = 'archived'"), "journey_archived", id="archived"),
        pytest.param(cancel, "removed", id="cancelled"),
    ],
)
async def test_nothing_leaves_after_it(database: Database, deed: Deed, reason: str) -> None:
    _, _, message_id = await ready_message(database)
    async with SmtpSink() as sink:

        async def do() -> None:
            async with database.transaction("test.commit") as connection:
                await deed(connection)

        sink.before_data = do
        await hand_over_all(database, provider=sink.provider())

    assert sink.received == []
    assert [command for command in sink.commands if command == "DATA"] == ["DATA"]
    message = await read_message(database, message_id)
    assert (message["state"], message["reason"], message["marked_at"]) == ("skipped", reason, None)
    told = [fact["properties"]["reason"] for fact in await read_facts(database, "messageSkipped")]
    # Who cancels tells it: the worker, in the transaction that cancelled. Of somebody erased nothing is said any more.
    assert told == ([] if deed is cancel or reason == "erased" else [reason])
    assert await read_facts(database, "campaignSent") == []


async def test_a_pause_holds_the_message_and_resuming_lets_it_go(database: Database) -> None:
    _, _, message_id = await ready_message(database)
    async with SmtpSink() as sink:

        async def pause() -> None:
            async with database.transaction("test.commit") as connection:
                await connection.execute("UPDATE journeys SET state = 'paused'")

        sink.before_data = pause
        await hand_over_all(database, provider=sink.provider())
        assert sink.received == []
        assert (await read_message(database, message_id))["state"] == "due"

        sink.before_data = None
        assert await hand_over_all(database, provider=sink.provider()) == 0
        async with database.transaction("test.commit") as connection:
            await connection.execute("UPDATE journeys SET state = 'active'")
        assert await hand_over_all(database, provider=sink.provider()) == 1

    assert len(sink.received) == 1
    assert (await read_message(database, message_id))["state"] == "accepted"


async def test_a_changed_address_is_asked_for_again_a_little_later(database: Database) -> None:
    _, _, message_id = await ready_message(database)
    async with SmtpSink() as sink:

        async def move() -> None:
            async with database.transaction("test.commit") as connection:
                await connection.execute("UPDATE contacts SET email = 'nuova@example.com'")

        sink.before_data = move
        await hand_over_all(database, provider=sink.provider())
        assert sink.received == []
        message = await read_message(database, message_id)
        assert (message["state"], message["reason"]) == ("due", "asked_again")

        sink.before_data = None
        async with database.transaction("test.commit") as connection:
            await set_clock(connection, product_at=NOW + timedelta(seconds=6), rate=0)
        await hand_over_all(database, provider=sink.provider())

    assert [received.recipient for received in sink.received] == ["<nuova@example.com>"]


async def test_what_is_skipped_before_mail_from_never_meets_a_server(database: Database) -> None:
    scene, contact_id, message_id = await ready_message(database)
    async with database.transaction("test.commit") as connection:
        late = await plan(connection, scene, contact_id, expires_in=timedelta(0))
        await connection.execute("UPDATE statuses SET status = 'pending'")
    async with SmtpSink() as sink:
        await hand_over_all(database, provider=sink.provider())

    assert sink.conversations == 0
    reasons = {id: (await read_message(database, id))["reason"] for id in (message_id, late)}
    assert reasons == {message_id: "not_subscribed", late: "too_late"}
    facts = await read_facts(database, "messageSkipped")
    assert {fact["properties"]["messageId"]: fact["properties"]["reason"] for fact in facts} == {
        str(id): reason for id, reason in reasons.items()
    }
