"""Writing what became of memberships, pasts and the segments that buckets keep."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from percorso.conditions.past import give_offsets
from percorso.db import Connection
from percorso.kit.ids import bucket_of
from percorso.segments import membership_store as store
from percorso.segments.model import SEGMENT_PUBLISHED
from percorso.telemetry import get_log
from percorso.worker.model import WalkResult
from percorso.worker.reading import Slice

_encode: Final = msgspec.json.Encoder().encode
_log = get_log(__name__)


async def write_belonging(connection: Connection, results: Sequence[WalkResult]) -> None:
    """Write memberships and pasts, and count members; segments that a bucket no longer keeps are counted no more."""
    errors = {id: error for result in results for id, error in result.segment_errors.items()}
    for segment_id, error in errors.items():
        _log.error("segment cannot be judged; its members stay", segment_id=str(segment_id), error=error)
    found = [(result.contact, result) for result in results if result.memberships or result.pasts]
    await store.write_memberships(
        connection,
        [
            (contact.workspace_id, contact.id, segment_id, membership)
            for contact, result in found
            if contact is not None
            for segment_id, membership in result.memberships.items()
        ],
    )
    await store.write_pasts(
        connection,
        [
            (contact.workspace_id, contact.id, key, _encode(past))
            for contact, result in found
            if contact is not None
            for key, past in result.pasts.items()
            if key not in result.ungiven
        ],
    )
    members: dict[tuple[int, UUID], int] = {}
    for contact, result in found:
        if contact is not None:
            for segment_id, change in result.members.items():
                key = (bucket_of(contact.id), segment_id)
                members[key] = members.get(key, 0) + change
    await store.add_members(connection, members)


async def write_placed_pasts(
    connection: Connection, results: Sequence[WalkResult], offsets: Sequence[int]
) -> None:
    """Write the pasts that keep what was appended just now; `offsets` of the results' drafts, in order."""
    first, rows = 0, list[tuple[UUID, UUID, str, bytes]]()
    for result in results:
        given = offsets[first : first + len(result.drafts)]
        first += len(result.drafts)
        contact = result.contact
        if contact is not None:
            rows += [
                (contact.workspace_id, contact.id, key, _encode(give_offsets(result.pasts[key], given)))
                for key in result.ungiven
            ]
    await store.write_pasts(connection, rows)


async def write_segment_state(connection: Connection, part: Slice) -> None:
    """Let the bucket keep the segment from its control fact on, or no longer."""
    control = part.control
    assert control is not None, "asked for a slice with a control fact"
    bucket, segment_id = part.cursor.bucket, UUID(control.properties["segmentId"])
    if control.name == SEGMENT_PUBLISHED:
        await store.upsert_state(connection, bucket, part.state.segments[segment_id])
    else:
        await store.delete_state(connection, bucket, segment_id)
    await store.delete_pasts(connection, bucket, control.workspace_id, part.needs_gone)
