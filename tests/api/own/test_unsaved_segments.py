"""Definitions that are not saved yet: what they name must be there, one contact can be held against them, nothing breaks."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from percorso.db import Database
from percorso.worker.main import settle
from tests.api.own.test_segments import MILAN, give_city, make_segment
from tests.worker.segments import did, filter_of, text_is

NOWHERE = str(uuid4())
STRANGERS: dict[str, dict[str, Any]] = {
    "group_unknown": {"kind": "membership", "of": "group", "id": NOWHERE},
    "segment_unknown": {"kind": "membership", "of": "segment", "id": NOWHERE},
    "list_unknown": {"kind": "status", "channel": "email", "listId": NOWHERE},
}
IN_WORDS = {
    "group_unknown": "Il gruppo scelto non esiste.",
    "segment_unknown": "Il segmento scelto non esiste.",
    "list_unknown": "La lista scelta non esiste.",
}


@pytest.mark.parametrize("code", list(STRANGERS))
async def test_what_a_definition_names_must_exist(owner: httpx.AsyncClient, code: str) -> None:
    definition = filter_of({"kind": "and", "conditions": [text_is("city", "Bari"), STRANGERS[code]]})
    italian = {"accept-language": "it"}
    asked = await owner.post("/api/v1/segments/preview", json={"definition": definition}, headers=italian)
    assert asked.status_code == 200, asked.text
    found = asked.json()
    assert (found["count"], found["sample"]) == (None, [])
    assert [(fault["code"], fault["sentence"]) for fault in found["faults"]] == [(code, IN_WORDS[code])]
    saved = await owner.post(
        "/api/v1/segments", json={"name": "Odd", "definition": definition}, headers=italian
    )
    assert (saved.status_code, saved.json()["code"]) == (422, "segment_invalid")
    assert IN_WORDS[code] in saved.json()["detail"]
    segment = await make_segment(owner, "Fine", MILAN)
    changed = await owner.patch(f"/api/v1/segments/{segment['id']}", json={"definition": definition})
    assert (changed.status_code, changed.json()["code"]) == (422, "segment_invalid")


async def test_messages_of_a_list_that_is_not_there_are_not_asked_about(owner: httpx.AsyncClient) -> None:
    scope = {"kind": "message", "channel": "email", "action": "opened", "scope": {"listId": NOWHERE}}
    found = (await owner.post("/api/v1/segments/preview", json={"definition": filter_of(scope)})).json()
    assert [fault["code"] for fault in found["faults"]] == ["list_unknown"]


async def test_a_deleted_group_is_no_more_to_be_asked_about(owner: httpx.AsyncClient) -> None:
    group = (await owner.post("/api/v1/groups", json={"name": "Friends"})).json()
    (list_,) = (await owner.get("/api/v1/lists")).json()["items"]
    definition = filter_of(
        {
            "kind": "and",
            "conditions": [
                {"kind": "membership", "of": "group", "id": group["id"]},
                {"kind": "status", "channel": "email", "listId": list_["id"]},
            ],
        }
    )
    await make_segment(owner, "Friends who read", definition)
    assert (await owner.delete(f"/api/v1/groups/{group['id']}")).status_code == 204
    found = (await owner.post("/api/v1/segments/preview", json={"definition": definition})).json()
    assert [fault["code"] for fault in found["faults"]] == ["group_unknown"]


async def test_what_is_not_saved_is_explained_for_one_contact(
    owner: httpx.AsyncClient, database: Database
) -> None:
    ada, bea = await give_city(owner, 1, "Milano"), await give_city(owner, 2, "Bari")
    await settle(database)
    looks_back = did("viewedPage", within=30)
    definition = filter_of(
        {"kind": "and", "conditions": [MILAN["condition"], {"kind": "not", "condition": looks_back}]}
    )
    for contact, holds, city in ((ada, True, "Milano"), (bea, False, "Bari")):
        asked = await owner.post(
            "/api/v1/segments/explain", json={"definition": definition, "contactId": contact}
        )
        assert asked.status_code == 200, asked.text
        why = asked.json()
        assert (why["isMember"], why["enteredAt"], why["holds"]) == (False, None, holds)
        assert [(line["read"], line["verdict"]) for line in why["verdicts"]] == [
            (city, holds),
            (0, False),
        ]
    # Of a segment that is being edited, it says how the contact stands with it as saved.
    segment = await make_segment(owner, "Milan", MILAN)
    await settle(database)
    bari = filter_of(text_is("address.city", "Bari"))
    said = {"definition": bari, "contactId": ada, "segmentId": segment["id"]}
    why = (await owner.post("/api/v1/segments/explain", json=said)).json()
    assert (why["isMember"], why["holds"]) == (True, False)


async def test_only_what_can_be_asked_of_whom_one_has_is_explained(
    owner: httpx.AsyncClient, database: Database
) -> None:
    ada = await give_city(owner, 1, "Milano")
    await settle(database)
    url = "/api/v1/segments/explain"
    nobody = await owner.post(url, json={"definition": MILAN, "contactId": NOWHERE})
    assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown_segment")
    stranger = {"definition": MILAN, "contactId": ada, "segmentId": NOWHERE}
    assert (await owner.post(url, json=stranger)).status_code == 404
    odd = {"definition": filter_of(STRANGERS["group_unknown"]), "contactId": ada}
    refused = await owner.post(url, json=odd)
    assert (refused.status_code, refused.json()["code"]) == (422, "segment_invalid")


def nest(levels: int) -> str:
    """Return the JSON of a definition nested so deep."""
    inside = json.dumps(MILAN["condition"])
    return (
        '{"kind":"filter","condition":' + '{"kind":"not","condition":' * levels + inside + "}" * (levels + 1)
    )


@pytest.mark.parametrize("levels", [1_000, 20_000])
@pytest.mark.parametrize("route", ["/segments", "/segments/preview", "/segments/explain"])
async def test_conditions_nested_a_thousand_deep_are_refused_in_words(
    owner: httpx.AsyncClient, route: str, levels: int
) -> None:
    beside = await make_segment(owner, "Beside", MILAN)
    body = '{"name":"Deep","contactId":"' + NOWHERE + '","definition":' + nest(levels) + "}"
    if route != "/segments":
        body = body.replace('"name":"Deep",', "")
    if route == "/segments/preview":
        body = body.replace(f'"contactId":"{NOWHERE}",', "")
    answer = await owner.post(
        f"/api/v1{route}", content=body, headers={"content-type": "application/json", "accept-language": "it"}
    )
    said = answer.json()
    assert 400 <= answer.status_code < 500, answer.text
    assert (bool(said["detail"]), bool(said["code"])) == (True, True)
    assert (await owner.get(f"/api/v1/segments/{beside['id']}")).json()["name"] == "Beside"


@pytest.mark.parametrize(
    "change",
    [
        {"operator": "sounds_like"},
        {"operator": "equals'; DROP TABLE contacts; --"},
        {"type": "anything"},
        {"path": "a.b.c.d.e.f.g.h.i.j.k.l"},
        {"path": "city\x00"},
    ],
)
async def test_operators_that_nobody_knows_are_refused_in_words(
    owner: httpx.AsyncClient, change: dict[str, Any]
) -> None:
    definition = filter_of(text_is("city", "Bari") | change)
    saved = await owner.post("/api/v1/segments", json={"name": "Odd", "definition": definition})
    assert (saved.status_code, saved.json()["code"]) == (422, "segment_invalid"), saved.text
    assert saved.json()["detail"].startswith("The segment cannot be saved: ")


INJECTIONS = [
    "city'); DROP TABLE contacts; --",
    'city" OR true --',
    "city -> 'x' #>> '{}'",
    "$1",
    "%(city)s",
    "ci\\ty",
]


@pytest.mark.parametrize("name", INJECTIONS)
async def test_names_made_to_inject_are_only_names(
    owner: httpx.AsyncClient, database: Database, name: str
) -> None:
    ada = await give_city(owner, 1, "Milano")
    await settle(database)
    leaves = [
        text_is(name, name),
        did(name),
        did("viewedPage")
        | {"pattern": {"events": ["viewedPage"], "where": text_is(name, name) | {"source": "event"}}},
    ]
    for leaf in leaves:
        asked = await owner.post("/api/v1/segments/preview", json={"definition": filter_of(leaf)})
        assert asked.status_code == 200, asked.text
        assert asked.json()["count"] in (0, None)
    found = (await owner.post("/api/v1/segments/preview", json={"definition": MILAN})).json()
    assert [one["id"] for one in found["sample"]] == [ada]
