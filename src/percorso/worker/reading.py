"""What a batch reads, bucket by bucket: its next facts, how far they reach, and who is due."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.contacts.store import list_due_contacts
from percorso.db import Connection
from percorso.log import store as log
from percorso.log.model import Fact
from percorso.log.store import Cursor, Head, Span
from percorso.segments import membership_store as memberships
from percorso.segments.model import SEGMENT_CONTROLS
from percorso.worker import store
from percorso.worker.catalog import Catalog
from percorso.worker.interest import BucketState, Interest
from percorso.worker.moment_store import list_due_moments

FACTS: Final = 8_192
"""Facts of a whole batch, at most."""

DUE: Final = 4_096
"""Due runs of contacts without a fact in the batch, at most: half of it, so that new events keep their promise."""

FILLED: Final = 20_000
"""Contacts held against a segment in one batch, more or less: facts of other buckets must not wait long."""

SCAN: Final = 50_000
"""Offsets of one bucket that a batch looks through, however few of them matter."""


class Limits(msgspec.Struct, frozen=True):
    """How much one batch takes; smaller ones find what is at fault."""

    facts: int = FACTS
    due: int = DUE
    scan: int = SCAN
    first_due: tuple[UUID, datetime] | None = None
    """Take nothing but what is due first of this contact, by this moment."""

    @property
    def filled(self) -> int:
        """How many contacts are held against segments: in proportion, and one bucket's at least."""
        return FILLED * self.facts // FACTS

    def halved(self) -> "Limits":
        """Return limits of half the size, never nothing."""
        return Limits(max(1, self.facts // 2), max(1, self.due // 2), max(1, self.scan // 2))

    def doubled(self) -> "Limits":
        """Return limits of twice the size, never more than a whole batch."""
        return Limits(min(FACTS, self.facts * 2), min(DUE, self.due * 2), min(SCAN, self.scan * 2))


class Slice(msgspec.Struct, kw_only=True):
    """One bucket's part of a batch.

    `until` is where the cursor will stand. `horizon` bounds the due runs taken: up to it and, when
    `is_whole`, exactly at it too; a slice that stopped short of the head must leave what is due at that
    very moment, because facts come first. `control` takes effect when all else is done.
    """

    cursor: Cursor
    head: Head
    state: BucketState
    interest: Interest
    facts: list[Fact]
    until: int
    received_at: datetime
    horizon: datetime | None
    is_whole: bool
    control: Fact | None = None
    knows_due: bool = True
    """Whether every contact with a membership due within the horizon was found."""
    is_standing: bool = False
    """Whether the cursor stays, and nothing but what is due first is taken."""
    is_void: bool = False
    """Whether the control fact is passed over: it says nothing new, or was given up."""
    needs_gone: tuple[str, ...] = ()
    """Keys of needs that the bucket keeps no longer, once the control fact takes effect."""

    @property
    def is_fill(self) -> bool:
        """Whether a control fact about a segment is about to take effect."""
        return self.control is not None and self.control.name in SEGMENT_CONTROLS

    def put_off(self) -> None:
        """Leave a control fact for the next batch: more must be done before it."""
        if self.control is not None:
            self.until, self.control = self.control.offset - 1, None

    @classmethod
    def standing(
        cls, cursor: Cursor, state: BucketState, interest: Interest, horizon: datetime | None = None
    ) -> "Slice":
        """Return the slice of a bucket whose cursor stays where it is; what is due first by the horizon is taken."""
        return cls(
            cursor=cursor,
            head=Head(cursor.bucket, cursor.offset, cursor.received_at),
            state=state,
            interest=interest,
            facts=[],
            until=cursor.offset,
            received_at=cursor.received_at,
            horizon=horizon,
            is_whole=True,
            is_standing=True,
        )


async def read_slices(
    connection: Connection,
    catalog: Catalog,
    cursors: Sequence[Cursor],
    heads: dict[int, Head],
    now: datetime,
    limits: Limits,
) -> list[Slice]:
    """Return each bucket's next facts that matter, cut where the limits or a control fact say so."""
    states = await catalog.get_states(connection, cursors)
    interests = await catalog.get_interests(connection, states)
    if limits.first_due is not None:
        return [
            Slice.standing(cursor, states[cursor.bucket], interests[cursor.bucket], limits.first_due[1])
            for cursor in cursors
        ]
    maximum = max(1, limits.facts // len(cursors))
    spans = _list_spans(cursors, heads, limits)
    shared = {id(interest): interest.reads for interest in interests.values()}
    names = sorted({name for concerned in shared.values() for name in concerned})
    found: dict[int, list[Fact]] = {cursor.bucket: [] for cursor in cursors}
    if spans:
        for fact in await log.read_facts(connection, spans, names=names, maximum=maximum):
            found[fact.bucket].append(fact)
    short = [
        span for span in spans if span.until < heads[span.bucket].offset and len(found[span.bucket]) < maximum
    ]
    ends = await log.read_received_at(connection, short) if short else {}
    untils = {span.bucket: span.until for span in spans}
    return [
        _slice(
            cursor,
            heads[cursor.bucket],
            states[cursor.bucket],
            interests[cursor.bucket],
            found[cursor.bucket],
            now=now,
            until=untils.get(cursor.bucket, cursor.offset),
            maximum=maximum,
            end=ends.get(cursor.bucket),
        )
        for cursor in cursors
    ]


def _list_spans(cursors: Sequence[Cursor], heads: dict[int, Head], limits: Limits) -> list[Span]:
    return [
        Span(
            cursor.bucket,
            cursor.offset,
            min(heads[cursor.bucket].offset, cursor.offset + limits.scan),
            cursor.received_at,
        )
        for cursor in cursors
        if heads[cursor.bucket].offset > cursor.offset
    ]


def _slice(
    cursor: Cursor,
    head: Head,
    state: BucketState,
    interest: Interest,
    facts: list[Fact],
    *,
    now: datetime,
    until: int,
    maximum: int,
    end: datetime | None,
) -> Slice:
    for index, fact in enumerate(facts):
        if fact.kind == "control":
            return Slice(
                cursor=cursor,
                head=head,
                state=state,
                interest=interest,
                facts=facts[:index],
                until=fact.offset,
                received_at=fact.received_at,
                horizon=fact.received_at,
                is_whole=False,
                control=fact,
            )
    whole = len(facts) < maximum and until >= head.offset
    if whole:
        stop, received_at = max(head.offset, cursor.offset), max(head.received_at, cursor.received_at)
        horizon: datetime | None = now
    elif len(facts) == maximum:
        stop, received_at = facts[-1].offset, facts[-1].received_at
        horizon = received_at
    else:
        stop, received_at = until, end or cursor.received_at
        horizon = end
    return Slice(
        cursor=cursor,
        head=head,
        state=state,
        interest=interest,
        facts=facts,
        until=stop,
        received_at=received_at,
        horizon=horizon,
        is_whole=whole,
    )


async def read_due(connection: Connection, slices: Sequence[Slice], limits: Limits) -> dict[int, set[UUID]]:
    """Return per bucket the contacts of runs and memberships that are due within its slice's horizon.

    A slice whose due rows are more than the limit gives up its control fact for this time: it takes effect
    only after all that was due before it. So does one about a segment as long as anything else is to do.
    """
    if limits.first_due is not None:
        return {part.cursor.bucket: {limits.first_due[0]} for part in slices}
    for part in slices:
        if part.is_fill and part.facts:
            part.put_off()
    horizons = {part.cursor.bucket: part.horizon for part in slices if part.horizon is not None}
    if not horizons:
        return {}
    if limits.due == 0:
        for part in slices:
            part.knows_due = False
            part.put_off()
        return {}
    maximum = max(1, limits.due // len(horizons))
    contacts: dict[int, set[UUID]] = {}
    counted: dict[int, int] = {}
    by_bucket = {part.cursor.bucket: part for part in slices}
    found = [
        (due.bucket, due.contact_id, due.due_at)
        for due in await store.list_due(connection, horizons, maximum=maximum)
    ]
    watched = {bucket: moment for bucket, moment in horizons.items() if by_bucket[bucket].interest.watches}
    of_segments = await memberships.list_due(connection, watched, maximum=maximum)
    found += [(due.bucket, due.contact_id, due.judge_at) for due in of_segments]
    found += await list_due_contacts(connection, horizons, maximum=maximum)
    looking = {bucket: moment for bucket, moment in horizons.items() if by_bucket[bucket].interest.lookouts}
    found += await list_due_moments(connection, looking, maximum=maximum)
    if limits.due == 1 and len(horizons) == 1:
        # What is at fault must stand alone, whichever kind it is of.
        found = sorted(found, key=lambda due: due[2:] + due[1:2])[:1]
    for bucket, contact_id, due_at in found:
        part = by_bucket[bucket]
        if part.is_whole or due_at < horizons[bucket]:
            contacts.setdefault(bucket, set()).add(contact_id)
            counted[bucket] = counted.get(bucket, 0) + 1
    for bucket, count in Counter(due.bucket for due in of_segments).items():
        by_bucket[bucket].knows_due = count < maximum
    for bucket, count in counted.items():
        part = by_bucket[bucket]
        if count >= maximum or part.is_fill:
            part.put_off()
    return contacts
