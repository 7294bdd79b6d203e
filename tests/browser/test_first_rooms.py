"""A tour of the first rooms, over the demo shop, as a newcomer walks it."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import PATIENCE_MS, Demo, sign_in

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
ROOMS = ("/journeys", "/contacts", "/mailbox", "/rejected")

expect.set_options(timeout=PATIENCE_MS)


def open_row(page: Page, number: int = 0) -> str:
    """Open a row of the table by its link; return what the link said."""
    link = page.locator("table tbody tr").nth(number).locator("a").first
    said = link.inner_text()
    link.click()
    return said


def open_busiest_journey(page: Page) -> None:
    """Open a journey in which someone is held at a step."""
    inside = page.locator("table tbody tr", has=page.locator("[data-live]"))
    inside.first.locator("a").first.click()
    page.locator(".react-flow__node [data-here]").first.wait_for()


def find_most_held(page: Page) -> Locator:
    """Return what says how many are held at the step where most are: from others they may all go on meanwhile."""
    held = page.locator(".react-flow__node [data-here]")
    counts = [int(re.sub(r"\D", "", text) or 0) for text in held.all_inner_texts()]
    return held.nth(counts.index(max(counts)))


def test_a_stranger_is_asked_to_sign_in_and_then_taken_where_they_wanted(
    stranger: BrowserContext, demo: Demo
) -> None:
    page = stranger.new_page()
    page.goto(f"{demo.url}/contacts?q=an")
    expect(page).to_have_url(re.compile("/sign-in"))
    sign_in(page, demo.email, "not the password")
    expect(page.get_by_role("alert")).to_have_text("Email o password non corrette.")
    sign_in(page, demo.email, demo.password)
    expect(page).to_have_url(f"{demo.url}/contacts?q=an")
    expect(page.get_by_role("searchbox")).to_have_value("an")


def test_no_foreign_address_is_gone_to_after_signing_in(stranger: BrowserContext, demo: Demo) -> None:
    page = stranger.new_page()
    page.goto(f"{demo.url}/sign-in?next=//example.com/steal")
    sign_in(page, demo.email, demo.password)
    expect(page).to_have_url(f"{demo.url}/journeys")


def test_the_canvas_says_who_is_where_and_leads_to_them(page: Page) -> None:
    open_busiest_journey(page)
    find_most_held(page).click()
    panel = page.get_by_role("complementary")
    people = panel.locator("li a")
    expect(people.first).to_be_visible()
    expect(page).to_have_url(re.compile("step=.+view=people"))
    name = people.first.locator("div > div").first.inner_text()
    # The list lives: whoever arrives meanwhile comes first.
    people.filter(has_text=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    # The run that led here stands open, with what was judged on its way.
    expect(panel.get_by_role("heading", level=2)).to_be_visible()
    expect(panel.locator("ol > li").first).to_be_visible()


def test_every_way_out_of_a_step_is_drawn_and_its_conditions_can_be_read(page: Page) -> None:
    journeys = [
        page.request.get(f"/api/v1/journeys/{row['id']}").json()
        for row in page.request.get("/api/v1/journeys").json()["items"]
    ]
    journey = max(journeys, key=lambda one: len(one["graph"]["steps"]))
    graph = journey["graph"]
    page.goto(f"/journeys/{journey['id']}")
    nodes = page.locator(".react-flow__node:has([data-family])")
    expect(nodes).to_have_count(len(graph["steps"]) + len(graph["starts"]))
    branching = next(id for id, step in graph["steps"].items() if step.get("paths"))
    page.goto(f"{page.url.partition('?')[0]}?step={branching}")
    panel = page.get_by_role("complementary")
    for path in graph["steps"][branching]["paths"]:
        expect(panel.get_by_text(path["name"], exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_a_message_can_be_read_in_every_form_and_may_do_nothing(page: Page) -> None:
    page.goto("/mailbox?channel=email")
    page.get_by_role("region", name="Messaggi ricevuti").locator("li a").first.click()
    letter = page.get_by_role("article")
    frame = letter.locator("iframe")
    expect(frame).to_be_visible()
    assert "allow-scripts" not in (frame.get_attribute("sandbox") or "")
    expect(frame.content_frame.locator("a").first).to_be_visible()
    letter.get_by_role("link", name="Intestazioni").click()
    expect(letter.get_by_role("rowheader", name="List-Unsubscribe", exact=True)).to_be_visible()
    page.reload()
    expect(letter.get_by_role("rowheader", name="Subject", exact=True)).to_be_visible()
    letter.get_by_role("link", name="Sorgente").click()
    expect(letter.locator("pre")).to_contain_text("MIME-Version: 1.0")


def test_looking_at_a_message_counts_no_open(page: Page) -> None:
    asked: list[str] = []
    page.on("response", lambda response: asked.append(response.url))
    page.goto("/mailbox?channel=email")
    page.get_by_role("region", name="Messaggi ricevuti").locator("li a").first.click()
    expect(page.locator("article iframe").content_frame.locator("a").first).to_be_visible()
    page.get_by_role("button", name="Carica le immagini").wait_for()
    assert [
        url
        for url in asked
        if not re.search(r"/(api|assets|mailbox|scheme\.js|favicon|journeys|$)", urlsplit(url).path)
    ] == []


def test_a_rejected_event_shows_its_reason_and_what_was_sent(page: Page) -> None:
    page.goto("/rejected")
    said = open_row(page)
    panel = page.get_by_role("complementary")
    expect(panel.get_by_role("heading", level=2)).to_have_text(said)
    expect(panel.locator("pre")).to_contain_text("{")
    page.reload()
    expect(panel.get_by_role("heading", level=2)).to_have_text(said)


def test_language_and_appearance_change_at_once_and_stay(page: Page) -> None:
    page.get_by_role("button", name="Area di lavoro e preferenze").click()
    page.get_by_role("menuitemradio", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Journeys")
    page.get_by_role("button", name="Workspace and preferences").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Journeys")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")


def test_signing_out_ends_the_session_everywhere_in_the_browser(page: Page, stranger: BrowserContext) -> None:
    other = stranger.new_page()
    other.goto(page.url)
    expect(other.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("button", name="Area di lavoro e preferenze").click()
    page.get_by_role("menuitem", name="Esci").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    expect(other).to_have_url(re.compile("/sign-in"))


def test_the_keyboard_alone_opens_a_journey_and_a_step(page: Page) -> None:
    page.locator("table tbody tr").first.wait_for()
    page.keyboard.press("/")
    page.keyboard.press("Tab")
    page.locator("table tbody tr a").first.focus()
    page.keyboard.press("Enter")
    node = page.locator(".react-flow__node a").first
    node.wait_for()
    node.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_room_has_a_grave_fault_for_those_who_do_not_see_or_point(page: Page, scheme: str) -> None:
    page.evaluate("scheme => localStorage.setItem('percorso.scheme', scheme)", scheme)
    found: list[str] = []
    for room in ROOMS:
        page.goto(room)
        page.locator("main a").first.wait_for()
        found += [f"{room}: {fault}" for fault in list_faults(page)]
    page.goto("/journeys")
    open_busiest_journey(page)
    found += [f"canvas: {fault}" for fault in list_faults(page)]
    find_most_held(page).click()
    page.locator("aside li a").first.wait_for()
    found += [f"step: {fault}" for fault in list_faults(page)]
    page.locator("aside li a").first.click()
    # A journey has a list of its own: only the address tells that it was left.
    page.wait_for_url("**/contacts/**")
    page.locator("main ol li").first.wait_for()
    found += [f"contact: {fault}" for fault in list_faults(page)]
    assert found == []


def list_faults(page: Page) -> list[str]:
    """Return what axe finds grave: its rule, and where."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate(
        "async () => (await axe.run({ exclude: [['iframe']] }, { resultTypes: ['violations'] })).violations"
    )
    return [
        f"{one['id']} at {one['nodes'][0]['target'][0]}: {one['nodes'][0]['html'][:120]}"
        for one in result
        if one["impact"] in ("serious", "critical")
    ]


def test_on_a_phone_nothing_is_wider_than_the_window(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for room in ROOMS:
        page.goto(room)
        page.locator("main a").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, room
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("navigation").get_by_role("link", name="Contatti").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Contatti")
    open_row(page)
    page.get_by_role("link", name="Profilo").click()
    expect(page.get_by_role("heading", name="Identità")).to_be_visible()
