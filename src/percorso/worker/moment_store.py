"""Moments at which contacts meet starts, read and written by the set: one function per query."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from percorso.db import Connection, load_queries
from percorso.journeys.lookout import MomentKey, StartMoment
from percorso.kit.ids import bucket_of
from percorso.worker.model import WalkResult

_queries: Final = load_queries("percorso.worker")

Moments = Mapping[UUID, Mapping[MomentKey, StartMoment]]
"""By contact, its next moment of each start."""


async def list_due_moments(
    connection: Connection, horizons: Mapping[int, datetime], *, maximum: int
) -> list[tuple[int, UUID, datetime]]:
    """Return (bucket, contact, due at) of at most `maximum` moments per bucket at its horizon or before."""
    if not horizons:
        return []
    rows = await _queries.fetch(
        connection,
        "list_due_moments",
        buckets=list(horizons),
        horizons=list(horizons.values()),
        maximum=maximum,
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def load_moments(connection: Connection, contact_ids: Sequence[UUID]) -> Moments:
    """Return the moments of these contacts; who has none is left out."""
    rows = await _queries.fetch(
        connection,
        "load_moments",
        buckets=[bucket_of(id) for id in contact_ids],
        contact_ids=contact_ids,
    )
    found: dict[UUID, dict[MomentKey, StartMoment]] = {}
    for row in rows:
        moment = StartMoment(row[1], row[2], row[3], row[4], row[5], row[6], row[7])
        found.setdefault(row[0], {})[moment.key] = moment
    return found


async def write_moments(connection: Connection, results: Iterable[WalkResult]) -> None:
    """Write which moments came, went or moved; the caller holds the buckets' cursors."""
    changed = [
        (result.contact.id, key, moment)
        for result in results
        if result.contact is not None
        for key, moment in result.moments.items()
    ]
    gone = [(contact_id, key) for contact_id, key, moment in changed if moment is None]
    if gone:
        await _queries.execute(
            connection,
            "forget_moments",
            buckets=[bucket_of(contact_id) for contact_id, _ in gone],
            contact_ids=[contact_id for contact_id, _ in gone],
            journey_ids=[key[0] for _, key in gone],
            start_ids=[key[1] for _, key in gone],
            keys=[key[2] for _, key in gone],
        )
    await upsert_moments(
        connection, [(contact_id, moment) for contact_id, _, moment in changed if moment is not None]
    )


async def upsert_moments(connection: Connection, moments: Sequence[tuple[UUID, StartMoment]]) -> None:
    """Write the next moments of contacts, one for each start."""
    if not moments:
        return
    await _queries.execute(
        connection,
        "upsert_moments",
        buckets=[bucket_of(contact_id) for contact_id, _ in moments],
        contact_ids=[contact_id for contact_id, _ in moments],
        journey_ids=[moment.journey_id for _, moment in moments],
        start_ids=[moment.start_id for _, moment in moments],
        keys=[moment.message for _, moment in moments],
        workspace_ids=[moment.workspace_id for _, moment in moments],
        due_ats=[moment.due_at for _, moment in moments],
        abouts=[moment.about for _, moment in moments],
        values=[moment.value for _, moment in moments],
    )


async def forget_moment(connection: Connection, contact_id: UUID, due_at: datetime) -> None:
    """Let a contact meet nothing at this moment."""
    await _queries.execute(
        connection, "forget_moment", bucket=bucket_of(contact_id), contact_id=contact_id, due_at=due_at
    )


async def clear_moments(connection: Connection, bucket: int, journey_id: UUID) -> None:
    """Let nobody in the bucket meet a start of the journey by time."""
    await _queries.execute(connection, "clear_moments", bucket=bucket, journey_id=journey_id)


async def list_dated(
    connection: Connection, bucket: int, workspace_id: UUID, path: str, *, after: UUID, maximum: int
) -> list[tuple[UUID, Any, Any]]:
    """Return (contact, text in the field, text in its time zone) of contacts behind `after`, in order of their ids."""
    rows = await _queries.fetch(
        connection,
        "list_dated",
        bucket=bucket,
        workspace_id=workspace_id,
        path=path.split("."),
        after=after,
        maximum=maximum,
    )
    return [(row["id"], row["value"], row["time_zone"]) for row in rows]


async def list_profiles(
    connection: Connection, bucket: int, workspace_id: UUID, *, after: UUID, maximum: int
) -> list[tuple[UUID, dict[str, Any]]]:
    """Return (contact, attributes) of contacts behind `after`, in order of their ids."""
    rows = await _queries.fetch(
        connection, "list_profiles", bucket=bucket, workspace_id=workspace_id, after=after, maximum=maximum
    )
    return [(row["id"], row["attributes"]) for row in rows]


async def list_subscribed_since(
    connection: Connection, bucket: int, workspace_id: UUID, list_id: UUID, channel: str, *, since: datetime
) -> list[tuple[UUID, datetime, Any]]:
    """Return (contact, when it subscribed, text in its time zone) of who subscribed after `since`."""
    rows = await _queries.fetch(
        connection,
        "list_subscribed_since",
        bucket=bucket,
        workspace_id=workspace_id,
        list_id=list_id,
        channel=channel,
        since=since,
    )
    return [(row["id"], row["changed_at"], row["time_zone"]) for row in rows]
