"""Files and rejected rows that name somebody who is being erased (trust §5).

A file is searched as bytes: for each identity as text in the encodings that files come in, whatever the case of its
letters, and for the digits of a phone number however they are set apart. What is shorter than LEAST is not searched
for: it would be found everywhere. An import whose file names the person ends, and its file goes; the rows that are in
stay in. Whoever owns it brings the file again, without the person.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from percorso.contacts.identity.normal import Identity
from percorso.db import Connection, Database
from percorso.db.clock import read_clock
from percorso.imports import store

NAMES_ERASED: Final = "names_erased"
"""Why an import ended: its file names somebody who was erased."""

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


async def end_imports_naming(database: Database, workspace_id: UUID, identities: Sequence[Identity]) -> int:
    """End the imports that are not over and whose file names one of these, and return how many; the file goes."""
    wanted = _Wanted(identities)
    async with database.connection() as connection:
        open_ids = await store.list_with_files(connection, workspace_id)
    ended = 0
    for import_id in open_ids:
        if await _names(database, import_id, wanted):
            async with database.transaction("imports.change") as connection:
                present = (await read_clock(connection)).real_at
                ended += await store.end_import(
                    connection,
                    import_id,
                    "failed",
                    states=("ready", "checking", "running"),
                    error=NAMES_ERASED,
                    present=present,
                )
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
    await store.delete_rejects_quoting(
        connection,
        workspace_id,
        values=[value for kind, value in identities if kind != "phone" and len(value) >= LEAST],
        numbers=[number.decode() for number in _list_numbers(identities)],
    )
