"""Reading and writing calls, their tries and the secrets that sign them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from percorso.db import Connection, as_json, load_queries
from percorso.journeys.calls.model import (
    Call,
    Change,
    ListedCall,
    NewCall,
    SealedSecret,
    Try,
    Untold,
    bucket_of_call,
)
from percorso.journeys.calls.retries import LIFETIME
from percorso.kit.ids import bucket_of

_queries: Final = load_queries("percorso.journeys.calls")

LEASE: Final = timedelta(seconds=12)
"""How long a claim holds without being renewed, real time (trust §1)."""

_COLUMNS: Final = (
    "bucket", "id", "workspace_id", "contact_id", "journey_id", "version", "run_id", "step", "visit", "url", "body",
    "planned_at", "due_at", "state", "attempt", "failures",
)  # fmt: skip

Awaited = tuple[UUID, str, int]
"""Run, step and visit: where an answer is waited for."""


async def insert_calls(connection: Connection, calls: Iterable[NewCall]) -> None:
    """Plan calls, due at once; raises UniqueViolationError for a visit that has one."""
    records = [
        (
            bucket_of_call(call),
            call.id,
            call.workspace_id,
            call.contact_id,
            call.journey_id,
            call.version,
            call.run_id,
            call.step,
            call.visit,
            call.url,
            as_json(call.body),
            call.planned_at,
            call.planned_at,
            "due",
            0,
            0,
        )
        for call in calls
    ]
    if records:
        await connection.copy_records_to_table("webhook_calls", records=records, columns=_COLUMNS)


async def claim_calls(
    connection: Connection, *, holder: UUID, now: datetime, real: datetime, size: int
) -> list[Call]:
    """Take up to `size` due calls for a lease, skipping what others hold; whether anybody waits was not asked."""
    rows = await _queries.fetch(
        connection,
        "claim_calls",
        holder=holder,
        now=now,
        real=real,
        size=size,
        lease=LEASE,
        lifetime=LIFETIME,
    )
    return [Call(**dict(row)) for row in rows]


async def list_awaiting(
    connection: Connection, buckets: Sequence[int], run_ids: Sequence[UUID]
) -> set[Awaited]:
    """Return where those of these runs stand that wait in these buckets."""
    rows = await _queries.fetch(connection, "list_awaiting", buckets=buckets, ids=run_ids)
    return {(row["id"], row["step"], row["visit"]) for row in rows}


async def list_marked(connection: Connection, contact_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these contacts that are erased or deleted."""
    rows = await _queries.fetch(
        connection, "list_marked", buckets=[bucket_of(id) for id in contact_ids], contact_ids=contact_ids
    )
    return {row["contact_id"] for row in rows}


async def cancel_calls(connection: Connection, calls: Sequence[Call], *, reason: str, now: datetime) -> None:
    """End calls that were claimed in this transaction and are not to be tried."""
    await _queries.execute(connection, "cancel_calls", **_places(calls), reason=reason, now=now)


async def open_tries(connection: Connection, calls: Sequence[Call], *, now: datetime) -> None:
    """Open a line for the try that each of these calls was claimed for."""
    await _queries.execute(
        connection,
        "open_tries",
        buckets=[call.bucket for call in calls],
        call_ids=[call.id for call in calls],
        numbers=[call.attempt for call in calls],
        workspace_ids=[call.workspace_id for call in calls],
        now=now,
    )


async def renew_calls(connection: Connection, calls: Sequence[Call], *, holder: UUID, real: datetime) -> None:
    """Hold on to those of the calls that are still held."""
    await _queries.execute(
        connection,
        "renew_calls",
        **_places(calls),
        attempts=[call.attempt for call in calls],
        holder=holder,
        real=real,
        lease=LEASE,
    )


async def finish_call(
    connection: Connection, call: Call, change: Change, *, holder: UUID, now: datetime
) -> bool:
    """Write what a try came to; False where the call is no longer its holder's to say."""
    finished = await _queries.fetch_value(
        connection,
        "finish_call",
        bucket=call.bucket,
        id=call.id,
        attempt=call.attempt,
        holder=holder,
        state=change.state,
        status=change.status,
        reason=change.reason,
        answer=None if change.answer is None else as_json(change.answer),
        unread=change.unread,
        due_at=change.due_at,
        failures=int(change.is_failure),
        now=now,
    )
    if finished is None:
        return False
    await _queries.execute(
        connection,
        "close_try",
        bucket=call.bucket,
        call_id=call.id,
        number=call.attempt,
        status=change.status,
        reason=change.reason,
        now=now,
    )
    return True


async def list_untold_buckets(connection: Connection) -> list[int]:
    """Return the buckets with calls whose runs were not told how they ended, in ascending order."""
    return [row["bucket"] for row in await _queries.fetch(connection, "list_untold_buckets")]


async def claim_untold(connection: Connection, bucket: int, *, maximum: int) -> list[Untold]:
    """Return the oldest calls of a bucket whose runs are to be told, locked; those that another holds are left out."""
    rows = await _queries.fetch(connection, "claim_untold", bucket=bucket, maximum=maximum)
    return [Untold(**dict(row)) for row in rows]


async def note_told(connection: Connection, bucket: int, ids: Sequence[UUID], *, now: datetime) -> None:
    """Note that the runs of these calls are told in this transaction."""
    await _queries.execute(connection, "note_told", bucket=bucket, ids=ids, now=now)


async def forget_calls(connection: Connection, contact_id: UUID) -> None:
    """Make a contact's calls and their tries go."""
    where = {"bucket": bucket_of(contact_id), "contact_id": contact_id}
    await _queries.execute(connection, "forget_tries", **where)
    await _queries.execute(connection, "forget_calls", **where)


async def list_calls(
    connection: Connection, workspace_id: UUID, journey_id: UUID, *, step: str | None, maximum: int
) -> list[ListedCall]:
    """Return a journey's newest calls, each with its tries in order."""
    rows = await _queries.fetch(
        connection,
        "list_calls",
        workspace_id=workspace_id,
        journey_id=journey_id,
        step=step,
        maximum=maximum,
    )
    tries = await _queries.fetch(
        connection,
        "list_tries",
        workspace_id=workspace_id,
        buckets=[row["bucket"] for row in rows],
        call_ids=[row["id"] for row in rows],
    )
    by_call: dict[UUID, list[Try]] = {}
    for row in tries:
        values = dict(row)
        by_call.setdefault(values.pop("call_id"), []).append(Try(**values))
    return [ListedCall(**dict(row), tries=tuple(by_call.get(row["id"], ()))) for row in rows]


async def list_secrets(connection: Connection, workspace_id: UUID, *, real: datetime) -> list[SealedSecret]:
    """Return the secrets that sign for a workspace, the one in force first."""
    rows = await _queries.fetch(connection, "list_secrets", workspace_id=workspace_id, real=real)
    return [SealedSecret(**dict(row)) for row in rows]


async def insert_secret(
    connection: Connection, workspace_id: UUID, id: UUID, sealed: bytes, *, real: datetime
) -> None:
    """Put a secret in force; where one is already, nothing changes."""
    await _queries.execute(
        connection, "insert_secret", workspace_id=workspace_id, id=id, sealed=sealed, real=real
    )


async def retire_secret(
    connection: Connection, workspace_id: UUID, *, until: datetime, real: datetime
) -> None:
    """Let the secret in force sign beside the next one until a moment, and make those go that sign no more."""
    await _queries.execute(connection, "retire_secret", workspace_id=workspace_id, until=until)
    await _queries.execute(connection, "delete_old_secrets", workspace_id=workspace_id, real=real)


def _places(calls: Sequence[Call]) -> dict[str, Any]:
    return {"buckets": [call.bucket for call in calls], "ids": [call.id for call in calls]}
