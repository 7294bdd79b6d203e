"""What can be done with calls: claim them, say what came of them, tell the runs; and with what signs them."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import msgspec

from percorso.contacts.answering import AT_ONCE, answer_all, find_answered
from percorso.contacts.following import follow_contacts
from percorso.db import Connection, Database
from percorso.db.clock import read_product_time
from percorso.db.refused import is_value_refused
from percorso.journeys.calls import store
from percorso.journeys.calls.model import Call, Change, Untold, draft_answer
from percorso.journeys.calls.signing import NONCE_BYTES, SECRET_BYTES, Seal, SealBrokenError, write_secret
from percorso.kit.ids import Bucket, bucket_of
from percorso.log.actions import append_facts

NOT_AWAITED: Final = "removed"
"""Why a call was cancelled: its run ended, or went on."""
ERASED: Final = "erased"
"""Why a call was cancelled: its contact is erased or deleted."""

OVERLAP: Final = timedelta(hours=24)
"""How long a secret that was changed signs beside the new one, so that receivers can change theirs."""


async def claim_calls(
    connection: Connection, *, holder: UUID, now: datetime, real: datetime, size: int
) -> list[Call]:
    """Take up to `size` due calls that are still waited for, and open a line for each try; cancels the others."""
    claimed = await store.claim_calls(connection, holder=holder, now=now, real=real, size=size)
    if not claimed:
        return []
    chains = await follow_contacts(connection, {call.contact_id for call in claimed})
    everyone = sorted({id for chain in chains.values() for id in chain})
    marked = await store.list_marked(connection, everyone)
    awaiting = await store.list_awaiting(
        connection, sorted({bucket_of(id) for id in everyone}), [call.run_id for call in claimed]
    )
    erased = [call for call in claimed if marked.intersection(chains[call.contact_id])]
    gone = [
        call
        for call in claimed
        if call not in erased and (call.run_id, call.step, call.visit) not in awaiting
    ]
    for ended, reason in ((erased, ERASED), (gone, NOT_AWAITED)):
        if ended:
            await store.cancel_calls(connection, ended, reason=reason, now=now)
    kept = [call for call in claimed if call not in erased and call not in gone]
    await store.open_tries(connection, kept, now=now)
    return kept


async def record_result(database: Database, call: Call, change: Change, *, holder: UUID) -> bool:
    """Write what a try came to, and tell the run in the same transaction if it has ended and can be told now.

    False where the call is no longer this holder's to say; repeating after an unknown commit is harmless.
    """
    try:
        return await _record(database, call, change, holder=holder)
    except Exception as error:
        if change.answer is None or not is_value_refused(error):
            raise
    # The last net behind `read_answer`: an answer that no column can hold is none.
    bare = Change(state=change.state, status=change.status, unread="not_json")
    return await _record(database, call, bare, holder=holder)


async def _record(database: Database, call: Call, change: Change, *, holder: UUID) -> bool:
    async with database.transaction("webhooks.result") as connection:
        now = await read_product_time(connection)
        if not await store.finish_call(connection, call, change, holder=holder, now=now):
            return False
        if change.state == "due":
            return True
        untold = Untold(
            bucket=call.bucket,
            id=call.id,
            workspace_id=call.workspace_id,
            contact_id=call.contact_id,
            journey_id=call.journey_id,
            run_id=call.run_id,
            step=call.step,
            visit=call.visit,
            state=change.state,
            status=change.status,
            reason=change.reason,
            answer=change.answer,
            unread=change.unread,
        )
        await _tell(connection, Bucket(call.bucket), [untold], now=now)
    return True


async def tell_all(database: Database) -> int:
    """Tell all runs that can be told how their calls ended, and return how many were."""
    return await answer_all(database, store.list_untold_buckets, tell_bucket)


async def tell_bucket(database: Database, bucket: Bucket) -> int:
    """Tell up to 500 runs of one bucket how their calls ended and return how many were; repeating tells nobody twice.

    Left for later are those of a contact that was merged into another while its runs are still on the way.
    """
    async with database.transaction("webhooks.tell") as connection:
        untold = await store.claim_untold(connection, bucket, maximum=AT_ONCE)
        if not untold:
            return 0
        return await _tell(connection, bucket, untold, now=await read_product_time(connection))


async def _tell(connection: Connection, bucket: Bucket, untold: Sequence[Untold], *, now: datetime) -> int:
    placed = await find_answered(connection, untold, now=now)
    if placed:
        await store.note_told(connection, bucket, [call.id for call, _ in placed], now=now)
        drafts = [draft_answer(call, contact_id, now=now) for call, contact_id in placed]
        await append_facts(connection, drafts, received_at=now)
    return len(placed)


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret in clear; `signs_until` is None for the one in force. Times are real."""

    secret: str
    created_at: datetime
    signs_until: datetime | None


async def ensure_secrets(
    connection: Connection, workspace_id: UUID, seal: Seal, *, real: datetime
) -> list[Secret]:
    """Return the secrets that sign for a workspace, newest first, the first one made now if there is none.

    Raises SealBrokenError where the one in force cannot be opened; an old one is left out then.
    """
    kept = await store.list_secrets(connection, workspace_id, real=real)
    if not kept or kept[0].signs_until is not None:
        await _put_in_force(connection, workspace_id, seal, real=real)
        kept = await store.list_secrets(connection, workspace_id, real=real)
    opened: list[Secret] = []
    for one in kept:
        try:
            secret = seal.open(one.sealed, workspace_id=workspace_id, id=one.id)
        except SealBrokenError:
            if one.signs_until is None:
                raise
            continue
        opened.append(Secret(secret=secret, created_at=one.created_at, signs_until=one.signs_until))
    return opened


async def rotate_secret(
    connection: Connection, workspace_id: UUID, seal: Seal, *, real: datetime
) -> datetime:
    """Put a new secret in force and return until when the one before signs beside it."""
    until = real + OVERLAP
    await store.retire_secret(connection, workspace_id, until=until, real=real)
    await _put_in_force(connection, workspace_id, seal, real=real)
    return until


async def _put_in_force(connection: Connection, workspace_id: UUID, seal: Seal, *, real: datetime) -> None:
    id = uuid4()
    secret = write_secret(os.urandom(SECRET_BYTES))
    sealed = seal.close(secret, workspace_id=workspace_id, id=id, nonce=os.urandom(NONCE_BYTES))
    await store.insert_secret(connection, workspace_id, id, sealed, real=real)
