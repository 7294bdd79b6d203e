"""A file that names somebody who was erased brings in somebody new, whose closed address stays closed."""

from percorso.consent.register import Suppression, suppress_address
from percorso.contacts.store import get_contact
from percorso.privacy.erasure import erase_contact
from tests.imports.conftest import Desk


async def erase_ada(desk: Desk) -> None:
    """Close Ada's address, then forget her."""
    await desk.take_in("email,city\nada@example.com,Bari\n")
    ((id,),) = await desk.fetch("SELECT id FROM contacts")
    asked = Suppression(
        workspace_id=desk.workspace_id,
        contact_id=id,
        channel="email",
        address="ada@example.com",
        source="test",
        wording="Asked by phone.",
    )
    async with desk.database.transaction("test.commit") as connection:
        await suppress_address(connection, asked, now=desk.world.now)
    await desk.world.drain()
    async with desk.database.snapshot() as connection:
        ada = await get_contact(connection, id)
    assert ada is not None
    async with desk.database.transaction("test.commit") as connection:
        assert await erase_contact(connection, ada)
    await desk.world.drain()
    await desk.world.advance(minutes=10)


async def test_the_address_of_who_was_erased_stays_closed_for_who_is_imported(desk: Desk) -> None:
    await erase_ada(desk)
    await desk.take_in("email,city\nada@example.com,Roma\n")
    assert await desk.people() == {"ada@example.com": {"address": {"city": "Roma"}}}
    rows = await desk.fetch(
        "SELECT s.address, s.reason FROM suppressions AS s JOIN contacts AS c ON c.id = s.contact_id"
    )
    assert [tuple(row) for row in rows] == [("ada@example.com", "manual")]
