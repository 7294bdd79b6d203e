"""A file that names somebody who was erased brings in somebody new, whose closed address stays closed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from percorso.consent.register import Suppression, suppress_address
from percorso.contacts.model import Contact
from percorso.contacts.store import get_contact
from percorso.imports import forgetting, receiving, work
from percorso.imports.actions import cancel_import
from percorso.imports.errors import FileRefusedError
from percorso.imports.forgetting import NAMES_ERASED
from percorso.imports.model import Import, Settings, Target
from percorso.imports.receiving import ERASED_MEANWHILE, receive_file
from percorso.imports.running import Importer
from percorso.privacy.erasure import erase_contact
from percorso.worker.apply import apply_all
from percorso.worker.erasing import empty_all
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


ADA_AGAIN = (
    "email,city,phone\nbea@example.com,Roma,+393331111111\nADA@Example.com,Plantedville,+39 333 222 2222\n"
)
PLANTED = ("ada@example.com", "plantedville", "3332222222")


async def meet_ada(desk: Desk) -> Contact:
    """Return Ada, as the shop knows her."""
    await desk.take_in("email,phone\nada@example.com,+393332222222\n")
    ((id,),) = await desk.fetch("SELECT id FROM contacts")
    async with desk.database.snapshot() as connection:
        ada = await get_contact(connection, id)
    assert ada is not None
    return ada


async def forget(desk: Desk, ada: Contact) -> None:
    """Forget her, and let the worker empty what is left before anything else goes on."""
    async with desk.database.transaction("test.commit") as connection:
        assert await erase_contact(connection, ada)
    await apply_all(desk.database)
    assert await empty_all(desk.database) == 1


async def find_planted(desk: Desk) -> list[str]:
    """Return the tables in which anything of hers stands."""
    found: list[str] = []
    for table in ("imports", "import_pieces", "import_rejects", "contacts", "facts", "identities"):
        rows = await desk.fetch(f"SELECT t::text AS row FROM {table} AS t")
        dump = "\n".join(row["row"] for row in rows).lower()
        if any(value in dump or value.encode().hex() in dump for value in PLANTED):
            found.append(table)
    return found


@pytest.mark.parametrize("state", ["ready", "checked", "running", "in the middle"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
async def test_a_file_that_names_who_was_erased_goes_with_its_import(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, state: str, encoding: str
) -> None:
    monkeypatch.setattr(work, "LOT_ROWS", 1)
    ada = await meet_ada(desk)
    beside = await desk.receive("email,city\nzoe@example.com,Bari\n")
    found = await desk.receive(ADA_AGAIN.encode(encoding))
    settings = await desk.guess(found.id)
    if state == "checked":
        await desk.check(found.id, settings)
    elif state != "ready":
        await desk.start(found.id, settings)
    if state == "in the middle":
        importer = Importer(desk.database)
        assert await importer.advance()
        await importer.close()
    await forget(desk, ada)
    await desk.world.drain()
    ended = await desk.get(found.id)
    assert (ended.state, ended.error) == ("failed", NAMES_ERASED)
    assert await find_planted(desk) == []
    assert (await desk.get(beside.id)).state == "ready"
    assert [row["import_id"] for row in await desk.fetch("SELECT DISTINCT import_id FROM import_pieces")] == [
        beside.id
    ]


async def test_a_file_whose_rows_are_all_in_the_log_is_not_kept(desk: Desk) -> None:
    found = await desk.receive(ADA_AGAIN)
    await desk.start(found.id, await desk.guess(found.id))
    importer = Importer(desk.database)
    while (await desk.get(found.id)).state == "running":
        await importer.advance()
        await apply_all(desk.database)
    await importer.close()
    assert await desk.fetch("SELECT FROM import_pieces") == []
    await desk.world.drain()
    assert (await desk.get(found.id)).state == "done"


async def test_rejected_rows_that_quote_who_was_erased_go_and_others_stay(desk: Desk) -> None:
    ada = await meet_ada(desk)
    rows = [
        "email,phone,born",
        "Ada@example.com,,no date",
        "ada@example,+39 333-222 22 22,1990-01-01",
        "zoe@example,+39 333 111 1111,1990-01-01",
    ]
    found = await desk.receive("\n".join(rows) + "\n")
    kinds = (Target("email"), Target("phone"), Target("attribute", "birthDate", "date"))
    await desk.start(found.id, Settings(targets=kinds))
    await desk.world.drain()
    assert [reject.row for reject in await desk.rejects(found.id)] == [2, 3, 4]
    await forget(desk, ada)
    assert [reject.row for reject in await desk.rejects(found.id)] == [4]


class Uploading:
    """A file on its way: pieces come as they are let."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pieces = asyncio.Queue[bytes | None]()
        self.id = uuid4()
        self.received = asyncio.create_task(
            receive_file(
                desk.database, desk.workspace_id, self._come(), id=self.id, file_name="x.csv", made_by="key"
            )
        )

    async def _come(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            yield piece

    async def bring(self, piece: str) -> None:
        """Send a piece and wait until it is stored."""
        rows = await self._desk.fetch("SELECT FROM import_pieces WHERE import_id = $1", self.id)
        self._pieces.put_nowait(piece.encode())
        async with asyncio.timeout(30):
            while len(
                await self._desk.fetch("SELECT FROM import_pieces WHERE import_id = $1", self.id)
            ) == len(rows):
                await asyncio.sleep(0.01)

    async def end(self, last: str = "") -> Import:
        """Send the rest; the import as it then is."""
        self._pieces.put_nowait(last.encode())
        self._pieces.put_nowait(None)
        async with asyncio.timeout(30):
            return await self.received


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row is a piece of its own."""
    monkeypatch.setattr(receiving, "PIECE_BYTES", 8)


async def ask_to_forget(desk: Desk, ada: Contact) -> int:
    """Forget her as far as it goes now; how many were emptied."""
    async with desk.database.transaction("test.commit") as connection:
        assert await erase_contact(connection, ada)
    await apply_all(desk.database)
    return await empty_all(desk.database)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("cut", [10, 52, 60, 75])
async def test_a_file_that_was_on_its_way_is_searched_when_all_is_here(desk: Desk, cut: int) -> None:
    """Wherever the erasure fell: before her row, in the middle of her address, after it."""
    ada = await meet_ada(desk)
    upload = Uploading(desk)
    await upload.bring(ADA_AGAIN[:cut])
    assert await ask_to_forget(desk, ada) == 0
    assert (await upload.end(ADA_AGAIN[cut:])).state == "ready"
    assert await empty_all(desk.database) == 1
    assert await empty_all(desk.database) == 0
    ended = await desk.get(upload.id)
    assert (ended.state, ended.error) == ("failed", NAMES_ERASED)
    assert await find_planted(desk) == []


@pytest.mark.usefixtures("small_pieces")
async def test_a_file_that_names_somebody_else_comes_in_all_the_same(desk: Desk) -> None:
    ada = await meet_ada(desk)
    upload = Uploading(desk)
    await upload.bring("email\nbea@exam")
    assert await ask_to_forget(desk, ada) == 0
    assert (await upload.end("ple.com\n")).state == "ready"
    assert await empty_all(desk.database) == 1
    assert (await desk.get(upload.id)).state == "ready"


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("has_named", [True, False])
async def test_a_file_that_takes_too_long_ends_and_nothing_of_it_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, has_named: bool
) -> None:
    ada = await meet_ada(desk)
    upload = Uploading(desk)
    cut = 60 if has_named else 10
    await upload.bring(ADA_AGAIN[:cut])
    monkeypatch.setattr(forgetting, "PATIENCE", timedelta(0))
    assert await ask_to_forget(desk, ada) == 1
    with pytest.raises(FileRefusedError) as refused:
        await upload.end(ADA_AGAIN[cut:])
    assert refused.value.code == ERASED_MEANWHILE
    ended = await desk.get(upload.id)
    assert (ended.state, ended.error) == ("failed", ERASED_MEANWHILE)
    assert await find_planted(desk) == []
    assert await desk.fetch("SELECT FROM import_pieces") == []


@pytest.mark.usefixtures("small_pieces")
async def test_a_file_that_began_after_the_erasure_was_asked_for_is_not_waited_for(desk: Desk) -> None:
    ada = await meet_ada(desk)
    async with desk.database.transaction("test.commit") as connection:
        assert await erase_contact(connection, ada)
    await apply_all(desk.database)
    upload = Uploading(desk)
    await upload.bring("email\nbea@exam")
    assert await empty_all(desk.database) == 1
    assert (await upload.end("ple.com\n")).state == "ready"


@pytest.mark.usefixtures("small_pieces")
async def test_nothing_arrives_for_an_import_that_was_cancelled(desk: Desk) -> None:
    upload = Uploading(desk)
    await upload.bring("email\nbea@exam")
    async with desk.database.transaction("test.commit") as connection:
        await cancel_import(connection, desk.workspace_id, upload.id)
    with pytest.raises(FileRefusedError) as refused:
        await upload.end("ple.com\n")
    assert refused.value.code == "ended_meanwhile"
    assert await desk.fetch("SELECT FROM import_pieces") == []
