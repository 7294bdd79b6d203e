"""What screens read, over a world in which things happened; and what nobody else may read."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from percorso.db import Database
from tests.api.own.conftest import sign_in_as
from tests.support.world import World

WELCOME = "Benvenuto"


def graph(template_id: str) -> dict[str, Any]:
    return {
        "starts": [{"id": "registered", "event": "formCompiled"}],
        "first": "mail",
        "steps": {
            "mail": {"kind": "send_email", "templateId": template_id, "name": "Welcome mail", "next": "wait"},
            "wait": {
                "kind": "wait",
                "period": {"amount": 2, "unit": "days"},
                "name": "Two days",
                "next": "check",
            },
            "check": {
                "kind": "check_now",
                "name": "Where",
                "paths": [
                    {
                        "id": "milan",
                        "name": "In Milan",
                        "condition": {
                            "kind": "test",
                            "source": "attribute",
                            "path": "address.city",
                            "type": "text",
                            "operator": "equals",
                            "operands": [{"kind": "value", "value": "Milano"}],
                        },
                        "to": "end",
                    }
                ],
                "defaultName": "Elsewhere",
            },
            "end": {"kind": "end", "outcome": "positive", "name": "Done"},
        },
    }


@pytest.fixture
async def world(database: Database) -> World:
    return await World.open(database)


@pytest.fixture
async def reader(world: World, open_browser: Callable[[], Awaitable[httpx.AsyncClient]]) -> httpx.AsyncClient:
    """The browser of the world's owner."""
    browser = await open_browser()
    answer = await sign_in_as(browser, "ada@bottega.example.com", "una frase lunga abbastanza")
    assert world
    assert answer.status_code == 201
    return browser


@pytest.fixture
async def journey_id(world: World) -> UUID:
    """A journey in which Alba of Milan came to the end, Brando of Turin left, and Clara waits."""
    journey_id = await world.publish(WELCOME, graph(await world.email_template("Hello", subject="Ciao")))
    await world.join("alba", firstName="Alba", lastName="Luna", address={"city": "Milano"})
    await world.join("brando", firstName="Brando", address={"city": "Torino"})
    await world.track("alba", "formCompiled", formId="join")
    await world.track("brando", "formCompiled", formId="join")
    await world.advance(days=3)
    await world.join("clara", firstName="Clara")
    await world.track("clara", "formCompiled", formId="join")
    return journey_id


async def read(reader: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await reader.get(f"/api/v1/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_list_counts_runs_by_how_they_went(reader: httpx.AsyncClient, journey_id: UUID) -> None:
    (journey,) = (await read(reader, "journeys"))["items"]
    assert (journey["id"], journey["name"], journey["state"]) == (str(journey_id), WELCOME, "active")
    assert (journey["emails"], journey["smses"], journey["version"]) == (1, 0, 1)
    assert journey["counts"] == {
        "entered": 3,
        "inside": 1,
        "completed": 2,
        "exited": 0,
        "failed": 0,
        "positive": 1,
        "negative": 0,
        "neutral": 1,
        "refused": 0,
    }


async def test_journeys_are_found_by_name_state_and_tag(reader: httpx.AsyncClient, world: World) -> None:
    for name in ("Cart", "100%", "Birthday"):
        await world.publish(name, graph(await world.email_template(name)))

    async def names(**query: str) -> list[str]:
        return [item["name"] for item in (await read(reader, "journeys", **query))["items"]]

    assert await names() == ["100%", "Birthday", "Cart"]
    assert await names(q="cAr") == ["Cart"]
    assert await names(q="%") == ["100%"]
    assert await names(state="active") == ["100%", "Birthday", "Cart"]
    assert await names(state="paused") == []
    assert await names(tag="any") == []


async def test_each_step_says_who_came_is_here_and_left(reader: httpx.AsyncClient, journey_id: UUID) -> None:
    steps = (await read(reader, f"journeys/{journey_id}/counts"))["steps"]
    assert {id: (step["entered"], step["inside"], step["paths"]) for id, step in steps.items()} == {
        "mail": (3, 0, {"next": 3}),
        "wait": (3, 1, {"next": 2}),
        "check": (2, 0, {"milan": 1, "default": 1}),
        "end": (1, 0, {}),
    }
    assert steps["end"]["exits"] == {"completed": 1}
    assert (steps["mail"]["messages"]["planned"], steps["mail"]["messages"]["sent"]) == (3, 3)


async def test_people_at_a_step_are_named_with_since_and_until(
    reader: httpx.AsyncClient, world: World, journey_id: UUID
) -> None:
    page = await read(reader, f"journeys/{journey_id}/people", step="wait")
    (person,) = page["items"]
    assert (person["name"], person["email"], person["step"]) == ("Clara", "clara@example.com", "wait")
    assert person["contactId"] == str(await world.contact_id("clara"))
    assert person["since"].startswith("2026-03-05T09:00")
    assert person["until"].startswith("2026-03-07T09:00")
    assert (await read(reader, f"journeys/{journey_id}/people", step="mail"))["items"] == []


async def test_contacts_are_listed_newest_first_and_found_by_what_is_known(
    reader: httpx.AsyncClient, world: World, journey_id: UUID
) -> None:
    assert journey_id

    async def names(**query: str) -> list[str]:
        return [item["name"] for item in (await read(reader, "contacts", **query))["items"]]

    everyone = await names()
    assert everyone[0] == "Clara"
    assert sorted(everyone) == ["Alba Luna", "Brando", "Clara"]
    assert await names(q="alba lun") == ["Alba Luna"]
    assert await names(q="BRANDO@example") == ["Brando"]
    assert await names(q="nobody") == []
    # A browser that gave no name is in neither.
    await world.post("track", {"anonymousId": "browser-1", "event": "viewedProduct"})
    assert await read(reader, "contacts/count") == {"contacts": 3}


async def test_the_last_event_is_known_even_if_nothing_waits_for_it(
    reader: httpx.AsyncClient, world: World
) -> None:
    await world.identify("dora", email="dora@example.com", firstName="Dora")
    await world.identify("elia", email="elia@example.com", firstName="Elia")
    await world.track("dora", "viewedPage", url="https://shop.example.com/")
    looked_at = world.now
    await world.drain()
    items = {item["name"]: item for item in (await read(reader, "contacts"))["items"]}
    assert datetime.fromisoformat(items["Dora"]["lastEventAt"]) == looked_at
    assert items["Elia"]["lastEventAt"] is None
    detail = await read(reader, f"contacts/{items['Dora']['id']}")
    assert datetime.fromisoformat(detail["lastEventAt"]) == looked_at


async def test_pages_follow_each_other_without_gaps_or_twins(reader: httpx.AsyncClient, world: World) -> None:
    for number in range(60):
        await world.identify(f"user-{number}", firstName=f"N{number:02}")
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await read(reader, "contacts", **({"cursor": cursor} if cursor else {}))
        seen += [item["name"] for item in page["items"]]
        cursor = page["nextCursor"]
    assert sorted(seen) == [f"N{number:02}" for number in range(60)]


async def test_a_contact_shows_who_where_and_what_was_agreed(
    reader: httpx.AsyncClient, world: World, journey_id: UUID
) -> None:
    contact = await read(reader, f"contacts/{await world.contact_id('alba')}")
    assert contact["name"] == "Alba Luna"
    assert {"kind": "user_id", "value": "alba"} in contact["identities"]
    assert contact["attributes"]["address"] == {"city": "Milano"}
    assert {(s["channel"], s["status"], s["listName"]) for s in contact["statuses"]} == {
        ("email", "subscribed", "Novità"),
        ("sms", "subscribed", "Novità"),
    }
    (run,) = contact["runs"]
    assert (run["journeyId"], run["journeyName"], run["state"]) == (str(journey_id), WELCOME, "ended")
    assert (run["outcome"], run["reason"], run["step"], run["stepName"]) == (
        "positive",
        "completed",
        None,
        "",
    )


async def test_the_timeline_tells_events_messages_and_why(
    reader: httpx.AsyncClient, world: World, journey_id: UUID
) -> None:
    assert journey_id
    items = (await read(reader, f"contacts/{await world.contact_id('alba')}/timeline"))["items"]
    assert [item["at"] for item in items] == sorted((item["at"] for item in items), reverse=True)
    assert {item["kind"] for item in items} == {"event", "message", "trace", "status", "profile", "run"}
    sent = next(item for item in items if item["name"] == "campaignSent")
    assert (sent["journeyName"], sent["stepName"]) == (WELCOME, "Welcome mail")
    assert sent["message"]["state"] == "accepted"
    assert sent["message"]["subject"] == "Ciao"
    judged = next(item for item in items if item["kind"] == "trace" and item["step"] == "check")
    assert (judged["stepName"], judged["properties"]["path"], judged["pathName"]) == (
        "Where",
        "milan",
        "In Milan",
    )
    (why,) = judged["why"]
    assert (why["test"]["path"], why["read"], why["compared"], why["verdict"]) == (
        "address.city",
        "Milano",
        ["Milano"],
        True,
    )
    assert judged["conditions"] == [why["test"]]


async def test_a_trace_is_told_in_order(reader: httpx.AsyncClient, world: World, journey_id: UUID) -> None:
    assert journey_id
    (run,) = await world.runs("brando")
    trace = await read(reader, f"runs/{run.id}/trace")
    assert (trace["contactName"], trace["run"]["outcome"]) == ("Brando", "neutral")
    assert [entry["step"] for entry in trace["entries"]] == ["", "mail", "wait", "check"]
    last = trace["entries"][-1]
    assert (last["path"], last["pathName"]) == ("default", "Elsewhere")
    assert [judged["read"] for judged in last["judged"]] == ["Torino"]
    assert last["conditions"] == [judged["test"] for judged in last["judged"]]


async def test_the_mailbox_shows_what_arrived(
    reader: httpx.AsyncClient, world: World, journey_id: UUID
) -> None:
    assert world
    assert journey_id
    page = await read(reader, "mailbox", channel="email", q="clara@")
    (mail,) = page["items"]
    assert (mail["to"], mail["subject"], mail["channel"]) == ("clara@example.com", "Ciao", "email")
    assert mail["preview"].startswith("Hello")
    detail = await read(reader, f"mailbox/{mail['id']}")
    assert "<p>Hello</p>" in detail["html"]
    assert "Hello" in detail["text"]
    assert dict(detail["headers"])["Subject"] == "Ciao"
    assert detail["raw"].startswith(detail["headers"][0][0])
    assert (await read(reader, "mailbox", channel="sms"))["items"] == []


@pytest.mark.parametrize(
    "path",
    ["journeys/{}", "journeys/{}/counts", "journeys/{}/people", "contacts/{}", "contacts/{}/timeline"],
)
async def test_foreign_and_missing_ids_are_answered_alike(
    reader: httpx.AsyncClient, database: Database, world: World, journey_id: UUID, path: str
) -> None:
    own = journey_id if path.startswith("journeys") else await world.contact_id("alba")
    assert (await reader.get(f"/api/v1/{path.format(own)}")).status_code == 200
    missing = await reader.get(f"/api/v1/{path.format(uuid4())}")
    async with database.transaction("test.commit") as connection:
        other = uuid4()
        await connection.execute(
            "INSERT INTO workspaces VALUES ($1, 'Other', 'UTC', 'EUR', 'en', clock_timestamp())", other
        )
        await connection.execute("INSERT INTO roles SELECT $1, user_id, 'owner' FROM roles", other)
        await connection.execute("UPDATE sessions SET workspace_id = $1", other)
    foreign = await reader.get(f"/api/v1/{path.format(own)}")
    assert missing.status_code == foreign.status_code == 404
    assert missing.json() == foreign.json()


async def test_a_rejected_call_is_read_by_itself_however_old_it_is(
    reader: httpx.AsyncClient, database: Database, world: World
) -> None:
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "INSERT INTO rejected (bucket, id, workspace_id, received_at, code, reason, name, payload)"
            " SELECT n, gen_random_uuid(), $1, '2026-03-01'::timestamptz + n * interval '1 hour', 'no_identity',"
            " 'Nobody', 'e' || n, '{}' FROM generate_series(0, 149) AS n",
            world.workspace_id,
        )
    page = await read(reader, "rejected")
    assert page["nextCursor"]
    (oldest, *_) = reversed(
        (await reader.get("/api/v1/rejected", params={"cursor": page["nextCursor"]})).json()["items"]
    )
    assert await read(reader, f"rejected/{oldest['id']}") == oldest
    missing = await reader.get(f"/api/v1/rejected/{uuid4()}", headers={"accept-language": "it"})
    assert (missing.status_code, missing.json()["detail"]) == (
        404, "Qui non c'è nessun evento rifiutato con questo identificativo.",
    )  # fmt: skip


@pytest.mark.parametrize("cursor", ["x", "WzEsMl0", "bnVsbA", "WyJcdTAwMDAiLCAiMSJd", "é"])
@pytest.mark.parametrize("path", ["journeys", "contacts", "mailbox", "rejected"])
async def test_a_cursor_of_somebody_elses_making_is_refused(
    reader: httpx.AsyncClient, path: str, cursor: str
) -> None:
    answer = await reader.get(f"/api/v1/{path}", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


async def test_a_contact_made_by_the_api_is_read_back_at_once(
    reader: httpx.AsyncClient, world: World
) -> None:
    body = {
        "email": "Dora@Example.com",
        "attributes": {"firstName": "Dora", "address": {"city": "Roma"}},
        "subscriptions": [{"channel": "email", "source": "fair", "wording": "Yes, write to me."}],
    }
    made = await reader.post("/api/v1/contacts", json=body, headers={"idempotency-key": "dora"})
    assert made.status_code == 201, made.text
    contact = made.json()
    assert (contact["name"], contact["email"], contact["anonymous"]) == ("Dora", "dora@example.com", False)
    assert [(status["channel"], status["status"]) for status in contact["statuses"]] == [
        ("email", "subscribed")
    ]
    again = await reader.post("/api/v1/contacts", json={**body, "attributes": {"lastName": "Sole"}})
    assert (again.json()["id"], again.json()["name"]) == (contact["id"], "Dora Sole")
    await world.drain()
    assert [item["name"] for item in (await read(reader, "contacts"))["items"]] == ["Dora Sole"]


async def test_a_list_waits_for_what_was_stored_before_and_then_says_as_of_when(
    reader: httpx.AsyncClient, world: World
) -> None:
    await world.identify("alba", firstName="Alba")
    assert "percorso-as-of" not in (await reader.get("/api/v1/contacts")).headers
    made = await reader.post("/api/v1/contacts", json={"userId": "dora"})
    # No worker runs here, so the wait is in vain; the list shows what is applied and says up to when.
    late = await reader.get("/api/v1/contacts")
    assert [item["name"] for item in late.json()["items"]] == ["Alba"]
    shown = datetime.fromisoformat(late.headers["percorso-as-of"])
    assert shown <= datetime.fromisoformat(made.json()["createdAt"])
    waiting = asyncio.create_task(reader.get("/api/v1/contacts"))
    await world.drain()
    answer = await waiting
    assert len(answer.json()["items"]) == 2
    assert "percorso-as-of" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"attributes": {"firstName": "Nobody"}},
        {"email": "not an address"},
        {"email": "a@example.com", "subscriptions": [{"channel": "fax", "source": "x", "wording": "y"}]},
        {"userId": "u", "attributes": {"": 1}},
    ],
)
async def test_a_contact_that_names_nobody_is_refused(
    reader: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    answer = await reader.post("/api/v1/contacts", json=body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["code"]


async def test_a_list_shows_the_fields_that_were_asked_for(reader: httpx.AsyncClient, world: World) -> None:
    body = {"email": "eva@example.com", "attributes": {"address": {"city": "Bari", "zip": ""}, "pets": 2}}
    await reader.post("/api/v1/contacts", json=body)
    await world.drain()
    shown = await reader.get(
        "/api/v1/contacts", params={"q": "eva@", "field": ["address.city", "address.zip", "pets", "none"]}
    )
    assert [row["values"] for row in shown.json()["items"]] == [{"address.city": "Bari", "pets": 2}]
    plain = await reader.get("/api/v1/contacts?q=eva@")
    assert [row["values"] for row in plain.json()["items"]] == [{}]
