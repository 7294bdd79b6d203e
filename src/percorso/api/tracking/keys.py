"""Which source a key stands for, remembered for at most five seconds."""

import base64
import binascii
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from percorso.contacts.events.store import read_accepted
from percorso.db import Database
from percorso.intake.gather import Gatherer
from percorso.intake.model import Source
from percorso.workspaces.model import TRACK
from percorso.workspaces.secrets import hash_token
from percorso.workspaces.store import find_key, list_lists

REMEMBERED_SECONDS: Final = 5.0
"""A key that is revoked stops within this time (`trust.md` §4)."""

_MOST: Final = 10_000
_LONGEST: Final = 512


class Keys:
    """The sources behind keys, known and unknown ones."""

    def __init__(
        self, database: Database, gatherer: Gatherer, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._gatherer = gatherer
        self._clock = clock
        self._known: dict[str, tuple[float, Source | None]] = {}

    async def find_source(self, token: str) -> Source | None:
        """Return the source behind a write key, None for one that is unknown, revoked or may not track."""
        now = self._clock()
        known = self._known.get(token)
        if known is not None and known[0] > now:
            return known[1]
        if not token or len(token) > _LONGEST:
            return None
        source = await self._read(token)
        if len(self._known) >= _MOST:
            # Somebody tries keys: those in use come back with the next call.
            self._known.clear()
        self._known[token] = (now + REMEMBERED_SECONDS, source)
        return source

    async def _read(self, token: str) -> Source | None:
        async with self._database.connection() as connection:
            key = await find_key(connection, hash_token(token))
            if key is None or TRACK not in key.scopes:
                return None
            lists = await list_lists(connection, key.workspace_id)
            accepted = await read_accepted(connection, key.workspace_id)
        return Source(
            node=self._gatherer.node(key.workspace_id, key.node_id),
            is_server=key.kind == "server",
            list_ids=tuple(row["id"] for row in lists),
            confirming=frozenset(row["id"] for row in lists if row["opt_in"] == "double"),
            accepted=accepted,
        )


@lru_cache(maxsize=1024)
def read_authorization(value: bytes) -> str | None:
    """Return the write key in an Authorization header: Basic with it as the user, or Bearer."""
    scheme, _, rest = value.partition(b" ")
    rest = rest.strip()
    try:
        match scheme.lower():
            case b"basic":
                return base64.b64decode(rest, validate=True).decode().partition(":")[0]
            case b"bearer":
                return rest.decode()
            case _:
                return None
    except (binascii.Error, UnicodeDecodeError):
        return None
