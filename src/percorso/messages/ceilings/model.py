"""How many messages of a journey may still leave today. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec


class Ceiling(msgspec.Struct, frozen=True):
    """At most `most` messages in a day of the zone of the journey's list; `counted` were marked on `day`.

    `counted_since` is the first of those counted (None with `day`: there is none). `reached_at` is when one more was about to
    leave, None where the journey need not ask.
    """

    journey_id: UUID
    most: int
    day: date | None = None
    counted: int = 0
    counted_since: datetime | None = None
    reached_at: datetime | None = None


def open_day(ceiling: Ceiling, today: date, now: datetime) -> Ceiling:
    """Return the ceiling as it stands today: with another day the count begins anew, what was asked stays asked.

    A clock that was put back goes on counting where it was.
    """
    if ceiling.day is not None and today <= ceiling.day:
        return ceiling
    return msgspec.structs.replace(ceiling, day=today, counted=0, counted_since=now)


def share_out(ceiling: Ceiling, asking: Sequence[UUID]) -> tuple[set[UUID], bool]:
    """Return who of those asking may leave, the first ones first, and whether one was kept back."""
    room = 0 if ceiling.reached_at is not None else max(ceiling.most - ceiling.counted, 0)
    return set(asking[:room]), len(asking) > room


def count_marks(ceiling: Ceiling, marked: int, *, exceeded: bool, now: datetime) -> Ceiling:
    """Return the ceiling after so many were marked now, and one more was `exceeded` about to be."""
    reached_at = ceiling.reached_at or (now if exceeded else None)
    return msgspec.structs.replace(ceiling, counted=ceiling.counted + marked, reached_at=reached_at)


def find_most(times: float, foreseen: int) -> int:
    """Return how many messages in a day are `times` what was foreseen: one at least."""
    return max(int(times * foreseen), 1)
