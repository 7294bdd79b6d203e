"""Files in and out over HTTP: who may, what is answered, in both languages."""

import csv
import io

import httpx

from percorso.db import Database
from percorso.worker.main import settle
from tests.api.own.conftest import SignIn, TakeKey

FILE = "Email;Età\nada@example.com;41\nnobody;5\n".encode("cp1252")


async def upload(client: httpx.AsyncClient, content: bytes = FILE) -> httpx.Response:
    return await client.post(
        "/api/v1/imports?fileName=clienti.csv",
        content=content,
        headers={"content-type": "application/octet-stream"},
    )


async def test_a_file_is_brought_tried_and_imported(owner: httpx.AsyncClient, database: Database) -> None:
    answer = await upload(owner)
    assert answer.status_code == 201, answer.text
    preview = answer.json()
    assert (preview["state"], preview["encoding"], preview["delimiter"]) == ("ready", "cp1252", ";")
    assert preview["headers"] == ["Email", "Età"]
    assert preview["rows"] == [["ada@example.com", "41"], ["nobody", "5"]]
    assert preview["targets"][0]["kind"] == "email"
    path = f"/api/v1/imports/{preview['id']}"
    asked = {"targets": preview["targets"]}
    assert (await owner.post(f"{path}/check", json=asked)).json()["state"] == "checking"
    await settle(database)
    checked = (await owner.get(path)).json()
    assert (checked["state"], checked["checked"]["new"], checked["checked"]["rejected"]) == ("ready", 1, 1)
    assert (await owner.post(f"{path}/start", json=asked)).json()["state"] == "running"
    await settle(database)
    (done,) = (await owner.get("/api/v1/imports")).json()["items"]
    assert (done["state"], done["progress"], done["counts"]["new"]) == ("done", 1.0, 1)
    report = await owner.get(f"{path}/rejects", headers={"accept-language": "it"})
    assert report.headers["content-disposition"] == 'attachment; filename="rejected.csv"'
    assert report.headers["x-content-type-options"] == "nosniff"
    rows = list(csv.reader(io.StringIO(report.text)))
    assert rows == [
        ["Riga", "Colonna", "Perché è stata scartata", "Email", "Età"],
        ["3", "Email", "Non è un indirizzo email.", "nobody", "5"],
    ]
    actions = {line["action"] for line in (await owner.get("/api/v1/audit")).json()["items"]}
    assert actions == {"contacts.imported", "contacts.downloaded"}


async def test_a_refused_file_is_said_in_the_language_of_the_request(owner: httpx.AsyncClient) -> None:
    owner.headers["accept-language"] = "it"
    answer = await upload(owner, b"")
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["detail"]) == ("empty_file", "Il file è vuoto.")


async def test_a_setting_at_fault_names_its_column(owner: httpx.AsyncClient) -> None:
    owner.headers["accept-language"] = "it"
    preview = (await upload(owner)).json()
    asked = {"targets": [{"kind": "email"}, {"kind": "attribute", "path": "a..b"}]}
    answer = await owner.post(f"/api/v1/imports/{preview['id']}/start", json=asked)
    assert answer.status_code == 422
    assert answer.json()["fields"] == [
        {"path": "targets.1", "sentence": "a..b non può essere il nome di un attributo."}
    ]


async def test_a_file_is_read_otherwise_and_cancelled(owner: httpx.AsyncClient) -> None:
    path = f"/api/v1/imports/{(await upload(owner)).json()['id']}"
    again = (await owner.patch(path, json={"hasHeader": False, "encoding": "iso8859_15"})).json()
    assert (again["hasHeader"], again["encoding"], len(again["rows"])) == (False, "iso8859_15", 3)
    assert (await owner.patch(path, json={"encoding": "base64"})).json()["code"] == "unknown_encoding"
    assert (await owner.patch(path, json={"delimiter": '"'})).json()["code"] == "bad_delimiter"
    assert (await owner.post(f"{path}/cancel")).json()["state"] == "cancelled"
    assert (await owner.patch(path, json={"hasHeader": True})).status_code == 409


async def test_contacts_leave_only_with_the_permission(
    owner: httpx.AsyncClient, sign_in_with_role: SignIn, take_key: TakeKey, browser: httpx.AsyncClient
) -> None:
    asked = {"fields": ["email", "attributes.firstName"]}
    for role in ("viewer", "editor"):
        answer = await (await sign_in_with_role(role)).post("/api/v1/exports", json=asked)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), role
    made = {"email": "ada@example.com", "attributes": {"firstName": "=Ada"}}
    assert (await owner.post("/api/v1/contacts", json=made)).status_code == 201
    key = {"authorization": f"Bearer {await take_key('contacts.download')}"}
    answer = await browser.post("/api/v1/exports", json=asked, headers=key)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.splitlines()[0] == "email,firstName"
    (line,) = (await owner.get("/api/v1/exports")).json()["items"]
    assert line["question"]["fields"] == asked["fields"]
    keys = (await owner.get("/api/v1/api-keys")).json()["items"]
    (kept,) = [one for one in keys if one["scopes"] == ["contacts.download"]]
    assert (line["madeBy"], line["keyName"]) == (f"key:{kept['id']}", kept["name"])
    (said,) = (await owner.get("/api/v1/audit")).json()["items"]
    assert (said["caller"], said["callerName"], said["subjectName"]) == (
        f"key:{kept['id']}",
        kept["name"],
        None,
    )


async def test_a_condition_at_fault_is_said_in_words(owner: httpx.AsyncClient) -> None:
    asked = {"fields": ["email"], "condition": {"kind": "nothing of the kind"}}
    answer = await owner.post("/api/v1/exports", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "condition_invalid")
    assert (await owner.post("/api/v1/exports", json={"fields": ["x'; --"]})).json()[
        "code"
    ] == "unknown_field"


async def test_chosen_contacts_leave_alone(owner: httpx.AsyncClient, database: Database) -> None:
    ids: dict[str, str] = {}
    for name in ("ada", "bea", "eva"):
        made = await owner.post("/api/v1/contacts", json={"email": f"{name}@example.com"})
        ids[name] = made.json()["id"]
    await settle(database)
    asked = {"fields": ["email"], "contactIds": [ids["ada"], ids["eva"]]}
    answer = await owner.post("/api/v1/exports", json=asked)
    assert sorted(answer.text.split()) == ["ada@example.com", "email", "eva@example.com"]
    (line,) = (await owner.get("/api/v1/exports")).json()["items"]
    assert line["question"]["audience"]["contactIds"] == asked["contactIds"]
    assert (await owner.post("/api/v1/exports", json={**asked, "contactIds": []})).status_code == 400


async def test_a_dry_run_says_which_rows_and_why_in_the_language_of_the_request(
    owner: httpx.AsyncClient, database: Database
) -> None:
    answer = await owner.post(
        "/api/v1/contacts", json={"email": "ada@example.com", "attributes": {"age": 40}}
    )
    preview = (await upload(owner)).json()
    path = f"/api/v1/imports/{preview['id']}"
    assert (await owner.get(f"{path}/foreseen")).json() == {"items": []}
    asked = {"targets": [{"kind": "email"}, {"kind": "attribute", "path": "age", "type": "integer"}]}
    await owner.post(f"{path}/check", json=asked)
    await settle(database)
    rejected, updated = (await owner.get(f"{path}/foreseen", headers={"accept-language": "it"})).json()[
        "items"
    ]
    assert rejected == {
        "row": 3, "outcome": "rejected", "contactId": None, "column": "Email", "cell": "nobody",
        "sentence": "Non è un indirizzo email.", "changes": [], "moreChanges": 0,
    }  # fmt: skip
    assert updated == {
        "row": 2, "outcome": "updated", "contactId": answer.json()["id"], "column": None, "cell": "",
        "sentence": None, "changes": [{"path": "age", "before": "40", "after": "41"}], "moreChanges": 0,
    }  # fmt: skip
    english = (await owner.get(f"{path}/foreseen", headers={"accept-language": "en"})).json()["items"]
    assert english[0]["sentence"] == "It is no email address."
    await owner.post(f"{path}/start", json=asked)
    assert (await owner.get(f"{path}/foreseen")).json() == {"items": []}
