"""Groups, imports and declarations to look at: made on a demo of ours, as a demo shop begins without."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext

from tools.screen import NothingYetError

FILE = (
    "Email;Nome;Cognome;Data di nascita;Numero scarpe\n"
    "lea.farnese@example.com;Lea;Farnese;14/03/1988;38\n"
    "ugo.piscopo@example.com;Ugo;Piscopo;02/11/1979;43\n"
    "non una email;Pia;Sbagliata;01/01/1990;37\n"
)
"""Three people, one of whom nobody could write to."""
FITTING = {
    "type": "object",
    "required": ["store"],
    "properties": {
        "store": {"type": "string", "enum": ["Milano Brera", "Torino Po"]},
        "people": {"type": "integer", "minimum": 1, "maximum": 4},
    },
}
"""What must be said of a fitting."""


def find_people(context: BrowserContext, url: str, get: Callable[[str], Any]) -> dict[str, str]:
    """Return a group with members, an import that was tried and one that is done; made where none is."""
    if not get("/groups")["items"]:
        make_group(context, url, get)
    imports = get("/imports")["items"]
    if not imports:
        make_imports(context, url)
        imports = get("/imports")["items"]
    states = {row["state"]: row["id"] for row in imports}
    if "ready" not in states or get(f"/imports/{states['ready']}")["checked"] is None or "done" not in states:
        raise NothingYetError("/imports")
    groups = sorted(get("/groups")["items"], key=lambda row: -(row["members"] or 0))
    return {"group": groups[0]["id"], "importing": states["ready"], "imported": states["done"]}


def make_group(context: BrowserContext, url: str, get: Callable[[str], Any]) -> None:
    """Make a group of the newest contacts, a field of our own and an event type."""
    group = write(context, url, "/groups", {"name": "Sfilata di marzo", "notes": "Invitate a Milano."})
    ids = [row["id"] for row in get("/contacts")["items"]]
    write(context, url, f"/groups/{group['id']}/members", {"contactIds": ids[:14]})
    labels = {"it": "Numero di scarpe", "en": "Shoe size"}
    write(context, url, "/fields", {"path": "shoeSize", "labels": labels, "type": "integer", "default": 39})
    labels = {"it": "Prova in boutique prenotata", "en": "Fitting booked"}
    write(context, url, "/event-types/bookedFitting", {"labels": labels, "schema": FITTING}, method="PUT")


def make_imports(context: BrowserContext, url: str) -> None:
    """Bring the file twice: one is imported, the other tried."""
    for verb in ("start", "check"):
        found = write(context, url, "/imports?fileName=clienti.csv", FILE.encode())
        write(context, url, f"/imports/{found['id']}/{verb}", {"targets": found["targets"]})


def write(context: BrowserContext, url: str, path: str, data: Any, *, method: str = "POST") -> Any:
    """Return what the server answers to a write of whoever is signed in."""
    session = context.request.get(f"{url}/api/v1/session").json()
    kind = "application/octet-stream" if isinstance(data, bytes) else "application/json"
    headers = {"Origin": url, "X-CSRF-Token": session["csrfToken"], "Content-Type": kind}
    return context.request.fetch(f"{url}/api/v1{path}", method=method, data=data, headers=headers).json()
