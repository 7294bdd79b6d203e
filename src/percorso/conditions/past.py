"""What is kept of a contact's facts, so that conditions can be judged without reading them: pure values."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

MAX_KEPT: Final = 1000
"""Facts, or distinct values, that one past keeps at most."""

OWN_PLACES: Final = 1 << 61
"""Added to the offset of what the worker recorded itself: of one moment it comes after all that was received.

Which of the two the log names first depends on how far behind the worker was; this order does not.
"""


_UNGIVEN: Final = 1 << 60


def ungiven_offset(number: int) -> int:
    """Return what stands for the offset of the worker's fact of this number (0 …) until it is appended."""
    return _UNGIVEN + number


class Kept(msgspec.Struct, frozen=True, array_like=True, order=False):
    """A fact that matched: when it occurred, its place, its name, and of its properties what is read.

    Of two of one moment the place decides: the offset, after OWN_PLACES for what the worker recorded.
    """

    at: datetime
    place: int
    name: str
    properties: dict[str, Any]


class Past(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What a need keeps of one contact's facts; which fields are in use follows from the need. JSON by msgspec.

    A contact of which nothing ever matched has none, and `Past()` says the same.
    """

    count: int = 0
    """Facts that matched."""
    total: Decimal = Decimal(0)
    """The sum of their numbers, exact."""
    numbers: int = 0
    """How many numbers there were."""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    distinct: tuple[str, ...] = ()
    """Keys of different scalars, at most MAX_KEPT."""
    kept: tuple[Kept, ...] = ()
    """In order of time, at most MAX_KEPT of the newest; the first or last one alone where no more is asked."""
    lost_until: datetime | None = None
    """Facts up to this moment were not all kept; None: none is missing."""


def give_offsets(past: Past, offsets: Sequence[int]) -> Past:
    """Return the past with the offsets that the worker's facts were given, by their numbers."""
    first = OWN_PLACES + _UNGIVEN
    return msgspec.structs.replace(
        past,
        kept=tuple(
            msgspec.structs.replace(fact, place=OWN_PLACES + offsets[fact.place - first])
            if fact.place >= first
            else fact
            for fact in past.kept
        ),
    )
