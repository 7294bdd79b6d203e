"""Writing a batch: everything in a handful of set statements, the log's heads last."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from percorso.contacts.fold import list_released
from percorso.contacts.store import (
    insert_changes,
    insert_contacts,
    release_identities,
    touch_contacts,
    update_contacts,
)
from percorso.content.coupons.store import insert_requests
from percorso.db import Connection
from percorso.journeys.calls.store import insert_calls
from percorso.journeys.model import Run
from percorso.journeys.places import store as places
from percorso.kit.ids import WorkspaceId, bucket_of, derive_id
from percorso.log import store as log
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft
from percorso.log.store import Cursor
from percorso.messages.actions import cancel_messages, plan_messages
from percorso.segments.groups.store import write_members
from percorso.worker import store
from percorso.worker.catalog import Catalog
from percorso.worker.foreseeing import foresee
from percorso.worker.interest import apply_control
from percorso.worker.model import Cancellation, CountKey, WalkResult
from percorso.worker.moment_store import write_moments
from percorso.worker.own_facts import describe_cancelled
from percorso.worker.reading import Slice
from percorso.worker.writing_segments import write_belonging, write_placed_pasts, write_segment_state

Touch = tuple[UUID, datetime | None, int]
"""A contact of which only the newest event changed: when it occurred, and its offset."""


async def write_batch(
    connection: Connection,
    catalog: Catalog,
    slices: Sequence[Slice],
    results: Sequence[WalkResult],
    touches: Sequence[Touch] = (),
    *,
    now: datetime,
) -> None:
    """Write what became of the contacts, append what was made, move the cursors."""
    await touch_contacts(connection, touches)
    await _write_contacts(connection, results)
    await _write_runs(connection, results)
    await _write_counters(connection, results)
    cancelled = await _write_messages(connection, catalog, results, now=now)
    # A segment's members are counted where the bucket keeps it.
    await write_moments(connection, results)
    await _write_controls(connection, catalog, slices)
    await write_belonging(connection, results)
    await _write_groups(connection, results)
    await _write_failures(connection, results)
    drafts = [draft for result in results for draft in result.drafts] + cancelled
    offsets = await append_facts(connection, drafts, received_at=now, is_last_word=True) if drafts else []
    await write_placed_pasts(connection, results, offsets)
    await _move_cursors(connection, slices, drafts, offsets, now=now)


async def _write_contacts(connection: Connection, results: Sequence[WalkResult]) -> None:
    await insert_contacts(
        connection,
        [result.contact for result in results if result.before is None and result.contact is not None],
    )
    changed = [
        (result.before, result.contact)
        for result in results
        if result.before is not None and result.contact is not None and result.before is not result.contact
    ]
    if changed:
        await update_contacts(connection, changed)
    made = [
        (result.contact.id, result.changes)
        for result in results
        if result.contact is not None and result.changes
    ]
    await insert_changes(connection, made)
    await release_identities(
        connection,
        [
            (workspace_id, contact_id, kind, value)
            for contact_id, changes in made
            for workspace_id, by_path in changes.values()
            for kind, value in list_released(by_path.values())
        ],
    )


async def _write_runs(connection: Connection, results: Sequence[WalkResult]) -> None:
    await store.update_runs(
        connection, [run for result in results for run in _ended_first(result.changed_runs.values())]
    )
    new = [
        (result.contact.workspace_id, run)
        for result in results
        if result.contact is not None
        for run in result.new_runs.values()
    ]
    await store.insert_runs(connection, new)
    await store.upsert_entries(
        connection,
        [
            (result.contact.workspace_id, result.contact.id, key, entered_at)
            for result in results
            if result.contact is not None
            for key, entered_at in result.entries.items()
        ],
    )
    await store.insert_traces(connection, [row for result in results for row in result.traces])
    await insert_requests(connection, [request for result in results for request in result.coupon_requests])
    await places.insert_requests(
        connection, [request for result in results for request in result.place_requests]
    )
    await insert_calls(connection, [call for result in results for call in result.webhook_calls])


async def _write_groups(connection: Connection, results: Sequence[WalkResult]) -> None:
    await write_members(
        connection,
        [
            (result.contact.workspace_id, result.contact.id, group_id, joined)
            for result in results
            if result.contact is not None
            for group_id, joined in result.groups.items()
        ],
    )


def _ended_first(runs: Iterable[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: run.state != "ended")


async def _write_counters(connection: Connection, results: Sequence[WalkResult]) -> None:
    counts: dict[tuple[int, CountKey], int] = {}
    for result in results:
        if result.contact is not None:
            bucket = bucket_of(result.contact.id)
            for key, value in result.counts.items():
                counts[bucket, key] = counts.get((bucket, key), 0) + value
    await store.add_counters(connection, counts)


async def _write_messages(
    connection: Connection, catalog: Catalog, results: Sequence[WalkResult], *, now: datetime
) -> list[FactDraft]:
    """Plan and cancel; return the facts about messages that were cancelled before they could leave."""
    planned = [message for result in results for message in result.messages.values()]
    if planned:
        await plan_messages(connection, planned)
    asked = [cancellation for result in results for cancellation in result.cancellations]
    if not asked:
        return []
    done = await cancel_messages(
        connection,
        [(bucket_of(asked_for.contact_id), asked_for.id, asked_for.reason) for asked_for in asked],
        now=now,
    )
    return [_cancelled_draft(catalog, asked_for) for asked_for in asked if asked_for.id in done]


def _cancelled_draft(catalog: Catalog, cancelled: Cancellation) -> FactDraft:
    # Not of origin worker: what the update met decides, so it is applied when it is read.
    return FactDraft(
        bucket=bucket_of(cancelled.contact_id),
        workspace_id=WorkspaceId(cancelled.workspace_id),
        contact_id=cancelled.contact_id,
        kind="message",
        name="messageSkipped",
        message_id=str(derive_id("messageSkipped", cancelled.id)),
        occurred_at=cancelled.at,
        properties=msgspec.json.encode(describe_cancelled(cancelled, catalog.templates)),
        origin="job",
        depth=cancelled.depth,
    )


async def _write_controls(connection: Connection, catalog: Catalog, slices: Sequence[Slice]) -> None:
    changed = [
        (part.cursor.bucket, journey, part.control.received_at)
        for part in slices
        if part.control is not None and not part.is_fill
        for journey in (apply_control(part.state, part.control),)
        if journey is not None
    ]
    if changed:
        await store.upsert_states(connection, [(bucket, journey) for bucket, journey, _ in changed])
        await foresee(connection, catalog, changed)
    for part in slices:
        if part.is_fill and not part.is_void:
            await write_segment_state(connection, part)


async def _write_failures(connection: Connection, results: Sequence[WalkResult]) -> None:
    for result in results:
        for failure in result.failures:
            bucket, id = bucket_of(failure.contact_id), derive_id("set_aside", failure.run_id)
            await log.count_try(
                connection,
                bucket=bucket,
                id=id,
                offset=0 if result.contact is None else result.contact.offset,
                run_id=failure.run_id,
                segment_id=None,
                due_at=None,
                contact_id=failure.contact_id,
                workspace_id=failure.workspace_id,
                error=failure.error,
            )
            await log.set_aside(connection, bucket=bucket, id=id, set_aside_at=failure.at)


async def _move_cursors(
    connection: Connection,
    slices: Sequence[Slice],
    drafts: Sequence[FactDraft],
    offsets: Sequence[int],
    *,
    now: datetime,
) -> None:
    """Move each cursor to where its slice ended; over the worker's own facts too, if they follow at once."""
    own: dict[int, set[int]] = {}
    for draft, offset in zip(drafts, offsets, strict=True):
        if draft.origin == "worker":
            own.setdefault(draft.bucket, set()).add(offset)
    moved: list[Cursor] = []
    for part in slices:
        cursor, control = part.cursor, part.control
        until, following = max(part.until, cursor.offset), own.get(cursor.bucket, set[int]())
        while until + 1 in following:
            until += 1
        reached = Cursor(
            cursor.bucket,
            until,
            max(part.received_at, cursor.received_at),
            control.offset if control is not None else cursor.control_offset,
        )
        if reached != cursor:
            moved.append(reached)
    if moved:
        await log.move_cursors(connection, moved, advanced_at=now)
