"""The question before a journey is switched on, through the API: who meets its starts already, and whether they enter."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from percorso.db import Connection, Database
from percorso.journeys import patience
from percorso.worker.main import settle
from tests.api.own.conftest import TakeKey

IN_ROME = {
    "kind": "test", "source": "attribute", "path": "city", "type": "text", "operator": "equals",
    "operands": [{"kind": "value", "value": "Roma"}],
}  # fmt: skip
ROMANS = {"kind": "field", "id": "romans", "condition": IN_ROME}


def graph(*starts: dict[str, Any]) -> dict[str, Any]:
    return {"starts": list(starts), "first": "end", "steps": {"end": {"kind": "end"}}}


@pytest.fixture
async def owner_of_three(
    owner: httpx.AsyncClient, database: Database, take_key: TakeKey
) -> httpx.AsyncClient:
    """Ada and Bea live in Rome, Cia in Milan."""
    headers = {"authorization": f"Bearer {await take_key('track')}"}
    for name, city in (("ada", "Roma"), ("bea", "Roma"), ("cia", "Milano")):
        said = {"userId": name, "messageId": name, "traits": {"city": city, "email": f"{name}@example.com"}}
        answer = await owner.post("/v1/identify", json=said, headers=headers)
        assert answer.status_code == 200, answer.text
    await settle(database)
    return owner


async def make(owner: httpx.AsyncClient, *starts: dict[str, Any]) -> str:
    made = await owner.post("/api/v1/journeys", json={"name": "Rome", "graph": graph(*starts)})
    assert made.status_code == 201, made.text
    return f"/api/v1/journeys/{made.json()['id']}"


async def test_who_meets_a_start_already_is_counted_and_enters_as_it_says(
    owner_of_three: httpx.AsyncClient, database: Database
) -> None:
    owner = owner_of_three
    left = {**ROMANS, "id": "others", "becomes": False, "existing": True}
    path = await make(owner, ROMANS, left, {"kind": "event", "id": "e", "event": "began"})
    answer = await owner.get(f"{path}/existing")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["version"] is None
    assert told["starts"] == [
        {"start": "romans", "included": False, "people": 2},
        {"start": "others", "included": True, "people": 1},
    ]
    for verb in ("publish", "activate"):
        assert (await owner.post(f"{path}/{verb}")).status_code == 200
    await settle(database)
    assert (await owner.get(path)).json()["counts"]["entered"] == 1
    # Who entered is not asked about again.
    told = (await owner.get(f"{path}/existing")).json()
    assert (told["version"], [one["people"] for one in told["starts"]]) == (1, [2, 0])


async def test_draft_and_version_are_told_apart(owner_of_three: httpx.AsyncClient) -> None:
    owner = owner_of_three
    path = await make(owner, ROMANS)
    unpublished = await owner.get(f"{path}/existing", params={"of": "version"})
    assert (unpublished.status_code, unpublished.json()["code"]) == (409, "nothing_to_publish")
    await owner.post(f"{path}/publish")
    await owner.patch(path, json={"graph": graph({**ROMANS, "existing": True})})
    for of, version, included in ((None, None, True), ("draft", None, True), ("version", 1, False)):
        told = (await owner.get(f"{path}/existing", params={} if of is None else {"of": of})).json()
        assert (told["version"], told["starts"][0]["included"]) == (version, included)


async def test_what_is_wrong_with_the_draft_is_said_and_other_journeys_are_unknown(
    owner: httpx.AsyncClient,
) -> None:
    path = await make(owner, {"kind": "segment", "id": "s", "segmentId": ""})
    answer = await owner.get(f"{path}/existing")
    assert (answer.status_code, answer.json()["code"]) == (422, "graph_invalid")
    assert (await owner.get(f"/api/v1/journeys/{uuid4()}/existing")).status_code == 404
    assert (await owner.get(f"{path}/existing", params={"of": "both"})).status_code == 400


async def test_a_count_that_takes_too_long_is_not_known(
    owner_of_three: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await make(owner_of_three, ROMANS)

    async def count_slowly(connection: Connection, *_: Any, **__: Any) -> int:
        return await connection.fetchval("SELECT count(*) FROM generate_series(1, 1000000000)")

    monkeypatch.setattr(patience, "PATIENCE", 1)
    monkeypatch.setattr("percorso.journeys.activating.count_existing", count_slowly)
    told = (await owner_of_three.get(f"{path}/existing")).json()
    assert told["starts"] == [{"start": "romans", "included": False, "people": None}]
