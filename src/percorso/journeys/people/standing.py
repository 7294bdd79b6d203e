"""What would become of those inside, counted before it is decided. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.journeys.graph import React, UntilDate, Wait, WaitThenCheck
from percorso.journeys.model import Run
from percorso.journeys.people.inside import (
    InsidePlan,
    Standing,
    find_step,
    hold_anew,
    is_over,
    is_same_kind,
)
from percorso.journeys.version import Version

Fate = Literal["stay", "keep", "anew", "arrive", "exit"]
"""stay: they finish on their version. keep: they stand at the same step as they stand. anew: likewise, their wait
reckoned anew. arrive: they come to another step. exit: they end."""

_NOBODY: Final = UUID(int=0)
_MICROSECOND: Final = timedelta(microseconds=1)
_LONG: Final = timedelta(days=14_640)
"""Longer than any wait: nobody stands at a step since before that."""


class Place(msgspec.Struct, frozen=True):
    """Where some stand: a version and a step of it."""

    version: int
    step: str


class Foreseen(msgspec.Struct, frozen=True):
    """How many stand somewhere, and what would become of them. `to` is the step where they would be, None: none.

    `over_since`: who reached the step by then would go on at once; None where nobody would, or each for themselves.
    """

    version: int
    step: str
    people: int
    fate: Fate
    to: str | None
    over_since: datetime | None = None
    depends: bool = False
    """Whether it is for each of them to be seen whose wait is over: it asks for their own date or zone."""


def foresee(
    people: Mapping[Place, int],
    versions: Mapping[int, Version],
    new: Version,
    plan: InsidePlan,
    now: datetime,
) -> list[Foreseen]:
    """Return what publishing `new` so would make of those inside, by version and step in their order."""
    return list(_foresee(sorted(people.items(), key=_order), versions, new, plan, now))


def _order(item: tuple[Place, int]) -> tuple[int, str]:
    return item[0].version, item[0].step


def _foresee(
    people: Iterable[tuple[Place, int]],
    versions: Mapping[int, Version],
    new: Version,
    plan: InsidePlan,
    now: datetime,
) -> Iterator[Foreseen]:
    for place, count in people:
        old, target = versions.get(place.version), find_step(plan, place.step, new)
        if plan.then == "exit":
            yield Foreseen(place.version, place.step, count, "exit", None)
        elif plan.then == "finish" or target is None or old is None:
            yield Foreseen(place.version, place.step, count, "stay", place.step)
        elif target != place.step or not is_same_kind(old, new, place.step):
            yield Foreseen(place.version, place.step, count, "arrive", target)
        elif plan.waits == "keep" or not _is_reckoned(new, place.step):
            yield Foreseen(place.version, place.step, count, "keep", target)
        elif not _is_alike_for_all(new, place.step):
            yield Foreseen(place.version, place.step, count, "anew", target, depends=True)
        else:
            since = find_over_since(new, place.step, now)
            yield Foreseen(place.version, place.step, count, "anew", target, over_since=since)


def _is_reckoned(version: Version, step: str) -> bool:
    return hold_anew(version, _stand_in(version, step, _EPOCH), Standing({}, _EPOCH)) is not None


def _is_alike_for_all(version: Version, step: str) -> bool:
    """Whether when a wait is over follows from when it began, and from nothing else of a contact."""
    found = version.graph.steps[step]
    if version.options.by_contact or not isinstance(found, Wait | React | WaitThenCheck):
        return False
    return not (isinstance(found, Wait) and isinstance(found.until, UntilDate))


def find_over_since(version: Version, step: str, now: datetime) -> datetime | None:
    """Return the last moment of reaching the step from which the wait is over by now, None: nobody.

    Who reaches a step earlier is never let go later, so that the moment is found by halving.
    """
    low, high = now - _LONG, now
    if not _is_over_by(version, step, low, now):
        return None
    if _is_over_by(version, step, high, now):
        return high
    while high - low > _MICROSECOND:
        middle = low + (high - low) // 2
        if _is_over_by(version, step, middle, now):
            low = middle
        else:
            high = middle
    return low


def _is_over_by(version: Version, step: str, reached_at: datetime, now: datetime) -> bool:
    run = _stand_in(version, step, reached_at)
    return is_over(hold_anew(version, run, Standing({}, now)), now)


_EPOCH: Final = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def _stand_in(version: Version, step: str, reached_at: datetime) -> Run:
    """Return a run of nobody that reached the step then."""
    return Run(
        id=_NOBODY,
        journey_id=version.journey_id,
        version=version.number,
        contact_id=_NOBODY,
        key="",
        state="waiting",
        step=step,
        visit=1,
        entered_at=reached_at,
        reached_at=reached_at,
        reached_offset=0,
        caused_at=reached_at,
        due_at=reached_at,
    )
