"""Signing in, staying in, getting out; and what a page must prove to write."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from percorso.api.own.caller import present
from percorso.db import Database
from percorso.workspaces.model import FAILURES_PER_EMAIL, MAY, SESSION_IDLES, SESSION_LASTS, Setup
from tests.api.own.conftest import EMAIL, PASSWORD, SignIn, TakeKey, sign_in_as

pytestmark = pytest.mark.usefixtures("instance")


async def test_signing_in_tells_who_and_where_and_what_writes_need(
    browser: httpx.AsyncClient, instance: Setup
) -> None:
    answer = await sign_in_as(browser, EMAIL.upper())
    assert answer.status_code == 201
    told = answer.json()
    assert told["user"] == {
        "id": str(instance.user_id),
        "email": EMAIL,
        "name": "Anna Prova",
        "language": "it",
    }
    assert told["workspace"] == {
        "id": str(instance.workspace_id),
        "name": "Boutique Aurora",
        "timeZone": "Europe/Rome",
        "currency": "EUR",
        "language": "it",
    }
    assert (told["role"], told["permissions"]) == ("owner", sorted(MAY["owner"]))
    assert len(told["csrfToken"]) > 30
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("percorso=")
    assert "HttpOnly" in cookie
    assert "secure" not in cookie.lower()
    assert (await browser.get("/api/v1/session")).json() == told


async def test_over_https_the_cookie_is_bound_to_the_host(browser: httpx.AsyncClient) -> None:
    answer = await browser.post(
        "https://shop.example.com/api/v1/session",
        json={"email": EMAIL, "password": PASSWORD},
        headers={"origin": "https://shop.example.com"},
    )
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-percorso=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


async def test_signing_in_over_plain_http_from_elsewhere_is_refused(browser: httpx.AsyncClient) -> None:
    answer = await browser.post(
        "http://shop.example.com/api/v1/session",
        json={"email": EMAIL, "password": PASSWORD},
        headers={"origin": "http://shop.example.com"},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "insecure_connection")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com", "nobody\x00@example.com"])
async def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    browser: httpx.AsyncClient, email: str
) -> None:
    answer = await sign_in_as(browser, email, "wrong password")
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_password")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_after_some_failures_even_the_right_password_is_not_looked_at(
    browser: httpx.AsyncClient,
) -> None:
    for _ in range(FAILURES_PER_EMAIL):
        assert (await sign_in_as(browser, EMAIL, "wrong password")).status_code == 401
    answer = await sign_in_as(browser, EMAIL)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    assert int(answer.headers["retry-after"]) == 900


async def test_the_right_password_forgives_the_failures_before(browser: httpx.AsyncClient) -> None:
    for _ in range(3):
        for _ in range(FAILURES_PER_EMAIL - 1):
            assert (await sign_in_as(browser, EMAIL, "wrong password")).status_code == 401
        assert (await sign_in_as(browser, EMAIL)).status_code == 201


async def test_who_signed_out_is_out(owner: httpx.AsyncClient) -> None:
    cookie = owner.cookies["percorso"]
    assert (await owner.delete("/api/v1/session")).status_code == 204
    owner.cookies.set("percorso", cookie)
    answer = await owner.get("/api/v1/session")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sessions SET revoked_at = clock_timestamp()",
        "UPDATE sessions SET expires_at = clock_timestamp()",
        "UPDATE sessions SET seen_at = clock_timestamp() - interval '8 days'",
        "DELETE FROM roles",
    ],
)
async def test_a_session_ends_when_it_is_revoked_expires_idles_or_loses_its_role(
    owner: httpx.AsyncClient, database: Database, change: str
) -> None:
    assert (await owner.get("/api/v1/session")).status_code == 200
    async with database.transaction("test.commit") as connection:
        await connection.execute(change)
    assert (await owner.get("/api/v1/session")).status_code == 401


async def test_a_session_in_use_is_noted_once_a_minute(owner: httpx.AsyncClient, database: Database) -> None:
    old = present() - SESSION_IDLES + timedelta(hours=1)
    async with database.transaction("test.commit") as connection:
        await connection.execute("UPDATE sessions SET seen_at = $1", old)
    assert (await owner.get("/api/v1/clock")).status_code == 200
    async with database.connection() as connection:
        seen = await connection.fetchval("SELECT seen_at FROM sessions")
        lasts = await connection.fetchval("SELECT expires_at - created_at FROM sessions")
    assert seen > old + timedelta(days=6)
    assert lasts == SESSION_LASTS


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"x-csrf-token": ""}, "csrf_token"),
        ({"x-csrf-token": "of another session"}, "csrf_token"),
        ({"origin": "https://evil.example.net"}, "foreign_origin"),
        ({"origin": "null"}, "foreign_origin"),
    ],
)
async def test_a_write_needs_our_own_page_and_the_sessions_token(
    owner: httpx.AsyncClient, headers: dict[str, str], code: str
) -> None:
    answer = await owner.post("/api/v1/api-keys", json={"name": "Shop", "kind": "server"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert (await owner.get("/api/v1/api-keys")).json() == {"items": []}


async def test_a_key_is_shown_once_and_works_until_it_is_revoked(
    owner: httpx.AsyncClient, browser: httpx.AsyncClient
) -> None:
    made = await owner.post(
        "/api/v1/api-keys", json={"name": "Shop", "kind": "server", "scopes": ["contacts.read", "nonsense"]}
    )
    assert made.status_code == 201
    token = made.json()["token"]
    assert made.json()["scopes"] == ["contacts.read"]
    (listed,) = (await owner.get("/api/v1/api-keys")).json()["items"]
    assert listed["token"] is None
    assert token.startswith(listed["prefix"])
    headers = {"authorization": f"Bearer {token}"}
    assert (await browser.get("/api/v1/contacts", headers=headers)).status_code == 200
    assert (await browser.get("/api/v1/journeys", headers=headers)).json()["code"] == "not_allowed"
    ended = await owner.delete(f"/api/v1/api-keys/{listed['id']}")
    again = await owner.delete(f"/api/v1/api-keys/{listed['id']}")
    assert ended.json()["revokedAt"] == again.json()["revokedAt"] is not None
    assert (await browser.get("/api/v1/contacts", headers=headers)).status_code == 401


async def test_a_browsers_key_reads_nothing(browser: httpx.AsyncClient, take_key: TakeKey) -> None:
    token = await take_key("contacts.read", kind="browser")
    answer = await browser.get("/api/v1/contacts", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 403


async def test_an_invalid_key_is_not_helped_by_a_session(owner: httpx.AsyncClient) -> None:
    answer = await owner.get("/api/v1/contacts", headers={"authorization": "Bearer nonsense"})
    assert answer.status_code == 401


async def test_sessions_are_listed_and_ended_one_by_one(
    owner: httpx.AsyncClient, open_browser: Callable[[], Awaitable[httpx.AsyncClient]]
) -> None:
    telephone = await open_browser()
    assert (await sign_in_as(telephone, EMAIL)).status_code == 201
    listed = (await owner.get("/api/v1/sessions")).json()["items"]
    assert sorted(item["current"] for item in listed) == [False, True]
    other = next(item["id"] for item in listed if not item["current"])
    assert (await owner.delete(f"/api/v1/sessions/{other}")).status_code == 204
    assert (await telephone.get("/api/v1/session")).status_code == 401
    assert (await owner.get("/api/v1/session")).status_code == 200
    again = await owner.delete(f"/api/v1/sessions/{other}")
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_nobody_ends_the_session_of_another_user(
    owner: httpx.AsyncClient, sign_in_with_role: SignIn
) -> None:
    viewer = await sign_in_with_role("viewer")
    (session,) = (await owner.get("/api/v1/sessions")).json()["items"]
    assert (await viewer.delete(f"/api/v1/sessions/{session['id']}")).status_code == 404
    assert (await owner.get("/api/v1/session")).status_code == 200
