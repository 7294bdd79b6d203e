"""The workspace's frequency cap through the own API."""

import httpx

CAPS = "/api/v1/caps"
NONE = {"day": None, "week": None, "month": None}


async def test_a_workspace_has_no_cap_until_it_says_so_and_the_change_is_on_record(
    owner: httpx.AsyncClient,
) -> None:
    assert (await owner.get(CAPS)).json() == {"email": NONE, "sms": NONE, "push": NONE}
    given = {"email": {"day": 1, "week": 3}, "push": {"month": 1000}}
    answer = await owner.put(CAPS, json=given)
    assert answer.status_code == 200
    wanted = {"email": {"day": 1, "week": 3, "month": None}, "sms": NONE, "push": {**NONE, "month": 1000}}
    assert answer.json() == wanted
    assert (await owner.get(CAPS)).json() == wanted
    (line,) = [one for one in (await owner.get("/api/v1/audit")).json()["items"] if "caps" in one["action"]]
    assert (line["action"], line["detail"]) == (
        "caps.changed",
        {"email.day": 1, "email.week": 3, "push.month": 1000},
    )
    assert (await owner.put(CAPS, json={})).json() == {"email": NONE, "sms": NONE, "push": NONE}


async def test_what_is_no_cap_is_refused(owner: httpx.AsyncClient) -> None:
    for wrong in ({"email": {"day": 0}}, {"email": {"day": 1001}}, {"fax": {"day": 1}}, {"sms": {"year": 1}}):
        assert (await owner.put(CAPS, json=wrong)).status_code == 400
    assert (await owner.get(CAPS)).json()["email"] == NONE
