"""Reading and writing experiments, and what is read to measure one: one function per query."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.db import Connection, Record, load_queries
from percorso.journeys.experiments.model import Kept, Measured, Visit
from percorso.journeys.winner import Figures
from percorso.kit.ids import bucket_of

_queries: Final = load_queries("percorso.journeys.experiments")


class Done(msgspec.Struct, frozen=True):
    """A fact of the goal's name: whose, when, and what its condition may read."""

    contact_id: UUID
    at: datetime
    properties: dict[str, Any]
    attributes: dict[str, Any]


async def list_experiments(connection: Connection, journey_id: UUID) -> list[Kept]:
    """Return what is kept of a journey's experiments, by step."""
    rows = await _queries.fetch(connection, "list_experiments", **_place(journey_id))
    return [_kept(row) for row in rows]


async def list_due(connection: Connection, *, now: datetime) -> list[Kept]:
    """Return the experiments that are to be measured now, longest due first, of every workspace."""
    return [_kept(row) for row in await _queries.fetch(connection, "list_due", now=now)]


async def begin_experiment(
    connection: Connection, workspace_id: UUID, journey_id: UUID, step: str, *, since: int, now: datetime
) -> None:
    """Let an experiment begin with this version; what was known of one at the step goes."""
    await _queries.execute(
        connection,
        "begin_experiment",
        **_place(journey_id),
        workspace_id=workspace_id,
        step=step,
        since=since,
        now=now,
    )


async def keep_experiments(connection: Connection, journey_id: UUID, steps: Iterable[str]) -> None:
    """Make all experiments of a journey go but those at these steps."""
    await _queries.execute(connection, "delete_experiments", **_place(journey_id), steps=list(steps))


async def find_since(connection: Connection, kept: Kept) -> datetime:
    """Return when the version was published with which the experiment began."""
    return await _queries.fetch_value(connection, "find_since", journey_id=kept.journey_id, number=kept.since)


async def list_visits(
    connection: Connection, bucket: int, kept: Kept, paths: Sequence[str], *, since: datetime
) -> list[Visit]:
    """Return the visits of an experiment in one bucket, in no order."""
    rows = await _queries.fetch(
        connection,
        "list_visits",
        bucket=bucket,
        journey_id=kept.journey_id,
        version=kept.since,
        step=kept.step,
        paths=paths,
        since=since,
    )
    return [Visit(*row) for row in rows]


async def list_goals(
    connection: Connection, bucket: int, contact_ids: Sequence[UUID], name: str, *, since: datetime
) -> list[Done]:
    """Return what these contacts of one bucket did under this name, in order of time."""
    rows = await _queries.fetch(
        connection, "list_goals", bucket=bucket, contact_ids=contact_ids, name=name, since=since
    )
    return [Done(*row) for row in rows]


async def record_measured(
    connection: Connection, kept: Kept, measured: Measured, *, now: datetime, next_at: datetime
) -> None:
    """Write what was measured; an experiment that began anew meanwhile is left as it is."""
    await _queries.execute(
        connection,
        "record_measured",
        **_place(kept.journey_id),
        step=kept.step,
        since=kept.since,
        figures=msgspec.to_builtins(dict(measured.figures)),
        began_at=measured.began_at,
        now=now,
        next_at=next_at,
    )


async def record_winner(connection: Connection, kept: Kept, winner: str, *, now: datetime) -> bool:
    """Write who has won, and return whether it was undecided until now."""
    written = await _queries.execute(
        connection,
        "record_winner",
        **_place(kept.journey_id),
        step=kept.step,
        since=kept.since,
        winner=winner,
        now=now,
    )
    return written > 0


def _place(journey_id: UUID) -> dict[str, Any]:
    return {"bucket": bucket_of(journey_id), "journey_id": journey_id}


def _kept(row: Record) -> Kept:
    values: dict[str, Any] = {**dict(row), "figures": msgspec.convert(row["figures"], dict[str, Figures])}
    return Kept(**values)
