"""Many calls of one origin in the transaction of a job: the way of single calls, without their message ids.

What a job has appended it knows by its own row, written in the same transaction; so nothing is looked for in `seen`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from percorso.consent import status_store as statuses
from percorso.consent.actions import record_statuses
from percorso.consent.records import Standing, Status
from percorso.consent.status_store import StatusKey
from percorso.db import Connection
from percorso.intake.facts import build_rows
from percorso.intake.forgotten import Forgetting
from percorso.intake.model import Call
from percorso.intake.resolving import Group, Resolving, RetryError, check_merges, write_identities
from percorso.log.actions import take_offsets, write_taken
from percorso.log.partitions import Partitions
from percorso.log.rows import from_microseconds

Keeps = Mapping[Status, frozenset[Status]]
"""Status asked for → statuses that it does not change."""

OBEYS_REFUSALS: Keeps = {
    "subscribed": frozenset({"unsubscribed", "pending", "subscribed"}),
    "pending": frozenset({"unsubscribed", "pending", "subscribed"}),
    "unsubscribed": frozenset({"unsubscribed"}),
}
"""Who said something before keeps it, but that everyone may be unsubscribed (spec 2.2)."""

HAS_EVIDENCE: Keeps = {status: frozenset({status}) for status in ("subscribed", "pending", "unsubscribed")}
"""Every status is changed but where a no came after the yes (`consent.records.decide_status`)."""


class Bulk(msgspec.Struct):
    """What an append of many calls came to."""

    group: Group
    kept: set[int]
    """Indexes of calls whose status stayed as it was."""
    refused: set[int]
    """Those among them that asked for something else than what stands."""


async def append_bulk(
    connection: Connection,
    partitions: Partitions,
    calls: Sequence[Call],
    *,
    keeps: Keeps = OBEYS_REFUSALS,
    moved: dict[UUID, UUID],
) -> Bulk:
    """Append the calls, in order, in the caller's transaction, and return whose they are.

    `moved` remembers contacts that were met on their way into others. Raises RetryError when somebody was
    faster, and errors of `intake.store.RACES`: the caller rolls back and begins again, after `make_room`.
    Locks identities by key, then heads by bucket.
    """
    group = await Resolving(moved).resolve(connection, calls)
    if not partitions.has(group.product_at):
        raise RetryError
    past = await Forgetting().find_past(connection, calls, group)
    await write_identities(connection, group)
    standings = await _read_statuses(connection, calls, group)
    kept, refused = _find_kept(calls, group, dict(standings), keeps)
    # What somebody erased had agreed to before is no agreement of who comes with the address now.
    kept, refused = kept | past, refused | past
    written = build_rows(calls, group, kept, origin="job")
    if not written.rows:
        return Bulk(group, kept, refused)
    taken, under_lock = await take_offsets(connection, written.rows, received_at=group.product_at)
    if under_lock.moved or under_lock.erased:
        moved |= under_lock.moved
        raise RetryError
    await check_merges(connection, group)
    if standings != await _read_statuses(connection, calls, group):
        # Somebody said otherwise since they were read; under the lock nobody does.
        raise RetryError
    appended = await write_taken(connection, written.rows, taken, under_lock)
    if written.statuses:
        await record_statuses(connection, written.statuses, recorded_at=appended.received_at)
    return Bulk(group, kept, refused)


async def _read_statuses(
    connection: Connection, calls: Sequence[Call], group: Group
) -> dict[StatusKey, Standing]:
    new = {resolved.contact_id for resolved in group.resolved if resolved.is_new}
    keys: list[StatusKey] = list(
        dict.fromkeys(
            (resolved.contact_id, call.subscription.list_id, call.subscription.channel)
            for call, resolved in zip(calls, group.resolved, strict=True)
            if call.subscription is not None and resolved.contact_id not in new
        )
    )
    return await statuses.list_statuses(connection, keys) if keys else {}


def _find_kept(
    calls: Sequence[Call], group: Group, standings: dict[StatusKey, Standing], keeps: Keeps
) -> tuple[set[int], set[int]]:
    """Return the indexes of the calls whose status changes nothing, and of those that ask for something else."""
    kept: set[int] = set()
    refused: set[int] = set()
    for index, (call, resolved) in enumerate(zip(calls, group.resolved, strict=True)):
        said = call.subscription
        if said is None:
            continue
        key = (resolved.contact_id, said.list_id, said.channel)
        standing = standings.get(key)
        if standing is not None and keeps_standing(call, standing, keeps, present=group.product_at):
            kept.add(index)
            if standing.status != said.status and said.status != "pending":
                refused.add(index)
        else:
            standings[key] = Standing(said.status, group.product_at)
    return kept, refused


def keeps_standing(call: Call, standing: Standing, keeps: Keeps, *, present: datetime) -> bool:
    """Whether who stands so keeps it although the call says otherwise, or says the same; pure."""
    assert call.subscription is not None
    if standing.status in keeps[call.subscription.status]:
        return True
    if call.subscription.status == "pending" and standing.status == "subscribed":
        return True
    return standing.status == "unsubscribed" and _occurred_at(call, present) < standing.changed_at


def _occurred_at(call: Call, present: datetime) -> datetime:
    return present if call.at_us is None else min(from_microseconds(call.at_us), present)
