"""The workspace's own holiday calendar through the own API."""

import httpx

HOLIDAYS = "/api/v1/holidays"


async def test_a_calendar_is_made_be_as_given_by_day_and_the_change_is_on_record(
    owner: httpx.AsyncClient,
) -> None:
    assert (await owner.get(HOLIDAYS)).json() == {"items": []}
    shut = {"day": "2026-08-14", "name": "Chiusura estiva"}
    feast = {"day": "2026-06-24", "name": "San Giovanni"}
    answer = await owner.put(HOLIDAYS, json={"items": [shut, {**feast, "name": "?"}, feast]})
    assert (answer.status_code, answer.json()) == (200, {"items": [feast, shut]})
    assert (await owner.get(HOLIDAYS)).json() == {"items": [feast, shut]}
    (line,) = [one for one in (await owner.get("/api/v1/audit")).json()["items"] if "holi" in one["action"]]
    assert (line["action"], line["detail"]) == ("holidays.changed", {"days": 2})
    assert (await owner.put(HOLIDAYS, json={"items": []})).json() == {"items": []}


async def test_what_is_no_calendar_is_refused(owner: httpx.AsyncClient) -> None:
    many = [{"day": "2026-01-01"}] * 1_001
    for wrong in ({}, {"items": [{"day": "2026-02-30"}]}, {"items": [{"name": "x"}]}, {"items": many}):
        assert (await owner.put(HOLIDAYS, json=wrong)).status_code == 400
