"""What buckets keep of segments, read and written by the set: states, memberships, pasts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of
from percorso.segments.model import Membership, SegmentState

_queries: Final = load_queries("percorso.segments")


class DueMembership(msgspec.Struct, frozen=True):
    """A membership that must be judged, and whose it is."""

    bucket: int
    contact_id: UUID
    segment_id: UUID
    judge_at: datetime


async def load_states(connection: Connection, buckets: Sequence[int]) -> dict[int, dict[UUID, SegmentState]]:
    """Return the segments that these buckets keep, by id."""
    states: dict[int, dict[UUID, SegmentState]] = {bucket: {} for bucket in buckets}
    for bucket, *values in await _queries.fetch(connection, "load_states", buckets=buckets):
        state = SegmentState(*values)
        states[bucket][state.segment_id] = state
    return states


async def upsert_state(connection: Connection, bucket: int, state: SegmentState) -> None:
    """Make the bucket keep this revision; the members counted so far stay."""
    await _queries.execute(
        connection,
        "upsert_state",
        bucket=bucket,
        segment_id=state.segment_id,
        workspace_id=state.workspace_id,
        revision=state.revision,
        offset=state.offset,
    )


async def delete_state(connection: Connection, bucket: int, segment_id: UUID) -> None:
    """Make the bucket keep the segment no longer."""
    await _queries.execute(connection, "delete_state", bucket=bucket, segment_id=segment_id)


async def add_members(connection: Connection, changes: Mapping[tuple[int, UUID], int]) -> None:
    """Add these figures to the members, by bucket and segment."""
    changed = [(key, value) for key, value in sorted(changes.items()) if value]
    if changed:
        await _queries.execute(
            connection,
            "add_members",
            buckets=[bucket for (bucket, _), _ in changed],
            segment_ids=[segment_id for (_, segment_id), _ in changed],
            values=[value for _, value in changed],
        )


async def list_due(
    connection: Connection, horizons: Mapping[int, datetime], *, maximum: int
) -> list[DueMembership]:
    """Return at most `maximum` memberships per bucket to be judged at its horizon or before, oldest first."""
    if not horizons:
        return []
    rows = await _queries.fetch(
        connection,
        "list_due",
        buckets=list(horizons),
        horizons=list(horizons.values()),
        maximum=maximum,
    )
    return [DueMembership(*row) for row in rows]


async def list_due_among(connection: Connection, asked: Sequence[tuple[UUID, datetime]]) -> set[UUID]:
    """Return those of these contacts of whom a membership must be judged by the moment given with them."""
    if not asked:
        return set()
    rows = await _queries.fetch(
        connection,
        "list_due_among",
        buckets=[bucket_of(contact_id) for contact_id, _ in asked],
        contact_ids=[contact_id for contact_id, _ in asked],
        horizons=[moment for _, moment in asked],
    )
    return {row[0] for row in rows}


async def forget_moment(connection: Connection, contact_id: UUID, segment_id: UUID) -> None:
    """Let a contact stand with a segment as it does until something happens; the caller holds the bucket's cursor."""
    await _queries.execute(
        connection,
        "forget_moment",
        bucket=bucket_of(contact_id),
        contact_id=contact_id,
        segment_id=segment_id,
    )


async def load_memberships(
    connection: Connection, contact_ids: Sequence[UUID]
) -> dict[UUID, dict[UUID, Membership]]:
    """Return how these contacts stand with segments, by contact and segment."""
    if not contact_ids:
        return {}
    rows = await _queries.fetch(
        connection,
        "load_memberships",
        buckets=[bucket_of(id) for id in contact_ids],
        contact_ids=contact_ids,
    )
    found: dict[UUID, dict[UUID, Membership]] = {}
    for contact_id, segment_id, entered_at, judge_at in rows:
        found.setdefault(contact_id, {})[segment_id] = Membership(entered_at, judge_at)
    return found


async def load_pasts(connection: Connection, contact_ids: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    """Return what is kept of these contacts' pasts as JSON, by contact and key of the need."""
    if not contact_ids:
        return {}
    rows = await _queries.fetch(
        connection, "load_pasts", buckets=[bucket_of(id) for id in contact_ids], contact_ids=contact_ids
    )
    found: dict[UUID, dict[str, str]] = {}
    for contact_id, need_key, past in rows:
        found.setdefault(contact_id, {})[need_key] = past
    return found


async def write_memberships(
    connection: Connection, changed: Sequence[tuple[UUID, UUID, UUID, Membership | None]]
) -> None:
    """Write how contacts stand, given as (workspace, contact, segment, membership); None: the row goes."""
    kept = [
        (workspace_id, contact_id, segment_id, membership)
        for workspace_id, contact_id, segment_id, membership in changed
        if membership is not None
    ]
    gone = [
        (contact_id, segment_id) for _, contact_id, segment_id, membership in changed if membership is None
    ]
    if kept:
        await _queries.execute(
            connection,
            "upsert_memberships",
            buckets=[bucket_of(contact_id) for _, contact_id, _, _ in kept],
            contact_ids=[contact_id for _, contact_id, _, _ in kept],
            segment_ids=[segment_id for _, _, segment_id, _ in kept],
            workspace_ids=[workspace_id for workspace_id, _, _, _ in kept],
            entered_ats=[membership.entered_at for _, _, _, membership in kept],
            judge_ats=[membership.judge_at for _, _, _, membership in kept],
        )
    if gone:
        await _queries.execute(
            connection,
            "delete_memberships",
            buckets=[bucket_of(contact_id) for contact_id, _ in gone],
            contact_ids=[contact_id for contact_id, _ in gone],
            segment_ids=[segment_id for _, segment_id in gone],
        )


async def write_pasts(connection: Connection, changed: Sequence[tuple[UUID, UUID, str, bytes]]) -> None:
    """Write what contacts' pasts say, given as (workspace, contact, key of the need, JSON)."""
    if not changed:
        return
    pasts: list[Any] = [msgspec.Raw(past) for _, _, _, past in changed]
    await _queries.execute(
        connection,
        "upsert_pasts",
        buckets=[bucket_of(contact_id) for _, contact_id, _, _ in changed],
        contact_ids=[contact_id for _, contact_id, _, _ in changed],
        need_keys=[key for _, _, key, _ in changed],
        workspace_ids=[workspace_id for workspace_id, _, _, _ in changed],
        pasts=pasts,
    )


async def delete_pasts(
    connection: Connection, bucket: int, workspace_id: UUID, need_keys: Sequence[str]
) -> None:
    """Make what was kept for these needs of a workspace go in one bucket."""
    if need_keys:
        await _queries.execute(
            connection, "delete_pasts", bucket=bucket, workspace_id=workspace_id, need_keys=need_keys
        )


async def forget_contact(connection: Connection, contact_id: UUID) -> None:
    """Make a contact's memberships and pasts go, and count its segments' members without it.

    For a contact that is erased, or merged into another; the caller holds its bucket's cursor. Repeating does
    nothing.
    """
    bucket = bucket_of(contact_id)
    left = await _queries.fetch(connection, "leave_all", bucket=bucket, contact_id=contact_id)
    await add_members(connection, {(bucket, row[0]): -1 for row in left})
    await _queries.execute(connection, "forget_pasts", bucket=bucket, contact_id=contact_id)


async def count_contacts(connection: Connection, workspace_id: UUID) -> dict[int, int]:
    """Return how many contacts of a workspace each bucket holds."""
    rows = await _queries.fetch(connection, "count_contacts", workspace_id=workspace_id)
    return {row[0]: row[1] for row in rows}


async def list_contacts(
    connection: Connection, bucket: int, workspace_id: UUID, *, after: UUID, maximum: int
) -> list[UUID]:
    """Return at most `maximum` contacts of a workspace in one bucket that come after `after`, by id."""
    rows = await _queries.fetch(
        connection, "list_contacts", bucket=bucket, workspace_id=workspace_id, after=after, maximum=maximum
    )
    return [row[0] for row in rows]
