"""A tour of segments, over the demo shop: written in sentences, counted, kept, explained, compared."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.test_first_rooms import list_faults

pytestmark = pytest.mark.browser

expect.set_options(timeout=PATIENCE_MS)


def read_count(page: Page) -> int:
    """Return the live count, once it has been counted."""
    pane = page.get_by_role("complementary", name="Chi lo soddisfa")
    expect(pane.get_by_role("status")).to_have_text("in questo momento, tra tutti i contatti noti")
    return int(re.sub(r"\D", "", pane.locator("[data-count]").inner_text()))


def write_segment(page: Page, name: str, begin: str) -> None:
    """Begin a new segment with a name and one of the usual beginnings."""
    page.goto("/segments/new")
    page.get_by_label("Nome").fill(name)
    page.get_by_role("button", name=begin, exact=True).click()


def save(page: Page, name: str) -> None:
    """Save what was written; the segment's own page follows."""
    page.get_by_role("button", name="Salva").click()
    expect(page).to_have_url(re.compile(r"/segments/[0-9a-f-]{36}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def wait_for_members(page: Page) -> None:
    """Wait until the segment is filled and someone is in it."""
    expect(page.locator("header").get_by_text("aggiornato")).to_be_visible()
    expect(page.locator("main table tbody tr").first).to_be_visible()


def test_a_segment_is_written_counted_saved_explained_and_compared(page: Page) -> None:
    page.goto("/segments")
    page.get_by_role("link", name="Nuovo segmento").first.click()
    # The shop has just opened: the first customer may be still to come.
    deadline = time.monotonic() + 90
    bought = 0
    while not bought and time.monotonic() < deadline:
        write_segment(page, "Hanno comprato", "Ha fatto qualcosa")
        bought = read_count(page)
    assert bought > 0
    assert page.get_by_role("complementary", name="Chi lo soddisfa").locator("li a").count() == min(
        bought, 10
    )
    # Why somebody would be in it, before anything is saved.
    page.get_by_role("button", name=re.compile("^Perché .+ ne farebbe parte")).first.click()
    panel = page.get_by_role("complementary", name="Perché")
    expect(panel.get_by_text("Ne farebbe parte", exact=True)).to_be_visible()
    expect(panel.get_by_text("valore:")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    # A property narrows it, and it is counted again.
    page.get_by_role("button", name="solo con").click()
    page.get_by_role("button", name=re.compile("^Campo:")).click()
    page.get_by_role("option", name=re.compile("amount.revenue")).click()
    page.get_by_label("Valore").fill("100")
    assert read_count(page) <= bought
    save(page, "Hanno comprato")
    wait_for_members(page)
    # Why somebody is in it, with the value that was read.
    page.get_by_role("link", name=re.compile("^Perché .+ ne fa parte")).first.click()
    panel = page.get_by_role("complementary", name="Perché")
    expect(panel.get_by_text("In questo segmento dal")).to_be_visible()
    expect(panel.get_by_text("valore:")).to_be_visible()
    page.keyboard.press("Escape")
    # A second one, of the others, and both side by side.
    write_segment(page, "Non hanno comprato", "Non ha fatto qualcosa")
    read_count(page)
    save(page, "Non hanno comprato")
    page.goto("/segments/compare")
    for side, name in enumerate(("Hanno comprato", "Non hanno comprato")):
        page.locator("main").get_by_role("button", name=re.compile("^Segmento:")).nth(side).click()
        page.get_by_role("option", name=name, exact=True).click()
    expect(page.get_by_role("table", name="In breve")).to_be_visible()
    expect(page.get_by_role("table", name="Genere").get_by_role("rowheader").first).to_be_visible()
    expect(page.get_by_role("columnheader", name="Hanno comprato", exact=True).first).to_be_visible()
    # The same as charts: one for each table, with a bar or words on both sides.
    charts = page.locator("figure svg")
    expect(charts).to_have_count(page.locator("figure table").count())
    expect(charts.first).to_contain_text("membri")
    assert list_faults(page) == []


def test_conditions_are_turned_joined_copied_and_removed_by_the_keyboard(page: Page) -> None:
    write_segment(page, "A mano", "Iscrizione a una lista")
    subscribed = read_count(page)
    rows = page.locator("main li[data-node]")
    rows.first.get_by_role("button", name="Duplica").focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(2)
    turn = rows.nth(1).get_by_role("button", name="Nega", exact=True)
    turn.focus()
    page.keyboard.press("Enter")
    assert read_count(page) == 0
    rows.nth(1).get_by_role("button", name=re.compile("^Unite da: e")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Unite da: o"))).to_be_visible()
    assert read_count(page) >= subscribed
    rows.nth(1).get_by_role("button", name="Togli").focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    assert read_count(page) >= subscribed
    assert list_faults(page) == []
    # What is not saved is not lost without asking.
    page.get_by_role("link", name="Contatti").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Uscire senza salvare?")
    dialog.get_by_role("button", name="Resta").click()
    expect(rows).to_have_count(1)


def test_nothing_is_overwritten_that_others_saved_and_nothing_goes_that_is_referred_to(page: Page) -> None:
    write_segment(page, "Telefono", "Iscrizione a una lista")
    read_count(page)
    save(page, "Telefono")
    address = page.url
    page.get_by_role("link", name="Modifica").click()
    other = page.context.new_page()
    other.goto(f"{address}/edit")
    other.get_by_label("Nome").fill("Telefono, cambiato")
    save(other, "Telefono, cambiato")
    page.get_by_label("Nome").fill("Telefono, mio")
    page.get_by_role("button", name="Salva").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    page.get_by_role("button", name="Scarta le mie").click()
    expect(page.get_by_label("Nome")).to_have_value("Telefono, cambiato")
    # A combination refers to it: it cannot be deleted, and the dialog names what holds it.
    write_segment(page, "Combinato", "Iscrizione a una lista")
    page.get_by_text("Altri segmenti").click()
    for part in range(2):
        page.locator("main").get_by_role("button", name=re.compile("^Segmento:")).nth(part).click()
        page.get_by_role("option", name="Telefono, cambiato").click()
    save(page, "Combinato")
    page.goto(address)
    page.get_by_role("button", name="Azioni").click()
    page.get_by_role("menuitem", name="Elimina").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Elimina").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Combinato")
    assert list_faults(page) == []


def test_on_a_dark_phone_the_rooms_of_segments_fit_and_can_be_read(page: Page) -> None:
    write_segment(page, "Stretto", "Messaggi ricevuti, aperti, cliccati")
    page.get_by_role("button", name="Aggiungi una condizione").click()
    page.get_by_role("menuitem", name="Una cosa e poi un’altra").click()
    read_count(page)
    save(page, "Stretto")
    address = page.url
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("localStorage.setItem('percorso.scheme', 'dark')")
    found: list[str] = []
    for room in ("/segments", "/segments/new", "/segments/compare", address, f"{address}/edit"):
        page.goto(room)
        page.locator("main h2:visible, main table:visible, main input:visible").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, room
        found += [f"{room}: {fault}" for fault in list_faults(page)]
    assert found == []
