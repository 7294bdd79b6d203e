"""What contacts meet who tap a push: its link, the page on which to leave, what they chose."""

from datetime import timedelta

import pytest

from percorso.content.store import ensure_token_keys
from percorso.content.tokens import Named, Purpose
from percorso.courier.main import hand_over_all
from percorso.db import Database
from percorso.db.clock import set_clock
from tests.api.pages.test_pages import Sent, Site, read_status
from tests.support.scene import NOW, add_contact, plan, read_facts, read_message, set_scene


@pytest.fixture
async def sent(database: Database) -> Sent:
    async with database.transaction("test.commit") as connection:
        scene = await set_scene(connection)
        contact_id = await add_contact(connection, scene, device="token-maria")
        message_id = await plan(connection, scene, contact_id, channel="push")
    await hand_over_all(database)
    async with database.transaction("test.commit") as connection:
        await set_clock(connection, product_at=NOW + timedelta(hours=1), rate=0)
        keys = await ensure_token_keys(connection)
    return Sent(
        database=database,
        scene=scene,
        contact_id=contact_id,
        message_id=message_id,
        site=Site(database, keys),
        named=Named(scene.workspace_id, (await read_message(database, message_id))["bucket"], message_id),
    )


async def test_who_taps_a_push_opens_it_and_follows_its_link(sent: Sent) -> None:
    answer = await sent.site.ask(sent.link(0))

    assert (answer.status, answer.headers["location"]) == (302, "https://shop.example.com/A1")
    facts = await read_facts(sent.database, "campaignOpened", "campaignLinkClicked")
    assert [
        (
            fact["name"],
            fact["properties"]["channel"],
            fact["properties"]["first"],
            fact["properties"].get("url"),
        )
        for fact in facts
    ] == [
        ("campaignOpened", "push", True, None),
        ("campaignLinkClicked", "push", True, "https://shop.example.com/A1"),
    ]
    message = await read_message(sent.database, sent.message_id)
    assert message["opened_at"] == message["clicked_at"] == NOW + timedelta(hours=1)


async def test_what_previews_a_push_has_opened_nothing(sent: Sent) -> None:
    await sent.site.ask(sent.link(0), headers={"sec-purpose": "prefetch"})

    facts = await read_facts(sent.database, "campaignOpened", "campaignLinkClicked")
    assert [(fact["properties"]["machine"], fact["historical"]) for fact in facts] == [(True, True)] * 2
    assert (await read_message(sent.database, sent.message_id))["opened_at"] is None


@pytest.mark.parametrize("position", [1, 7])
async def test_a_push_has_one_link(sent: Sent, position: int) -> None:
    assert (await sent.site.ask(sent.link(position))).status == 404
    assert await read_facts(sent.database, "campaignOpened", "campaignLinkClicked") == []


async def test_a_push_has_no_page_of_its_own(sent: Sent) -> None:
    assert (await sent.site.ask(sent.site.path(Purpose.VIEW, sent.named))).status == 404


async def test_from_a_push_one_leaves_push_alone(sent: Sent) -> None:
    path = sent.site.path(Purpose.UNSUBSCRIBE, sent.named)
    asked = await sent.site.ask(path)
    assert "Non manderemo più notifiche di Novità ai tuoi dispositivi." in asked.body
    assert "token-maria" not in asked.body
    done = await sent.site.ask(path, method="POST")
    assert "Da ora i tuoi dispositivi non ricevono più notifiche di Novità." in done.body
    assert [await read_status(sent, channel) for channel in ("push", "email")] == [
        "unsubscribed",
        "subscribed",
    ]


async def test_preferences_offer_push_to_who_has_a_device(sent: Sent) -> None:
    path = sent.site.path(Purpose.PREFERENCES, sent.named)
    assert "Notifiche" in (await sent.site.ask(path)).body
    await sent.site.ask(path, method="POST", body=b"email=1")
    assert await read_status(sent, "push") == "unsubscribed"
    async with sent.database.transaction("test.commit") as connection:
        # A list that asks for confirmation has nobody to ask on a device: the token was given by its owner.
        await connection.execute("UPDATE lists SET opt_in = 'double'")
    await sent.site.ask(path, method="POST", body=b"email=1&push=1")
    assert await read_status(sent, "push") == "subscribed"
    async with sent.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE contacts SET identities = '{}'")
    assert "Notifiche" not in (await sent.site.ask(path)).body
