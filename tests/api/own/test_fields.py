"""Fields through the API: the standard ones, those declared, and what was seen besides."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from percorso.db import Database
from percorso.worker.apply import apply_all
from percorso.worker.main import settle
from tests.api.own.conftest import TakeKey

PET: dict[str, Any] = {"path": "pet.name", "labels": {"it": "Animale", "en": "Pet"}, "type": "text"}


async def declare(owner: httpx.AsyncClient, **given: Any) -> httpx.Response:
    return await owner.post("/api/v1/fields", json={**PET, **given})


async def make_contact(owner: httpx.AsyncClient, number: int, **attributes: Any) -> str:
    body = {"email": f"c{number}@example.com", "attributes": attributes}
    answer = await owner.post("/api/v1/contacts", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_standard_fields_are_there_from_the_start_with_both_languages(owner: httpx.AsyncClient) -> None:
    fields = {field["path"]: field for field in (await owner.get("/api/v1/fields")).json()["items"]}
    assert fields["birthDate"] == {
        "path": "birthDate",
        "labels": {"it": "Data di nascita", "en": "Birth date"},
        "type": "date",
        "format": None,
        "default": None,
        "required": False,
        "hidden": False,
        "isStandard": True,
    }
    assert {"address.city", "tags.auto", "tags.manual", "shop.revenue.last30Days"} < fields.keys()


async def test_a_field_is_declared_changed_and_declared_no_more(owner: httpx.AsyncClient) -> None:
    made = await declare(owner, default="Fido", required=True)
    assert made.status_code == 201, made.text
    assert (made.json()["default"], made.json()["isStandard"]) == ("Fido", False)
    again = await declare(owner)
    assert (again.status_code, again.json()["code"]) == (409, "field_taken")
    settings = {**PET, "type": "date", "format": "dd/MM/yyyy"}
    del settings["path"]
    changed = await owner.put("/api/v1/fields/pet.name", json=settings)
    assert (changed.status_code, changed.json()["format"], changed.json()["required"]) == (
        200,
        "dd/MM/yyyy",
        False,
    )
    assert (await owner.delete("/api/v1/fields/pet.name")).status_code == 204
    assert (await owner.delete("/api/v1/fields/pet.name")).status_code == 404
    assert (await owner.put("/api/v1/fields/pet.name", json=settings)).status_code == 404


async def test_a_standard_field_is_renamed_and_keeps_its_type(owner: httpx.AsyncClient) -> None:
    settings: dict[str, Any] = {"labels": {"it": "Comune", "en": "Town"}, "type": "text", "default": "Bari"}
    changed = await owner.put("/api/v1/fields/address.city", json=settings)
    assert (changed.status_code, changed.json()["labels"]["en"], changed.json()["isStandard"]) == (
        200,
        "Town",
        True,
    )
    other = await owner.put("/api/v1/fields/address.city", json={**settings, "type": "integer"})
    assert (other.status_code, other.json()["code"]) == (409, "standard_field")
    assert (await owner.delete("/api/v1/fields/address.city")).status_code == 204
    gone = await owner.delete("/api/v1/fields/address.city", headers={"accept-language": "it"})
    assert gone.json()["detail"] == "Il campo address.city è un campo standard: mantiene il tipo e resta."


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"path": "address"}, "field_taken"),
        ({"path": "firstName.short"}, "field_taken"),
        ({"path": "a..b"}, "field_path"),
        ({"path": " a"}, "field_path"),
        ({"path": "shop.mine"}, "field_path"),
        ({"format": "dd/MM/yyyy"}, "field_fault"),
        ({"type": "date", "format": "sometime"}, "field_fault"),
        ({"type": "date-time", "format": "dd/MM/yyyy"}, "field_fault"),
        ({"type": "integer", "default": "many"}, "field_fault"),
    ],
)
async def test_what_cannot_be_a_field_is_refused_in_words(
    owner: httpx.AsyncClient, given: dict[str, Any], code: str
) -> None:
    answer = await declare(owner, **given)
    assert (answer.status_code, answer.json()["code"]) in ((409, code), (422, code))
    italian = await owner.post("/api/v1/fields", json={**PET, **given}, headers={"accept-language": "it"})
    assert italian.json()["detail"] != answer.json()["detail"]


async def test_names_that_nobody_declared_are_listed_with_types_and_values(
    owner: httpx.AsyncClient, database: Database
) -> None:
    # Who was there before the field was required lacks it.
    await make_contact(owner, 3, shoe=None)
    await declare(owner, path="size", type="integer", required=True)
    await make_contact(owner, 1, shoe="37", size=4, firstName="Ada")
    odd = await make_contact(owner, 2, shoe=38, size="large", birthDate="1/2/1990", address={"floor": 3})
    await apply_all(database)
    seen = (await owner.get("/api/v1/seen-fields")).json()
    assert seen["lookedAt"] == 3
    assert {field["path"]: (field["contacts"], field["types"]) for field in seen["undeclared"]} == {
        "shoe": (2, {"text": 1, "integer": 1}),
        "address.floor": (1, {"integer": 1}),
    }
    samples = {field["path"]: field["samples"] for field in seen["undeclared"]}
    assert sorted(samples["shoe"], key=str) == ["37", 38]
    assert (seen["illTyped"], seen["missing"]) == ({"size": 1, "birthDate": 1}, {"size": 1})
    faults = (await owner.get(f"/api/v1/contacts/{odd}/field-faults")).json()
    assert faults == {"illTyped": ["birthDate", "size"], "missing": []}
    kept = (await owner.get(f"/api/v1/contacts/{odd}")).json()["attributes"]
    assert kept["size"] == "large"


async def test_what_percorso_keeps_itself_is_not_offered_for_declaring(
    owner: httpx.AsyncClient, database: Database
) -> None:
    """A basket that was emptied leaves `shop.cart` null: no field, and nobody's to declare."""
    contact = await make_contact(owner, 1, shoe="37")
    await apply_all(database)
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            """UPDATE contacts SET attributes = attributes || '{"shop": {"cart": null, "orders": 1}}' WHERE id = $1""",
            UUID(contact),
        )
    seen = (await owner.get("/api/v1/seen-fields")).json()
    assert [field["path"] for field in seen["undeclared"]] == ["shoe"]


async def test_a_field_of_another_workspace_is_not_seen(owner: httpx.AsyncClient, database: Database) -> None:
    await declare(owner)
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "INSERT INTO workspaces (id, name, time_zone, currency, language, created_at)"
            " VALUES (gen_random_uuid(), 'Other', 'UTC', 'EUR', 'en', clock_timestamp())"
        )
        await connection.execute(
            "UPDATE fields SET workspace_id = (SELECT id FROM workspaces WHERE name = 'Other')"
        )
    fields = (await owner.get("/api/v1/fields")).json()["items"]
    assert "pet.name" not in {field["path"] for field in fields}


async def test_a_profile_is_answered_as_of_a_moment(owner: httpx.AsyncClient, database: Database) -> None:
    id = await make_contact(owner, 1, city="Milano")
    now = (await owner.get(f"/api/v1/contacts/{id}")).json()["asOf"]
    await make_contact(owner, 1, city="Bari")
    await apply_all(database)
    path = f"/api/v1/contacts/{id}"
    assert (await owner.get(path)).json()["attributes"] == {"city": "Bari"}
    past = await owner.get(path, params={"asOf": now})
    assert (past.status_code, past.json()["attributes"], past.json()["runs"]) == (200, {"city": "Milano"}, [])
    assert (await owner.get(path, params={"asOf": "2001-01-01T00:00:00Z"})).status_code == 404
    assert (await owner.get(path, params={"asOf": "yesterday"})).status_code == 400


async def test_a_required_field_is_asked_of_new_contacts_and_cannot_be_taken_away(
    owner: httpx.AsyncClient, database: Database, take_key: TakeKey
) -> None:
    await make_contact(owner, 1)
    assert (await declare(owner, required=True)).status_code == 201
    new = {"email": "c2@example.com", "attributes": {"city": "Roma"}}
    refused = await owner.post("/api/v1/contacts", json=new, headers={"accept-language": "it"})
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["detail"]) == (
        422,
        "required_missing",
        "Mancano campi obbligatori. Ciascuno è indicato.",
    )
    assert problem["fields"] == [{"path": "attributes.pet.name", "sentence": "È obbligatorio."}]
    id = await make_contact(owner, 2, pet={"name": "Fido"})
    # Who lacked it before may be told other things; who has it does not lose it.
    await make_contact(owner, 1, city="Roma")
    clearing = {"email": "c2@example.com", "attributes": {"pet": {"name": None}}}
    assert (await owner.post("/api/v1/contacts", json=clearing)).status_code == 422
    apart = {"email": "c2@example.com", "userId": "other", "uniqueness": "allow"}
    assert (await owner.post("/api/v1/contacts", json=apart)).status_code == 422
    assert (await owner.get(f"/api/v1/contacts/{id}")).json()["attributes"]["pet"] == {"name": "Fido"}
    # Tracking loses nothing over a field.
    call = {"userId": "tracked", "messageId": "t-1", "traits": {"email": "c3@example.com"}}
    headers = {"authorization": f"Bearer {await take_key('track')}"}
    assert (await owner.post("/v1/identify", json=call, headers=headers)).status_code == 200
    await settle(database)
    names = {row["email"] for row in (await owner.get("/api/v1/contacts")).json()["items"]}
    assert names == {"c1@example.com", "c2@example.com", "c3@example.com"}


async def test_what_percorso_fills_itself_cannot_be_required(owner: httpx.AsyncClient) -> None:
    settings = {"labels": {"it": "Carrello", "en": "Basket"}, "type": "text", "required": True}
    answer = await owner.put("/api/v1/fields/shop.cart.id", json=settings)
    assert (answer.status_code, answer.json()["code"]) == (422, "field_fault")


async def test_a_default_stands_in_for_a_required_field(owner: httpx.AsyncClient) -> None:
    assert (await declare(owner, required=True, default="nessuno")).status_code == 201
    await make_contact(owner, 1)


async def test_values_that_do_not_fit_are_told_in_the_words_of_json(owner: httpx.AsyncClient) -> None:
    asked = {"email": 7, "attributes": []}
    problem = (await owner.post("/api/v1/contacts", json=asked)).json()
    assert (problem["status"], problem["code"]) == (400, "invalid_request")
    assert problem["fields"] == [
        {"path": "email", "sentence": "Expected a string or null, got a whole number"},
    ]
    problem = (await owner.post("/api/v1/contacts", json=asked, headers={"accept-language": "it"})).json()
    assert problem["fields"] == [
        {"path": "email", "sentence": "Serve una stringa o null, non un numero intero"}
    ]
