"""The application over a database of its own, an instance that is set up, and browsers signed in to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from percorso.api.app import create_app
from percorso.config import read_config
from percorso.db import Database
from percorso.workspaces.actions import create_key, create_user, set_up_instance
from percorso.workspaces.model import Role, Setup

ORIGIN = "http://localhost:8000"
EMAIL = "anna@example.com"
PASSWORD = "correct horse battery"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)

SignIn = Callable[[Role], Awaitable[httpx.AsyncClient]]
TakeKey = Callable[..., Awaitable[str]]


@pytest.fixture
async def instance(database: Database) -> Setup:
    """The first workspace, Boutique Aurora, with its owner Anna."""
    async with database.transaction("workspaces.set_up") as connection:
        return await set_up_instance(
            connection,
            workspace_name="Boutique Aurora",
            list_name="Aurora News",
            sender_address="ciao@aurora.example.com",
            sms_sender="Aurora",
            email=EMAIL,
            name="Anna Prova",
            password=PASSWORD,
            language="it",
            time_zone="Europe/Rome",
            currency="EUR",
            present=LONG_AGO,
        )


@pytest.fixture
async def open_browser(database: Database) -> AsyncIterator[Callable[[], Awaitable[httpx.AsyncClient]]]:
    """Opens a browser on this machine, without a session."""
    app = create_app(database, read_config({"PERCORSO_SECRET": "x" * 40}))
    async with AsyncExitStack() as stack:

        async def open_() -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 50000), raise_app_exceptions=True)
            client = httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN})
            return await stack.enter_async_context(client)

        yield open_


@pytest.fixture
async def browser(open_browser: Callable[[], Awaitable[httpx.AsyncClient]]) -> httpx.AsyncClient:
    """A browser without a session."""
    return await open_browser()


async def sign_in_as(browser: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    """Sign in; later writes carry the CSRF token."""
    answer = await browser.post("/api/v1/session", json={"email": email, "password": password})
    if answer.status_code == 201:
        browser.headers["x-csrf-token"] = answer.json()["csrfToken"]
    return answer


@pytest.fixture
async def owner(instance: Setup, browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """Anna's browser, signed in."""
    assert instance
    assert (await sign_in_as(browser, EMAIL)).status_code == 201
    return browser


@pytest.fixture
def sign_in_with_role(
    database: Database, instance: Setup, open_browser: Callable[[], Awaitable[httpx.AsyncClient]]
) -> SignIn:
    """Makes a user with a role in Anna's workspace and signs them in."""

    async def sign_in(role: Role) -> httpx.AsyncClient:
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
            )
        browser = await open_browser()
        assert (await sign_in_as(browser, email)).status_code == 201
        return browser

    return sign_in


@pytest.fixture
def take_key(database: Database, instance: Setup) -> TakeKey:
    """Makes a key of Anna's workspace and returns its token."""

    async def take(*scopes: str, kind: str = "server") -> str:
        async with database.transaction("workspaces.set_up") as connection:
            _, token = await create_key(
                connection,
                workspace_id=instance.workspace_id,
                name="test",
                kind=kind,  # pyright: ignore[reportArgumentType]
                scopes=scopes,
                present=LONG_AGO,
            )
        return token

    return take
