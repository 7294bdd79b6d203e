"""Files and rejected rows that name somebody who is being erased (trust §5).

A file is searched as bytes: for each identity as text in the encodings that files come in, whatever the case of its
letters, and for the digits of a phone number however they are set apart. What is shorter than LEAST is not searched
for: it would be found everywhere. An import whose file names the person ends, and its file goes; the rows that are in
stay in. Whoever owns it brings the file again, without the person. A file that is still on its way is waited for, and
then searched; the half of it would not tell.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from percorso.contacts.identity.normal import Identity
from percorso.db import Connection, Database
from percorso.db.clock import read_clock
from percorso.imports import forgetting_store as forgotten
from percorso.imports import store
from percorso.imports.model import ImportState
from percorso.imports.receiving import ERASED_MEANWHILE

NAMES_ERASED: Final = "names_erased"
"""Why an import ended: its file names somebody who was erased."""

PATIENCE: Final = timedelta(minutes=2)
"""Real time that a file may take to arrive while somebody waits to be erased: all is erased in five (trust §5)."""

LEAST: Final = 4
"""Characters of an identity that is searched for."""

_ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be")
_NO_DIGITS: Final = bytes(set(range(256)) - set(b"0123456789"))
_COUNTRY_DIGITS: Final = 3
"""Of a phone number, at most: a file may leave them out."""


class _Wanted:
    """What is searched for in the bytes of a file."""

    def __init__(self, identities: Sequence[Identity]) -> None:
        texts = {value.lower() for kind, value in identities if kind != "phone" and len(value) >= LEAST}
        self.texts = [text.encode(encoding) for text in texts for encoding in _ENCODINGS]
        self.numbers = _list_numbers(identities)
        self.longest = max(map(len, (*self.texts, *self.numbers)), default=0) * 2

    def is_in(self, content: bytes) -> bool:
        """Whether anything of it stands there."""
        lowered, digits = content.lower(), content.translate(None, _NO_DIGITS)
        return any(text in lowered for text in self.texts) or any(one in digits for one in self.numbers)


def _list_numbers(identities: Sequence[Identity]) -> list[bytes]:
    """Return the digits of phone numbers without what stands for the country."""
    numbers = [value.lstrip("+") for kind, value in identities if kind == "phone"]
    return [number[_COUNTRY_DIGITS:].encode() for number in numbers if len(number) >= 2 * _COUNTRY_DIGITS]


async def end_imports_naming(
    database: Database, workspace_id: UUID, identities: Sequence[Identity], *, uploads: Sequence[UUID] = ()
) -> bool:
    """End the imports that are not over and whose file names one of these; the file goes.

    `uploads` are files that were on their way when it was asked for. False while one of them still is: it is searched
    when all is here, so ask again. What takes longer than PATIENCE ends without being searched.
    """
    wanted = _Wanted(identities)
    async with database.connection() as connection:
        found = await forgotten.list_with_files(connection, workspace_id, uploads=uploads)
        present = (await read_clock(connection)).real_at
    is_done = True
    for one in found:
        if one.state == "uploading":
            if present - one.created_at <= PATIENCE:
                is_done = False
            else:
                is_done = await _end(database, one.id, ("uploading",), ERASED_MEANWHILE) and is_done
        elif await _names(database, one.id, wanted):
            await _end(database, one.id, ("ready", "checking", "running"), NAMES_ERASED)
    return is_done


async def _end(database: Database, import_id: UUID, states: Sequence[ImportState], error: str) -> bool:
    """End an import in one of these states and let its file go; False where it is in another by now."""
    async with database.transaction("imports.change") as connection:
        present = (await read_clock(connection)).real_at
        ended = await store.end_import(
            connection, import_id, "failed", states=states, error=error, present=present
        )
        if ended:
            await store.delete_file(connection, import_id)
    return ended


async def _names(database: Database, import_id: UUID, wanted: _Wanted) -> bool:
    number, tail = 0, b""
    while True:
        async with database.connection() as connection:
            pieces = await store.read_pieces(connection, import_id, number=number, maximum=1)
        if not pieces:
            return False
        content = tail + pieces[0]
        if wanted.is_in(content):
            return True
        number, tail = number + 1, content[-wanted.longest :] if wanted.longest else b""


async def delete_rejects_naming(
    connection: Connection, workspace_id: UUID, identities: Sequence[Identity]
) -> None:
    """Make rejected rows go that quote one of these; reads all that the workspace has."""
    await forgotten.delete_rejects_quoting(
        connection,
        workspace_id,
        values=[value for kind, value in identities if kind != "phone" and len(value) >= LEAST],
        numbers=[number.decode() for number in _list_numbers(identities)],
    )
