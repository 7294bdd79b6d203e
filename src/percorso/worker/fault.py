"""Finding the fact, run or moment that a batch fails on, and setting it aside after three tries.

A batch that fails is halved, first by buckets, then by facts, until what is at fault stands alone; the rest
commits. Tries are counted before each of them, in a commit of their own, so that a try that kills the
process counts as well.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.contacts.store import forget_due, list_due_contacts, load_contacts
from percorso.db import Connection, Database
from percorso.db.away import is_transient
from percorso.db.clock import read_product_time
from percorso.kit.ids import derive_id
from percorso.log import store as log
from percorso.segments import membership_store as memberships
from percorso.telemetry import get_log
from percorso.worker import store
from percorso.worker.batch import BatchDone, apply_batch
from percorso.worker.catalog import Catalog
from percorso.worker.model import Stands
from percorso.worker.moment_store import forget_moment, list_due_moments, load_moments
from percorso.worker.reading import Limits, Slice, read_slices
from percorso.worker.walk import RUN, SEGMENT, SHOP, START, Walk
from percorso.worker.writing import write_batch

_log = get_log(__name__)

TRIES: Final = 3
"""How often a fact, run or moment is tried by itself before it is set aside."""

_ALONE: Final = Limits(facts=1, due=0)
_DUE_ALONE: Final = Limits(facts=1, due=1)


class _Suspect(msgspec.Struct, frozen=True, kw_only=True):
    """What stands alone in a bucket: a fact, a run (`run_id`), or a moment of a contact: of its shop, or of how it
    stands with a segment (`segment_id`)."""

    bucket: int
    id: UUID
    offset: int
    contact_id: UUID | None
    workspace_id: UUID
    run_id: UUID | None = None
    segment_id: UUID | None = None
    due_at: datetime | None = None
    """When it was due, if it is no fact."""
    is_start: bool = False
    """Whether it is a moment at which the contact meets a start."""
    is_control: bool = False
    """Whether it is a control fact, which takes effect when nothing else is left to do."""

    @property
    def limits(self) -> Limits:
        """How much a batch may take to meet it and nothing else."""
        if self.due_at is not None and self.contact_id is not None:
            return msgspec.structs.replace(_DUE_ALONE, first_due=(self.contact_id, self.due_at))
        return _DUE_ALONE if self.is_control else _ALONE


async def isolate(
    database: Database, catalog: Catalog, buckets: Sequence[int], limits: Limits, error: Exception
) -> BatchDone:
    """Apply what can be applied of a batch that failed with `error`; return what was done.

    Raises what is no fact's fault (`db.away.is_transient`).
    """
    if is_transient(error):
        raise error
    if len(buckets) > 1:
        half = len(buckets) // 2
        return await _both(database, catalog, buckets[:half], buckets[half:], limits)
    if limits.facts > 1:
        fewer = msgspec.structs.replace(limits.halved(), scan=limits.scan)
        return await apply_or_isolate(database, catalog, buckets, fewer)
    return await _try_alone(database, catalog, buckets[0], error)


async def apply_or_isolate(
    database: Database, catalog: Catalog, buckets: Sequence[int], limits: Limits
) -> BatchDone:
    """Apply a batch; where it fails, apply what can be applied and set aside what is at fault."""
    try:
        return await apply_batch(database, catalog, buckets, limits)
    except Exception as error:
        if not is_transient(error):
            _log.warning("batch failed", buckets=len(buckets), facts=limits.facts, error=repr(error))
        return await isolate(database, catalog, buckets, limits, error)


async def _both(
    database: Database, catalog: Catalog, first: Sequence[int], second: Sequence[int], limits: Limits
) -> BatchDone:
    one = await apply_or_isolate(database, catalog, first, limits)
    other = await apply_or_isolate(database, catalog, second, limits)
    return BatchDone(
        one.buckets + other.buckets,
        one.facts + other.facts,
        one.contacts + other.contacts,
        one.offsets + other.offsets,
    )


async def _try_alone(database: Database, catalog: Catalog, bucket: int, error: Exception) -> BatchDone:
    suspect = await _find_suspect(database, catalog, bucket)
    if suspect is None:
        raise error
    said = _describe(error)
    for _ in range(TRIES):
        async with database.transaction("worker.try") as connection:
            tries, is_given_up = await log.count_try(
                connection,
                bucket=bucket,
                id=suspect.id,
                offset=suspect.offset,
                run_id=suspect.run_id,
                segment_id=suspect.segment_id,
                due_at=None if suspect.run_id is not None else suspect.due_at,
                contact_id=suspect.contact_id,
                workspace_id=suspect.workspace_id,
                error=said,
            )
        if is_given_up:
            # It was passed over and the batch fails all the same: no fact is at fault, and a person must know.
            raise error
        if tries > TRIES:
            break
        try:
            done = await apply_batch(database, catalog, [bucket], suspect.limits)
        except Exception as failure:
            if is_transient(failure):
                raise
            said = _describe(failure)
        else:
            async with database.transaction("worker.try") as connection:
                await log.forget_tries(connection, bucket=bucket, id=suspect.id)
            return done
    await _set_aside(database, catalog, suspect, said)
    return BatchDone(buckets=1, facts=1, contacts=1)


async def _find_suspect(database: Database, catalog: Catalog, bucket: int) -> _Suspect | None:
    """Return what the next batch of one fact, or else of one due run or moment, would take first."""
    async with database.transaction("worker.read_heads") as connection:
        heads = {head.bucket: head for head in await log.read_heads(connection, [bucket])}
        now = await read_product_time(connection)
    async with database.snapshot() as connection:
        cursor = await log.get_cursor(connection, bucket)
        (part,) = await read_slices(connection, catalog, [cursor], heads, now, _ALONE)
        given_up = await log.list_set_aside(connection, [cursor])
        for fact in part.facts:
            if (bucket, fact.offset) in given_up:
                break
            # What is due of its contact is taken before it.
            due = await _find_first_due(connection, part, fact.contact_id, fact.received_at, inclusive=False)
            id = derive_id("set_aside", bucket, fact.offset)
            return due or _Suspect(
                bucket=bucket,
                id=id,
                offset=fact.offset,
                contact_id=fact.contact_id,
                workspace_id=fact.workspace_id,
            )
        if part.horizon is None:
            return None
        due = await _find_due(connection, part, part.horizon)
        if due is not None or part.control is None:
            return due
        control = part.control
        id = derive_id("set_aside", bucket, control.offset)
        return _Suspect(
            bucket=bucket,
            id=id,
            offset=control.offset,
            contact_id=None,
            workspace_id=control.workspace_id,
            is_control=True,
        )


async def _find_due(connection: Connection, part: Slice, horizon: datetime) -> _Suspect | None:
    """Return what is due first in the bucket: a run, a contact's shop, or how it stands with a segment."""
    moments = {part.cursor.bucket: horizon}
    due = [(run.due_at, run.contact_id) for run in await store.list_due(connection, moments, maximum=1)]
    due += [
        (due_at, contact_id)
        for _, contact_id, due_at in await list_due_contacts(connection, moments, maximum=1)
    ]
    if part.interest.lookouts:
        of_starts = await list_due_moments(connection, moments, maximum=1)
        due += [(due_at, contact_id) for _, contact_id, due_at in of_starts]
    if part.interest.watches:
        of_segments = await memberships.list_due(connection, moments, maximum=1)
        due += [(membership.judge_at, membership.contact_id) for membership in of_segments]
    for due_at, contact_id in sorted(due):
        if part.is_whole or due_at < horizon:
            first = await _find_first_due(connection, part, contact_id, due_at, inclusive=True)
            if first is not None:
                return first
    return None


async def _find_first_due(
    connection: Connection, part: Slice, contact_id: UUID | None, moment: datetime, *, inclusive: bool
) -> _Suspect | None:
    """Return what is taken first of what is due of a contact by then."""
    contact = (await load_contacts(connection, [contact_id])).get(contact_id) if contact_id else None
    if contact is None:
        return None
    runs = await store.load_runs(connection, [contact.id])
    stands = Stands((await memberships.load_memberships(connection, [contact.id])).get(contact.id, {}))
    walk = Walk(
        contact.id,
        contact,
        runs.get(contact.id, ()),
        part.interest,
        node_ids={},
        templates={},
        stands=stands,
        moments=(await load_moments(connection, [contact.id])).get(contact.id, {}),
    )
    due = walk.find_due(moment, inclusive=inclusive)
    if due is None:
        return None
    due_at, kind, _, id = due
    marks = {
        RUN: (id,),
        SEGMENT: (contact.id, id, due_at.isoformat()),
        SHOP: (contact.id, due_at.isoformat()),
        START: (contact.id, id, due_at.isoformat()),
    }
    return _Suspect(
        bucket=part.cursor.bucket,
        id=derive_id("set_aside", *marks[kind]),
        offset=part.cursor.offset,
        contact_id=contact.id,
        workspace_id=contact.workspace_id,
        run_id=id if kind == RUN else None,
        segment_id=id if kind == SEGMENT else None,
        due_at=due_at,
        is_start=kind == START,
    )


async def _set_aside(database: Database, catalog: Catalog, suspect: _Suspect, error: str) -> None:
    """Give the suspect up: a fact is passed over, a run ends *failed*, a shop waits for its next event, a start is not met at that moment, and a contact
    stays as it stands with a segment until something happens."""
    async with database.transaction("worker.set_aside") as connection:
        cursor = await log.wait_for_cursor(connection, suspect.bucket)
        now = await read_product_time(connection)
        await log.set_aside(connection, bucket=suspect.bucket, id=suspect.id, set_aside_at=now)
        if suspect.segment_id is not None and suspect.contact_id is not None:
            await memberships.forget_moment(connection, suspect.contact_id, suspect.segment_id)
        elif suspect.is_start and suspect.due_at is not None and suspect.contact_id is not None:
            await forget_moment(connection, suspect.contact_id, suspect.due_at)
        elif suspect.due_at is not None and suspect.run_id is None and suspect.contact_id is not None:
            await forget_due(connection, suspect.contact_id)
        if suspect.run_id is not None and suspect.contact_id is not None:
            contacts = await load_contacts(connection, [suspect.contact_id])
            runs = await store.load_runs(connection, [suspect.contact_id])
            states = await catalog.get_states(connection, [cursor])
            interest = (await catalog.get_interests(connection, states))[suspect.bucket]
            walk = Walk(
                suspect.contact_id,
                contacts.get(suspect.contact_id),
                runs.get(suspect.contact_id, ()),
                interest,
                node_ids={},
                templates={},
            )
            result = walk.fail_run(suspect.run_id, error)
            result.failures.clear()
            part = Slice.standing(cursor, states[suspect.bucket], interest)
            await write_batch(connection, catalog, [part], [result], now=now)
    _log.error(
        "set aside",
        bucket=suspect.bucket,
        offset=suspect.offset,
        contact_id=None if suspect.contact_id is None else str(suspect.contact_id),
        run_id=None if suspect.run_id is None else str(suspect.run_id),
        segment_id=None if suspect.segment_id is None else str(suspect.segment_id),
        error=error,
    )


def _describe(error: Exception) -> str:
    # Without PostgreSQL's detail, which quotes people's data. It takes no NUL in text, and what failed may hold one.
    said = str(getattr(error, "message", None) or error)
    return f"{type(error).__name__}: {said}".replace("\x00", "\\0")[:2000]
