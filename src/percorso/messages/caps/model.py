"""Caps: what is allowed, in which period we are, and how much room is left. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.conditions.dates import local_date, midnight

Period = Literal["day", "week", "month"]
"""A period of the calendar; weeks begin on Monday."""

CapChannel = Literal["email", "sms", "push"]
"""A channel that is counted by itself."""

MOST: Final = 1_000
"""The largest cap, and how many marks are kept of a contact and channel."""

KEPT: Final = timedelta(days=33)
"""How far back marks are kept: beyond the longest period, in whatever zone."""

Account = tuple[int, UUID, str]
"""Bucket, contact and channel: what is counted together."""


class CapRule(msgspec.Struct, frozen=True):
    """At most `most` marketing messages on a channel in a period."""

    channel: CapChannel
    period: Period
    most: int


class Rules(msgspec.Struct, frozen=True):
    """What a workspace allows, and the zone in which its days begin."""

    time_zone: str
    rules: tuple[CapRule, ...]

    def of(self, channel: str) -> tuple[CapRule, ...]:
        """Return the rules of one channel."""
        return tuple(rule for rule in self.rules if rule.channel == channel)


class Room(msgspec.Struct, frozen=True):
    """How many more may leave now; where none may, `opens_at` is when the periods that are full have ended.

    `rivals` is how many others are due now and stand higher: each is left a place.
    """

    left: int
    opens_at: datetime | None = None
    rivals: int = 0


class Asking(msgspec.Struct, frozen=True):
    """A message that asks for a place; `rivals` are those due now that stand higher, asking here or not."""

    id: UUID
    priority: int
    rivals: int


def find_period(period: Period, moment: datetime, time_zone: str) -> tuple[datetime, datetime]:
    """Return from when to before when the period lasts in which `moment` lies."""
    day = local_date(moment, time_zone)
    if period == "day":
        first, following = day, day + timedelta(days=1)
    elif period == "week":
        first = day - timedelta(days=day.weekday())
        following = first + timedelta(days=7)
    else:
        first = day.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
    return midnight(first, time_zone), midnight(following, time_zone)


def find_room(
    rules: Iterable[CapRule], taken: Sequence[datetime], now: datetime, time_zone: str
) -> Room | None:
    """Return how much room these rules leave, having taken so much; None: there is no rule."""
    left: int | None = None
    opens_at: datetime | None = None
    for rule in rules:
        since, until = find_period(rule.period, now, time_zone)
        # A clock that was put back counts what it had counted before.
        free = max(rule.most - sum(since <= moment for moment in taken), 0)
        left = free if left is None else min(left, free)
        if not free:
            opens_at = until if opens_at is None else max(opens_at, until)
    return None if left is None else Room(left, opens_at)


def share_out(left: int, asking: Sequence[Asking]) -> set[UUID]:
    """Return who of those asking together gets a place: the highest first, and nobody before one that stands higher."""
    allowed: set[UUID] = set()
    for one in sorted(asking, key=lambda one: (-one.priority, one.id)):
        elsewhere = one.rivals - sum(other.priority > one.priority for other in asking)
        if left > max(elsewhere, 0):
            allowed.add(one.id)
            left -= 1
    return allowed


def list_rules(caps: Mapping[CapChannel, Mapping[Period, int | None]]) -> list[CapRule]:
    """Return the rules that a table of channels and periods says; None is no rule."""
    return [
        CapRule(channel, period, most)
        for channel, periods in caps.items()
        for period, most in periods.items()
        if most is not None
    ]
