"""What is kept of a contact's facts, so that conditions can be judged without reading them: pure values."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

MAX_KEPT: Final = 1000
"""Facts, or distinct values, that one past keeps at most."""


class Kept(msgspec.Struct, frozen=True, array_like=True, order=False):
    """A fact that matched: when it occurred, its place in the log, its name, and of its properties what is read."""

    at: datetime
    offset: int
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
