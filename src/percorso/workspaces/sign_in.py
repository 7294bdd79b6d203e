"""Signing in: counted before it is judged, so that a crash or a race never gives a free guess."""

import asyncio
from datetime import datetime

from percorso.db import Database
from percorso.workspaces.actions import email_hash, open_session
from percorso.workspaces.errors import ThrottledError, WrongPasswordError
from percorso.workspaces.model import THROTTLE_WINDOW, may_try_again
from percorso.workspaces.secrets import is_password
from percorso.workspaces.store import count_failures, find_password, queries


async def sign_in(database: Database, *, email: str, password: str, address: str, present: datetime) -> str:
    """Return the token of a new session in the workspace that the user joined first.

    Raises WrongPasswordError, or ThrottledError without looking at the password. The attempt is committed
    as failed before the password is hashed, which happens outside any transaction: hashing is slow.
    """
    digest = email_hash(email)
    since = present - THROTTLE_WINDOW
    async with database.transaction("workspaces.attempt") as connection:
        await queries.execute(connection, "lock_attempts")
        by_email, by_address = await count_failures(
            connection, email_hash=digest, address=address, since=since
        )
        if not may_try_again(email_failures=by_email, address_failures=by_address):
            raise ThrottledError(int(THROTTLE_WINDOW.total_seconds()))
        await queries.execute(connection, "delete_attempts", before=since - THROTTLE_WINDOW)
        await queries.execute(
            connection, "record_attempt", email_hash=digest, address=address, attempted_at=present
        )
        found = await find_password(connection, email) if "\x00" not in email else None
    fits = await asyncio.to_thread(is_password, password, found["password_hash"] if found else None)
    if found is None or not fits:
        raise WrongPasswordError
    async with database.transaction("workspaces.sign_in") as connection:
        await queries.execute(connection, "clear_failures", email_hash=digest, since=since)
        return await open_session(
            connection, user_id=found["id"], workspace_id=found["workspace_id"], present=present
        )
