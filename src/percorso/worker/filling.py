"""Filling a bucket when a control fact about a segment takes effect: who becomes a member, and who is none any more.

Every contact of the workspace in the bucket is held against the revision, by the functions that judge it later on,
so that a fill and a walk from nothing agree. What the revision looks back on, and the bucket did not keep before,
is folded from the log as applied: up to the cursor, and what the worker itself made of that.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from percorso.conditions.past import Past
from percorso.contacts.model import Contact
from percorso.contacts.store import load_contacts
from percorso.db import Connection
from percorso.segments import membership_store as store
from percorso.segments.groups.store import load_groups
from percorso.segments.membership import CompiledNeed
from percorso.segments.watch import NO_SEGMENTS, Watch
from percorso.worker.belonging import Belonging, HistoryMissing
from percorso.worker.catalog import Catalog
from percorso.worker.history import Asked, fold_pasts
from percorso.worker.interest import apply_segment_control
from percorso.worker.model import NOWHERE, Fill, Stands
from percorso.worker.reading import Slice

_CHUNK: Final = 1_000
_NOBODY: Final = UUID(int=0)
_decode_past: Final = msgspec.json.Decoder(Past).decode


async def load_stands(connection: Connection, contact_ids: Sequence[UUID]) -> dict[UUID, Stands]:
    """Return how these contacts stand with segments and groups, and what is kept of their pasts; unnamed: nothing."""
    memberships = await store.load_memberships(connection, contact_ids)
    pasts = await store.load_pasts(connection, contact_ids)
    groups = await load_groups(connection, contact_ids)
    return {
        id: Stands(
            memberships.get(id, {}),
            {key: _decode_past(past) for key, past in pasts.get(id, {}).items()},
            groups.get(id, frozenset()),
        )
        for id in memberships.keys() | pasts.keys() | groups.keys()
    }


async def list_fills(
    connection: Connection,
    catalog: Catalog,
    slices: Sequence[Slice],
    given_up: set[tuple[int, int]],
    *,
    maximum: int,
) -> list[tuple[Slice, Fill]]:
    """Return of whom the control facts about segments make something, and let the slices know it from now on.

    When `maximum` contacts were looked at, the other buckets keep their control fact for the next batch.
    """
    found: list[tuple[Slice, Fill]] = []
    waiting: list[_Looked] = []
    looked = 0
    for part in slices:
        if not part.is_fill:
            continue
        if looked >= maximum:
            part.put_off()
            continue
        new = await _prepare(connection, catalog, part, given_up)
        control, last = part.control, _NOBODY
        while control is not None and not part.is_void:
            ids = await store.list_contacts(
                connection, part.cursor.bucket, control.workspace_id, after=last, maximum=_CHUNK
            )
            waiting += [_Looked(id, part, new) for id in ids]
            looked += len(ids)
            if len(waiting) >= _CHUNK:
                found += await _look_at(connection, waiting)
                waiting = []
            if len(ids) < _CHUNK:
                break
            last = ids[-1]
    return found + await _look_at(connection, waiting)


class _Looked(msgspec.Struct, frozen=True):
    """A contact to be held against what its bucket is about to keep; `needs` are those of which nothing is kept yet."""

    contact_id: UUID
    part: Slice
    needs: tuple[CompiledNeed, ...]


async def _prepare(
    connection: Connection, catalog: Catalog, part: Slice, given_up: set[tuple[int, int]]
) -> tuple[CompiledNeed, ...]:
    """Let the slice stand as its control fact says, and return the needs that are new by it."""
    control = part.control
    assert control is not None, "asked for slices with a control fact"
    bucket = part.cursor.bucket
    state = apply_segment_control(part.state, control)
    if state is None or (bucket, control.offset) in given_up:
        part.is_void = True
        return ()
    before = part.interest.watches.get(control.workspace_id, NO_SEGMENTS)
    interest = (await catalog.get_interests(connection, {bucket: state}))[bucket]
    after = interest.watches.get(control.workspace_id, NO_SEGMENTS)
    part.interest, part.state = interest, state
    part.needs_gone = tuple(before.needs.keys() - after.needs.keys())
    return tuple(need for key, need in after.needs.items() if key not in before.needs)


async def _look_at(connection: Connection, looked: Sequence[_Looked]) -> list[tuple[Slice, Fill]]:
    """Return those of these contacts of whom the control fact of their bucket makes something."""
    if not looked:
        return []
    ids = [one.contact_id for one in looked]
    asked = [Asked(one.contact_id, one.part.cursor.offset, one.needs) for one in looked]
    pasts = await fold_pasts(connection, asked)
    contacts = await load_contacts(connection, ids)
    stands = await load_stands(connection, ids)
    fills: list[tuple[Slice, Fill]] = []
    for one in looked:
        control = one.part.control
        assert control is not None, "a fill has a control fact"
        id = one.contact_id
        fill = Fill(id, UUID(control.properties["segmentId"]), control, pasts.get(id, {}))
        watch = one.part.interest.watches.get(control.workspace_id, NO_SEGMENTS)
        if _changes(fill, contacts[id], stands.get(id, NOWHERE), watch):
            fills.append((one.part, fill))
    return fills


def _changes(fill: Fill, contact: Contact, stands: Stands, watch: Watch) -> bool:
    """Whether anything comes of the fill: most contacts of a bucket are not touched by one segment."""
    if fill.pasts:
        return True
    belonging = Belonging(stands)
    try:
        belonging.fill(watch, fill.segment_id, contact, fill.control.received_at)
    except HistoryMissing:
        return True
    return bool(belonging.memberships)
