"""What is asked of an import, one transaction each; and the loop of a process that takes imports in."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from percorso.db import Connection, Database
from percorso.db.away import is_transient
from percorso.db.clock import read_clock
from percorso.imports import store
from percorso.imports.errors import ImportStateError, SettingsError
from percorso.imports.mapping import check_settings
from percorso.imports.model import Import, Settings
from percorso.imports.receiving import get_import
from percorso.imports.running import Importer
from percorso.telemetry import get_log

KEPT: Final = timedelta(days=30)
"""How long rejected rows are kept."""
_ABANDONED: Final = timedelta(days=1)
_EAGER_SECONDS: Final = 0.02
_LIVELY_SECONDS: Final = 0.25
_IDLE_SECONDS: Final = 2.0

_log = get_log(__name__)


async def check_import(connection: Connection, workspace_id: UUID, id: UUID, settings: Settings) -> Import:
    """Begin the dry run of an import that is ready, and return it; its counts come in `checked`.

    Raises UnknownImportError, ImportStateError, SettingsError. Takes the settings only, so repeating is harmless.
    """
    return await _begin(connection, workspace_id, id, settings, is_dry=True)


async def start_import(connection: Connection, workspace_id: UUID, id: UUID, settings: Settings) -> Import:
    """Begin to take in the rows of an import that is ready, and return it.

    Starting what was started with the same settings changes nothing. Raises UnknownImportError, ImportStateError,
    SettingsError.
    """
    found = await get_import(connection, workspace_id, id)
    if found.state in ("running", "applying", "done") and found.settings == settings:
        return found
    return await _begin(connection, workspace_id, id, settings, is_dry=False)


async def _begin(
    connection: Connection, workspace_id: UUID, id: UUID, settings: Settings, *, is_dry: bool
) -> Import:
    found = await get_import(connection, workspace_id, id)
    if found.state != "ready" or found.layout is None:
        raise ImportStateError(found.state)
    check_settings(found.layout, settings)
    lists = await store.list_lists(connection, workspace_id)
    if any(one.list_id not in lists for one in settings.subscribing):
        raise SettingsError("no_such_list")
    groups = await store.list_groups(connection, workspace_id, settings.group_ids)
    if not groups.issuperset(settings.group_ids):
        raise SettingsError("no_such_group")
    present = (await read_clock(connection)).real_at
    if settings.evidence is not None and settings.evidence.said_at > present:
        raise SettingsError("no_evidence")
    begun = await store.set_settings(
        connection,
        workspace_id,
        id,
        settings,
        state="checking" if is_dry else "running",
        checked=found.checked if found.settings == settings and not is_dry else None,
        present=present,
    )
    if not begun:
        raise ImportStateError(found.state)
    return await get_import(connection, workspace_id, id)


async def cancel_import(connection: Connection, workspace_id: UUID, id: UUID) -> Import:
    """Stop an import where it stands and let its file go; rows that are in stay in. Repeating changes nothing.

    Raises UnknownImportError, ImportStateError for one whose rows are all in.
    """
    found = await get_import(connection, workspace_id, id)
    if found.state == "cancelled":
        return found
    present = (await read_clock(connection)).real_at
    ended = await store.end_import(
        connection, id, "cancelled", states=("uploading", "ready", "checking", "running"), present=present
    )
    if not ended:
        raise ImportStateError(found.state)
    await store.delete_file(connection, id)
    return msgspec.structs.replace(found, state="cancelled", finished_at=present)


async def sweep_imports(database: Database) -> int:
    """Let go what nobody will ask for: uploads broken off a day ago, rejected rows after 30 days; say how many."""
    async with database.transaction("imports.change") as connection:
        present = (await read_clock(connection)).real_at
        stale = await store.list_stale(connection, day_ago=present - _ABANDONED, month_ago=present - KEPT)
        for import_id in stale:
            await store.delete_file(connection, import_id)
            await store.delete_rejects(connection, import_id)
            await store.delete_import(connection, import_id)
    return len(stale)


async def advance_imports(database: Database) -> bool:
    """Do what can be done of imports now, until the worker must catch up; return whether anything moved."""
    async with database.connection() as connection:
        if not await store.has_work(connection):
            return False
    importer = Importer(database)
    moved = False
    try:
        while await importer.advance():
            moved = True
    finally:
        await importer.close()
    return moved


async def run_imports(database: Database, stop: asyncio.Event) -> None:
    """Take imports in as they come until `stop` is set; a database that goes away is waited for."""
    importer, pulse = Importer(database), database.hints.watch()
    try:
        while not stop.is_set():
            try:
                moved = await importer.advance()
            except Exception as error:
                if not is_transient(error):
                    raise
                _log.warning("imports wait", error=repr(error))
                moved = False
            if not moved:
                if importer.is_busy:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), _EAGER_SECONDS)
                else:
                    await pulse.wait(_LIVELY_SECONDS, idle_seconds=_IDLE_SECONDS, stop=stop)
    finally:
        with suppress(Exception):
            await importer.close()
