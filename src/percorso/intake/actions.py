"""One transaction for the calls of many requests: identities, message ids, facts, statuses, rejections."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from percorso.consent.actions import record_statuses
from percorso.contacts.identity.store import Move, insert_moved
from percorso.db import Connection, Database
from percorso.db.clock import read_product_time
from percorso.intake import store
from percorso.intake.errors import TakenError
from percorso.intake.facts import Written, build_rows
from percorso.intake.forgotten import Forgetting, ForgottenError, refuse_forgotten
from percorso.intake.model import Call, Node, Rejection
from percorso.intake.resolving import Group, Resolving, RetryError, check_merges, write_identities
from percorso.kit.ids import bucket_of_message
from percorso.log import append_store
from percorso.log.actions import Appended, take_offsets, write_taken
from percorso.log.append_store import SeenKey
from percorso.log.partitions import SEEN_DAYS, Partitions

Seen = list[tuple[UUID, list[SeenKey]]]
"""The message ids that a group recorded, by workspace."""

_TRIES: Final = 20
# In real time; `statement_timeout` is 60 s, and a transaction has one statement that waits.
_LONGEST_TRANSACTION: Final = timedelta(minutes=2)


async def append_calls(
    database: Database,
    partitions: Partitions,
    forgetting: Forgetting,
    calls: Sequence[Call],
    rejections: Sequence[Rejection],
    *,
    must_be_new: bool = False,
) -> None:
    """Store the calls and rejections durably, all or nothing; calls whose message id was seen are left out.

    With `must_be_new` each call makes a contact; raises TakenError, and stores nothing, where one is there.

    Repeating is harmless. Raises what the database raises; errors in `store.UNSTORABLE` mean that one of
    the calls can never be stored.
    """
    moved: dict[UUID, UUID] = {}
    for tries_left in reversed(range(_TRIES)):
        try:
            async with database.transaction("intake.append") as connection:
                await _append(
                    connection, partitions, forgetting, calls, rejections, moved, must_be_new=must_be_new
                )
        except RetryError:
            pass
        except ForgottenError as error:
            calls, refused = refuse_forgotten(calls, error.indexes)
            rejections = [*rejections, *refused]
        except store.NO_ROOM as error:
            # The clock went on meanwhile, or somebody dropped a partition; a real CHECK is not ours to retry.
            if "partition" not in str(error) or not tries_left:
                raise
            partitions.forget()
        except store.RACES:
            if not tries_left:
                raise
        else:
            return
        await make_room(database, partitions)
    raise TimeoutError("Others kept being faster; nothing was stored.")


async def make_room(database: Database, partitions: Partitions) -> None:
    """Make the partitions of the present and the near future."""
    async with database.connection() as connection:
        product_at = await read_product_time(connection)
    await partitions.ensure(product_at)


async def _append(
    connection: Connection,
    partitions: Partitions,
    forgetting: Forgetting,
    calls: Sequence[Call],
    rejections: Sequence[Rejection],
    moved: dict[UUID, UUID],
    *,
    must_be_new: bool,
) -> None:
    received_at: datetime | None = None
    if calls:
        group = await Resolving(moved).resolve(connection, calls)
        if must_be_new:
            _check_new(group)
        if not partitions.has(group.product_at):
            raise RetryError
        await forgetting.check(connection, calls, group)
        await write_identities(connection, group)
        duplicates, seen = await _record_seen(connection, calls, group)
        await _append_rows(connection, group, build_rows(calls, group, duplicates), seen, moved)
        received_at = group.product_at
    if rejections:
        received_at = received_at or await read_product_time(connection)
        await store.insert_rejected(connection, rejections, received_at=received_at)


def _check_new(group: Group) -> None:
    for resolved in group.resolved:
        if not resolved.is_new:
            raise TakenError(resolved.contact_id)


async def _record_seen(connection: Connection, calls: Sequence[Call], group: Group) -> tuple[set[int], Seen]:
    """Return the indexes of the calls whose message id was received before, or stands earlier in the group.

    Records all that are new.
    """
    duplicates: set[int] = set()
    asked: dict[Node, dict[SeenKey, int]] = {}
    for index, call in enumerate(calls):
        node = call.source.node
        keys = asked.get(node)
        if keys is None:
            keys = asked[node] = {}
        key = (bucket_of_message(call.message_id), call.message_id)
        if keys.setdefault(key, index) != index:
            duplicates.add(index)
    today = group.product_at.date()
    since = today - timedelta(days=SEEN_DAYS)
    seen: Seen = []
    for node, keys in asked.items():
        listed = list(keys)
        places = await append_store.record_seen(
            connection, node.workspace_id, listed, since=since, today=today
        )
        if places:
            indexes = list(keys.values())
            duplicates |= {indexes[place] for place in places}
            listed = [key for key, index in keys.items() if index not in duplicates]
        seen.append((node.workspace_id, listed))
    return duplicates, seen


async def _append_rows(
    connection: Connection, group: Group, written: Written, seen: Seen, moved: dict[UUID, UUID]
) -> None:
    rows = written.rows
    if not rows:
        return
    taken, under_lock = await take_offsets(connection, rows, received_at=group.product_at)
    if under_lock.moved or under_lock.erased:
        moved |= under_lock.moved
        raise RetryError
    await check_merges(connection, group)
    await _check_midnight(connection, group, seen, under_lock)
    appended = await write_taken(connection, rows, taken, under_lock)
    if group.merges:
        await insert_moved(connection, _list_moves(group, written, appended))
    if written.statuses:
        await record_statuses(connection, written.statuses, recorded_at=appended.received_at)


async def _check_midnight(
    connection: Connection, group: Group, seen: Seen, under_lock: append_store.UnderLock
) -> None:
    """Look once more, under the locks, for message ids stored by a transaction on the other side of midnight.

    The day's own key refuses a second row only within a day. Raises RetryError if there are any.
    """
    day = group.product_at.date()
    if under_lock.rate:
        margin = min(_LONGEST_TRANSACTION * under_lock.rate, timedelta(days=1))
        present = under_lock.product_at
        if (group.product_at - margin).date() == day == (present + margin).date():
            return
    others = (day - timedelta(days=1), day + timedelta(days=1))
    for workspace_id, keys in seen:
        if await append_store.has_seen(connection, workspace_id, keys, days=others):
            raise RetryError


def _list_moves(group: Group, written: Written, appended: Appended) -> list[Move]:
    moves: list[Move] = []
    for (node, contact_id, into_contact_id), index in zip(group.merges, written.moved_rows, strict=True):
        bucket = written.rows[index].bucket
        moves.append(
            Move(
                workspace_id=node.workspace_id,
                contact_id=contact_id,
                into_contact_id=into_contact_id,
                offset=appended.offsets[index],
                moved_at=appended.received_at[bucket],
            )
        )
    return moves
