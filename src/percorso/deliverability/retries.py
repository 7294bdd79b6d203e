"""When a receiving domain that said no is tried again, decided. Pure."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from percorso.deliverability.model import Destination, DomainWait, Refusal
from percorso.kit.ids import derive_share

RETRY_AFTER: Final = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240))
"""Pauses between tries; the last one repeats (trust §1)."""

PAUSED_FOR: Final = timedelta(hours=4)
"""After how long a paused domain is tried again by itself."""

LOOK_AGAIN: Final = timedelta(minutes=5)
"""How long a message to a waiting domain is put off at most, so that a released domain is noticed."""


def vary(pause: timedelta, *key: str | int | UUID) -> timedelta:
    """Return the pause ± 10 %, derived from the key, so that a crash changes nothing."""
    return pause * (0.9 + 0.2 * derive_share("retry", *key))


def decide_wait(
    known: DomainWait | None, destination: Destination, refusal: Refusal, *, reply: str, now: datetime
) -> DomainWait:
    """Return how long a destination is left alone after it said no once more; `known` is what was known of it.

    An answer to a try that had begun before the wait did says nothing new, unless it is the first by policy.
    """
    step, since, paused_at = 0, now, None
    if known is not None:
        step, since, paused_at = known.step, known.since, known.paused_at
        if now < known.next_at and (refusal == "later" or paused_at is not None):
            return known
    if refusal == "policy" and paused_at is None:
        paused_at = now
    pause = PAUSED_FOR if paused_at is not None else RETRY_AFTER[min(step, len(RETRY_AFTER) - 1)]
    return DomainWait(
        destination=destination,
        step=step + 1,
        since=since,
        next_at=now + vary(pause, destination.id, step),
        paused_at=paused_at,
        reply=reply,
        replied_at=now,
    )


def put_off_until(waits_until: datetime, now: datetime, *ends: datetime | None) -> datetime:
    """Return when a message to a waiting domain is looked at again: soon, and when its own time is over."""
    return min(waits_until, now + LOOK_AGAIN, *(end for end in ends if end is not None and end > now))
