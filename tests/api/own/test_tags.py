"""Tags of a contact through the API."""

from uuid import uuid4

import httpx

from percorso.db import Database
from percorso.worker.apply import apply_all
from tests.api.own.test_fields import make_contact


async def test_tags_are_put_on_once_and_taken_off(owner: httpx.AsyncClient, database: Database) -> None:
    path = f"/api/v1/contacts/{await make_contact(owner, 1)}"
    first = await owner.patch(f"{path}/tags", json={"add": ["vip", "staff", "vip"]})
    assert (first.status_code, first.json()) == (200, {"manual": ["vip", "staff"], "auto": []})
    again = await owner.patch(f"{path}/tags", json={"add": ["vip", "new"], "remove": ["staff", "never"]})
    assert again.json() == {"manual": ["vip", "new"], "auto": []}
    of_rules = await owner.patch(f"{path}/tags", json={"add": ["buyer"], "kind": "auto"})
    assert of_rules.json() == {"manual": ["vip", "new"], "auto": ["buyer"]}
    await apply_all(database)
    contact = (await owner.get(path)).json()
    assert contact["attributes"]["tags"] == {"manual": ["vip", "new"], "auto": ["buyer"]}
    assert (await owner.patch(f"{path}/tags", json={})).json() == of_rules.json()


async def test_what_is_no_tag_or_no_contact_is_refused(owner: httpx.AsyncClient) -> None:
    path = f"/api/v1/contacts/{await make_contact(owner, 1)}"
    assert (await owner.patch(f"{path}/tags", json={"add": [""]})).status_code == 400
    assert (await owner.patch(f"{path}/tags", json={"add": ["x"], "kind": "other"})).status_code == 400
    nobody = await owner.patch(f"/api/v1/contacts/{uuid4()}/tags", json={"add": ["x"]})
    assert nobody.status_code == 404


async def test_many_are_tagged_by_one_call_and_strangers_left_out(
    owner: httpx.AsyncClient, database: Database
) -> None:
    ids = [await make_contact(owner, number) for number in (1, 2, 3)]
    await apply_all(database)
    await owner.patch(f"/api/v1/contacts/{ids[0]}/tags", json={"add": ["staff"]})
    tagged = await owner.patch(
        "/api/v1/contacts/tags",
        json={"contactIds": [*ids[:2], ids[0], str(uuid4())], "add": ["vip"], "remove": ["staff"]},
    )
    assert (tagged.status_code, tagged.json()) == (200, {"contacts": 2})
    await apply_all(database)
    found = [(await owner.get(f"/api/v1/contacts/{id}")).json()["tags"] for id in ids]
    assert found == [["vip"], ["vip"], []]


async def test_many_are_at_most_a_thousand_and_at_least_one(owner: httpx.AsyncClient) -> None:
    for ids in ([], [str(uuid4()) for _ in range(1_001)]):
        answer = await owner.patch("/api/v1/contacts/tags", json={"contactIds": ids, "add": ["x"]})
        assert answer.status_code == 400
