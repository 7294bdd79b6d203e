"""Control facts: what was saved about a segment, told to every bucket by a job (architecture §3).

A bucket that hears of it holds its contacts against the revision, and its later facts wait for that. So only as many
buckets are told at a time as one batch of the worker fills; the others are told when those are done.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.jobs import Handlers, Later, enqueue_job
from percorso.jobs.model import Job
from percorso.jobs.store import count_waiting_jobs
from percorso.kit.ids import BUCKETS
from percorso.log.actions import append_facts
from percorso.log.control import draft_control_facts
from percorso.log.store import has_applied
from percorso.segments.membership_store import count_contacts
from percorso.segments.model import SEGMENT_DISABLED, SEGMENT_PUBLISHED, Cause

KIND: Final = "segments.control"
"""The kind of job that appends control facts."""

STEP: Final = 20_000
"""Contacts in buckets that are told together, more or less: about a second of the worker's time."""

PAUSE: Final = timedelta(milliseconds=100)
"""How long to wait before looking again whether they have gone over."""


async def announce(
    connection: Connection, workspace_id: UUID, segment_id: UUID, revision: int, cause: Cause
) -> UUID:
    """Ask for the control fact of a revision in every bucket, after those before it; return the job's id."""
    return await enqueue_job(
        connection,
        KIND,
        {
            "name": SEGMENT_DISABLED if cause == "disabled" else SEGMENT_PUBLISHED,
            "properties": {"segmentId": str(segment_id), "revision": revision, "cause": cause},
        },
        key=str(segment_id),
        workspace_id=workspace_id,
    )


async def is_announcing(connection: Connection, segment_id: UUID) -> bool:
    """Whether some bucket may not have heard yet what was last saved: the screen says *filling*."""
    return await count_waiting_jobs(connection, KIND, str(segment_id)) > 0


class _Left(msgspec.Struct, rename="camel", omit_defaults=True):
    """What the job has still to do: `steps` are the buckets that are told together; `waiting` those told last, with the
    offset of the fact."""

    name: str
    properties: dict[str, Any]
    steps: list[tuple[int, ...]] | None = None
    waiting: dict[int, int] = msgspec.field(default_factory=dict[int, int])


async def _append_control(connection: Connection, job: Job) -> Later | None:
    """Tell the next buckets, when those told last have gone over to the revision."""
    assert job.workspace_id is not None
    left = msgspec.convert(job.arguments, _Left, strict=False)
    if left.waiting and not await has_applied(connection, left.waiting):
        return Later(job.arguments, PAUSE)
    steps = left.steps
    if steps is None:
        steps = plan_steps(await count_contacts(connection, job.workspace_id))
    now = await read_product_time(connection)
    drafts = [
        draft
        for draft in draft_control_facts(job.id, job.workspace_id, left.name, left.properties, now)
        if draft.bucket in steps[0]
    ]
    offsets = await append_facts(connection, drafts, received_at=now)
    if len(steps) == 1:
        return None
    told = {int(draft.bucket): offset for draft, offset in zip(drafts, offsets, strict=True)}
    return Later(
        msgspec.to_builtins(_Left(left.name, left.properties, steps[1:], told), str_keys=True), PAUSE
    )


def plan_steps(contacts: Mapping[int, int]) -> list[tuple[int, ...]]:
    """Return which buckets are told together, given how many contacts are in each: at most STEP, or one bucket."""
    steps: list[tuple[int, ...]] = []
    step: list[int] = []
    for bucket in range(BUCKETS):
        if step and sum(contacts.get(each, 0) for each in (*step, bucket)) > STEP:
            steps.append(tuple(step))
            step = []
        step.append(bucket)
    return [*steps, tuple(step)]


HANDLERS: Final[Handlers] = {KIND: _append_control}
"""What segments do as jobs; the worker's shell runs them."""
