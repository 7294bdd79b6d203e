"""Screens of the audience: contacts, groups, fields, events, imports, the audit and domains that wait."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urljoin

from playwright.sync_api import Page, Route

from tools.screen import Screen, forms

BULK = "features/contacts/bulk"
ONE = "features/contacts/contact"
GROUPS = "features/contacts/groups"
IMPORT = "/imports/$importId"
CONTACT = "/contacts/$contactId"
GROUP = "/groups/$groupId"


def press(number: int) -> Callable[[Page], None]:
    """Return what presses a button of the page's header and waits for what opens."""

    def act(page: Page) -> None:
        page.locator("header button").nth(number).click()
        page.locator("[role=dialog], [role=menu]").first.wait_for()

    return act


def choose_from(button: int, item: int) -> Callable[[Page], None]:
    """Return what opens a menu of the page's header, takes one of it and waits for the dialog that comes."""

    def act(page: Page) -> None:
        press(button)(page)
        page.locator("[role=menuitem]").nth(item).click()
        page.locator("[role=dialog] h2").wait_for()

    return act


def with_chosen(number: int) -> Callable[[Page], None]:
    """Return what chooses two contacts and presses a button of what can be done with them."""

    def act(page: Page) -> None:
        for row in (1, 2):
            page.locator("table input[type=checkbox]").nth(row).check()
        page.locator("main section button").nth(number).click()
        page.locator("[role=dialog] h2").wait_for()

    return act


def pick_columns(page: Page) -> None:
    """Open the choice of columns."""
    page.locator("main [aria-haspopup=dialog]").first.click()


def ask_in_panel(button: str) -> Callable[[Page], None]:
    """Return what presses a button of the panel and waits for the question that comes in front of it."""

    def act(page: Page) -> None:
        page.locator(f"aside {button}").last.click()
        page.locator("[role=dialog] textarea").first.wait_for()

    return act


def ask_for_strictness(page: Page) -> None:
    """Ask to make the workspace strict, without doing it."""
    page.locator("main section").first.locator("button").click()
    page.locator("[role=dialog] h2").wait_for()


def change_abandonment(page: Page) -> None:
    """Ask to change when a basket counts as abandoned, without doing it."""
    page.locator("main section").nth(1).locator("button").click()
    page.locator("[role=dialog] [role=switch]").first.wait_for()


def subscribe_rows(page: Page) -> None:
    """Say that the rows subscribe, and that some of them came back."""
    page.locator("main label", has_text=re.compile("email")).first.wait_for()
    page.locator("main [aria-haspopup=listbox]").first.click()
    # Closed lists are in the page too, in the order in which their answers came.
    page.locator("[role=option]:visible").nth(1).click()
    page.locator("main [role=switch]").first.check()


def make_group(page: Page) -> None:
    """Ask for a group for the rows."""
    page.locator("main section").nth(1).locator("button").last.click()
    page.locator("[role=dialog] input").first.wait_for()


def in_state(**part: object) -> Callable[[Page], None]:
    """Return what shows an import as it is for moments only, or when it went wrong."""

    def answer(route: Route) -> None:
        found = route.fetch()
        route.fulfill(response=found, body=json.dumps({**found.json(), **part}))

    def act(page: Page) -> None:
        page.route(re.compile(r"/api/v1/imports/[^/?]+$"), answer)
        page.reload()
        page.locator("main [role=status]").first.wait_for()

    return act


def let_domains_wait(page: Page) -> None:
    """Show receiving domains that do not take our email just now: those of a demo all do."""
    clock = page.request.get(urljoin(page.url, "/api/v1/clock")).json()
    now = datetime.fromisoformat(clock["productAt"])
    rows = [
        {
            **row,
            "since": (now - ago).isoformat(),
            "repliedAt": now.isoformat(),
            "nextAt": (now + soon).isoformat(),
        }
        for row, ago, soon in WAITING_DOMAINS
    ]
    page.route("**/api/v1/receiving-domains", lambda route: route.fulfill(json={"items": rows}))
    page.reload()
    page.locator("main table").wait_for()


WAITING_DOMAINS: tuple[tuple[dict[str, object], timedelta, timedelta], ...] = (
    (
        {
            "id": "0d6f0000-0000-4000-8000-000000000001",
            "domain": "libero.example",
            "provider": "",
            "state": "paused",
            "waits": 1,
            "reply": "550 5.7.1 Message refused: the sender's reputation is too low.",
        },
        timedelta(hours=3),
        timedelta(hours=21),
    ),
    (
        {
            "id": "0d6f0000-0000-4000-8000-000000000002",
            "domain": "posta.example",
            "provider": "",
            "state": "waiting",
            "waits": 3,
            "reply": "421 4.7.28 An unusual rate of mail was detected. Please try again later.",
        },
        timedelta(hours=2),
        timedelta(hours=6),
    ),
)
"""What is said of each, since when, and when it is tried again."""

HALF_WAY = {"rows": 412_000, "new": 388_120, "updated": 23_410, "rejected": 470}

AUDIENCE: list[Screen] = [
    Screen("contacts", "/contacts", "/contacts", "table"),
    Screen("contacts-none-found", "/contacts", "/contacts?q=zzzz", "main h2"),
    *forms("contacts", "/contacts", "/contacts"),
    Screen("contact", CONTACT, "/contacts/{contact}", "main ol li"),
    Screen("contact-profile", CONTACT, "/contacts/{contact}?view=profile", "main dl"),
    Screen(
        "contact-journeys", CONTACT, "/contacts/{contact}?view=journeys", "main section[data-view=journeys]"
    ),
    Screen(
        "contact-trace", CONTACT, "/contacts/{contact}?run={run}", "aside ol li", shows=f"{ONE}/trace-panel"
    ),
    *forms("contact", CONTACT, "/contacts/{contact}", empty=False),
    Screen("contacts-group", "/contacts", "/contacts", "table", with_chosen(0), shows=f"{BULK}/group-dialog"),
    Screen("contacts-tag", "/contacts", "/contacts", "table", with_chosen(1), shows=f"{BULK}/tag-dialog"),
    Screen(
        "contacts-export", "/contacts", "/contacts", "table", with_chosen(2), shows=f"{BULK}/export-dialog"
    ),
    Screen(
        *("contacts-columns", "/contacts", "/contacts?columns=email,gender", "table", pick_columns),
        shows="features/contacts/list/column-picker",
    ),
    Screen(
        *("contact-consents", CONTACT, "/contacts/{member}?panel=consents", "aside ol li"),
        shows=f"{ONE}/consents-panel",
    ),
    Screen(
        "contact-unsubscribe",
        CONTACT,
        "/contacts/{member}?panel=consents",
        "aside ol li",
        ask_in_panel("section:nth-of-type(1) button"),
    ),
    Screen(
        *("contact-proof", CONTACT, "/contacts/{member}?panel=consents", "aside li button"),
        ask_in_panel("li:first-child button"),
        shows=f"{ONE}/choice-dialog",
    ),
    Screen(
        "contact-suppress",
        CONTACT,
        "/contacts/{member}?panel=consents",
        "aside ol li",
        ask_in_panel("section:nth-of-type(3) button"),
    ),
    Screen(
        *("contact-why", CONTACT, "/contacts/{member}?segment={segment}", "aside ul li"),
        shows=f"{ONE}/segment-panel",
    ),
    Screen("contact-as-of", CONTACT, "/contacts/{member}", "main ol li", press(0), shows=f"{ONE}/as-of"),
    Screen("contact-past", CONTACT, "/contacts/{member}?view=profile&asOf={past}", "main dl"),
    Screen("contact-actions", CONTACT, "/contacts/{member}", "main ol li", press(1), shows=f"{ONE}/actions"),
    Screen(
        *("contact-erase", CONTACT, "/contacts/{member}", "main ol li", choose_from(1, -1)),
        shows=f"{ONE}/erase-dialog",
    ),
    Screen("lists", "/lists", "/lists", "table"),
    Screen("lists-new", "/lists", "/lists?make=true", "aside form"),
    Screen(
        "lists-one", "/lists", "/lists?list={list}", "aside form", shows="features/settings/lists/list-panel"
    ),
    *forms("lists", "/lists", "/lists"),
    Screen("groups", "/groups", "/groups", "table"),
    Screen(
        *("groups-new", "/groups", "/groups?make=true", "[role=dialog] input"), shows=f"{GROUPS}/edit-group"
    ),
    *forms("groups", "/groups", "/groups"),
    Screen("group", GROUP, "/groups/{group}", "table"),
    Screen("group-actions", GROUP, "/groups/{group}", "table", press(0), shows=f"{GROUPS}/page"),
    Screen("group-edit", GROUP, "/groups/{group}", "table", choose_from(0, 0)),
    Screen("group-delete", GROUP, "/groups/{group}", "table", choose_from(0, -1), shows=f"{GROUPS}/page"),
    Screen("group-add", GROUP, "/groups/{group}", "table", press(-1), shows=f"{GROUPS}/add-members"),
    Screen("group-move", GROUP, "/groups/{group}", "table", with_chosen(0)),
    *forms("group", GROUP, "/groups/{group}", empty=False),
    Screen("fields", "/fields", "/fields", "table"),
    Screen("fields-standard", "/fields", "/fields?view=standard", "table"),
    Screen("fields-seen", "/fields", "/fields?view=seen", "main h2, table"),
    Screen("fields-own", "/fields", "/fields?field=shoeSize", "[role=dialog] input"),
    Screen("fields-edit", "/fields", "/fields?view=standard&field=birthDate", "[role=dialog] input"),
    Screen(
        *("fields-declare", "/fields", "/fields?declare=shop.card", "[role=dialog] input"),
        shows="features/contacts/fields/edit-field",
    ),
    *forms("fields", "/fields", "/fields"),
    Screen("events", "/events", "/events", "table"),
    Screen("events-all", "/events", "/events?view=all", "table"),
    Screen("events-none-found", "/events", "/events?q=zzzz", "main h2"),
    Screen(
        *("events-one", "/events", "/events?event=completedOrder", "aside h2"),
        shows="features/events/event-panel",
    ),
    Screen("events-declared", "/events", "/events?view=declared&event=bookedFitting", "aside pre"),
    Screen("events-edit", "/events", "/events?declare=bookedFitting", "[role=dialog] textarea"),
    Screen(
        *("events-declare", "/events", "/events?declare=triedOn", "[role=dialog] textarea"),
        shows="features/events/edit-event",
    ),
    Screen(
        *("events-strict", "/events", "/events", "table", ask_for_strictness),
        shows="features/events/strictness",
    ),
    Screen(
        *("events-abandonment", "/events", "/events", "table", change_abandonment),
        shows="features/events/abandonment",
    ),
    *forms("events", "/events", "/events"),
    Screen("imports", "/imports", "/imports", "table"),
    *forms("imports", "/imports", "/imports"),
    Screen("import", IMPORT, "/imports/{importing}", "main [aria-current=step]"),
    Screen("import-options", IMPORT, "/imports/{importing}?step=options", "main [role=switch]"),
    Screen("import-proof", IMPORT, "/imports/{importing}?step=options", "main [role=switch]", subscribe_rows),
    Screen("import-group", IMPORT, "/imports/{importing}?step=options", "main [role=switch]", make_group),
    Screen(
        "import-checking", IMPORT, "/imports/{importing}?step=check", "main dl", in_state(state="checking")
    ),
    Screen("import-check", IMPORT, "/imports/{importing}?step=check", "main table"),
    Screen(
        *("import-running", IMPORT, "/imports/{imported}", "main dl"),
        in_state(state="running", progress=0.412, counts=HALF_WAY, finishedAt=None),
    ),
    Screen(
        *("import-failed", IMPORT, "/imports/{imported}", "main dl"),
        in_state(state="failed", error="Row 128 could not be read: a cell is larger than 1 MB."),
    ),
    Screen("import-cancelled", IMPORT, "/imports/{imported}", "main dl", in_state(state="cancelled")),
    Screen("import-done", IMPORT, "/imports/{imported}", "main dl"),
    *forms("import", IMPORT, "/imports/{importing}", empty=False),
    Screen("audit", "/audit", "/audit", "table"),
    Screen("audit-exports", "/audit", "/audit?view=exports", "main h2, table"),
    *forms("audit", "/audit", "/audit"),
    Screen("domains", "/domains", "/domains", "main h2, table"),
    Screen("domains-waiting", "/domains", "/domains", "main h2, table", let_domains_wait),
    *forms("domains", "/domains", "/domains"),
]
"""The rooms of the audience, and every dialog and panel of theirs."""
