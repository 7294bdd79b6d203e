"""The authorisation matrix, generated from the published document: route × method × role."""

import json
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from click.testing import CliRunner

from percorso.api.cli import api
from percorso.api.own.permissions import ROUTES
from percorso.workspaces.model import MAY, Role
from tests.api.own.conftest import SignIn, TakeKey

ROLES: tuple[Role, ...] = ("owner", "admin", "editor", "viewer")


async def list_published(browser: httpx.AsyncClient) -> set[tuple[str, str]]:
    document = (await browser.get("/api/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    return {(method.upper(), path) for path, item in document["paths"].items() for method in item}


async def send(client: httpx.AsyncClient, method: str, path: str, **options: Any) -> httpx.Response:
    return await client.request(method, re.sub(r"\{(\w+_)?id\}", lambda _: str(uuid4()), path), **options)


async def test_every_published_route_has_a_row_and_every_row_a_route(browser: httpx.AsyncClient) -> None:
    assert await list_published(browser) == set(ROUTES)


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_may_do_what_the_matrix_says_and_nothing_else(
    role: Role, sign_in_with_role: SignIn
) -> None:
    browser = await sign_in_with_role(role)
    refused: set[tuple[str, str]] = set()
    for method, path in await list_published(browser):
        if path == "/api/v1/session":
            continue
        answer = await send(browser, method, path)
        assert answer.status_code < 500, (method, path, answer.text)
        if answer.status_code == 403:
            assert answer.json()["code"] == "not_allowed"
            refused.add((method, path))
    assert refused == {
        route for route, ask in ROUTES.items() if ask not in ("anyone", "session") and ask not in MAY[role]
    }


async def test_a_key_may_do_what_its_scopes_say(browser: httpx.AsyncClient, take_key: TakeKey) -> None:
    for scope in {ask for ask in ROUTES.values() if ask not in ("anyone", "session")}:
        headers = {"authorization": f"Bearer {await take_key(scope)}"}
        for (method, path), ask in ROUTES.items():
            if ask == "anyone":
                continue
            answer = await send(browser, method, path, headers=headers)
            assert (answer.status_code == 403) == (ask != scope), (scope, method, path, answer.text)


async def test_nobody_gets_nothing(browser: httpx.AsyncClient, sign_in_with_role: SignIn) -> None:
    assert sign_in_with_role
    for (method, path), ask in ROUTES.items():
        if ask != "anyone":
            answer = await send(browser, method, path)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in"), (method, path)


async def test_the_document_is_the_same_each_time(browser: httpx.AsyncClient) -> None:
    """Nothing in it is made up by chance; `percorso api openapi` prints the same."""
    published = (await browser.get("/api/openapi.json")).json()
    printed = CliRunner().invoke(api, ["openapi"])
    assert json.loads(printed.stdout) == published
    assert "examples" not in json.dumps(published)
