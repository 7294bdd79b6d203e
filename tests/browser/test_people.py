"""A tour of the audience, over the demo shop: a file comes in, a contact leaves a list, and both can be proven."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, Demo
from tests.browser.test_first_rooms import list_faults, open_row
from tools.people_things import write

pytestmark = pytest.mark.browser

ROOMS = ("/groups", "/fields?view=standard", "/events", "/imports", "/audit", "/domains")
WORDING = "Ha detto al telefono di non voler più ricevere email."

expect.set_options(timeout=PATIENCE_MS)


def test_a_file_comes_in_by_the_wizard_with_its_group_and_its_rejects(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "fiera.csv"
    file.write_text(
        "Email;Nome;Cognome;Data di nascita\n"
        "lea.farnese@example.com;Lea;Farnese;14/03/1988\n"
        "ugo.piscopo@example.com;Ugo;Piscopo;02/11/1979\n"
        "non una email;Pia;Sbagliata;01/01/1990\n",
        encoding="utf-8",
    )
    page.goto("/imports")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("combobox", name="Email diventa")).to_have_value("Email (identità)")
    expect(page.get_by_role("combobox", name="Nome diventa", exact=True)).to_have_value("Nome")
    page.get_by_role("button", name="Avanti").click()
    page.get_by_role("button", name="Nuovo gruppo").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nome").fill("Fiera di Bologna")
    dialog.get_by_role("button", name="Salva").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Verifica senza importare").click()
    expect(page.locator("dl [data-kind=new] dd")).to_have_text("2")
    expect(page.locator("dl [data-kind=rejected] dd")).to_have_text("1")
    page.get_by_role("button", name="Importa adesso").click()
    expect(page.get_by_role("heading", name="Importazione completata")).to_be_visible()
    with page.expect_download() as report:
        page.get_by_role("button", name="Scarica 1 riga rifiutata").click()
    assert "Sbagliata" in report.value.path().read_text(encoding="utf-8-sig")
    page.goto("/contacts?q=farnese")
    assert open_row(page) == "Lea Farnese"
    page.get_by_role("link", name="Fiera di Bologna").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fiera di Bologna")
    expect(page.locator("main tbody tr")).to_have_count(2)


def test_a_contact_leaves_a_list_and_the_proof_stands_in_an_unbroken_chain(page: Page, demo: Demo) -> None:
    subscription = {"channel": "email", "source": "in negozio", "wording": "Sì, scrivetemi."}
    person = {"email": "vera.tosi@example.com", "subscriptions": [subscription]}
    made = write(page.context, demo.url, "/contacts", person)
    page.goto(f"/contacts/{made['id']}")
    expect(page.locator("header").get_by_text("email · iscrizione attiva")).to_be_visible()
    page.get_by_role("button", name="Azioni").click()
    page.get_by_role("menuitem", name="Consensi e prove").click()
    panel = page.get_by_role("complementary", name="Consensi e prove")
    panel.get_by_role("button", name="Disiscrivi").first.click()
    dialog = page.get_by_role("dialog", name=re.compile("^Disiscrivi dalle email di "))
    record = dialog.get_by_role("button", name="Disiscrivi")
    expect(record).to_be_disabled()
    dialog.get_by_label("Con quali parole").fill(WORDING)
    # How it came about is never taken for granted.
    expect(record).to_be_disabled()
    dialog.get_by_role("button", name="al telefono").click()
    record.click()
    expect(dialog).to_have_count(0)
    proof = panel.locator("ol > li").first
    expect(proof).to_contain_text(WORDING)
    expect(proof).to_contain_text("al telefono")
    expect(panel.get_by_text(re.compile("registro integro"))).to_be_visible()
    page.reload()
    expect(panel.locator("ol > li").first).to_contain_text(WORDING)
    assert list_faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_room_of_the_audience_has_a_grave_fault_or_is_too_wide_for_a_phone(
    page: Page, scheme: str
) -> None:
    page.evaluate("scheme => localStorage.setItem('percorso.scheme', scheme)", scheme)
    found: list[str] = []
    for room in ROOMS:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(room)
        page.locator("main table, main h2").first.wait_for()
        found += [f"{room}: {fault}" for fault in list_faults(page)]
        page.set_viewport_size({"width": 390, "height": 844})
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            found.append(f"{room}: is too wide")
    assert found == []
