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
