"""Asking something of those inside: a job tells each run's contact, piece by piece, once every bucket knows what for.

A piece is told when the one before it is applied, so that live facts need not wait. A run on its way to another contact
is asked in the next round; asking twice changes nothing (`inside.decide_asked`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.contacts.following import find_goals
from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.jobs import enqueue_job
from percorso.jobs.model import Job, Later
from percorso.jobs.store import count_waiting_jobs
from percorso.journeys import store
from percorso.journeys.people.inside import Ask
from percorso.journeys.people.store import RunInside, Whom, list_inside
from percorso.kit.ids import BUCKETS, WorkspaceId, bucket_of, derive_id
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft

CONTROL: Final = "journeys.control"
"""The kind of job that appends control facts: what is asked of those inside is told behind them."""

KIND: Final = "journeys.inside"
"""The kind of job that asks something of those inside; its key is the journey's id."""

NOBODY: Final = UUID(int=0)
"""Stands for the run where an ask is not about one yet."""

PIECE: Final = 2_000
"""Runs asked in one go."""

_LOOK_AGAIN: Final = timedelta(seconds=0.25)
"""How long to wait for buckets that have not heard yet, and for runs that are on their way."""


class Errand(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What is asked of whom, and how far it went. `ask` holds what all the asks share; its run is nobody's.

    `as_it_stands`: only if the run still stands where it stood when it was listed. `resumes`: the journey goes on when
    all is applied. `reach`: offsets by bucket to be applied first; `after`: the last run asked; `is_left`: somebody
    could not be asked in this round; `is_told`: all were.
    """

    journey_id: UUID
    name: str
    ask: Ask
    whom: Whom
    as_it_stands: bool = False
    resumes: bool = False
    reach: tuple[int, ...] = ()
    after: tuple[int, UUID] | None = None
    is_left: bool = False
    is_told: bool = False


async def send_errand(
    connection: Connection, workspace_id: UUID, errand: Errand, *, id: UUID | None = None
) -> UUID:
    """Ask for the errand after those asked for before about the journey; return the job's id."""
    return await enqueue_job(
        connection,
        KIND,
        msgspec.to_builtins(errand),
        key=str(errand.journey_id),
        workspace_id=workspace_id,
        id=id,
    )


async def is_asking(connection: Connection, journey_id: UUID) -> bool:
    """Whether somebody inside may still have to be asked what was decided."""
    return await count_waiting_jobs(connection, KIND, str(journey_id)) > 0


async def tell_piece(connection: Connection, job: Job, errand: Errand) -> Later | Errand | None:
    """Ask the next runs. Return what to go on with; the errand itself where all is told and applied."""
    assert job.workspace_id is not None
    if not errand.reach and await count_waiting_jobs(connection, CONTROL, str(errand.journey_id)) > 0:
        # Where it goes must be known in a bucket before anybody there is sent.
        return Later(job.arguments, _LOOK_AGAIN)
    if errand.reach and await store.is_behind(connection, errand.reach):
        return Later(job.arguments, _LOOK_AGAIN)
    if errand.is_told:
        return errand
    now = await read_product_time(connection)
    runs = await list_inside(
        connection,
        job.workspace_id,
        errand.journey_id,
        errand.whom,
        after=errand.after,
        now=now,
        maximum=PIECE,
    )
    goals = await find_goals(connection, [(run.id, run.contact_id) for run in runs], now=now)
    drafts = list(_draft(job, errand, runs, goals, now))
    offsets = await append_facts(connection, drafts, received_at=now)
    following = msgspec.structs.replace(
        errand,
        reach=_reach(drafts, offsets),
        is_left=errand.is_left or len(goals) < len(runs),
    )
    if len(runs) == PIECE:
        return _go_on(following, after=(runs[-1].bucket, runs[-1].id))
    if following.is_left:
        return _go_on(following, pause=_LOOK_AGAIN, after=None, is_left=False)
    return _go_on(following, is_told=True)


def _go_on(errand: Errand, *, pause: timedelta = timedelta(0), **changes: Any) -> Later:
    return Later(msgspec.to_builtins(msgspec.structs.replace(errand, **changes)), pause)


def _draft(
    job: Job,
    errand: Errand,
    runs: Iterable[RunInside],
    goals: Mapping[tuple[UUID, UUID], UUID],
    now: datetime,
) -> Iterable[FactDraft]:
    assert job.workspace_id is not None
    for run in runs:
        contact_id = goals.get((run.id, run.contact_id))
        if contact_id is None:
            continue
        visit = run.visit if errand.as_it_stands else None
        ask = msgspec.structs.replace(errand.ask, run_id=run.id, visit=visit)
        yield FactDraft(
            bucket=bucket_of(contact_id),
            workspace_id=WorkspaceId(job.workspace_id),
            contact_id=contact_id,
            kind="run",
            name=errand.name,
            message_id=str(derive_id("asked", job.id, run.id, run.visit)),
            occurred_at=now,
            properties=msgspec.json.encode(ask),
            origin="job",
        )


def _reach(drafts: Sequence[FactDraft], offsets: Sequence[int]) -> tuple[int, ...]:
    """Return by bucket how far must be applied until these facts are; 0 where none was appended."""
    reach = [0] * BUCKETS
    for draft, offset in zip(drafts, offsets, strict=True):
        reach[draft.bucket] = max(reach[draft.bucket], offset)
    return tuple(reach)
