"""The list of screens: every page and dialog, and the forms that a page has when there is nothing or trouble."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import BrowserContext, Page

from percorso.api.pages import create_pages
from percorso.db import Database
from percorso.journeys.sentences import SENTENCES
from tools.audience_screens import AUDIENCE
from tools.list_things import confirm, find_lists
from tools.people_things import find_people
from tools.push_things import find_push
from tools.screen import MISSING, Found, NothingYetError, Screen, forms
from tools.segment_screens import SEGMENTS
from tools.segment_things import find_segments


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


def open_rejected(page: Page) -> None:
    """Open the newest rejection: those of some minutes ago are no longer in the list."""
    page.locator("table tbody a").first.click()
    page.locator("aside pre").first.wait_for()


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


def let_journey_ask(page: Page) -> None:
    """Show a journey that paused itself: those of a demo stay below any ceiling."""
    path = "/api/v1" + urlsplit(page.url).path
    journey = page.request.get(urljoin(page.url, path)).json()
    asks = {
        "code": "ceiling_reached",
        "at": "options.ceiling",
        **dict(
            zip(("en", "it"), (said.format(most=500) for said in SENTENCES["ceiling_reached"]), strict=True)
        ),
    }
    stopped = {**journey, "state": "paused", "failures": [asks]}
    page.route(f"**{path}", lambda route: route.fulfill(json=stopped))
    page.reload()
    page.locator("main [role=status]").wait_for()


JOURNEY = "/journeys/$journeyId"
CANVAS = "features/journeys/canvas"

SCREENS: list[Screen] = [
    Screen("sign-in", "/sign-in", "/sign-in", "form"),
    Screen("sign-in-refused", "/sign-in", "/sign-in", "form", fail_to_sign_in),
    Screen("home", "/", "/", "table"),
    Screen("journeys", "/journeys", "/journeys", "table"),
    Screen("journeys-account", "/journeys", "/journeys", "table", open_account, shows="app/account"),
    Screen("journeys-none-found", "/journeys", "/journeys?q=zzzz", "main h2"),
    *forms("journeys", "/journeys", "/journeys"),
    Screen("journey", JOURNEY, "/journeys/{journey}", ".react-flow__node", fitted=True),
    Screen(
        *("journey-step", JOURNEY, "/journeys/{journey}?step={decision}", "aside h2"),
        shows=f"{CANVAS}/panel",
        fitted=True,
    ),
    Screen("journey-people", JOURNEY, "/journeys/{journey}?step={step}&view=people", "aside li", fitted=True),
    Screen(
        *("journey-start", JOURNEY, "/journeys/{journey}", ".react-flow__node"),
        lambda page: open_start(page),
        shows=f"{CANVAS}/panel",
    ),
    Screen(
        *(
            "journey-asks",
            JOURNEY,
            "/journeys/{journey}",
            ".react-flow__node",
            let_journey_ask,
        ),
        fitted=True,
    ),
    *forms("journey", JOURNEY, "/journeys/{journey}", empty=False),
    Screen("journey-missing", JOURNEY, "/journeys/none", "main [role=alert]", answer=MISSING),
    *AUDIENCE,
    *SEGMENTS,
    Screen("mailbox", "/mailbox", "/mailbox", "main li"),
    Screen("mailbox-html", "/mailbox", "/mailbox?message={email}", "iframe"),
    Screen("mailbox-text", "/mailbox", "/mailbox?message={email}&view=text", "article pre"),
    Screen("mailbox-headers", "/mailbox", "/mailbox?message={email}&view=headers", "article table"),
    Screen("mailbox-raw", "/mailbox", "/mailbox?message={email}&view=raw", "article pre"),
    Screen("mailbox-sms", "/mailbox", "/mailbox?channel=sms&message={sms}", "article p"),
    Screen("mailbox-push", "/mailbox", "/mailbox?channel=push&message={push}", "article p"),
    *forms("mailbox", "/mailbox", "/mailbox"),
    Screen("rejected", "/rejected", "/rejected", "table"),
    Screen(
        "rejected-one",
        "/rejected",
        "/rejected",
        "table",
        open_rejected,
        shows="features/intake/rejected-page",
    ),
    *forms("rejected", "/rejected", "/rejected"),
    Screen("public-preferences", "/p/", "/p/{preferences}", "form label"),
    Screen("public-unsubscribe", "/u/", "/u/{unsubscribe}", "form button"),
    Screen("public-unsubscribed", "/u/", "/u/{unsubscribe}", "form button", unsubscribe, writes=True),
    Screen("public-preferences-saved", "/p/", "/p/{preferences}", "form label", choose_all, writes=True),
    Screen("public-confirm", "/k/", "/k/{confirm}", "form button"),
    Screen("public-confirmed", "/k/", "/k/{confirmed}", "h1", confirm, writes=True),
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


OVERLAY = re.compile(r"<(?:Dialog|SidePanel|Menu|Popover|Combobox|Modal|Drawer)(?=[\s>])")


def count_overlays(sources: Path) -> dict[str, int]:
    """Return how many dialogs, panels and menus each component under web/src opens, by its path without ending.

    What only wraps one for others, in ui/, is drawn with them.
    """
    found = {
        str(path.relative_to(sources).with_suffix("")): len(OVERLAY.findall(path.read_text(encoding="utf-8")))
        for path in sources.rglob("*.tsx")
        if path.relative_to(sources).parts[0] != "ui"
    }
    return {name: count for name, count in found.items() if count}


def list_undrawn(sources: Path) -> set[str]:
    """Return the components that open more dialogs, panels and menus than there are pictures of them."""
    drawn = Counter(screen.shows for screen in SCREENS)
    return {name for name, count in count_overlays(sources).items() if drawn[name] < count}


def find_things(context: BrowserContext, url: str) -> Found:
    """Return what there is to look at on the server; raises NothingYetError for a room that is still empty."""

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
        **find_people(get),
        **find_links(context, url, get),
        **find_lists(context, url, get),
        **find_push(context, url, get),
    )


def find_links(context: BrowserContext, url: str, get: Callable[[str], Any]) -> dict[str, str]:
    """Return the tokens of a message's own links, of the first whose contact may still unsubscribe.

    The message is one in the language that the public pages speak; another where there is none such yet.
    """
    found: dict[str, str] = {}
    for row in get("/mailbox?channel=email")["items"]:
        mail = get(f"/mailbox/{row['id']}")
        html = mail["html"] or ""
        page = context.request.get(f"{url}/u/{find_token('u', html)}").text()
        if "<form" not in page:
            continue
        tokens = {
            "unsubscribe": find_token("u", html),
            "online": find_token("v", html),
            "preferences": find_token("p", page),
        }
        if find_language(html) == find_language(page):
            return tokens
        found = found or tokens
    if not found:
        raise NothingYetError("/u/")
    return found


def find_language(html: str) -> str:
    """Return the language that a page says it is in, empty where it says none."""
    said = re.search(r'<html lang="(\w+)', html)
    return said[1] if said else ""


def find_token(kind: str, html: str) -> str:
    """Return the token of the first link to a public page, "none" where there is no such link."""
    found = re.search(rf"/{kind}/([\w.~-]{{24,}})", html)
    return found[1] if found else "none"


CROWD = 5
"""People who make a step one to look at."""


def find_busiest(get: Callable[[str], Any]) -> tuple[str, str]:
    """Return the journey with the most steps that was entered, and its step that holds the most people."""
    journeys = [
        get(f"/journeys/{row['id']}") for row in get("/journeys")["items"] if row["counts"]["entered"]
    ]
    if not journeys:
        raise NothingYetError("/journeys")
    journey = max(journeys, key=lambda one: len(one["graph"]["steps"]))
    counts = get(f"/journeys/{journey['id']}/counts")["steps"]
    busiest = max(counts, key=lambda id: counts[id]["inside"])
    # The few of a first minute may have gone on before their picture is taken.
    if counts[busiest]["inside"] < CROWD:
        raise NothingYetError("/journeys/{id}/counts")
    return journey["id"], busiest
