"""Segments and their revisions: one short function per query."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.db import Connection, Record, load_queries
from percorso.segments.codec import convert_definition
from percorso.segments.model import Definition, Segment, StoredRevision

MOST: Final = 10_000
"""Segments of a workspace that are looked at, at most."""

_queries: Final = load_queries("percorso.segments")


async def insert_segment(
    connection: Connection,
    *,
    id: UUID,
    workspace_id: UUID,
    name: str,
    notes: str,
    tags: Sequence[str],
    enabled: bool,
    definition: Definition,
    present: datetime,
) -> bool:
    """Write a new segment; False when its id was used before, and nothing happened."""
    return bool(
        await _queries.execute(
            connection,
            "insert_segment",
            id=id,
            workspace_id=workspace_id,
            name=name,
            notes=notes,
            tags=list(tags),
            enabled=enabled,
            definition=_builtins(definition),
            present=present,
        )
    )


async def find_segment(connection: Connection, workspace_id: UUID, id: UUID) -> Segment | None:
    """Return the segment, None if the workspace has none of this id."""
    row = await _queries.fetch_row(connection, "find_segment", workspace_id=workspace_id, id=id)
    return None if row is None else _segment(row)


async def lock_segments(connection: Connection, workspace_id: UUID) -> dict[UUID, Segment]:
    """Return all segments of the workspace, held until the transaction ends."""
    rows = await _queries.fetch(connection, "lock_segments", workspace_id=workspace_id)
    return {row["id"]: _segment(row) for row in rows}


async def map_segments(connection: Connection, workspace_id: UUID) -> dict[UUID, Segment]:
    """Return all segments of the workspace by id."""
    return {segment.id: segment for segment in await list_segments(connection, workspace_id, size=MOST)}


async def list_there(
    connection: Connection, workspace_id: UUID, group_ids: Sequence[UUID], list_ids: Sequence[UUID]
) -> set[UUID]:
    """Return which of these groups and lists the workspace has."""
    rows = await _queries.fetch(
        connection, "list_there", workspace_id=workspace_id, group_ids=group_ids, list_ids=list_ids
    )
    return {row["id"] for row in rows}


async def count_members(
    connection: Connection, workspace_id: UUID, ids: Sequence[UUID], *, one_by_one: bool = False
) -> dict[UUID, tuple[int, int, int]]:
    """Return by segment its members, the buckets that stand where it was last saved, and those that keep it at all.

    `one_by_one`: those members are counted that the connection sees, in place of the sums of all.
    """
    query = "count_seen_members" if one_by_one else "count_members"
    rows = await _queries.fetch(connection, query, workspace_id=workspace_id, ids=ids)
    return {row["id"]: (row["members"], row["filled"], row["kept"]) for row in rows}


async def list_segments(
    connection: Connection,
    workspace_id: UUID,
    *,
    pattern: str | None = None,
    tags: Sequence[str] | None = None,
    after: tuple[str, UUID] | None = None,
    size: int,
) -> list[Segment]:
    """Return at most `size` segments by name, those after (lower name, id)."""
    rows = await _queries.fetch(
        connection,
        "list_segments",
        workspace_id=workspace_id,
        pattern=pattern,
        tags=None if tags is None else list(tags),
        after_name=after[0] if after else None,
        after_id=after[1] if after else None,
        size=size,
    )
    return [_segment(row) for row in rows]


async def has_name(connection: Connection, workspace_id: UUID, name: str, *, besides: UUID) -> bool:
    """Whether a segment besides this one is called so, whatever the case."""
    return bool(
        await _queries.fetch_value(connection, "has_name", workspace_id=workspace_id, name=name, id=besides)
    )


async def save_segment(connection: Connection, segment: Segment, *, present: datetime) -> None:
    """Write what an editor saved."""
    await _queries.execute(
        connection,
        "save_segment",
        workspace_id=segment.workspace_id,
        id=segment.id,
        name=segment.name,
        notes=segment.notes,
        tags=list(segment.tags),
        enabled=segment.enabled,
        definition=_builtins(segment.definition),
        revision=segment.revision,
        present=present,
    )


async def delete_segment(connection: Connection, workspace_id: UUID, id: UUID) -> None:
    """Make the segment go; its revisions stay."""
    await _queries.execute(connection, "delete_segment", workspace_id=workspace_id, id=id)


async def insert_revision(
    connection: Connection,
    segment: Segment,
    *,
    present: datetime,
) -> None:
    """Write the segment's revision as it is now; it never changes."""
    await _queries.execute(
        connection,
        "insert_revision",
        segment_id=segment.id,
        number=segment.revision,
        workspace_id=segment.workspace_id,
        enabled=segment.enabled,
        definition=_builtins(segment.definition),
        present=present,
    )


async def load_revisions(connection: Connection, keys: Sequence[tuple[UUID, int]]) -> list[StoredRevision]:
    """Return revisions, given as (segment, number); those that do not exist are left out."""
    rows = await _queries.fetch(
        connection,
        "load_revisions",
        segment_ids=[segment_id for segment_id, _ in keys],
        numbers=[number for _, number in keys],
    )
    return [
        StoredRevision(
            row["segment_id"],
            row["number"],
            row["workspace_id"],
            row["enabled"],
            row["definition"],
            row["time_zone"],
        )
        for row in rows
    ]


def _builtins(definition: Definition) -> Any:
    return msgspec.to_builtins(definition)


def _segment(row: Record) -> Segment:
    return Segment(
        id=row["id"],
        workspace_id=row["workspace_id"],
        name=row["name"],
        notes=row["notes"],
        tags=tuple(row["tags"]),
        enabled=row["enabled"],
        definition=convert_definition(row["definition"]),
        revision=row["revision"],
        created_at=row["created_at"],
        modified_at=row["modified_at"],
    )
