"""Tests that a journey carries, through the API: kept with it, run before its draft is published, told where they differ."""

from typing import Any

import httpx

ITALIAN = {"accept-language": "it"}


def graph(outcome: str = "positive") -> dict[str, Any]:
    return {
        "starts": [{"id": "s", "event": "began"}],
        "first": "pause",
        "steps": {
            "pause": {"kind": "wait", "period": {"amount": 1, "unit": "days"}, "next": "end"},
            "end": {"kind": "end", "outcome": outcome},
        },
    }


def carried(outcome: str = "positive", name: str = "Ends well") -> dict[str, Any]:
    return {
        "name": name,
        "begins": "2026-03-02T09:00",
        "happens": [{"kind": "event", "event": "began"}],
        "expect": {"path": ["pause", "end"], "outcome": outcome, "endsAt": "2026-03-03T09:00"},
    }


async def make(owner: httpx.AsyncClient, *tests: dict[str, Any], **said: Any) -> str:
    made = await owner.post(
        "/api/v1/journeys", json={"name": "Tried", "graph": graph(), "tests": tests, **said}
    )
    assert made.status_code == 201, made.text
    assert made.json()["tests"] == list(tests)
    return f"/api/v1/journeys/{made.json()['id']}"


async def test_a_journey_whose_tests_pass_is_published(owner: httpx.AsyncClient) -> None:
    path = await make(owner, carried())
    tried = await owner.post(f"{path}/tests/run")
    assert tried.json() == {
        "passed": True,
        "tests": [{"name": "Ends well", "passed": True, "mismatches": []}],
    }
    assert (await owner.post(f"{path}/publish")).status_code == 200


async def test_a_failing_test_refuses_it_with_what_differed_and_an_earlier_version_may_come_again(
    owner: httpx.AsyncClient,
) -> None:
    path = await make(owner, carried())
    assert (await owner.post(f"{path}/publish")).status_code == 200
    changed = await owner.patch(path, json={"graph": graph("negative")})
    assert changed.json()["tests"] == [carried()]
    refused = await owner.post(f"{path}/publish", headers=ITALIAN)
    assert (refused.status_code, refused.json()["code"]) == (422, "tests_failed")
    (field,) = refused.json()["fields"]
    assert field["path"] == "tests[0]"
    assert field["sentence"].startswith(
        "Ends well: Passaggio 1: l'esito doveva essere positivo; è stato negativo"
    )
    assert refused.json()["detail"].startswith("Le prove del percorso non riescono")
    assert (await owner.get(path)).json()["version"] == 1
    # Tests are part of the draft: whoever means the change says so in both.
    assert (await owner.patch(path, json={"tests": [carried("negative")]})).status_code == 200
    assert (await owner.post(f"{path}/publish")).json()["version"] == 2
    again = await owner.post(f"{path}/publish", json={"again": 1})
    assert (again.status_code, again.json()["version"]) == (200, 3)


async def test_tests_and_graphs_that_are_not_kept_yet_are_tried(owner: httpx.AsyncClient) -> None:
    path = await make(owner)
    asked = {"graph": graph("negative"), "tests": [carried(), carried("negative", "Ends badly")]}
    tried = (await owner.post(f"{path}/tests/run", json=asked)).json()
    assert (tried["passed"], [one["passed"] for one in tried["tests"]]) == (False, [False, True])
    (differed,) = tried["tests"][0]["mismatches"]
    assert (differed["code"], differed["step"]) == ("outcome", "end")
    assert (await owner.post(f"{path}/tests/run")).json() == {"passed": True, "tests": []}


async def test_what_is_no_test_is_refused_where_it_is_kept_and_what_does_not_fit_where_it_is_run(
    owner: httpx.AsyncClient,
) -> None:
    path = await make(owner)
    for wrong, codes in (([{"name": "x"}], {422}), (["x"], {400}), ([carried()] * 201, {400})):
        assert (await owner.patch(path, json={"tests": wrong})).status_code in codes
    unfit = carried()
    unfit["expect"]["path"] = ["nowhere"]
    assert (await owner.patch(path, json={"tests": [unfit]})).status_code == 200
    refused = await owner.post(f"{path}/publish")
    assert (refused.status_code, refused.json()["code"]) == (422, "scenario_invalid")
    assert refused.json()["fields"][0]["path"].startswith("tests[0].expect.path")
    broken = await owner.post(f"{path}/tests/run", json={"graph": {**graph(), "first": "nowhere"}})
    assert (broken.status_code, broken.json()["code"]) == (422, "graph_invalid")
