"""The first start: workspace, user, keys; and the file in which later starts find them."""

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from percorso.db import Database
from percorso.db.clock import is_production_clock, set_clock
from percorso.workspaces.actions import create_key, set_password, set_up_instance
from percorso.workspaces.model import ALL_SCOPES, TRACK, Language
from percorso.workspaces.store import has_workspace, list_lists, list_workspaces

EMAIL: Final = "anna@example.com"
"""Who signs in to the demo."""

FILE: Final = "demo.json"


class NotADemoError(Exception):
    """The database is in use, and not by a demo."""

    code = "not_a_demo"

    def __init__(self) -> None:
        super().__init__(
            "This database is in use, and not by a demo: the demo would drive its clock. "
            "Name an empty one with PERCORSO_DATABASE_URL, or none for the embedded one."
        )


class Access(msgspec.Struct, frozen=True):
    """How to get into the demo; kept in the data folder, readable by its owner only."""

    email: str
    password: str
    write_key: str
    """A server's key that may track."""
    api_key: str
    """A server's key that may do everything: the shop's own programs use it."""
    list_id: UUID


class Brand(msgspec.Struct, frozen=True):
    """The workspace that a demo makes, with its one list."""

    name: str
    list_name: str
    sender_address: str
    language: Language
    time_zone: str
    currency: str


AURORA: Final = Brand("Boutique Aurora", "Aurora News", "ciao@aurora.example.com", "it", "Europe/Rome", "EUR")
"""The invented shop."""


async def set_up(database: Database, folder: Path, brand: Brand = AURORA) -> tuple[Access, bool]:
    """Return how to get in, and whether this is the first start of this database.

    The first start makes the workspace of the brand. Where the database has one but the file is lost, the
    user gets a new password and the shop new keys. Raises NotADemoError for a database that keeps real time.
    """
    path = folder / FILE
    async with database.connection() as connection:
        known = await has_workspace(connection)
        if known and await is_production_clock(connection):
            raise NotADemoError
    if known and path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Access), False
    access = await _make_access(database, brand, known=known)
    _save(path, access)
    return access, not known


async def _make_access(database: Database, brand: Brand, *, known: bool) -> Access:
    present = datetime.now(UTC)
    password = secrets.token_urlsafe(12)
    async with database.transaction("workspaces.set_up") as connection:
        if known:
            workspace_id = (await list_workspaces(connection))[0].id
            list_id: UUID = (await list_lists(connection, workspace_id))[0]["id"]
            await set_password(connection, email=EMAIL, password=password, present=present)
        else:
            # From here on the database is known as a demo's: its clock is not that of production.
            await set_clock(connection, product_at=present, rate=0.0)
            made = await set_up_instance(
                connection,
                workspace_name=brand.name,
                list_name=brand.list_name,
                sender_address=brand.sender_address,
                sms_sender=brand.name.split()[-1][:11],
                email=EMAIL,
                name="Anna Aurora",
                password=password,
                language=brand.language,
                time_zone=brand.time_zone,
                currency=brand.currency,
                present=present,
            )
            workspace_id, list_id = made.workspace_id, made.list_id
        tokens = [
            (
                await create_key(
                    connection,
                    workspace_id=workspace_id,
                    name=name,
                    kind="server",
                    scopes=scopes,
                    present=present,
                )
            )[1]
            for name, scopes in (("Shop", (TRACK,)), ("Demo", ALL_SCOPES))
        ]
    return Access(EMAIL, password, tokens[0], tokens[1], list_id)


def _save(path: Path, access: Access) -> None:
    """Write the file whole or not at all."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(msgspec.json.encode(access))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
