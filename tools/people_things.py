"""The group and the imports to look at: those of the demo's own office."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext

from tools.screen import NothingYetError


def find_people(get: Callable[[str], Any]) -> dict[str, str]:
    """Return a group with members, an import that was tried and one that is done; raises NothingYetError."""
    groups = sorted(get("/groups")["items"], key=lambda row: -(row["members"] or 0))
    imports = get("/imports")["items"]
    tried = next((row["id"] for row in imports if row["state"] == "ready" and row["checked"]), None)
    # With rows that were rejected, so that the report of them is seen.
    done = max(
        (row for row in imports if row["state"] == "done"),
        key=lambda row: row["counts"]["rejected"],
        default=None,
    )
    if not groups or not groups[0]["members"] or tried is None or not (done and done["counts"]["rejected"]):
        raise NothingYetError("/groups or /imports")
    # The exports are the last that the office makes.
    if not get("/exports")["items"]:
        raise NothingYetError("/exports")
    return {"group": groups[0]["id"], "importing": tried, "imported": done["id"]}


def write(context: BrowserContext, url: str, path: str, data: Any, *, method: str = "POST") -> Any:
    """Return what the server answers to a write of whoever is signed in."""
    session = context.request.get(f"{url}/api/v1/session").json()
    kind = "application/octet-stream" if isinstance(data, bytes) else "application/json"
    headers = {"Origin": url, "X-CSRF-Token": session["csrfToken"], "Content-Type": kind}
    return context.request.fetch(f"{url}/api/v1{path}", method=method, data=data, headers=headers).json()
