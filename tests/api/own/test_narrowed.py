"""Members who are narrowed to lists: they are given nothing of the others, and can do nothing there."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from percorso.api.own.permissions import NARROWED, ROUTES
from percorso.db import Connection, Database, NarrowedDatabase
from percorso.db.errors import NarrowedError
from percorso.workspaces.actions import create_user
from percorso.workspaces.model import MAY, NARROWED_NEVER, Narrowing, Role, Setup
from tests.api.own.conftest import LONG_AGO, PASSWORD, sign_in_as
from tests.api.own.planted import FILTER, MARK, Planted, plant

SignInNarrowed = Callable[..., Awaitable[httpx.AsyncClient]]
_ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
OPEN_ANYWAY = {("POST", "/api/v1/session"), ("DELETE", "/api/v1/session")}


@pytest.fixture
async def planted(database: Database, instance: Setup) -> Planted:
    async with database.transaction("test.commit") as connection:
        return await plant(connection, instance)


@pytest.fixture
def sign_in_narrowed(
    database: Database, instance: Setup, open_browser: Callable[[], Awaitable[httpx.AsyncClient]]
) -> SignInNarrowed:
    """Signs a member in who is narrowed to the first list, unless said otherwise."""

    async def sign_in(role: Role = "admin", narrowing: Narrowing | None = None) -> httpx.AsyncClient:
        email = f"{role}-{uuid4()}@example.com"
        async with database.transaction("workspaces.user") as connection:
            await create_user(
                connection,
                workspace_id=instance.workspace_id,
                email=email,
                name=role,
                password=PASSWORD,
                role=role,
                language="en",
                present=LONG_AGO,
                narrowing=narrowing or Narrowing((instance.list_id,), None),
            )
        browser = await open_browser()
        assert (await sign_in_as(browser, email)).status_code == 201
        return browser

    return sign_in


async def read(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(f"/api/v1{path}", params=query)
    assert answer.status_code == 200, (path, answer.text)
    return answer.json()


def list_ids(planted: Planted, route: str) -> list[UUID]:
    """Return what may stand in a route's place: what is planted of its kind, or everything where nobody said which."""
    kinds = {
        "contacts": ["own", "both", "other"],
        "groups": ["group"],
        "journeys": ["own_journey", "other_journey"],
        "lists": ["other_list"],
        "mailbox": ["other_mail"],
        "rejected": ["rejected"],
        "runs": ["own_run", "run_of_both", "other_run"],
        "segments": ["segment"],
    }
    fields = kinds.get(route.split("/")[3], list(Planted.__struct_fields__))
    return [getattr(planted, field) for field in fields]


def list_addresses(planted: Planted, instance: Setup) -> list[tuple[str, str]]:
    """Every GET of the matrix, once with each id that may stand there; (route, address)."""
    addresses: list[tuple[str, str]] = []
    for method, route in sorted(ROUTES):
        if method != "GET":
            continue
        named = route.replace("{name}", "viewedPage").replace("{key}", "welcome")
        for id in list_ids(planted, route) if "{" in named else [""]:
            for contact_id in (planted.own, planted.both, planted.other) if "{contact_id}" in named else [""]:
                address = named.replace("{contact_id}", str(contact_id))
                addresses.append((route, re.sub(r"\{\w+\}", str(id), address)))
    addresses.append(("/api/v1/lists/{id}", f"/api/v1/lists/{instance.list_id}"))
    addresses.append(("/api/v1/contacts", f"/api/v1/contacts?q={MARK}"))
    addresses.append(("/api/v1/contacts", "/api/v1/contacts?anonymous=true&field=firstName"))
    addresses.append(("/api/v1/journeys", f"/api/v1/journeys?q={MARK}"))
    addresses.append(("/api/v1/mailbox", f"/api/v1/mailbox?q={MARK}"))
    two = (
        f"one={planted.segment}&other={planted.segment}&since=2026-03-01T00:00:00Z&until=2026-04-01T00:00:00Z"
    )
    addresses.append(("/api/v1/segments/compare", f"/api/v1/segments/compare?{two}"))
    return addresses


async def test_no_get_gives_what_is_of_another_list(
    planted: Planted, instance: Setup, owner: httpx.AsyncClient, sign_in_narrowed: SignInNarrowed
) -> None:
    narrowed = await sign_in_narrowed()
    told: set[str] = set()
    read_by_both: set[str] = set()
    for route, address in list_addresses(planted, instance):
        own, all_ = await narrowed.get(address), await owner.get(address)
        assert own.status_code < 500, (address, own.text)
        # A refusal may name what was asked for, and the asker knows that.
        given = own.text if own.status_code == 200 else re.sub(_ID, "", own.json()["detail"])
        found = [said for said in (MARK, *map(str, planted.hidden)) if said in given.lower()]
        assert found == [], (address, found, given)
        if own.status_code == 200:
            read_by_both.add(route)
        if MARK in all_.text:
            told.add(route)
        if ("GET", route) not in NARROWED:
            assert (own.status_code, own.json()["code"]) == (403, "narrowed"), address
    # The owner is given it by these, so what was planted is where they look.
    assert told >= {
        "/api/v1/contacts",
        "/api/v1/contacts/{id}",
        "/api/v1/contacts/{id}/consents",
        "/api/v1/contacts/{id}/timeline",
        "/api/v1/event-types/{name}/seen",
        "/api/v1/groups/{id}/members",
        "/api/v1/journeys",
        "/api/v1/journeys/{id}",
        "/api/v1/journeys/{id}/people",
        "/api/v1/journeys/{id}/webhook-calls",
        "/api/v1/lists",
        "/api/v1/mailbox",
        "/api/v1/mailbox/{id}",
        "/api/v1/receiving-domains",
        "/api/v1/rejected",
        "/api/v1/runs/{id}/trace",
        "/api/v1/seen-fields",
        "/api/v1/segments/{id}/members",
        "/api/v1/templates",
    }
    # And a narrowed member reads every route that is theirs, where there is something of their own.
    assert {route for method, route in NARROWED if method == "GET"} - read_by_both == {
        "/api/v1/journeys/ready/{key}",
        "/api/v1/mailbox/{id}",
    }


async def test_what_is_not_a_narrowed_members_is_refused_in_words(
    planted: Planted, sign_in_narrowed: SignInNarrowed
) -> None:
    narrowed = await sign_in_narrowed()
    for method, route in set(ROUTES) - NARROWED - OPEN_ANYWAY:
        answer = await narrowed.request(
            method, re.sub(r"\{(\w+_)?id\}", str(planted.own), route), headers={"accept-language": "it"}
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "narrowed"), (method, route)
        assert "limitato" in answer.json()["detail"]


@pytest.mark.parametrize("role", ["admin", "editor", "viewer"])
async def test_a_narrowed_role_may_what_it_may_less_what_concerns_everyone(
    role: Role, sign_in_narrowed: SignInNarrowed, instance: Setup
) -> None:
    session = await read(await sign_in_narrowed(role), "/session")
    assert set(session["permissions"]) == MAY[role] - NARROWED_NEVER
    assert (session["listIds"], session["nodeIds"]) == ([str(instance.list_id)], None)
    assert not {route for route in NARROWED if ROUTES[route] in NARROWED_NEVER}


async def test_counts_are_of_those_who_are_open(
    planted: Planted, owner: httpx.AsyncClient, sign_in_narrowed: SignInNarrowed
) -> None:
    narrowed = await sign_in_narrowed()
    for client, count in ((narrowed, 2), (owner, 3)):
        assert len((await read(client, "/contacts"))["items"]) == count
        assert (await read(client, "/contacts/count"))["contacts"] == count
        assert (await read(client, f"/groups/{planted.group}"))["members"] == count
        compared = await read(client, "/segments/compare", one=planted.segment, other=planted.segment)
        assert compared["segments"][0]["members"] == count
        preview = await client.post("/api/v1/segments/preview", json={"definition": FILTER})
        assert (preview.json()["count"], len(preview.json()["sample"])) == (count, count), preview.text
    assert (await read(narrowed, f"/segments/{planted.segment}"))["members"] == 2
    figures = await read(narrowed, "/list-figures")
    assert MARK not in str(figures)
    assert str(planted.other_list) not in str(figures)


async def test_who_left_the_list_is_still_seen(planted: Planted, sign_in_narrowed: SignInNarrowed) -> None:
    contact = await read(await sign_in_narrowed(), f"/contacts/{planted.own}")
    assert [status["status"] for status in contact["statuses"]] == ["unsubscribed"]


async def test_the_register_is_not_shown_where_its_chain_could_not_be_followed(
    planted: Planted, owner: httpx.AsyncClient, sign_in_narrowed: SignInNarrowed
) -> None:
    assert (await read(await sign_in_narrowed(), f"/contacts/{planted.both}/consents"))["records"] is None
    assert len((await read(owner, f"/contacts/{planted.both}/consents"))["records"]) == 1


async def test_nothing_is_written_on_another_list(
    database: Database, planted: Planted, instance: Setup, sign_in_narrowed: SignInNarrowed
) -> None:
    narrowed = await sign_in_narrowed()
    status = {"channel": "email", "status": "unsubscribed", "source": "test", "wording": "no"}
    of_other = {**status, "listId": str(planted.other_list)}
    tags = {"add": ["mine"]}
    attempts = [
        ("PUT", f"/contacts/{planted.other}/statuses", {**status, "listId": str(instance.list_id)}, 404),
        ("PUT", f"/contacts/{planted.both}/statuses", of_other, 404),
        ("PATCH", f"/contacts/{planted.other}/tags", tags, 404),
        ("PUT", f"/groups/{planted.group}/members/{planted.other}", None, 404),
        ("DELETE", f"/groups/{planted.group}/members/{planted.other}", None, 404),
        ("PATCH", f"/journeys/{planted.other_journey}", {"name": "mine"}, 404),
        ("PATCH", f"/journeys/{planted.own_journey}", {"listId": str(planted.other_list)}, 422),
        ("POST", "/journeys", {"name": "mine", "listId": str(planted.other_list)}, 422),
    ]
    for method, path, body, wanted in attempts:
        answer = await narrowed.request(method, f"/api/v1{path}", json=body)
        assert answer.status_code == wanted, (method, path, answer.text)
    template = {"name": "mine", "kind": "sms", "body": "Hello", "listId": str(planted.other_list)}
    refused = await narrowed.post("/api/v1/templates", json=template)
    assert 400 <= refused.status_code < 500, refused.text
    many = await narrowed.patch(
        "/api/v1/contacts/tags", json={**tags, "contactIds": [str(planted.own), str(planted.other)]}
    )
    assert many.json() == {"contacts": 1}
    async with database.connection() as connection:
        told = await connection.fetch(
            "SELECT contact_id FROM facts WHERE received_at > $1", LONG_AGO.replace(month=4)
        )
        assert {row["contact_id"] for row in told} == {planted.own}
        assert await connection.fetchval("SELECT count(*) FROM templates WHERE name = 'mine'") == 0
        assert await connection.fetchval("SELECT count(*) FROM journeys WHERE name = 'mine'") == 0


async def test_ones_own_list_is_worked_on(
    planted: Planted, instance: Setup, sign_in_narrowed: SignInNarrowed
) -> None:
    narrowed = await sign_in_narrowed("editor")
    made = await narrowed.post("/api/v1/journeys", json={"name": "Welcome"})
    assert made.status_code == 201, made.text
    changed = await narrowed.patch(f"/api/v1/journeys/{made.json()['id']}", json={"name": "Hello"})
    assert changed.json()["name"] == "Hello", changed.text
    template = await narrowed.post("/api/v1/templates", json={"name": "Hi", "kind": "sms", "body": "Hello"})
    assert template.status_code == 201, template.text
    status = {"channel": "email", "status": "subscribed", "source": "test", "wording": "yes"}
    said = await narrowed.put(f"/api/v1/contacts/{planted.own}/statuses", json=status)
    assert [one["status"] for one in said.json()["statuses"]] == ["subscribed"], said.text
    tagged = await narrowed.patch(f"/api/v1/contacts/{planted.own}/tags", json={"add": ["mine"]})
    assert tagged.json()["manual"] == ["mine"], tagged.text
    left = await narrowed.delete(f"/api/v1/groups/{planted.group}/members/{planted.own}")
    assert left.status_code == 204, left.text


async def test_a_member_of_one_node_sees_who_is_there(
    database: Database, planted: Planted, instance: Setup, sign_in_narrowed: SignInNarrowed
) -> None:
    node_id = uuid4()
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "INSERT INTO nodes VALUES ($1, $2, 'Stores')", node_id, instance.workspace_id
        )
        await connection.execute("UPDATE contacts SET node_id = $1 WHERE id = $2", node_id, planted.other)
    narrowed = await sign_in_narrowed("viewer", Narrowing(None, (instance.node_id,)))
    seen = {contact["id"] for contact in (await read(narrowed, "/contacts"))["items"]}
    assert seen == {str(planted.own), str(planted.both)}
    assert (await narrowed.get(f"/api/v1/contacts/{planted.other}/timeline")).status_code == 404
    assert [node["id"] for node in (await read(narrowed, "/nodes"))["items"]] == [str(instance.node_id)]
    figures = {
        (one["listId"], one["channel"]): one for one in (await read(narrowed, "/list-figures"))["items"]
    }
    assert figures[(str(planted.other_list), "email")]["subscribed"] == 1


async def test_an_answer_kept_for_another_is_not_given_to_a_narrowed_member(
    owner: httpx.AsyncClient, planted: Planted, sign_in_narrowed: SignInNarrowed
) -> None:
    key = {"idempotency-key": "one"}
    body = {"name": "Twice", "kind": "sms", "body": "Hello", "listId": str(planted.other_list)}
    assert (await owner.post("/api/v1/templates", json=body, headers=key)).status_code == 201
    repeated = await (await sign_in_narrowed()).post("/api/v1/templates", json=body, headers=key)
    assert repeated.status_code != 201, repeated.text


async def test_the_database_holds_who_is_narrowed_whatever_is_asked(
    database: Database, planted: Planted, instance: Setup
) -> None:
    view = NarrowedDatabase(database, instance.workspace_id, lists=[instance.list_id], nodes=None)
    for lend in (view.connection, view.snapshot):
        async with lend() as connection:
            assert await _list_ids(connection) == {planted.own, planted.both}
    async with view.request_transaction(instance.workspace_id) as connection:
        assert await _list_ids(connection) == {planted.own, planted.both}
        # Said to be of no list at all: nothing is seen, rather than everything.
        await connection.execute("SELECT set_config('percorso.lists', '', true)")
        assert await _list_ids(connection) == set()
    with pytest.raises(NarrowedError):
        await _begin(view)
    for statement in (
        "SELECT * FROM identities",
        "SELECT members FROM bucket_segments",
        "SELECT code FROM coupons",
        "SELECT arguments FROM jobs",
        "UPDATE journeys SET state = 'active'",
        "UPDATE contacts SET email = NULL",
        "SELECT * FROM users",
    ):
        with pytest.raises(NarrowedError):
            async with view.request_transaction(instance.workspace_id) as connection:
                await connection.execute(statement)


async def _begin(database: Database) -> None:
    async with database.transaction("consent.change") as connection:
        await connection.execute("SELECT 1")


async def _list_ids(connection: Connection) -> set[UUID]:
    return {row["id"] for row in await connection.fetch("SELECT id FROM contacts")}


async def test_without_the_role_a_narrowed_member_gets_nothing(
    database: Database, planted: Planted, sign_in_narrowed: SignInNarrowed, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrowed = await sign_in_narrowed()
    monkeypatch.setattr(database, "has_narrowed_role", False)
    answer = await narrowed.get("/api/v1/contacts")
    assert (answer.status_code, answer.json()["code"]) == (403, "narrowed")
