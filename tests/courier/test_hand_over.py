"""A due message reaches the mailbox, and its run is told."""

from percorso.channels.mailbox.store import find_mail, list_mail
from percorso.courier.main import hand_over_all
from percorso.db import Database
from tests.support.scene import NOW, read_facts, read_message, ready_message


async def test_a_due_email_arrives_in_the_mailbox_and_is_told_as_sent(database: Database) -> None:
    scene, contact_id, message_id = await ready_message(database)

    assert await hand_over_all(database) == 1

    message = await read_message(database, message_id)
    assert (message["state"], message["address"], message["subject"]) == (
        "accepted",
        "maria@example.com",
        "Ciao Maria",
    )
    async with database.connection() as connection:
        (line,) = await list_mail(connection, scene.workspace_id)
        mail = await find_mail(connection, scene.workspace_id, line.id)
    assert mail is not None
    assert (line.message_id, line.recipient, line.subject) == (message_id, "maria@example.com", "Ciao Maria")
    assert "Ciao Maria" in mail.text
    assert "<p>Ciao Maria</p>" in mail.html
    assert "shop.example.com" not in mail.html
    (fact,) = await read_facts(database, "campaignSent")
    assert (fact["contact_id"], fact["kind"], fact["origin"], fact["occurred_at"]) == (
        contact_id,
        "message",
        "courier",
        NOW,
    )
    properties = fact["properties"]
    assert properties["messageId"] == str(message_id)
    assert properties["runId"] == str(message["run_id"])
    assert (properties["step"], properties["visit"], properties["subject"]) == ("benvenuto", 1, "Ciao Maria")


async def test_handing_over_again_sends_nothing_more(database: Database) -> None:
    scene, _, _ = await ready_message(database)
    await hand_over_all(database)

    assert await hand_over_all(database) == 0

    async with database.connection() as connection:
        assert len(await list_mail(connection, scene.workspace_id)) == 1
    assert len(await read_facts(database, "campaignSent")) == 1
