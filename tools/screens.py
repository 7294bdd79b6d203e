"""The list of screens: every page and dialog, and the forms that a page has when there is nothing or trouble."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from playwright.sync_api import BrowserContext, Page

from percorso.api.pages import create_pages
from percorso.db import Database
from tools import people_things as people
from tools.segment_things import make_segments


@dataclass(frozen=True)
class Found:
    """Things of the running server to look at: ids of a journey and step, a contact and run, mails, a rejection,
    two segments and their combination, a member of the first, a group, an import that waits and one that is done.

    `unsubscribe`, `preferences` and `online` are tokens of one message whose contact may still unsubscribe.
    """

    journey: str
    step: str
    decision: str
    contact: str
    run: str
    email: str
    sms: str
    rejected: str
    segment: str
    other_segment: str
    combined: str
    member: str
    group: str
    importing: str
    imported: str
    unsubscribe: str
    preferences: str
    online: str


Answer = tuple[int, str]
"""A status and body to give in the server's place."""


@dataclass(frozen=True)
class Screen:
    """One picture to take: `route` as the router or the public pages have it, `path` with names of `Found` in braces.

    One that `writes` changes what a contact chose: it is left out on a server that is not ours.
    """

    name: str
    route: str
    path: str
    ready: str = ""
    act: Callable[[Page], None] | None = None
    answer: Answer | None = None
    status: int = 200
    """What the page itself is answered with."""
    writes: bool = False

    def address(self, found: Found) -> str:
        """Return the path with the ids filled in."""
        return self.path.format_map(vars(found))


EMPTY: Answer = (200, '{"items":[],"nextCursor":null}')
BROKEN: Answer = (500, '{"status":500,"code":"internal_error"}')
FORBIDDEN: Answer = (
    403,
    '{"status":403,"code":"forbidden","title":"Forbidden","detail":"Not with your role."}',
)
MISSING: Answer = (404, '{"status":404,"code":"not_found","title":"Not found","detail":"It is not here."}')
WAITING: Answer = (0, "")


def open_account(page: Page) -> None:
    """Open the menu at the foot of the rail; on narrow windows the rail first."""
    open_rail(page)
    page.locator("nav [aria-haspopup=menu]").click()
    page.locator("[role=menu]").wait_for()


def open_rail(page: Page) -> None:
    """Open the rail where it is a drawer."""
    menu = page.locator("button[aria-expanded]").first
    if menu.is_visible() and (page.viewport_size or {"width": 0})["width"] < 720:
        menu.click()


def fail_to_sign_in(page: Page) -> None:
    """Send a wrong password."""
    page.locator("input[type=email]").fill("nobody@example.com")
    page.locator("input[type=password]").fill("wrong")
    page.locator("button[type=submit]").click()
    page.locator("[role=alert] p").wait_for()


def unsubscribe(page: Page) -> None:
    """Press the one button there is."""
    page.locator("button").click()
    page.locator("button").wait_for(state="detached")


def choose_all(page: Page) -> None:
    """Choose every channel and save: whoever was unsubscribed for a picture is back."""
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    page.locator("button").click()
    page.locator("[role=status]").wait_for()


def forms(name: str, route: str, path: str, *, empty: bool = True) -> list[Screen]:
    """Return a page's forms: on its way, nothing there, trouble, no permission."""
    made = [
        Screen(f"{name}-loading", route, path, "[role=status]", answer=WAITING),
        Screen(f"{name}-error", route, path, "main [role=alert]", answer=BROKEN),
        Screen(f"{name}-forbidden", route, path, "main [role=alert]", answer=FORBIDDEN),
    ]
    return [*made, Screen(f"{name}-empty", route, path, "main h2", answer=EMPTY)] if empty else made


def begin_segment(page: Page) -> None:
    """Begin with what somebody did, and open how often."""
    page.locator("main [data-empty] button").nth(1).click()
    page.locator("main [data-node] button[aria-expanded=false]").first.click()
    page.locator("[role=dialog] select").first.wait_for()


def choose_field(page: Page) -> None:
    """Open the list of a part of a sentence."""
    page.locator("main [data-node] button[data-look=field]").first.click()
    page.locator("[role=option]").first.wait_for()


def add_condition(page: Page) -> None:
    """Open the menu of what a condition can ask."""
    page.locator("main [data-add]").last.click()
    page.locator("[role=menu]").wait_for()


def open_segment_actions(page: Page) -> None:
    """Open the menu of what can be done with a segment."""
    page.locator("header [aria-haspopup=menu]").click()
    page.locator("[role=menu]").wait_for()


def ask_to_delete(page: Page) -> None:
    """Ask to delete a segment, without doing it."""
    open_segment_actions(page)
    page.locator("[role=menuitem]").last.click()
    page.locator("[role=dialog] button").last.wait_for()


def ask_to_disable(page: Page) -> None:
    """Ask to switch a segment off, without doing it."""
    open_segment_actions(page)
    page.locator("[role=menuitem]").nth(1).click()
    page.locator("[role=dialog] button").last.wait_for()


def ask_to_leave(page: Page) -> None:
    """Write something and walk away."""
    page.locator("main input").first.fill("…")
    page.locator("header a").first.click()
    page.locator("[role=dialog] button").last.wait_for()


JOURNEY = "/journeys/$journeyId"
SEGMENT = "/segments/$segmentId"
EDIT = "/segments/$segmentId/edit"
COMPARE = "/segments/compare"
IMPORT = "/imports/$importId"
CONTACT = "/contacts/$contactId"

SCREENS: list[Screen] = [
    Screen("sign-in", "/sign-in", "/sign-in", "form"),
    Screen("sign-in-refused", "/sign-in", "/sign-in", "form", fail_to_sign_in),
    Screen("home", "/", "/", "table"),
    Screen("journeys", "/journeys", "/journeys", "table"),
    Screen("journeys-account", "/journeys", "/journeys", "table", open_account),
    Screen("journeys-none-found", "/journeys", "/journeys?q=zzzz", "main h2"),
    *forms("journeys", "/journeys", "/journeys"),
    Screen("journey", JOURNEY, "/journeys/{journey}", ".react-flow__node"),
    Screen("journey-step", JOURNEY, "/journeys/{journey}?step={decision}", "aside h2"),
    Screen("journey-people", JOURNEY, "/journeys/{journey}?step={step}&view=people", "aside li"),
    Screen(
        "journey-start", JOURNEY, "/journeys/{journey}", ".react-flow__node", lambda page: open_start(page)
    ),
    *forms("journey", JOURNEY, "/journeys/{journey}", empty=False),
    Screen("journey-missing", JOURNEY, "/journeys/none", "main [role=alert]", answer=MISSING),
    Screen("contacts", "/contacts", "/contacts", "table"),
    Screen("contacts-none-found", "/contacts", "/contacts?q=zzzz", "main h2"),
    *forms("contacts", "/contacts", "/contacts"),
    Screen("contact", CONTACT, "/contacts/{contact}", "main ol li"),
    Screen("contact-profile", CONTACT, "/contacts/{contact}?view=profile", "main dl"),
    Screen(
        "contact-journeys", CONTACT, "/contacts/{contact}?view=journeys", "main section[data-view=journeys]"
    ),
    Screen("contact-trace", CONTACT, "/contacts/{contact}?run={run}", "aside ol li"),
    *forms("contact", CONTACT, "/contacts/{contact}", empty=False),
    Screen("contacts-group", "/contacts", "/contacts", "table", people.with_chosen(0)),
    Screen("contacts-tag", "/contacts", "/contacts", "table", people.with_chosen(1)),
    Screen("contacts-export", "/contacts", "/contacts", "table", people.with_chosen(2)),
    Screen("contacts-columns", "/contacts", "/contacts?columns=email,gender", "table", people.pick_columns),
    Screen("contact-consents", CONTACT, "/contacts/{member}?panel=consents", "aside ol li"),
    Screen(
        "contact-proof", CONTACT, "/contacts/{member}?panel=consents", "aside li button", people.ask_for_proof
    ),
    Screen("contact-why", CONTACT, "/contacts/{member}?segment={segment}", "aside ul li"),
    Screen("contact-as-of", CONTACT, "/contacts/{member}", "main ol li", people.press(0)),
    Screen("contact-erase", CONTACT, "/contacts/{member}", "main ol li", people.ask_to_erase),
    Screen("groups", "/groups", "/groups", "table"),
    Screen("groups-new", "/groups", "/groups?make=true", "[role=dialog] input"),
    *forms("groups", "/groups", "/groups"),
    Screen("group", "/groups/$groupId", "/groups/{group}", "table"),
    Screen("group-add", "/groups/$groupId", "/groups/{group}", "table", people.press(-1)),
    Screen("group-move", "/groups/$groupId", "/groups/{group}", "table", people.with_chosen(0)),
    *forms("group", "/groups/$groupId", "/groups/{group}", empty=False),
    Screen("fields", "/fields", "/fields", "table"),
    Screen("fields-standard", "/fields", "/fields?view=standard", "table"),
    Screen("fields-seen", "/fields", "/fields?view=seen", "main h2, table"),
    Screen("fields-edit", "/fields", "/fields?view=standard&field=birthDate", "[role=dialog] input"),
    Screen("fields-declare", "/fields", "/fields?declare=shop.card", "[role=dialog] input"),
    *forms("fields", "/fields", "/fields"),
    Screen("events", "/events", "/events", "table"),
    Screen("events-one", "/events", "/events?event=completedOrder", "aside h2"),
    Screen("events-declare", "/events", "/events?declare=bookedFitting", "[role=dialog] textarea"),
    Screen("events-strict", "/events", "/events", "table", people.ask_for_strictness),
    *forms("events", "/events", "/events"),
    Screen("imports", "/imports", "/imports", "table"),
    *forms("imports", "/imports", "/imports"),
    Screen("import", IMPORT, "/imports/{importing}", "main [aria-current=step]"),
    Screen("import-options", IMPORT, "/imports/{importing}?step=options", "main [aria-current=step]"),
    Screen("import-done", IMPORT, "/imports/{imported}", "main dl"),
    *forms("import", IMPORT, "/imports/{importing}", empty=False),
    Screen("audit", "/audit", "/audit", "table"),
    Screen("audit-exports", "/audit", "/audit?view=exports", "main h2, table"),
    *forms("audit", "/audit", "/audit"),
    Screen("domains", "/domains", "/domains", "main h2, table"),
    *forms("domains", "/domains", "/domains"),
    Screen("segments", "/segments", "/segments", "table"),
    Screen("segments-none-found", "/segments", "/segments?q=zzzz", "main h2"),
    *forms("segments", "/segments", "/segments"),
    Screen("segment-new", "/segments/new", "/segments/new", "main [data-empty]"),
    Screen("segment-new-begun", "/segments/new", "/segments/new", "main [data-empty]", begin_segment),
    Screen("segment-new-left", "/segments/new", "/segments/new", "main [data-empty]", ask_to_leave),
    Screen("segment", SEGMENT, "/segments/{segment}", "table"),
    Screen("segment-combined", SEGMENT, "/segments/{combined}", "main h2"),
    Screen("segment-why", SEGMENT, "/segments/{segment}?why={member}", "aside ul li"),
    Screen("segment-none-found", SEGMENT, "/segments/{segment}?q=zzzz", "main section p"),
    Screen("segment-actions", SEGMENT, "/segments/{segment}", "table", open_segment_actions),
    Screen("segment-disable", SEGMENT, "/segments/{segment}", "table", ask_to_disable),
    Screen("segment-delete", SEGMENT, "/segments/{segment}", "table", ask_to_delete),
    *forms("segment", SEGMENT, "/segments/{segment}", empty=False),
    Screen("segment-edit", EDIT, "/segments/{other_segment}/edit", "aside [data-count]"),
    Screen("segment-edit-field", EDIT, "/segments/{other_segment}/edit", "aside [data-count]", choose_field),
    Screen("segment-edit-add", EDIT, "/segments/{other_segment}/edit", "aside [data-count]", add_condition),
    Screen("segment-edit-combined", EDIT, "/segments/{combined}/edit", "aside [data-count]"),
    *forms("segment-edit", EDIT, "/segments/{segment}/edit", empty=False),
    Screen("compare", COMPARE, "/segments/compare?one={segment}&other={other_segment}", "table"),
    Screen("compare-nothing", COMPARE, "/segments/compare", "main h2"),
    *forms("compare", COMPARE, "/segments/compare?one={segment}&other={other_segment}", empty=False),
    Screen("mailbox", "/mailbox", "/mailbox", "main li"),
    Screen("mailbox-html", "/mailbox", "/mailbox?message={email}", "iframe"),
    Screen("mailbox-text", "/mailbox", "/mailbox?message={email}&view=text", "article pre"),
    Screen("mailbox-headers", "/mailbox", "/mailbox?message={email}&view=headers", "article table"),
    Screen("mailbox-raw", "/mailbox", "/mailbox?message={email}&view=raw", "article pre"),
    Screen("mailbox-sms", "/mailbox", "/mailbox?channel=sms&message={sms}", "article p"),
    *forms("mailbox", "/mailbox", "/mailbox"),
    Screen("rejected", "/rejected", "/rejected", "table"),
    Screen("rejected-one", "/rejected", "/rejected?event={rejected}", "aside pre"),
    *forms("rejected", "/rejected", "/rejected"),
    Screen("public-preferences", "/p/", "/p/{preferences}", "form label"),
    Screen("public-unsubscribe", "/u/", "/u/{unsubscribe}", "form button"),
    Screen("public-unsubscribed", "/u/", "/u/{unsubscribe}", "form button", unsubscribe, writes=True),
    Screen("public-preferences-saved", "/p/", "/p/{preferences}", "form label", choose_all, writes=True),
    Screen("public-link-invalid", "/c/", "/c/none", "h1", status=404),
    Screen("public-online", "/v/", "/v/{online}", "body"),
]
"""Every page, its panels and its forms, in the order in which they are drawn: who unsubscribes comes back."""

# Making the routes opens nothing: they ask for the database when they are called.
PUBLIC = frozenset(create_pages(cast("Database", None)).prefixes) - {"/o/"}
"""Routes that contacts meet, as the server has them; without the pixel, which shows nothing."""


def open_start(page: Page) -> None:
    """Open the panel of the journey's start."""
    page.locator('.react-flow__node [data-family="start"] a').first.click()
    page.locator("aside h2").wait_for()


def routes_of(router: str) -> set[str]:
    """Return the paths that the router's source names."""
    return set(re.findall(r'^\s*path: "([^"]+)"', router, flags=re.MULTILINE))


def list_routes(router: str) -> set[str]:
    """Return every route that shows a page: what the router's source names, and what the public pages answer."""
    return routes_of(router) | PUBLIC


class NothingYetError(Exception):
    """A room has nothing to show yet."""


def find_things(context: BrowserContext, url: str, *, is_mock: bool) -> Found:
    """Return what there is to look at on the server; raises NothingYetError for a room that is still empty.

    The mock has the application only, no public pages.
    """

    def get(path: str) -> Any:
        answer = context.request.get(f"{url}/api/v1{path}")
        if not answer.ok:
            raise NothingYetError(f"{answer.status} {path}")
        return answer.json()

    def first(path: str) -> Any:
        items = get(path)["items"]
        if not items:
            raise NothingYetError(path)
        return items[0]

    journey, step = find_busiest(get)
    steps = get(f"/journeys/{journey}")["graph"]["steps"]
    contact = first(f"/journeys/{journey}/people?step={step}")["contactId"]
    return Found(
        journey=journey,
        step=step,
        decision=next((id for id, one in steps.items() if one.get("paths")), step),
        contact=contact,
        run=get(f"/contacts/{contact}")["runs"][0]["id"],
        email=first("/mailbox?channel=email")["id"],
        sms=first("/mailbox?channel=sms")["id"],
        rejected=first("/rejected")["id"],
        **find_segments(context, url, get),
        **people.find_people(context, url, get),
        **(NO_LINKS if is_mock else find_links(context, url, get)),
    )


def find_segments(context: BrowserContext, url: str, get: Callable[[str], Any]) -> dict[str, str]:
    """Return two filters, a combination and a member of the first; a demo without segments is given some."""
    # Only a demo's clock runs faster than others.
    if not get("/segments")["items"] and get("/clock")["rate"] != 1:
        make_segments(context, url)
    rows = get("/segments")["items"]
    filters = sorted((row for row in rows if not row["isCombination"]), key=lambda row: -row["members"])
    combined = next((row for row in rows if row["isCombination"]), None)
    if len(filters) < 2 or combined is None or not filters[0]["members"]:
        raise NothingYetError("/segments")
    return {
        "segment": filters[0]["id"],
        "other_segment": filters[1]["id"],
        "combined": combined["id"],
        "member": get(f"/segments/{filters[0]['id']}/members")["items"][0]["id"],
    }


NO_LINKS = {"unsubscribe": "none", "preferences": "none", "online": "none"}


def find_links(context: BrowserContext, url: str, get: Callable[[str], Any]) -> dict[str, str]:
    """Return the tokens of a message's own links, of the first whose contact may still unsubscribe."""
    for row in get("/mailbox?channel=email")["items"]:
        mail = get(f"/mailbox/{row['id']}")
        html = mail["html"] or ""
        page = context.request.get(f"{url}/u/{find_token('u', html)}").text()
        if "<form" in page:
            return {
                "unsubscribe": find_token("u", html),
                "online": find_token("v", html),
                "preferences": find_token("p", page),
            }
    raise NothingYetError("/u/")


def find_token(kind: str, html: str) -> str:
    """Return the token of the first link to a public page, "none" where there is no such link."""
    found = re.search(rf"/{kind}/([\w.~-]{{24,}})", html)
    return found[1] if found else "none"


def find_busiest(get: Callable[[str], Any]) -> tuple[str, str]:
    """Return the journey with the most steps that was entered, and its step that holds the most people."""
    journeys = [
        get(f"/journeys/{row['id']}") for row in get("/journeys")["items"] if row["counts"]["entered"]
    ]
    if not journeys:
        raise NothingYetError("/journeys")
    journey = max(journeys, key=lambda one: len(one["graph"]["steps"]))
    counts = get(f"/journeys/{journey['id']}/counts")["steps"]
    return journey["id"], max(counts, key=lambda id: counts[id]["inside"])
