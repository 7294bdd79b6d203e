"""Writing statuses with their proof."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from percorso.consent import status_store as store
from percorso.consent.notices import owe_notices
from percorso.consent.records import (
    NO_RECORD,
    ConsentRecord,
    Standing,
    Status,
    StatusChange,
    decide_status,
    link_record,
    state_status,
)
from percorso.db import Connection
from percorso.kit.ids import bucket_of


async def record_statuses(
    connection: Connection,
    changes: Sequence[StatusChange],
    *,
    recorded_at: Mapping[int, datetime],
    decide: Callable[[Standing | None, StatusChange], Status | None] = decide_status,
) -> list[StatusChange]:
    """Write the changes in order, each with its consent record, and return those that changed something.

    Call it in the transaction of the facts, after `append_facts` has locked the contacts' heads: chains grow
    under these locks only. `recorded_at` is the moment of receipt by bucket. A confirmation that changes
    nothing (subscribed again) is recorded nevertheless; asking someone subscribed, or a yes that
    comes after a later no, is not: so says `decide`. What is answered by a message is owed one.
    """
    keys: list[store.StatusKey] = list(
        dict.fromkeys((change.contact_id, change.list_id, change.channel) for change in changes)
    )
    if not keys:
        return []
    statuses = await store.list_statuses(connection, keys)
    ends = await store.list_last_records(connection, list({contact_id: None for contact_id, _, _ in keys}))
    records: list[ConsentRecord] = []
    newest: dict[store.StatusKey, StatusChange] = {}
    changed: list[StatusChange] = []
    answered: list[StatusChange] = []
    for change in changes:
        key = (change.contact_id, change.list_id, change.channel)
        standing = statuses.get(key)
        decided = decide(standing, change)
        if decided is None and (standing is None or standing.status != change.status):
            continue
        number, previous = ends.get(change.contact_id, (0, NO_RECORD))
        moment = recorded_at[bucket_of(change.contact_id)]
        record = link_record(state_status(change), moment, number=number + 1, previous_hash=previous)
        ends[change.contact_id] = (record.number, record.hash)
        records.append(record)
        if change.is_answered and (decided is not None or change.status == "pending"):
            answered.append(change)
        if decided is not None:
            statuses[key] = Standing(decided, moment)
            newest[key] = change
            changed.append(change)
    if newest:
        moments = [recorded_at[bucket_of(contact_id)] for contact_id, _, _ in newest]
        await store.write_statuses(connection, list(newest.values()), changed_at=moments)
    if records:
        await store.insert_records(connection, records)
    await owe_notices(connection, answered)
    return changed
