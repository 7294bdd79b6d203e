"""Who a call belongs to: claims, anonymous contacts that become known, merges, conflicts, shared browsers."""

import asyncio
from datetime import timedelta
from typing import Any

from tests.api.tracking.shop import NOON, Shop, told


async def owners(shop: Shop) -> dict[tuple[str, str], Any]:
    rows = await shop.fetch("SELECT kind, value, contact_id FROM identities")
    return {(kind, value): contact_id for kind, value, contact_id in rows}


async def moves(shop: Shop) -> list[tuple[Any, Any]]:
    return [(row[0], row[1]) for row in await shop.fetch("SELECT contact_id, into_contact_id FROM moved")]


async def test_an_anonymous_contact_becomes_known_and_stays_itself(shop: Shop) -> None:
    await shop.call("page", anonymousId="a1", messageId="m1")
    await shop.call(
        "identify", anonymousId="a1", userId="u1", messageId="m2", traits={"email": "a@x.example.com"}
    )
    await shop.call("track", userId="u1", event="e", messageId="m3")
    facts = {fact["message_id"]: fact for fact in await shop.facts()}
    contact_id = facts["m1"]["contact_id"]
    assert {facts[key]["contact_id"] for key in ("m1", "m2", "m3")} == {contact_id}
    assert set((await owners(shop)).values()) == {contact_id}
    assert facts["m1#identities"]["properties"] == {
        "identities": {"anonymous_id": ["a1"]},
        "nodeId": str(shop.setup.node_id),
    }
    assert facts["m2"]["properties"]["identities"] == {
        "user_id": ["u1"],
        "email": ["a@x.example.com"],
        "anonymous_id": ["a1"],
    }
    assert "nodeId" not in facts["m2"]["properties"]


async def test_an_anonymous_contact_is_merged_into_the_known_one_and_what_follows_goes_there(
    shop: Shop,
) -> None:
    await shop.call("identify", userId="u1")
    await shop.call("page", anonymousId="a1", messageId="before")
    known, anonymous = await shop.contact_of("user_id", "u1"), await shop.contact_of("anonymous_id", "a1")
    await shop.call("identify", userId="u1", anonymousId="a1", messageId="tie")
    await shop.call("page", anonymousId="a1", messageId="after")
    facts = {fact["message_id"]: fact for fact in await shop.facts()}
    assert (facts["before"]["contact_id"], facts["after"]["contact_id"]) == (anonymous, known)
    assert facts["tie"]["properties"]["identities"] == {"user_id": ["u1"], "anonymous_id": ["a1"]}
    moved = facts[f"moved:{anonymous}:{known}"]
    assert told(moved, "kind", "name", "contact_id", "bucket", "properties") == {
        "kind": "moved",
        "name": "contactMoved",
        "contact_id": anonymous,
        "bucket": anonymous.bytes[15],
        "properties": {"intoContactId": str(known)},
    }
    rows = await shop.fetch(
        'SELECT bucket, contact_id, into_bucket, into_contact_id, "offset", state, moved_at FROM moved'
    )
    assert rows == [
        (
            anonymous.bytes[15],
            anonymous,
            known.bytes[15],
            known,
            moved["offset"],
            "moved",
            moved["received_at"],
        )
    ]
    assert (await owners(shop))["anonymous_id", "a1"] == known


async def test_other_identities_of_a_merged_contact_lead_to_whom_it_was_merged_into(shop: Shop) -> None:
    device = {"context": {"device": {"token": "d1"}}}
    await shop.call("identify", userId="u1")
    await shop.call("screen", anonymousId="a1", **device)
    await shop.call("identify", userId="u1", anonymousId="a1")
    await shop.call("screen", messageId="m", **device)
    assert (await shop.fact("m"))["contact_id"] == await shop.contact_of("user_id", "u1")


async def test_two_known_contacts_are_never_merged_and_the_conflict_is_listed(shop: Shop) -> None:
    await shop.call("identify", userId="u1", traits={"email": "one@x.example.com"})
    await shop.call("identify", userId="u2", traits={"email": "two@x.example.com"})
    one, two = await shop.contact_of("user_id", "u1"), await shop.contact_of("user_id", "u2")
    for _ in range(2):
        await shop.call(
            "identify", userId="u1", messageId="m", traits={"email": "TWO@x.example.com", "city": "Rome"}
        )
    fact = await shop.fact("m")
    assert fact["contact_id"] == one
    assert fact["properties"] == {
        "set": {"city": "Rome", "email": "TWO@x.example.com"},
        "identities": {"user_id": ["u1"]},
    }
    assert await moves(shop) == []
    assert (await owners(shop))["email", "two@x.example.com"] == two
    conflicts = await shop.fetch("SELECT contact_id, other_contact_id, kind, value FROM identity_conflicts")
    assert conflicts == [(one, two, "email", "two@x.example.com")]


async def test_a_browser_that_two_people_share_belongs_to_the_second_from_then_on(shop: Shop) -> None:
    await shop.call("identify", userId="u1", anonymousId="a1")
    await shop.call("page", anonymousId="a1", messageId="first")
    await shop.call("identify", userId="u2", anonymousId="a1", messageId="switch")
    await shop.call("page", anonymousId="a1", messageId="second")
    one, two = await shop.contact_of("user_id", "u1"), await shop.contact_of("user_id", "u2")
    assert one != two
    assert (await shop.fact("first"))["contact_id"] == one
    assert (await shop.fact("second"))["contact_id"] == two
    await shop.call("track", userId="u1", anonymousId="a1", event="e", messageId="back")
    assert (await shop.fact("back"))["contact_id"] == one
    assert (await owners(shop))["anonymous_id", "a1"] == one
    assert await moves(shop) == []


async def test_a_new_address_of_a_known_contact_is_claimed_beside_the_old_one(shop: Shop) -> None:
    await shop.call("identify", userId="u1", traits={"email": "old@x.example.com"})
    await shop.call("identify", userId="u1", messageId="m", traits={"email": "new@x.example.com"})
    contact_id = await shop.contact_of("user_id", "u1")
    assert await owners(shop) == {
        ("user_id", "u1"): contact_id,
        ("email", "old@x.example.com"): contact_id,
        ("email", "new@x.example.com"): contact_id,
    }
    assert (await shop.fact("m"))["properties"]["identities"] == {
        "user_id": ["u1"],
        "email": ["new@x.example.com"],
    }


async def test_an_alias_ties_an_anonymous_id_to_a_user(shop: Shop) -> None:
    await shop.call("page", anonymousId="a1", messageId="m1")
    await shop.call("alias", previousId="a1", userId="u1", messageId="m2")
    contact_id = (await shop.fact("m1"))["contact_id"]
    assert await owners(shop) == {("anonymous_id", "a1"): contact_id, ("user_id", "u1"): contact_id}
    assert (await shop.fact("m2"))["properties"] == {
        "identities": {"user_id": ["u1"], "anonymous_id": ["a1"]}
    }


async def test_an_alias_gives_a_known_user_a_second_id(shop: Shop) -> None:
    await shop.call("identify", userId="old", messageId="m1")
    await shop.call("alias", previousId="old", userId="new")
    contact_id = (await shop.fact("m1"))["contact_id"]
    assert await owners(shop) == {("user_id", "old"): contact_id, ("user_id", "new"): contact_id}


async def test_a_merge_within_one_batch_keeps_the_order(shop: Shop) -> None:
    calls = [
        {"type": "identify", "userId": "u1", "messageId": "1"},
        {"type": "page", "anonymousId": "a1", "messageId": "2"},
        {"type": "identify", "userId": "u1", "anonymousId": "a1", "messageId": "3"},
        {"type": "page", "anonymousId": "a1", "messageId": "4"},
    ]
    await shop.server.post("/v1/batch", {"batch": calls})
    known = await shop.contact_of("user_id", "u1")
    ((anonymous, into),) = await moves(shop)
    assert into == known
    facts = {fact["message_id"]: fact["contact_id"] for fact in await shop.facts()}
    assert [facts[key] for key in "1234"] == [known, anonymous, known, known]
    assert (await owners(shop))["anonymous_id", "a1"] == known


async def test_many_at_once_about_one_new_contact_make_one_contact(shop: Shop) -> None:
    others = [await open_again(shop) for _ in range(3)]
    calls = [
        other.call(
            "track", userId="u1", anonymousId=f"a{number % 5}", event="e", messageId=f"{place}-{number}"
        )
        for place, other in enumerate([shop, *others])
        for number in range(25)
    ]
    assert {answer.status for answer in await asyncio.gather(*calls)} == {200}
    facts = [fact for fact in await shop.facts() if fact["kind"] == "event"]
    assert len({fact["message_id"] for fact in facts}) == len(facts) == 100
    contact_id = await shop.contact_of("user_id", "u1")
    assert {fact["contact_id"] for fact in facts} == {contact_id}
    assert set((await owners(shop)).values()) == {contact_id}
    ((gaps,),) = await shop.fetch(
        'SELECT count(*) FROM heads WHERE "offset" <> (SELECT count(*) FROM facts WHERE facts.bucket = heads.bucket)'
    )
    assert gaps == 0


async def open_again(shop: Shop) -> Shop:
    """Another process's view of the same database: nothing in memory is shared."""
    from percorso.api.tracking.routes import create_tracking
    from tests.api.tracking.shop import only

    application = only(create_tracking(shop.database, public_url="http://localhost:8000"))
    return Shop(shop.database, shop.setup, shop.server_key, shop.browser_key, application)


async def test_what_another_process_merged_or_moved_is_followed(shop: Shop) -> None:
    other = await open_again(shop)
    await shop.call("identify", userId="u1")
    await shop.call("page", anonymousId="a1")
    await other.call("page", anonymousId="a1")
    await shop.call("identify", userId="u1", anonymousId="a1")
    await other.call("page", anonymousId="a1", messageId="merged")
    await shop.call("identify", userId="u2", anonymousId="a1")
    await other.call("page", anonymousId="a1", messageId="moved")
    assert (await shop.fact("merged"))["contact_id"] == await shop.contact_of("user_id", "u1")
    assert (await shop.fact("moved"))["contact_id"] == await shop.contact_of("user_id", "u2")


async def test_storms_of_ties_end_with_every_event_at_one_contact_a_person(shop: Shop) -> None:
    """Many processes tie browsers to people in every order; whoever wins a race, nothing is lost or doubled."""
    processes = [shop, *[await open_again(shop) for _ in range(3)]]
    people, browsers = 4, 4

    async def live(place: int, process: Shop) -> None:
        for step in range(12):
            person = (place + step) % people
            browser = f"b{person}-{step % browsers}"
            await process.call("page", anonymousId=browser, messageId=f"{place}-{step}-page")
            await process.call(
                "identify", userId=f"u{person}", anonymousId=browser, messageId=f"{place}-{step}-tie"
            )

    await asyncio.gather(*(live(place, process) for place, process in enumerate(processes)))
    into = dict(await moves(shop))
    facts = [fact for fact in await shop.facts() if fact["message_id"].endswith(("-page", "-tie"))]
    assert len({fact["message_id"] for fact in facts}) == len(facts) == 2 * 4 * 12
    held = await owners(shop)
    for fact in facts:
        place, step, _ = fact["message_id"].split("-")
        person = held["user_id", f"u{(int(place) + int(step)) % people}"]
        assert into.get(fact["contact_id"], fact["contact_id"]) == person
    assert not set(into.values()) & set(into)


async def test_a_fact_never_lands_behind_the_offset_at_which_its_contact_moved(shop: Shop) -> None:
    await test_storms_of_ties_end_with_every_event_at_one_contact_a_person(shop)
    behind = await shop.fetch(
        "SELECT facts.message_id FROM facts JOIN moved USING (bucket, contact_id)"
        ' WHERE facts."offset" > moved."offset"'
    )
    assert behind == []


async def test_time_of_receipt_is_product_time(shop: Shop) -> None:
    await shop.call("track", userId="u1", event="e", messageId="m1")
    await shop.set_clock(NOON + timedelta(days=40))
    await shop.call("track", userId="u1", event="e", messageId="m2")
    received = [(await shop.fact(key))["received_at"] for key in ("m1", "m2")]
    assert received == [NOON, NOON + timedelta(days=40)]
