"""What can be done with segments: each is part of one transaction. Whoever calls has checked the permission."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.segments import store
from percorso.segments.check import check_faults, list_faults, list_named
from percorso.segments.control import announce
from percorso.segments.errors import (
    SegmentChangedError,
    SegmentInUseError,
    SegmentNameError,
    UnknownSegmentError,
)
from percorso.segments.model import Cause, Definition, Segment
from percorso.segments.order import list_references


async def get_segment(connection: Connection, workspace_id: UUID, segment_id: UUID) -> Segment:
    """Return the segment; raises UnknownSegmentError."""
    segment = await store.find_segment(connection, workspace_id, segment_id)
    if segment is None:
        raise UnknownSegmentError(segment_id)
    return segment


async def create_segment(
    connection: Connection,
    workspace_id: UUID,
    *,
    name: str,
    definition: Definition,
    notes: str = "",
    tags: Sequence[str] = (),
    enabled: bool = True,
    id: UUID | None = None,
) -> Segment:
    """Return a new segment, which every bucket fills by itself when a job has told it; with a given `id`, repeating
    returns the one that was made.

    Raises DefinitionError with all faults, SegmentNameError.
    """
    segment_id = id or uuid4()
    known = await store.lock_segments(connection, workspace_id)
    if segment_id in known:
        return known[segment_id]
    await _check(connection, workspace_id, known, segment_id, definition)
    if await store.has_name(connection, workspace_id, name, besides=segment_id):
        raise SegmentNameError(name)
    await store.insert_segment(
        connection,
        id=segment_id,
        workspace_id=workspace_id,
        name=name,
        notes=notes,
        tags=tags,
        enabled=enabled,
        definition=definition,
        present=await read_product_time(connection),
    )
    segment = await get_segment(connection, workspace_id, segment_id)
    await _publish(connection, segment, "created" if enabled else None)
    return segment


async def update_segment(
    connection: Connection,
    workspace_id: UUID,
    segment_id: UUID,
    *,
    name: str | None = None,
    notes: str | None = None,
    tags: Sequence[str] | None = None,
    enabled: bool | None = None,
    definition: Definition | None = None,
    read_at: datetime | None = None,
) -> Segment:
    """Change what is given and return the segment; a change of what decides the members fills it anew.

    `read_at` is the `modified_at` that the caller last saw: raises SegmentChangedError if it is another. Raises
    DefinitionError, SegmentNameError, SegmentInUseError too.
    """
    known = await store.lock_segments(connection, workspace_id)
    before = known.get(segment_id)
    if before is None:
        raise UnknownSegmentError(segment_id)
    if read_at is not None and before.modified_at != read_at:
        raise SegmentChangedError
    after = msgspec.structs.replace(
        before,
        name=before.name if name is None else name,
        notes=before.notes if notes is None else notes,
        tags=before.tags if tags is None else tuple(tags),
        enabled=before.enabled if enabled is None else enabled,
        definition=before.definition if definition is None else definition,
    )
    if await store.has_name(connection, workspace_id, after.name, besides=segment_id):
        raise SegmentNameError(after.name)
    if after.definition != before.definition or (after.enabled and not before.enabled):
        await _check(connection, workspace_id, known, segment_id, after.definition)
    if before.enabled and not after.enabled:
        _check_unused(known, segment_id)
    cause = _find_cause(before, after)
    if cause is not None or after.definition != before.definition:
        after = msgspec.structs.replace(after, revision=before.revision + 1)
    await store.save_segment(connection, after, present=await read_product_time(connection))
    if after.revision != before.revision:
        await _publish(connection, after, cause)
    return await get_segment(connection, workspace_id, segment_id)


async def delete_segment(connection: Connection, workspace_id: UUID, segment_id: UUID) -> None:
    """Delete a segment; its members leave it, with facts. Raises SegmentInUseError while others refer to it."""
    known = await store.lock_segments(connection, workspace_id)
    segment = known.get(segment_id)
    if segment is None:
        raise UnknownSegmentError(segment_id)
    _check_unused(known, segment_id)
    if segment.enabled:
        last = msgspec.structs.replace(segment, revision=segment.revision + 1, enabled=False)
        await _publish(connection, last, "disabled")
    await store.delete_segment(connection, workspace_id, segment_id)


def _find_cause(before: Segment, after: Segment) -> Cause | None:
    """Return why the buckets must hear of a change, None if nothing changes for them."""
    if not after.enabled:
        return "disabled" if before.enabled else None
    if not before.enabled:
        return "created"
    return "edited" if after.definition != before.definition else None


async def _publish(connection: Connection, segment: Segment, cause: Cause | None) -> None:
    await store.insert_revision(connection, segment, present=await read_product_time(connection))
    if cause is not None:
        await announce(connection, segment.workspace_id, segment.id, segment.revision, cause)


async def _check(
    connection: Connection,
    workspace_id: UUID,
    known: Mapping[UUID, Segment],
    segment_id: UUID,
    definition: Definition,
) -> None:
    there = await store.list_there(connection, workspace_id, *list_named(definition))
    check_faults(list_faults(known, segment_id, definition, there))


def _check_unused(known: Mapping[UUID, Segment], segment_id: UUID) -> None:
    names = sorted(
        segment.name
        for segment in known.values()
        if segment.enabled and segment.id != segment_id and segment_id in list_references(segment.definition)
    )
    if names:
        raise SegmentInUseError(names)
