"""Members: let in and changed by owners and admins, narrowed to lists and nodes, with a line in the audit."""

from typing import Any
from uuid import uuid4

import httpx

from percorso.workspaces.model import Setup
from tests.api.own.conftest import SignIn, sign_in_as


async def invite(client: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await client.post("/api/v1/users", json={"email": f"{uuid4()}@example.com", **body})


async def test_somebody_is_let_in_narrowed_and_widened(
    owner: httpx.AsyncClient, instance: Setup, open_browser: Any
) -> None:
    made = await invite(owner, role="editor", listIds=[str(instance.list_id)])
    assert made.status_code == 201, made.text
    assert (made.json()["listIds"], made.json()["nodeIds"]) == ([str(instance.list_id)], None)
    browser = await open_browser()
    assert (await sign_in_as(browser, made.json()["email"], made.json()["password"])).status_code == 201
    assert (await browser.get("/api/v1/rejected")).json()["code"] == "narrowed"
    path = f"/api/v1/users/{made.json()['id']}"
    changed = await owner.patch(path, json={"listIds": None, "role": "viewer"})
    assert (changed.json()["listIds"], changed.json()["role"]) == (None, "viewer")
    assert "password" not in changed.json() or changed.json()["password"] is None
    assert (await browser.get("/api/v1/rejected")).status_code == 200
    narrowed = await owner.patch(path, json={"nodeIds": [str(instance.node_id)]})
    assert (narrowed.json()["nodeIds"], narrowed.json()["role"]) == ([str(instance.node_id)], "viewer")
    assert (await browser.get("/api/v1/rejected")).json()["code"] == "narrowed"
    lines = [
        (line["action"], line["subject"], line["detail"]["lists"])
        for line in (await owner.get("/api/v1/audit")).json()["items"]
    ]
    id = made.json()["id"]
    assert sorted(lines, key=str) == sorted(
        [
            ("member.added", id, [str(instance.list_id)]),
            ("member.changed", id, None),
            ("member.changed", id, None),
        ],
        key=str,
    )


async def test_what_cannot_be_narrowed_is_said(owner: httpx.AsyncClient, instance: Setup) -> None:
    assert (await invite(owner, role="owner", listIds=[str(instance.list_id)])).json()["code"] == "narrowing"
    assert (await invite(owner, listIds=[str(uuid4())])).json()["code"] == "narrowing"
    assert (await invite(owner, nodeIds=[str(instance.list_id)])).json()["code"] == "narrowing"
    assert (await invite(owner, listIds=[])).status_code == 400
    made = (await invite(owner, listIds=[str(instance.list_id)])).json()
    raised = await owner.patch(f"/api/v1/users/{made['id']}", json={"role": "owner"})
    assert (raised.status_code, raised.json()["code"]) == (422, "narrowing")
    assert (await owner.patch(f"/api/v1/users/{uuid4()}", json={})).status_code == 404
    assert (await invite(owner, email="nobody")).json()["code"] == "invalid_address"


async def test_rank_is_kept(owner: httpx.AsyncClient, instance: Setup, sign_in_with_role: SignIn) -> None:
    admin, editor = await sign_in_with_role("admin"), await sign_in_with_role("editor")
    assert (await invite(admin, role="owner")).json()["code"] == "member_refused"
    of_owner = await admin.patch(f"/api/v1/users/{instance.user_id}", json={"role": "viewer"})
    assert (of_owner.status_code, of_owner.json()["code"]) == (403, "member_refused")
    own = await owner.patch(f"/api/v1/users/{instance.user_id}", json={"role": "viewer"})
    assert own.json()["code"] == "member_refused"
    made = (await invite(admin, role="editor")).json()
    assert (await admin.patch(f"/api/v1/users/{made['id']}", json={"role": "owner"})).status_code == 403
    assert (await admin.patch(f"/api/v1/users/{made['id']}", json={"role": "admin"})).status_code == 200
    assert (await invite(editor)).json()["code"] == "not_allowed"


async def test_a_password_is_shown_once(owner: httpx.AsyncClient) -> None:
    body = {"email": "once@example.com"}
    headers = {"idempotency-key": "once"}
    first = await owner.post("/api/v1/users", json=body, headers=headers)
    again = await owner.post("/api/v1/users", json=body, headers=headers)
    assert first.json()["password"]
    assert (again.json()["id"], again.json()["password"]) == (first.json()["id"], None)
