"""Groups, imports and dialogs of the audience to look at: made on a demo of ours, as a demo shop begins without."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page

FILE = (
    "Email;Nome;Cognome;Data di nascita;Numero scarpe\n"
    "lea.farnese@example.com;Lea;Farnese;14/03/1988;38\n"
    "ugo.piscopo@example.com;Ugo;Piscopo;02/11/1979;43\n"
    "non una email;Pia;Sbagliata;01/01/1990;37\n"
)
"""Three people, one of whom nobody could write to."""


def find_people(context: BrowserContext, url: str, get: Callable[[str], Any]) -> dict[str, str]:
    """Return a group with members, an import that waits for a decision and one that is done; made where none is."""
    if not get("/groups")["items"]:
        make_group(context, url, get)
    imports = get("/imports")["items"]
    if not imports:
        make_imports(context, url)
        imports = get("/imports")["items"]
    groups = sorted(get("/groups")["items"], key=lambda row: -(row["members"] or 0))
    return {
        "group": groups[0]["id"],
        "importing": next((row["id"] for row in imports if row["state"] == "ready"), imports[0]["id"]),
        "imported": next((row["id"] for row in imports if row["state"] == "done"), imports[0]["id"]),
    }


def make_group(context: BrowserContext, url: str, get: Callable[[str], Any]) -> None:
    """Make a group of the newest contacts, and a field of our own."""
    group = write(context, url, "/groups", {"name": "Sfilata di marzo", "notes": "Invitate a Milano."})
    ids = [row["id"] for row in get("/contacts")["items"]]
    write(context, url, f"/groups/{group['id']}/members", {"contactIds": ids[:14]})
    labels = {"it": "Numero di scarpe", "en": "Shoe size"}
    write(context, url, "/fields", {"path": "shoeSize", "labels": labels, "type": "integer", "default": 39})


def make_imports(context: BrowserContext, url: str) -> None:
    """Bring the file twice: one is imported, the other waits."""
    for starts in (True, False):
        found = write(context, url, "/imports?fileName=clienti.csv", FILE.encode())
        if starts:
            write(context, url, f"/imports/{found['id']}/start", {"targets": found["targets"]})


def write(context: BrowserContext, url: str, path: str, data: Any) -> Any:
    """Return what the server answers to a write of whoever is signed in."""
    session = context.request.get(f"{url}/api/v1/session").json()
    kind = "application/octet-stream" if isinstance(data, bytes) else "application/json"
    headers = {"Origin": url, "X-CSRF-Token": session["csrfToken"], "Content-Type": kind}
    return context.request.post(f"{url}/api/v1{path}", data=data, headers=headers).json()


def press(number: int) -> Callable[[Page], None]:
    """Return what presses a button of the page's header and waits for what opens."""

    def act(page: Page) -> None:
        page.locator("header button").nth(number).click()
        page.locator("[role=dialog], [role=menu]").first.wait_for()

    return act


def choose_two(page: Page) -> None:
    """Choose the first two rows of a table."""
    for row in (1, 2):
        page.locator("table input[type=checkbox]").nth(row).check()


def with_chosen(number: int) -> Callable[[Page], None]:
    """Return what chooses two contacts and presses a button of what can be done with them."""

    def act(page: Page) -> None:
        choose_two(page)
        page.locator("main section button").nth(number).click()
        page.locator("[role=dialog] h2").wait_for()

    return act


def pick_columns(page: Page) -> None:
    """Open the choice of columns, which narrow windows do without."""
    button = page.locator("main [aria-haspopup=dialog]").first
    if button.is_visible():
        button.click()


def ask_for_proof(page: Page) -> None:
    """Ask to change what the contact agreed to."""
    page.locator("aside li button").first.click()
    page.locator("[role=dialog] textarea").first.wait_for()


def ask_to_erase(page: Page) -> None:
    """Ask to erase the contact, without doing it."""
    page.locator("header [aria-haspopup=menu]").click()
    page.locator("[role=menuitem]").last.click()
    page.locator("[role=dialog] input").wait_for()


def ask_for_strictness(page: Page) -> None:
    """Ask to make the workspace strict, without doing it."""
    page.locator("main section button").first.click()
    page.locator("[role=dialog] h2").wait_for()
