"""T1, T2, T3, T5, T8: nothing acknowledged is lost, nothing leaves twice, nobody is stuck, whatever is killed."""

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
import asyncpg
import msgspec
import pytest

from percorso.db import Database
from percorso.workspaces.actions import create_key, set_up_instance
from tests.storm.check import Findings, check_storm, is_drained
from tests.storm.faults import VICTIMS, Fault, do_faults, find_processes, plan_faults
from tests.storm.journey import make_graph
from tests.storm.shop import Ledger, Shop, orders_and_visits, subscriptions

_PASSWORD = "storm and calm 2026"
_EMAIL = "owner@example.com"
_CONTACTS = 5_000
_DRAIN_SECONDS = 1_500


class Instance(NamedTuple):
    """A running `percorso up`."""

    supervisor: int
    url: str
    database_url: str
    write_key: str
    list_id: str


@pytest.mark.prove
@pytest.mark.parametrize("seed", [int(os.environ.get("STORM_SEED", "1"))])
async def test_whatever_is_killed_nothing_is_lost_or_sent_twice(tmp_path: Path, seed: int) -> None:
    count = int(os.environ.get("STORM_EVENTS", "200000"))
    async with running_instance(tmp_path) as instance:
        findings, done, retries = await _blow(instance, tmp_path, seed=seed, count=count)
    print(
        f"\nstorm seed={seed} retries={retries} faults={len(done)} {msgspec.json.encode(findings).decode()}"
    )
    assert findings.broken == []
    assert set(plan_faults(seed=seed)) == set(done)
    assert findings.acknowledged == findings.stored == count + _CONTACTS
    assert findings.unknown <= len(done) * 16, "more doubts than connections that a crash can have cut"


async def _blow(
    instance: Instance, folder: Path, *, seed: int, count: int
) -> tuple[Findings, list[Fault], int]:
    await _publish_journey(instance)
    events = orders_and_visits(seed=seed, count=count, contacts=_CONTACTS)
    with Ledger(folder) as ledger:
        shop = Shop(
            url=instance.url, write_key=instance.write_key, list_id=instance.list_id, ledger=ledger, seed=seed
        )
        await shop.send(subscriptions(_CONTACTS))
        faulting = asyncio.create_task(
            do_faults(instance.supervisor, plan_faults(seed=seed), pause_seconds=5)
        )
        # Spread over the faults: each tenth waits for the next fault to be under way.
        tenth = max(1, len(events) // 10)
        for at in range(0, len(events), tenth):
            await shop.send(events[at : at + tenth])
            await asyncio.wait((faulting,), timeout=10)
        done = await faulting
    return await _check_when_drained(instance, folder, events), done, shop.retries


async def _check_when_drained(instance: Instance, folder: Path, events: list) -> Findings:
    connection = await asyncpg.connect(instance.database_url)
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            while not await is_drained(connection):
                await asyncio.sleep(1)
        return await check_storm(connection, folder, events)
    finally:
        await connection.close()


@asynccontextmanager
async def running_instance(folder: Path) -> AsyncIterator[Instance]:
    """A real `percorso up` with its own embedded database in `folder`, set up with one list and one key."""
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
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    left = [pid for victim in VICTIMS for pid in find_processes(process.pid, victim)]
    assert left == [], "processes outlived their supervisor"


async def _wait_until_ready(url: str) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(120):
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


async def _publish_journey(instance: Instance) -> None:
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
