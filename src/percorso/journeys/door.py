"""At most so many entries of a journey, in all or in a day (spec 3.7): who comes waits at the door for a place. Pure.

A run at the door stands at no step: its step is empty. It asks for one of the day's places, then for one of all, in the
way that paths with places do; with both it enters, without it ends, *refused*, and nothing remembers that it came.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from percorso.journeys.model import RequestPlace, Run
from percorso.journeys.version import Version

DOOR: Final = ""
"""The step at which a run stands that has not entered."""

WAITS: Final = "waits for a place"
"""What the trace of a run says that came to the door."""

FULL: Final = "entries_full"
"""Why a run ended at the door: as many entered as may in all."""

FULL_TODAY: Final = "entries_full_today"
"""Why a run ended at the door: as many entered on this day, of the journey's zone, as may."""

ALL: Final = "entries"
"""What the places of all entries are called; those of a day are called by the day."""


def is_at_door(run: Run) -> bool:
    """Whether the run waits to enter."""
    return run.step == DOOR


def is_limited(version: Version) -> bool:
    """Whether who comes needs a place."""
    options = version.graph.options
    return options.entries is not None or options.entries_per_day is not None


def list_requests(version: Version, came_at: datetime) -> Iterator[RequestPlace]:
    """Yield the places that who comes at this moment needs, in order: the day's, then one of all.

    So that none of all is taken by who comes too late today. Each is a visit of its own, so that answers are told apart.
    """
    options = version.graph.options
    if options.entries_per_day is not None:
        day = came_at.astimezone(version.zone).date().isoformat()
        yield RequestPlace(DOOR, -1, day, options.entries_per_day)
    if options.entries is not None:
        yield RequestPlace(DOOR, 0, ALL, options.entries)
