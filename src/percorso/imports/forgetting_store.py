"""What imports hold of somebody who is being erased: files, rejected rows and what was foreseen; one function per query."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from percorso.db import Connection, as_json
from percorso.imports.model import ImportState
from percorso.imports.store import queries


class WithFile(msgspec.Struct, frozen=True):
    """An import that keeps a file, or whose file is on its way."""

    id: UUID
    state: ImportState
    created_at: datetime


async def list_with_files(
    connection: Connection, workspace_id: UUID, *, uploads: Sequence[UUID]
) -> list[WithFile]:
    """Return the imports of a workspace that keep a file because they are not over, the oldest first.

    Of those whose file is still on its way only `uploads`.
    """
    rows = await queries.fetch(connection, "list_with_files", workspace_id=workspace_id, uploads=uploads)
    return [WithFile(*row) for row in rows]


async def list_uploads(connection: Connection, workspace_id: UUID) -> list[UUID]:
    """Return the imports of a workspace whose file is on its way."""
    rows = await queries.fetch(connection, "list_uploads", workspace_id=workspace_id)
    return [row["id"] for row in rows]


async def delete_rejects_quoting(
    connection: Connection, workspace_id: UUID, *, values: Sequence[str], numbers: Sequence[str]
) -> None:
    """Make rejected rows go that quote one of these values, or the digits of one of these numbers."""
    await queries.execute(
        connection,
        "delete_rejects_quoting",
        workspace_id=workspace_id,
        values=list(values),
        numbers=list(numbers),
    )


async def forget_foreseen(connection: Connection, workspace_id: UUID, contact_id: UUID) -> None:
    """Make what dry runs foresaw go where it tells of a contact; the counts stay."""
    told = as_json([{"contactId": str(contact_id)}])
    await queries.execute(connection, "forget_foreseen", workspace_id=workspace_id, told=told)
