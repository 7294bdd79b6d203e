"""Who is inside a journey, and where: read by the set."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.db import Connection, load_queries
from percorso.journeys.model import RunState
from percorso.journeys.people.standing import Place

_queries: Final = load_queries("percorso.journeys.people")
_FIRST: Final = (0, UUID(int=0))


class Whom(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Which runs inside a journey: all, or only those of versions below, at a step, of these ids, or late.

    Late is who waits for a message that could have left by now and has not.
    """

    below: int | None = None
    step: str | None = None
    run_ids: tuple[UUID, ...] | None = None
    late: bool = False


class RunInside(msgspec.Struct, frozen=True):
    """A run inside a journey, the bucket where it lies, whose it is, and where it stands."""

    bucket: int
    id: UUID
    contact_id: UUID
    visit: int


class RunFound(msgspec.Struct, frozen=True):
    """A run, inside or ended, and where it stands."""

    id: UUID
    journey_id: UUID
    contact_id: UUID
    version: int
    state: RunState
    step: str | None
    visit: int


async def list_inside(
    connection: Connection,
    workspace_id: UUID,
    journey_id: UUID,
    whom: Whom,
    *,
    after: tuple[int, UUID] | None,
    now: datetime,
    maximum: int,
) -> list[RunInside]:
    """Return at most `maximum` runs inside, in the order of buckets and ids, behind `after`."""
    bucket, id = after or _FIRST
    rows = await _queries.fetch(
        connection,
        "list_inside",
        workspace_id=workspace_id,
        journey_id=journey_id,
        below=whom.below,
        step=whom.step,
        run_ids=None if whom.run_ids is None else list(whom.run_ids),
        late=whom.late,
        after_bucket=bucket,
        after_id=id,
        now=now,
        maximum=maximum,
    )
    return [RunInside(*row) for row in rows]


async def count_standing(connection: Connection, workspace_id: UUID, journey_id: UUID) -> dict[Place, int]:
    """Return how many stand at each step of each version of the journey."""
    rows = await _queries.fetch(
        connection, "count_standing", workspace_id=workspace_id, journey_id=journey_id
    )
    return {Place(row["version"], row["step"]): row["people"] for row in rows}


async def count_reached(
    connection: Connection, workspace_id: UUID, journey_id: UUID, moments: Mapping[Place, datetime]
) -> dict[Place, int]:
    """Return how many of those who stand in these places reached them by these moments; unnamed: nobody."""
    if not moments:
        return {}
    rows = await _queries.fetch(
        connection,
        "count_reached",
        workspace_id=workspace_id,
        journey_id=journey_id,
        versions=[place.version for place in moments],
        steps=[place.step for place in moments],
        moments=list(moments.values()),
    )
    return {Place(row["version"], row["step"]): row["people"] for row in rows}


async def count_late(
    connection: Connection, workspace_id: UUID, journey_id: UUID, *, now: datetime
) -> dict[str, int]:
    """Return how many wait at each step for a message that could have left by now and has not."""
    rows = await _queries.fetch(
        connection, "count_late", workspace_id=workspace_id, journey_id=journey_id, now=now
    )
    return {row["step"]: row["people"] for row in rows}


async def list_runs_of(
    connection: Connection, workspace_id: UUID, journey_id: UUID, contact: str
) -> list[UUID]:
    """Return the runs inside a journey of who has this email or id, oldest first."""
    rows = await _queries.fetch(
        connection, "list_runs_of", workspace_id=workspace_id, journey_id=journey_id, contact=contact
    )
    return [row["id"] for row in rows]


async def list_named(connection: Connection, workspace_id: UUID, contact: str) -> list[UUID]:
    """Return the contacts that have this email or id."""
    rows = await _queries.fetch(connection, "list_named", workspace_id=workspace_id, contact=contact)
    return [row["id"] for row in rows]


async def find_run(connection: Connection, workspace_id: UUID, id: UUID) -> RunFound | None:
    """Return the run, None if the workspace has none of this id."""
    row = await _queries.fetch_row(connection, "find_run", workspace_id=workspace_id, id=id)
    return None if row is None else RunFound(*row)
