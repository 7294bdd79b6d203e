"""Reading and writing the ceilings of journeys and what was counted: one function per query."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of
from percorso.messages.ceilings.model import Ceiling

_queries: Final = load_queries("percorso.messages.ceilings")


async def write_ceiling(
    connection: Connection, workspace_id: UUID, journey_id: UUID, most: int | None, *, forgets: bool
) -> None:
    """Let a journey send so many messages in a day, None: as many as it will.

    With `forgets` it need not ask any more where there is room again.
    """
    if most is None:
        await delete_ceiling(connection, journey_id)
        return
    await _queries.execute(
        connection,
        "write_ceiling",
        **_place(journey_id),
        workspace_id=workspace_id,
        most=most,
        forgets=forgets,
    )


async def delete_ceiling(connection: Connection, journey_id: UUID) -> None:
    """Make the ceiling of a journey go, and what was counted."""
    await _queries.execute(connection, "delete_ceiling", **_place(journey_id))


async def forget_reached(connection: Connection, journey_id: UUID) -> None:
    """Count the messages of a journey anew: as many again may leave before it asks."""
    await _queries.execute(connection, "forget_reached", **_place(journey_id))


async def lock_ceilings(
    connection: Connection, journey_ids: Iterable[UUID], *, now: datetime
) -> dict[UUID, tuple[Ceiling, date]]:
    """Lock the ceilings of those of these journeys that have one; return each with the day that it is there.

    To be called before any message's row is locked, and after the accounts of caps.
    """
    asked = sorted(set(journey_ids))
    if not asked:
        return {}
    rows = await _queries.fetch(connection, "lock_ceilings", **_places(asked), now=now)
    return {row["journey_id"]: (Ceiling(*tuple(row)[:-1]), row["today"]) for row in rows}


async def count_marks(connection: Connection, ceilings: Sequence[Ceiling]) -> None:
    """Write what is counted now of ceilings that are locked."""
    await _queries.execute(
        connection,
        "count_marks",
        **_places([ceiling.journey_id for ceiling in ceilings]),
        days=[ceiling.day for ceiling in ceilings],
        counts=[ceiling.counted for ceiling in ceilings],
        sinces=[ceiling.counted_since for ceiling in ceilings],
        reached_ats=[ceiling.reached_at for ceiling in ceilings],
    )


async def give_back_marks(connection: Connection, lost: Sequence[tuple[UUID, datetime]]) -> None:
    """Take marks (journey, moment) off the count, as far as they are counted in it."""
    await _queries.execute(
        connection,
        "give_back_marks",
        **_places([journey_id for journey_id, _ in lost]),
        marked_ats=[marked_at for _, marked_at in lost],
    )


async def list_asking(connection: Connection, journey_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of these journeys that let nothing leave until somebody lets them go on."""
    asked = sorted(set(journey_ids))
    if not asked:
        return set()
    rows = await _queries.fetch(connection, "list_asking", **_places(asked))
    return {row["journey_id"] for row in rows}


async def list_reached(connection: Connection) -> list[tuple[UUID, UUID]]:
    """Return the journeys (id, workspace) that are on and should be paused."""
    return [tuple(row) for row in await _queries.fetch(connection, "list_reached")]


async def find_ceiling(connection: Connection, journey_id: UUID) -> Ceiling | None:
    """Return the ceiling of a journey with what was counted, None where it has none."""
    row = await _queries.fetch_row(connection, "find_ceiling", **_place(journey_id))
    return None if row is None else Ceiling(*row)


def _place(journey_id: UUID) -> dict[str, Any]:
    return {"bucket": bucket_of(journey_id), "journey_id": journey_id}


def _places(journey_ids: Sequence[UUID]) -> dict[str, Any]:
    return {"buckets": [bucket_of(id) for id in journey_ids], "journey_ids": list(journey_ids)}
