"""What happens where a contact is made whom there is already: merged, blocked, or made apart."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx

from percorso.db import Database
from percorso.worker.main import settle

ADA = {"email": "ada@example.com", "attributes": {"city": "Milano"}}


async def make(owner: httpx.AsyncClient, key: str | None = None, **given: Any) -> httpx.Response:
    headers = {"idempotency-key": key} if key else {}
    return await owner.post("/api/v1/contacts", json={**ADA, **given}, headers=headers)


async def count_contacts(database: Database) -> int:
    await settle(database)
    async with database.connection() as connection:
        return await connection.fetchval("SELECT count(*) FROM contacts")


async def test_by_itself_a_contact_that_is_there_is_added_to(
    owner: httpx.AsyncClient, database: Database
) -> None:
    first, second = await make(owner), await make(owner, attributes={"age": 40})
    assert first.json()["id"] == second.json()["id"]
    assert second.json()["attributes"] == {"city": "Milano", "age": 40}
    assert await count_contacts(database) == 1


async def test_blocked_it_is_a_conflict_that_names_who_is_there(
    owner: httpx.AsyncClient, database: Database
) -> None:
    first = await make(owner, uniqueness="block")
    assert first.status_code == 201, first.text
    again = await make(owner, uniqueness="block", externalId="x1", attributes={"city": "Bari"})
    assert (again.status_code, again.json()["code"]) == (409, "contact_exists")
    assert first.json()["id"] in again.json()["detail"]
    italian = await owner.post(
        "/api/v1/contacts", json={**ADA, "uniqueness": "block"}, headers={"accept-language": "it"}
    )
    assert italian.json()["detail"] == f"Il contatto {first.json()['id']} ha già una di queste identità."
    kept = (await owner.get(f"/api/v1/contacts/{first.json()['id']}")).json()
    assert kept["attributes"] == {"city": "Milano"}
    assert [identity["kind"] for identity in kept["identities"]] == ["email"]
    assert await count_contacts(database) == 1


async def test_of_many_who_block_one_is_made(owner: httpx.AsyncClient, database: Database) -> None:
    answers = await asyncio.gather(
        *(make(owner, uniqueness="block", userId=f"u{number}") for number in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert await count_contacts(database) == 1


async def test_allowed_it_is_made_without_what_is_taken(owner: httpx.AsyncClient, database: Database) -> None:
    first = (await make(owner)).json()
    subscriptions = [{"channel": "email", "source": "form", "wording": "Yes"}]
    second = await make(owner, uniqueness="allow", externalId="x1", subscriptions=subscriptions)
    assert second.status_code == 201, second.text
    apart = second.json()
    assert apart["id"] != first["id"]
    assert apart["attributes"] == {"city": "Milano", "email": "ada@example.com"}
    assert apart["identities"] == [{"kind": "external_id", "value": "x1"}]
    assert [status["status"] for status in apart["statuses"]] == ["subscribed"]
    third = (await make(owner, uniqueness="allow")).json()
    assert [identity["kind"] for identity in third["identities"]] == ["user_id"]
    assert third["anonymous"] is False
    assert await count_contacts(database) == 3
    assert (await owner.get(f"/api/v1/contacts/{first['id']}")).json()["email"] == "ada@example.com"


async def test_an_answer_that_got_lost_is_no_conflict(owner: httpx.AsyncClient, database: Database) -> None:
    for uniqueness in ("block", "allow"):
        key, email = str(uuid4()), f"{uniqueness}@example.com"
        first = await make(owner, key, uniqueness=uniqueness, email=email)
        async with database.transaction("test.commit") as connection:
            await connection.execute("DELETE FROM idempotency")
        again = await make(owner, key, uniqueness=uniqueness, email=email)
        assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert await count_contacts(database) == 2
