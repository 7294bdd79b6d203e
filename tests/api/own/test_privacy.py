"""A contact's rights through the API: the file, the erasure, the audit, and who may not."""

import httpx

from percorso.db import Database
from percorso.worker.main import settle
from tests.api.own.conftest import SignIn


async def make_contact(owner: httpx.AsyncClient, key: str) -> httpx.Response:
    body = {"email": "bea@example.com", "attributes": {"city": "Bari"}}
    return await owner.post("/api/v1/contacts", json=body, headers={"idempotency-key": key})


async def test_a_contact_is_exported_and_erased_and_both_are_audited(
    owner: httpx.AsyncClient, database: Database
) -> None:
    made = (await make_contact(owner, "k1")).json()
    path = f"/api/v1/contacts/{made['id']}"
    answer = await owner.get(f"{path}/export")
    assert answer.headers["content-disposition"] == f'attachment; filename="contact-{made["id"]}.json"'
    assert (answer.json()["attributes"], answer.json()["identities"]) == (
        {"city": "Bari"},
        {"email": ["bea@example.com"]},
    )
    assert [fact["name"] for fact in answer.json()["rows"]["facts"]] == ["contactUpdated"]
    erasing = await owner.post(f"{path}/erasure")
    assert (erasing.status_code, erasing.json()) == (202, {"id": made["id"], "state": "erasing"})
    # What was kept to answer the same POST again would tell the address.
    again = await make_contact(owner, "k1")
    assert again.json()["id"] != made["id"]
    await settle(database)
    assert (await owner.get(path)).status_code == 404
    assert (await owner.post(f"{path}/erasure")).status_code == 404
    lines = (await owner.get("/api/v1/audit")).json()["items"]
    assert [(line["action"], line["subject"]) for line in lines] == [
        ("contact.erased", made["id"]),
        ("contact.exported", made["id"]),
    ]


async def test_an_editor_may_neither_take_nor_erase(
    owner: httpx.AsyncClient, sign_in_with_role: SignIn
) -> None:
    made = (await make_contact(owner, "k2")).json()
    editor = await sign_in_with_role("editor")
    path = f"/api/v1/contacts/{made['id']}"
    for answer in (await editor.get(f"{path}/export"), await editor.post(f"{path}/erasure")):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert (await owner.get(path)).status_code == 200
