"""A real `percorso up` with an embedded database of its own, set up with one list, one key and the storm's journey."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import aiohttp
import msgspec

from percorso.db import Database
from percorso.workspaces.actions import create_key, set_up_instance
from tests.storm.faults import VICTIMS, find_processes
from tests.storm.journey import make_graph

_PASSWORD = "storm and calm 2026"
_EMAIL = "owner@example.com"
_READY_SECONDS = 120


class Instance(NamedTuple):
    """A running `percorso up`."""

    supervisor: int
    url: str
    database_url: str
    write_key: str
    list_id: str


@asynccontextmanager
async def running_instance(folder: Path) -> AsyncIterator[Instance]:
    """Lend a `percorso up` with its own embedded database in `folder`; nothing of it is left afterwards."""
    port, data = _find_free_port(), folder / "data"
    environment = {**os.environ, "PERCORSO_DATA": str(data), "PORT": str(port), "PERCORSO_LOG_FORMAT": "json"}
    environment.pop("PERCORSO_DATABASE_URL", None)
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "percorso", "up"], env=environment, stdout=log, stderr=log
        )
    try:
        url = f"http://127.0.0.1:{port}"
        await _wait_until_ready(url)
        database_url = _read_database_url(process.pid)
        write_key, list_id = await _set_up(database_url)
        yield Instance(process.pid, url, database_url, write_key, list_id)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, 20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    left = [pid for victim in VICTIMS for pid in find_processes(process.pid, victim)]
    assert left == [], "processes outlived their supervisor"


async def publish_journey(instance: Instance) -> None:
    """Make the storm's template and journey, and activate it."""
    async with aiohttp.ClientSession(instance.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        session_made = await _post(session, "/api/v1/session", {"email": _EMAIL, "password": _PASSWORD})
        session.headers["X-CSRF-Token"] = session_made["csrfToken"]
        template = await _post(
            session,
            "/api/v1/templates",
            {
                "listId": instance.list_id,
                "name": "Thanks",
                "kind": "email",
                "subject": "Thank you for order {{ event.orderId }}",
                "html": "<p>Thank you.</p><p><a href='{{ unsubscribe_url }}'>Unsubscribe</a></p>",
            },
        )
        journey = await _post(
            session,
            "/api/v1/journeys",
            {"listId": instance.list_id, "name": "Storm", "graph": make_graph(template["id"])},
        )
        await _post(session, f"/api/v1/journeys/{journey['id']}/publish", {})
        await _post(session, f"/api/v1/journeys/{journey['id']}/activate", {})


async def _wait_until_ready(url: str) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(_READY_SECONDS):
        while True:
            try:
                async with session.get(f"{url}/ready") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.2)


def _read_database_url(supervisor: int) -> str:
    """Return what the api process was told: the embedded server's address is known to its own only."""
    (api, *_) = find_processes(supervisor, "api")
    variables = Path(f"/proc/{api}/environ").read_bytes().decode().split("\0")
    return dict(variable.partition("=")[::2] for variable in variables)["PERCORSO_DATABASE_URL"]


async def _set_up(database_url: str) -> tuple[str, str]:
    database = await Database.open(database_url, name="storm")
    present = datetime.now(UTC)
    try:
        async with database.transaction("workspaces.set_up") as connection:
            made = await set_up_instance(
                connection,
                workspace_name="Storm",
                list_name="Storm",
                sender_address="storm@example.com",
                sms_sender=None,
                email=_EMAIL,
                name="Owner",
                password=_PASSWORD,
                language="en",
                time_zone="Europe/Rome",
                currency="EUR",
                present=present,
            )
            _, write_key = await create_key(
                connection,
                workspace_id=made.workspace_id,
                name="storm",
                kind="server",
                scopes=("track",),
                present=present,
            )
    finally:
        await database.close()
    return write_key, str(made.list_id)


async def _post(session: aiohttp.ClientSession, path: str, body: dict) -> dict:
    key = f"storm-{random.random()}"
    headers = {"Idempotency-Key": key, "Origin": str(session._base_url).rstrip("/")}
    async with session.post(path, json=body, headers=headers) as response:
        text = await response.text()
        assert response.status < 300, f"{path}: {response.status} {text}"
        return msgspec.json.decode(text) if text else {}


def _find_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
