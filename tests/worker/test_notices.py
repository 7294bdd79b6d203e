"""Double opt-in and first notifications: who asks is asked once, and the page alone makes them subscribed."""

import re
from typing import Any
from uuid import UUID

from percorso.consent.records import find_broken_link
from percorso.consent.status_store import list_records
from percorso.worker.main import settle
from percorso.workspaces.actions import create_key
from tests.support.world import MONDAY, Mail, World

ASKED: dict[str, Any] = {"source": "form", "wording": "Sì, scrivetemi."}


async def open_world(database: Any, **settings: Any) -> World:
    world = await World.open(database)
    await set_list(world, **settings)
    return world


async def set_list(world: World, **settings: Any) -> None:
    """Set the list up before the first call: keys remember its way for five seconds."""
    written = ", ".join(f"{name} = ${place}" for place, name in enumerate(settings, 2))
    if written:
        async with world.database.transaction("test.commit") as connection:
            await connection.execute(
                f"UPDATE lists SET {written} WHERE id = $1",
                world.list_id,
                *settings.values(),
            )


async def read_status(world: World, channel: str = "email") -> str | None:
    async with world.database.connection() as connection:
        return await connection.fetchval("SELECT status FROM statuses WHERE channel = $1", channel)


async def read_names(world: World) -> list[str]:
    async with world.database.connection() as connection:
        rows = await connection.fetch(
            """SELECT name FROM facts WHERE kind IN ('status', 'message') ORDER BY received_at, bucket, "offset" """
        )
    return [row["name"] for row in rows]


def find_link(mail: Mail, letter: str = "k") -> str:
    found = re.search(rf"http://localhost:8000(/{letter}/[\w-]+)", mail.text)
    assert found, mail.text
    return found[1]


async def test_who_asks_is_pending_until_the_page_is_posted(database: Any) -> None:
    world = await open_world(database, opt_in="double")
    await world.identify("ada", email="ada@example.com")
    await world.track("ada", "campaignSubscribed", channel="email", **ASKED)
    await world.drain()

    assert await read_status(world) == "pending"
    (mail,) = await world.mailbox()
    assert (mail.recipient, mail.subject) == ("ada@example.com", "Conferma l’iscrizione a Novità")
    assert "list-unsubscribe" not in mail.headers
    assert "/o/" not in mail.html
    path = find_link(mail)
    assert f"{path}" in mail.html

    seen = await world.visit(path)
    assert (seen.status, "Confermi l’iscrizione?" in seen.body.decode()) == (200, True)
    await world.visit(path, method="HEAD")
    await world.drain()
    assert await read_status(world) == "pending"

    done = await world.visit(path, method="POST")
    assert (done.status, "Iscrizione confermata" in done.body.decode()) == (200, True)
    await world.visit(path, method="POST")
    await world.drain()
    assert await read_status(world) == "subscribed"
    assert "Iscrizione confermata" in (await world.visit(path)).body.decode()
    names = await read_names(world)
    assert names == ["campaignOptinRequested", "messagePlanned", "campaignSent", "campaignSubscribed"]
    async with database.connection() as connection:
        contact_id = await connection.fetchval("SELECT id FROM contacts")
        records = await list_records(connection, contact_id)
        said = await connection.fetchval("SELECT properties FROM facts WHERE name = 'campaignSubscribed'")
        message_id = await connection.fetchval("SELECT id FROM messages")
    assert [(record.status, record.source, record.wording) for record in records] == [
        ("pending", "form", "Sì, scrivetemi."),
        (
            "subscribed",
            "confirmation_page",
            "Se confermi, a•••a@example.com riceverà le email di Novità. Potrai annullare quando vuoi.",
        ),
    ]
    assert find_broken_link(records) is None
    told = said
    assert (told["messageId"], told["listId"]) == (str(message_id), str(world.list_id))


async def test_asked_twice_in_a_short_time_one_mail(database: Any) -> None:
    world = await open_world(database, opt_in="double")
    await world.identify("ada", email="ada@example.com")
    for _ in range(3):
        await world.track("ada", "campaignSubscribed", channel="email", **ASKED)
    assert len(await world.mailbox()) == 1

    await world.advance(minutes=61)
    for expected in (2, 3, 3, 3):
        await world.track("ada", "campaignSubscribed", channel="email", **ASKED)
        await world.drain()
        assert len(await world.mailbox()) == expected
        await world.advance(hours=2)
    await world.advance(days=31)
    await world.track("ada", "campaignSubscribed", channel="email", **ASKED)
    await world.drain()
    mails = await world.mailbox()
    assert len(mails) == 4
    assert len({find_link(mail) for mail in mails}) == 4


async def test_a_browser_only_asks_and_is_asked_back_whatever_the_list_does(database: Any) -> None:
    world = await open_world(database)
    async with database.transaction("test.commit") as connection:
        _, token = await create_key(
            connection,
            workspace_id=world.workspace_id,
            name="site",
            kind="browser",
            scopes=(),
            present=MONDAY,
        )
    call = {
        "event": "campaignSubscribed",
        "anonymousId": "visitor",
        "context": {"traits": {"email": "eva@example.com"}},
        "properties": {"channel": "email", "confirmed": True, **ASKED},
    }
    assert (await world.client_of(token).post("/v1/track", call)).status == 200
    await world.drain()
    assert await read_status(world) == "pending"
    (mail,) = await world.mailbox()
    assert mail.recipient == "eva@example.com"
    await world.visit(find_link(mail), method="POST")
    assert await read_status(world) == "subscribed"


async def test_a_server_that_asked_by_itself_says_so(database: Any) -> None:
    world = await open_world(database, opt_in="double")
    await world.identify("ada", email="ada@example.com")
    await world.track("ada", "campaignSubscribed", channel="email", confirmed=True, **ASKED)
    await world.drain()
    assert (await read_status(world), await world.mailbox()) == ("subscribed", [])


async def test_a_list_that_does_not_confirm_subscribes_at_once(database: Any) -> None:
    world = await open_world(database)
    await world.identify("ada", email="ada@example.com")
    await world.track("ada", "campaignSubscribed", channel="email", **ASKED)
    await world.drain()
    assert (await read_status(world), await world.mailbox()) == ("subscribed", [])


async def test_whoever_answered_meanwhile_is_not_asked(database: Any) -> None:
    world = await open_world(database, opt_in="double")
    await world.identify("ada", email="ada@example.com")
    said = {"userId": "ada", "properties": {"channel": "email", **ASKED}, "type": "track"}
    client = world.client_of(world.write_key)
    assert (await client.post("/v1/track", said | {"event": "campaignSubscribed"})).status == 200
    await settle(database)
    assert (await client.post("/v1/track", said | {"event": "campaignUnsubscribed"})).status == 200
    await world.drain()
    assert await world.mailbox() == []
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT state, reason FROM messages")
    assert [tuple(row) for row in rows] == [("skipped", "not_pending")]


async def test_nothing_is_planned_for_who_answered_before_the_worker_came(database: Any) -> None:
    world = await open_world(database, opt_in="double")
    await world.identify("ada", email="ada@example.com")
    said = {"userId": "ada", "properties": {"channel": "email", **ASKED}, "type": "track"}
    calls = [said | {"event": name} for name in ("campaignSubscribed", "campaignUnsubscribed")]
    client = world.client_of(world.write_key)
    assert (await client.post("/v1/batch", {"batch": calls})).status == 200
    await world.drain()
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM messages") == 0
        assert await connection.fetchval('SELECT count(*) FROM notices WHERE "offset" IS NOT NULL') == 0


async def test_a_link_proves_the_address_it_was_sent_to_and_no_other(database: Any) -> None:
    world = await open_world(database, opt_in="double")
    await world.identify("ada", email="ada@example.com")
    await world.track("ada", "campaignSubscribed", channel="email", **ASKED)
    await world.drain()
    (mail,) = await world.mailbox()
    await world.identify("ada", email="new@example.com")
    await world.drain()
    assert (await world.visit(find_link(mail), method="POST")).status == 404
    assert await read_status(world) == "pending"
    unsubscribe = find_link(mail).replace("/k/", "/u/")
    assert (await world.visit(unsubscribe, method="POST")).status == 404


async def test_an_sms_is_confirmed_by_an_sms(database: Any) -> None:
    world = await open_world(database, opt_in="double", language="en")
    await world.identify("ada", phone="+393331234567")
    await world.track("ada", "campaignSubscribed", channel="sms", **ASKED)
    await world.drain()
    (mail,) = await world.mailbox()
    assert (mail.channel, mail.text.startswith("Novità: to get our texts confirm here")) == ("sms", True)
    page = await world.visit(find_link(mail), method="POST")
    assert "You are subscribed" in page.body.decode()
    assert (await read_status(world, "sms"), await read_status(world)) == ("subscribed", None)


async def test_the_first_notification_goes_once_after_confirming(database: Any) -> None:
    world = await open_world(database, opt_in="double")
    welcome = await world.email_template("Benvenuta")
    await set_list(world, welcome_template_id=UUID(welcome), has_welcome=True)
    await world.identify("ada", email="ada@example.com")
    await world.track("ada", "campaignSubscribed", channel="email", **ASKED)
    await world.drain()
    (asked,) = await world.mailbox()
    await world.visit(find_link(asked), method="POST")
    await world.drain()
    assert sorted(mail.subject for mail in await world.mailbox()) == [
        "Benvenuta",
        "Conferma l’iscrizione a Novità",
    ]
    assert (await read_names(world)).count("firstNotificationSent") == 1
    await world.track("ada", "campaignUnsubscribed", channel="email", **ASKED)
    await world.track("ada", "campaignSubscribed", channel="email", confirmed=True, **ASKED)
    await world.drain()
    assert await read_status(world) == "subscribed"
    assert len(await world.mailbox()) == 2


async def test_a_visitor_who_asks_and_then_is_known_is_asked_once(database: Any) -> None:
    world = await open_world(database, opt_in="double")
    await world.identify("ada", email="ada@example.com")
    call = {
        "type": "track",
        "event": "campaignSubscribed",
        "anonymousId": "visitor",
        "properties": {"channel": "email", **ASKED},
    }
    tie = {"type": "identify", "anonymousId": "visitor", "userId": "ada"}
    answer = await world.client_of(world.write_key).post("/v1/batch", {"batch": [call, tie]})
    assert answer.status == 200
    await world.drain()
    (mail,) = await world.mailbox()
    assert mail.recipient == "ada@example.com"
    await world.visit(find_link(mail), method="POST")
    assert await read_status(world) == "subscribed"


async def test_what_a_list_does_not_track_leads_straight(database: Any) -> None:
    world = await open_world(database, tracks_opens=False, tracks_clicks=False)
    html = '<p><a href="https://shop.example.com/{{ contact.firstName }}">Vai</a></p>'
    welcome = await world.email_template("Benvenuta", html=html)
    await set_list(world, welcome_template_id=UUID(welcome), has_welcome=True)
    await world.identify("ada", email="ada@example.com", firstName="Ada")
    await world.track("ada", "campaignSubscribed", channel="email", **ASKED)
    await world.drain()
    (mail,) = await world.mailbox()
    assert 'href="https://shop.example.com/Ada"' in mail.html
    assert ("/o/" in mail.html, "/c/" in mail.html) == (False, False)
    assert "/u/" in mail.html


async def test_a_channel_that_was_not_proven_is_asked_first(database: Any) -> None:
    world = await open_world(database, opt_in="double")
    await world.identify("ada", email="ada@example.com", phone="+393331234567")
    await world.track("ada", "campaignSubscribed", channel="email", **ASKED)
    (mail,) = await world.mailbox()
    done = await world.visit(find_link(mail), method="POST")
    found = re.search(r'href="(/p/[\w-]+)"', done.body.decode())
    assert found is not None
    page = await world.visit(found[1], method="POST", body=b"email=1&sms=1")
    assert "manca la tua conferma, te l’abbiamo chiesta con un SMS" in page.body.decode()
    await world.drain()
    assert (await read_status(world), await read_status(world, "sms")) == ("subscribed", "pending")
    (text,) = await world.mailbox(channel="sms")
    # Saving again without the box leaves the question open: nobody said no.
    await world.visit(found[1], method="POST", body=b"email=1")
    assert await read_status(world, "sms") == "pending"
    await world.visit(find_link(text), method="POST")
    assert await read_status(world, "sms") == "subscribed"
