"""Reading and writing requests and places."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import UniqueViolationError

from percorso.db import Connection, load_queries
from percorso.journeys.places.model import PathKey, PlaceRequest, Visit
from percorso.kit.ids import bucket_of

_queries: Final = load_queries("percorso.journeys.places")

_COLUMNS: Final = (
    "bucket", "run_id", "step", "visit", "contact_id", "journey_id", "path", "places", "workspace_id", "requested_at",
)  # fmt: skip


async def insert_requests(connection: Connection, requests: Iterable[PlaceRequest]) -> None:
    """Ask for places, in the bucket of each contact; raises UniqueViolationError for a visit that has asked."""
    records = [
        (
            bucket_of(request.contact_id),
            *request.visited,
            request.contact_id,
            request.journey_id,
            request.path,
            request.places,
            request.workspace_id,
            request.requested_at,
        )
        for request in requests
    ]
    if records:
        await connection.copy_records_to_table("place_requests", records=records, columns=_COLUMNS)


async def list_requesting_buckets(connection: Connection) -> list[int]:
    """Return the buckets that hold requests, in ascending order."""
    return [row["bucket"] for row in await _queries.fetch(connection, "list_requesting_buckets")]


async def claim_requests(connection: Connection, bucket: int, *, maximum: int) -> list[PlaceRequest]:
    """Return the oldest requests of a bucket, locked; those that another allocator holds are left out."""
    rows = await _queries.fetch(connection, "claim_requests", bucket=bucket, maximum=maximum)
    return [PlaceRequest(**dict(row)) for row in rows]


async def list_taken(connection: Connection, path: PathKey, run_ids: Sequence[UUID]) -> set[Visit]:
    """Return the visits of these runs that have a place of the path."""
    rows = await _queries.fetch(
        connection,
        "list_taken",
        bucket=bucket_of(path.journey_id),
        journey_id=path.journey_id,
        step=path.step,
        path=path.path,
        run_ids=run_ids,
    )
    return {(row["run_id"], path.step, row["visit"]) for row in rows}


async def take_places(
    connection: Connection, path: PathKey, visits: Sequence[Visit], *, now: datetime
) -> set[Visit]:
    """Take places for these visits, in order, as far as there are any, and return who has one; needs a transaction.

    Waits for who takes places of the path at the same moment. The visits have none yet.
    """
    while visits:
        try:
            async with connection.transaction():
                rows = await _queries.fetch(
                    connection,
                    "take_places",
                    bucket=bucket_of(path.journey_id),
                    journey_id=path.journey_id,
                    step=path.step,
                    path=path.path,
                    places=path.places,
                    workspace_id=path.workspace_id,
                    run_ids=[run_id for run_id, _, _ in visits],
                    visits=[visit for _, _, visit in visits],
                    now=now,
                )
            return {(row["run_id"], path.step, row["visit"]) for row in rows}
        except UniqueViolationError:
            # Somebody else took our numbers at the same moment; theirs are visible now.
            continue
    return set()


async def delete_requests(connection: Connection, bucket: int, requests: Sequence[PlaceRequest]) -> None:
    """Take answered requests away."""
    await _queries.execute(
        connection,
        "delete_requests",
        bucket=bucket,
        run_ids=[request.run_id for request in requests],
        steps=[request.step for request in requests],
        visits=[request.visit for request in requests],
    )


async def forget_requests(connection: Connection, contact_id: UUID) -> None:
    """Make a contact's requests go; places that it took stay taken, and name nobody."""
    await _queries.execute(connection, "forget_requests", bucket=bucket_of(contact_id), contact_id=contact_id)
