"""Rows become contacts, in order, once, with what the law wants."""

from tests.imports.conftest import Desk
from percorso.imports.model import Counts


async def test_rows_become_contacts_with_their_types(desk: Desk) -> None:
    done = await desk.take_in(
        "Email;Nome;Data di nascita;Punti;Socio;Città\n"
        "Ada@Example.com;Ada;10/12/1985;120;sì;Torino\n"
        "bice@example.com;Bice;31/01/1990;7;no;Roma\n",
        subscribing=desk.subscribing(),
    )
    assert (done.state, done.counts) == ("done", Counts(rows=2, new=2))
    assert await desk.people() == {
        "ada@example.com": {
            "firstName": "Ada", "birthDate": "1985-12-10", "Punti": 120, "Socio": True, "address": {"city": "Torino"},
        },
        "bice@example.com": {
            "firstName": "Bice", "birthDate": "1990-01-31", "Punti": 7, "Socio": False, "address": {"city": "Roma"},
        },
    }  # fmt: skip
    assert await desk.statuses() == {
        ("ada@example.com", "email"): "subscribed",
        ("bice@example.com", "email"): "subscribed",
    }
