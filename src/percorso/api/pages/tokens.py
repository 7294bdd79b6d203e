"""Reads the token of a request."""

import time

from percorso.api.raw import Scope
from percorso.content.store import ensure_token_keys
from percorso.content.tokens import Named, Purpose, TokenKeys
from percorso.db import Connection, Database
from percorso.messages.model import ShownMessage
from percorso.messages.store import find_shown

_KEYS_LAST_SECONDS = 60.0


class TokenReader:
    """Knows the instance's keys, read again every minute."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys: TokenKeys | None = None
        self._read_at = 0.0

    async def get_keys(self) -> TokenKeys:
        """Return the keys of public links."""
        if self._keys is None or time.monotonic() - self._read_at > _KEYS_LAST_SECONDS:
            async with self._database.transaction("content.template") as connection:
                self._keys = await ensure_token_keys(connection)
            self._read_at = time.monotonic()
        return self._keys

    async def find_named(self, scope: Scope, purpose: Purpose) -> Named | None:
        """Return what the path's last part names, or None for whatever is wrong with it."""
        _, _, token = str(scope["path"]).rpartition("/")
        return (await self.get_keys()).find_named(purpose, token)


async def find_message(connection: Connection, named: Named | None) -> ShownMessage | None:
    """Return the message that a token names, if it may have left."""
    if named is None:
        return None
    return await find_shown(
        connection, workspace_id=named.workspace_id, bucket=named.bucket, message_id=named.message_id
    )
