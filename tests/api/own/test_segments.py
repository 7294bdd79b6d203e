"""Segments through the API: counted, saved, filled, changed, refused, explained, compared."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from percorso.db import Database
from percorso.worker.main import settle
from tests.api.own.test_fields import make_contact
from tests.worker.segments import did, filter_of, text_is

MILAN = filter_of(text_is("address.city", "Milano"))


async def make_segment(
    owner: httpx.AsyncClient, name: str, definition: dict[str, Any], **given: Any
) -> dict[str, Any]:
    answer = await owner.post("/api/v1/segments", json={"name": name, "definition": definition, **given})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def give_city(owner: httpx.AsyncClient, number: int, city: str) -> str:
    answer = await owner.post(
        "/api/v1/contacts",
        json={
            "email": f"p{number}@example.com",
            "attributes": {"firstName": f"P{number}", "address": {"city": city}},
        },
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_a_segment_is_counted_before_it_is_saved_and_filled_afterwards(
    owner: httpx.AsyncClient, database: Database
) -> None:
    ada, bea = await give_city(owner, 1, "Milano"), await give_city(owner, 2, "Bari")
    await settle(database)
    preview = await owner.post("/api/v1/segments/preview", json={"definition": MILAN})
    assert preview.status_code == 200, preview.text
    found = preview.json()
    assert (found["count"], [one["id"] for one in found["sample"]], found["faults"]) == (1, [ada], [])
    segment = await make_segment(owner, "Milan", MILAN, tags=["city"])
    assert (segment["members"], segment["filling"]) == (0, True)
    await settle(database)
    (listed,) = (await owner.get("/api/v1/segments?tag=city")).json()["items"]
    assert (listed["name"], listed["members"], listed["filling"]) == ("Milan", 1, False)
    page = (await owner.get(f"/api/v1/segments/{segment['id']}/members?q=P1")).json()
    assert [(one["id"], one["name"]) for one in page["items"]] == [(ada, "P1")]
    assert (await owner.get(f"/api/v1/segments/{segment['id']}/members?q=P2")).json()["items"] == []
    of_ada = (await owner.get(f"/api/v1/contacts/{ada}/segments")).json()["items"]
    assert [one["id"] for one in of_ada] == [segment["id"]]
    why = (await owner.get(f"/api/v1/segments/{segment['id']}/contacts/{bea}")).json()
    assert (why["isMember"], why["holds"], why["verdicts"][0]["read"]) == (False, False, "Bari")


async def test_editing_and_disabling_move_the_members(owner: httpx.AsyncClient, database: Database) -> None:
    await give_city(owner, 1, "Milano")
    bea = await give_city(owner, 2, "Bari")
    segment = await make_segment(owner, "Town", MILAN)
    await settle(database)
    bari = filter_of(text_is("address.city", "Bari"))
    changed = await owner.patch(f"/api/v1/segments/{segment['id']}", json={"definition": bari})
    assert (changed.json()["revision"], changed.json()["filling"]) == (2, True)
    await settle(database)
    page = (await owner.get(f"/api/v1/segments/{segment['id']}/members")).json()
    assert [one["id"] for one in page["items"]] == [bea]
    stale = await owner.patch(
        f"/api/v1/segments/{segment['id']}", json={"notes": "x", "readAt": segment["modifiedAt"]}
    )
    assert (stale.status_code, stale.json()["code"]) == (409, "changed_meanwhile")
    await owner.patch(f"/api/v1/segments/{segment['id']}", json={"enabled": False})
    await settle(database)
    emptied = (await owner.get(f"/api/v1/segments/{segment['id']}")).json()
    assert (emptied["enabled"], emptied["members"], emptied["filling"]) == (False, 0, False)


async def test_circles_names_and_faults_are_refused_in_both_languages(owner: httpx.AsyncClient) -> None:
    first = await make_segment(owner, "First", MILAN)
    second = await make_segment(owner, "Second", {"kind": "combination", "first": first["id"], "then": []})
    circle = {"definition": {"kind": "combination", "first": second["id"], "then": []}}
    answer = await owner.patch(
        f"/api/v1/segments/{first['id']}", json=circle, headers={"accept-language": "it"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "segment_invalid")
    assert "I segmenti si richiamano in cerchio: First → Second → First." in answer.json()["detail"]
    taken = await owner.post("/api/v1/segments", json={"name": "FIRST", "definition": MILAN})
    assert (taken.status_code, taken.json()["code"]) == (409, "segment_name_taken")
    used = await owner.delete(f"/api/v1/segments/{first['id']}")
    assert (used.status_code, used.json()["detail"]) == (409, "Other segments refer to it: Second.")
    assert (await owner.delete(f"/api/v1/segments/{second['id']}")).status_code == 204
    assert (await owner.delete(f"/api/v1/segments/{first['id']}")).status_code == 204
    assert (await owner.get(f"/api/v1/segments/{first['id']}")).status_code == 404


@pytest.mark.parametrize(
    "definition",
    [
        {},
        {"kind": "filter"},
        {"kind": "filter", "condition": {"kind": "nonsense"}},
        {"kind": "combination", "first": str(uuid4()), "then": []},
        filter_of(text_is("a", "b") | {"source": "event"}),
        filter_of(did("segmentEntered")),
        filter_of({"kind": "membership", "of": "segment", "id": str(uuid4())}),
    ],
)
async def test_what_defines_nothing_is_refused(owner: httpx.AsyncClient, definition: dict[str, Any]) -> None:
    answer = await owner.post("/api/v1/segments", json={"name": "Odd", "definition": definition})
    assert (answer.status_code, answer.json()["code"]) == (422, "segment_invalid"), answer.text
    assert answer.json()["fields"]


async def test_two_segments_stand_side_by_side(owner: httpx.AsyncClient, database: Database) -> None:
    await make_contact(owner, 1)
    await give_city(owner, 2, "Milano")
    await give_city(owner, 3, "Milano")
    everyone = await make_segment(owner, "Everyone", filter_of({"kind": "and", "conditions": []}))
    milan = await make_segment(owner, "Milan", MILAN)
    await settle(database)
    compared = await owner.get(f"/api/v1/segments/compare?one={everyone['id']}&other={milan['id']}")
    assert compared.status_code == 200, compared.text
    portraits = compared.json()["segments"]
    assert [portrait["members"] for portrait in portraits] == [3, 2]
    assert portraits[1]["city"] == [{"value": "Milano", "members": 2}]
