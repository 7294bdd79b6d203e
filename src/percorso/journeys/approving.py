"""Publishing that a second person approves (spec 3.10), where the workspace asks for that.

Whoever would publish proposes instead, with all that they said of those inside. What is proposed would pass at that moment: it is
published within a savepoint, which is undone. Somebody else approves it, and then it is published as it was proposed,
or refused because the journey was changed since.
"""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from percorso.db import Connection
from percorso.db.clock import read_clock
from percorso.journeys import store
from percorso.journeys.actions import get_journey, get_next_graph, publish_journey
from percorso.journeys.definition import Journey
from percorso.journeys.errors import ChangedMeanwhileError, NotProposedError, OwnProposalError
from percorso.journeys.people.inside import FINISH, InsidePlan
from percorso.workspaces.audit import Action, record_audit
from percorso.workspaces.store import needs_approval


class Person(msgspec.Struct, frozen=True):
    """Who asks or approves: as the audit names them (`user:<id>`, `key:<id>`, `command line`), and as people do."""

    id: str
    name: str


class Proposal(msgspec.Struct, frozen=True, rename="camel"):
    """What somebody asked to publish: as `actions.publish_journey` takes it. `graph` is a hash of what was looked at."""

    by: Person
    at: datetime
    plan: InsidePlan
    again: int | None
    copies: bool
    graph: str


async def publish_or_propose(
    connection: Connection,
    workspace_id: UUID,
    journey_id: UUID,
    *,
    by: Person,
    plan: InsidePlan = FINISH,
    again: int | None = None,
    copies: bool = False,
) -> int | None:
    """Publish the journey and return the version's number; None: it is proposed, and waits for somebody else.

    Raises what publishing raises. Who proposes again takes the place of who did before.
    """
    if not await needs_approval(connection, workspace_id):
        return await publish_journey(
            connection, workspace_id, journey_id, plan=plan, again=again, copies=copies, by=by.id
        )
    journey = await get_journey(connection, workspace_id, journey_id)
    basis = await _hash_next(connection, journey, again)
    attempt = connection.transaction()
    await attempt.start()
    try:
        await publish_journey(
            connection, workspace_id, journey_id, plan=plan, again=again, copies=copies, by=by.id
        )
    finally:
        await attempt.rollback()
    clock = await read_clock(connection)
    proposal = Proposal(by, clock.product_at, plan, again, copies, basis)
    await store.write_proposal(connection, workspace_id, journey_id, msgspec.to_builtins(proposal))
    detail = {"inside": plan.then, "again": again}
    await _audit(connection, workspace_id, by, "journey.proposed", journey_id, detail)
    return None


async def find_proposal(connection: Connection, workspace_id: UUID, journey_id: UUID) -> Proposal | None:
    """Return what somebody asked to publish, None where nobody did."""
    found = await store.find_proposal(connection, workspace_id, journey_id)
    return None if found is None else msgspec.convert(found, Proposal)


async def approve(connection: Connection, workspace_id: UUID, journey_id: UUID, *, by: Person) -> None:
    """Publish what somebody else asked to publish, as they asked.

    Raises UnknownJourneyError, NotProposedError, OwnProposalError, ChangedMeanwhileError where another graph would be
    published than was proposed, and what publishing raises.
    """
    journey = await get_journey(connection, workspace_id, journey_id)
    proposal = await find_proposal(connection, workspace_id, journey_id)
    if proposal is None:
        raise NotProposedError
    if proposal.by.id == by.id:
        raise OwnProposalError
    if await _hash_next(connection, journey, proposal.again) != proposal.graph:
        raise ChangedMeanwhileError
    await publish_journey(
        connection,
        workspace_id,
        journey_id,
        plan=proposal.plan,
        again=proposal.again,
        copies=proposal.copies,
        by=by.id,
    )
    detail = {"by": proposal.by.id}
    await _audit(connection, workspace_id, by, "journey.approved", journey_id, detail)


async def withdraw(connection: Connection, workspace_id: UUID, journey_id: UUID, *, by: Person) -> None:
    """Let what was proposed be proposed no more; raises UnknownJourneyError, NotProposedError."""
    await get_journey(connection, workspace_id, journey_id)
    proposal = await find_proposal(connection, workspace_id, journey_id)
    if proposal is None:
        raise NotProposedError
    await store.write_proposal(connection, workspace_id, journey_id, None)
    detail = {"by": proposal.by.id}
    await _audit(connection, workspace_id, by, "journey.proposal_withdrawn", journey_id, detail)


async def _audit(
    connection: Connection,
    workspace_id: UUID,
    by: Person,
    action: Action,
    journey_id: UUID,
    detail: dict[str, Any],
) -> None:
    clock = await read_clock(connection)
    await record_audit(
        connection,
        workspace_id,
        caller=by.id,
        action=action,
        subject=str(journey_id),
        detail=detail,
        at=clock.real_at,
    )


async def _hash_next(connection: Connection, journey: Journey, again: int | None) -> str:
    graph = await get_next_graph(connection, journey, again)
    return hashlib.sha256(msgspec.json.encode(graph)).hexdigest()
