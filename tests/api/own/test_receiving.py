"""Receiving domains that wait: listed with why, and released by a call."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx

from percorso.db import Database
from percorso.deliverability.model import Destination, DomainWait
from percorso.deliverability.retries import decide_wait
from percorso.deliverability.store import list_waits, write_waits
from percorso.workspaces.model import Setup

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def refuse(database: Database, workspace_id: UUID) -> tuple[DomainWait, DomainWait]:
    """A busy domain and one that refuses us by policy; another workspace has one, too."""
    busy = decide_wait(
        None, Destination(workspace_id, "relay", "busy.example"), "later", reply="450 busy", now=NOW
    )
    strict = decide_wait(
        None, Destination(workspace_id, "relay", "strict.example"), "policy", reply="550 5.7.1", now=NOW
    )
    foreign = decide_wait(None, Destination(uuid4(), "relay", "busy.example"), "later", reply="", now=NOW)
    async with database.transaction("test.commit") as connection:
        await write_waits(connection, [busy, strict, foreign])
    return busy, strict


async def test_domains_that_wait_are_listed_with_their_last_answer(
    owner: httpx.AsyncClient, instance: Setup, database: Database
) -> None:
    busy, strict = await refuse(database, instance.workspace_id)
    items = (await owner.get("/api/v1/receiving-domains")).json()["items"]
    assert [(item["domain"], item["state"], item["waits"], item["reply"]) for item in items] == [
        ("strict.example", "paused", 1, "550 5.7.1"),
        ("busy.example", "waiting", 1, "450 busy"),
    ]
    assert [datetime.fromisoformat(item["nextAt"]) for item in items] == [strict.next_at, busy.next_at]


async def test_a_released_domain_waits_no_longer_and_is_released_once(
    owner: httpx.AsyncClient, instance: Setup, database: Database
) -> None:
    busy, strict = await refuse(database, instance.workspace_id)
    path = f"/api/v1/receiving-domains/{strict.destination.id}/release"
    released = await owner.post(path)
    assert (released.status_code, released.json()["domain"]) == (200, "strict.example")
    assert (await owner.post(path)).status_code == 404
    async with database.connection() as connection:
        assert await list_waits(connection, instance.workspace_id, size=10) == [busy]


async def test_a_foreign_domain_is_answered_like_one_that_is_missing(
    owner: httpx.AsyncClient, instance: Setup, database: Database
) -> None:
    assert instance
    workspace_id = uuid4()
    _, strict = await refuse(database, workspace_id)
    foreign = await owner.post(f"/api/v1/receiving-domains/{strict.destination.id}/release")
    missing = await owner.post(f"/api/v1/receiving-domains/{uuid4()}/release")
    assert (foreign.status_code, foreign.json()) == (404, missing.json())
    async with database.connection() as connection:
        assert len(await list_waits(connection, workspace_id, size=10)) == 2
