"""Requests generated from the published document: whatever is sent, no answer is a server's fault."""

import asyncio
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from percorso.api.app import create_app
from percorso.api.own.permissions import ROUTES
from percorso.config import read_config
from percorso.db import Database
from percorso.workspaces.actions import set_up_instance
from tests.api.own.conftest import EMAIL, LONG_AGO, ORIGIN, PASSWORD, sign_in_as

EXAMPLES = 12


async def open_server(url: str) -> tuple[Database, httpx.AsyncClient, dict[str, Any]]:
    database = await Database.open(url, name="test")
    async with database.transaction("workspaces.set_up") as connection:
        await set_up_instance(
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
    app = create_app(database, read_config({"PERCORSO_SECRET": "x" * 40}))
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 50000))
    client = httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN})
    assert (await sign_in_as(client, EMAIL)).status_code == 201
    return database, client, (await client.get("/api/openapi.json")).json()


@pytest.mark.parametrize(("method", "path"), sorted(set(ROUTES) - {("DELETE", "/api/v1/session")}))
def test_no_generated_request_is_answered_as_a_fault_of_ours(
    method: str, path: str, database_url: str
) -> None:
    with asyncio.Runner() as runner:
        database, client, document = runner.run(open_server(database_url))
        operation = schemathesis.openapi.from_dict(document)[path][method]

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy())
        def send(case: Any) -> None:
            answer = runner.run(_send(client, method, case))
            assert answer.status_code < 500, (case.formatted_path, case.query, case.body, answer.text)
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json"
                assert {"status", "code", "title", "detail"} <= answer.json().keys()

        send()
        runner.run(client.aclose())
        runner.run(database.close())


async def _send(client: httpx.AsyncClient, method: str, case: Any) -> httpx.Response:
    body = case.body if isinstance(case.body, dict | list | str | int | float | bool) else None
    return await client.request(
        method,
        quote(case.formatted_path, safe="/%"),
        params=[(str(key), str(value)) for key, value in (case.query or {}).items()],
        **({"json": body} if body is not None else {}),
    )
