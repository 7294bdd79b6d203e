"""A job, and when to try it again."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

TRIES: Final = 12
"""After so many failures a job is given up: more than a day after it was asked for."""

_FIRST_PAUSE: Final = timedelta(seconds=1)
_LONGEST_PAUSE: Final = timedelta(hours=6)


class Job(msgspec.Struct, frozen=True):
    """One unit of internal work; `tries` are the failures so far."""

    id: UUID
    kind: str
    arguments: dict[str, Any]
    workspace_id: UUID | None
    tries: int


class Later(msgspec.Struct, frozen=True):
    """What a job that is not done yet goes on with, after a pause; it keeps its place among those of its key."""

    arguments: dict[str, Any]
    pause: timedelta = timedelta(0)


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after the nth failure: 1 s, 4 s, 16 s, … at most 6 h."""
    return min(_FIRST_PAUSE * 4.0 ** min(tries - 1, 12), _LONGEST_PAUSE)


def is_last_try(tries: int) -> bool:
    """Whether the nth failure is the last."""
    return tries >= TRIES
