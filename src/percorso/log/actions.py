"""Appending to the log, and keeping room for it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.db import Connection
from percorso.kit.ids import bucket_of
from percorso.log import append_store as store
from percorso.log.model import FactDraft
from percorso.log.rows import Row, encode_draft, encode_rows, to_microseconds
from percorso.log.store import Head

_LONGEST_CHAIN: Final = 8


class Appended(msgspec.Struct, frozen=True):
    """What an append gave."""

    offsets: list[int]
    """In the order of the rows."""
    received_at: dict[int, datetime]
    """By bucket."""


async def append_facts(
    connection: Connection,
    drafts: Sequence[FactDraft],
    *,
    received_at: datetime,
    is_last_word: bool = False,
) -> list[int]:
    """Append the drafts, in order within their buckets, and return their offsets in the order given.

    Call it last in a transaction: it locks the heads of the buckets concerned, in ascending order, until the
    end. A draft about a contact that was merged into another is appended to that one. `received_at` is
    the earliest moment to bear: a fact bears the latest of it, its head's and product time under the lock,
    so that what a worker read as the present is never followed by something earlier. A draft about a contact
    that was erased is left out, and its offset is 0; `is_last_word` is for who holds the contact's cursor and
    empties it afterwards. Raises DeadlockDetectedError, rarely, when a contact moves meanwhile; the transaction may be repeated.
    """
    if not drafts:
        return []
    following = await follow_moved(connection, drafts)
    heads = await store.lock_heads(connection, _buckets(following), received_at=received_at)
    while True:
        under_lock = await store.read_under_lock(connection, _contacts(following))
        if not under_lock.moved:
            break
        following = [retarget(draft, under_lock.moved) for draft in following]
        further = [bucket for bucket in _buckets(following) if bucket not in heads]
        heads |= await store.lock_heads(connection, further, received_at=received_at)
    erased = frozenset[UUID]() if is_last_word else under_lock.erased
    rows = [encode_draft(draft) for draft in following if draft.contact_id not in erased]
    if not rows:
        return [0] * len(drafts)
    offsets = iter((await write_rows(connection, rows, heads, under_lock)).offsets)
    return [0 if draft.contact_id in erased else next(offsets) for draft in following]


async def write_rows(
    connection: Connection, rows: Sequence[Row], heads: dict[int, Head], under_lock: store.UnderLock
) -> Appended:
    """Give the rows their offsets under heads that are locked, store them, and return what was given."""
    counts = Counter(row.bucket for row in rows)
    present = under_lock.product_at
    taken = {
        bucket: Head(bucket, heads[bucket].offset + count, max(heads[bucket].received_at, present))
        for bucket, count in counts.items()
    }
    appended = await write_taken(connection, rows, taken, under_lock)
    await store.advance_heads(connection, list(taken.values()))
    return appended


async def take_offsets(
    connection: Connection, rows: Sequence[Row], *, received_at: datetime
) -> tuple[dict[int, Head], store.UnderLock]:
    """Take the offsets that these rows need, and return the heads as they now are and what is true under them.

    The quick way for many rows: the heads are locked and moved on by one statement. The caller rolls back
    if a contact has moved meanwhile.
    """
    counts = Counter(row.bucket for row in rows)
    heads = await store.take_offsets(connection, counts, received_at=received_at)
    contacts = list({row.contact_id: None for row in rows if row.contact_id is not None})
    return heads, await store.read_under_lock(connection, contacts)


async def write_taken(
    connection: Connection, rows: Sequence[Row], taken: dict[int, Head], under_lock: store.UnderLock
) -> Appended:
    """Store the rows under offsets that were taken for them, and return what was given."""
    received = {bucket: head.received_at for bucket, head in taken.items()}
    latest, present = max(received.values()), under_lock.product_at
    if not under_lock.has_month or (latest.year, latest.month) != (present.year, present.month):
        # The clock went on, or it was set back and the heads are ahead of it.
        await store.ensure_month(connection, latest.date())
    next_offsets = {bucket: head.offset for bucket, head in taken.items()}
    for row in rows:
        next_offsets[row.bucket] -= 1
    offsets: list[int] = []
    for row in rows:
        offset = next_offsets[row.bucket] + 1
        next_offsets[row.bucket] = offset
        offsets.append(offset)
    in_microseconds = {bucket: to_microseconds(moment) for bucket, moment in received.items()}
    await store.copy_facts(connection, encode_rows(rows, offsets, in_microseconds))
    return Appended(offsets, received)


async def follow_moved(connection: Connection, drafts: Sequence[FactDraft]) -> list[FactDraft]:
    """Return the drafts, each about the contact that its own was merged into, if it was."""
    following = list(drafts)
    for _ in range(_LONGEST_CHAIN):
        moved = await store.list_moved(connection, _contacts(following))
        if not moved:
            break
        following = [retarget(draft, moved) for draft in following]
    return following


def retarget(draft: FactDraft, moved: dict[UUID, UUID]) -> FactDraft:
    """Return the draft about whom its contact was merged into; the draft itself if it was not."""
    into = moved.get(draft.contact_id) if draft.contact_id is not None else None
    if into is None:
        return draft
    return msgspec.structs.replace(draft, contact_id=into, bucket=bucket_of(into))


def _buckets(drafts: Sequence[FactDraft]) -> list[int]:
    return sorted({draft.bucket for draft in drafts})


def _contacts(drafts: Sequence[FactDraft]) -> list[UUID]:
    return list({draft.contact_id: None for draft in drafts if draft.contact_id is not None})
