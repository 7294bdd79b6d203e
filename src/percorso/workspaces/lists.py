"""What can be done with subscription lists: each is part of one transaction of its caller, and is told to the audit."""

from datetime import datetime
from uuid import UUID

import msgspec

from percorso.db import Connection
from percorso.workspaces.audit import record_audit
from percorso.workspaces.errors import ListNameError, MissingListError
from percorso.workspaces.list_settings import ListSettings, tidy_settings
from percorso.workspaces.model import Language
from percorso.workspaces.store import list_lists, queries


class ListRow(ListSettings, frozen=True, kw_only=True):
    """A list as it is kept."""

    id: UUID
    created_at: datetime


async def list_all(connection: Connection, workspace_id: UUID) -> list[ListRow]:
    """Return the lists of a workspace by name."""
    return [ListRow(**row) for row in await list_lists(connection, workspace_id)]


async def get_list(connection: Connection, workspace_id: UUID, list_id: UUID) -> ListRow:
    """Return one list; raises MissingListError."""
    for found in await list_all(connection, workspace_id):
        if found.id == list_id:
            return found
    raise MissingListError


async def find_ways(connection: Connection, workspace_id: UUID) -> tuple[str, Language]:
    """Return the time zone and language of the workspace: a new list's unless it says otherwise."""
    row = await queries.fetch_row(connection, "find_workspace_ways", workspace_id=workspace_id)
    assert row is not None
    return row["time_zone"], row["language"]


async def create_list(
    connection: Connection,
    workspace_id: UUID,
    settings: ListSettings,
    *,
    id: UUID,
    caller: str,
    present: datetime,
) -> ListRow:
    """Make a list and return it; raises ListFaultError, ListNameError. `present` is real time."""
    tidy = tidy_settings(settings)
    made = await queries.fetch_value(
        connection,
        "create_list",
        id=id,
        workspace_id=workspace_id,
        created_at=present,
        **msgspec.structs.asdict(tidy),
    )
    if made is None:
        raise ListNameError(tidy.name)
    await record_audit(
        connection, workspace_id, caller=caller, action="list.created", subject=str(id), at=present
    )
    return await get_list(connection, workspace_id, id)


async def change_list(
    connection: Connection,
    workspace_id: UUID,
    settings: ListSettings,
    *,
    id: UUID,
    caller: str,
    present: datetime,
) -> ListRow:
    """Make a list be as it is given and return it; the audit keeps which settings changed, not to what.

    Raises MissingListError, ListFaultError, ListNameError. Locks the list's row.
    """
    tidy = tidy_settings(settings)
    await queries.fetch_value(connection, "lock_list", id=id, workspace_id=workspace_id)
    before = msgspec.structs.asdict(await get_list(connection, workspace_id, id))
    after = msgspec.structs.asdict(tidy)
    changed = sorted(name for name, value in after.items() if before[name] != value)
    if not changed:
        return await get_list(connection, workspace_id, id)
    if await queries.fetch_value(
        connection, "is_list_named", id=id, workspace_id=workspace_id, name=tidy.name
    ):
        raise ListNameError(tidy.name)
    await queries.execute(connection, "write_list", id=id, workspace_id=workspace_id, **after)
    await record_audit(
        connection,
        workspace_id,
        caller=caller,
        action="list.changed",
        subject=str(id),
        detail={"settings": changed},
        at=present,
    )
    return await get_list(connection, workspace_id, id)
