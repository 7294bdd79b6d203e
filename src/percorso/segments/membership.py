"""Whether a contact is a member, and when to look again. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from percorso.conditions.growth import Growth
from percorso.conditions.model import Subject
from percorso.conditions.needs import Need
from percorso.conditions.past import Past
from percorso.log.model import Fact
from percorso.segments.model import Membership


class CompiledNeed(msgspec.Struct, frozen=True):
    """What conditions look back on, ready to fold facts of these names for; equal needs have equal keys.

    `fold` keeps as many facts as a past may; `fold_whole` keeps all, on and on, and `read_whole` all of these at once.
    `since` is the moment before which no fact matters any more, `trim` leaves those out of a past.
    """

    key: str
    names: frozenset[str]
    matches: Callable[[Fact], bool]
    fold: Callable[[Past, Fact], Past]
    fold_whole: Callable[[Past, Fact], Past]
    read_whole: Callable[[Iterable[Fact]], Past]
    since: Callable[[datetime], datetime | None]
    trim: Callable[[Past, datetime], Past]


class CompiledSegment(msgspec.Struct, frozen=True):
    """One revision, ready to judge by.

    `next_moment` gives the next moment at which `holds` may turn although nothing happens, `first_turn` one that is
    never later and cheaper to find; None in their place: time changes nothing here. `find_unread` names the needs
    of which the subject's pasts have lost too much to judge by. `growth` says by the key of a need what one more of its
    facts can do. The other fields say what it reads: attributes by their first name, segments, needs and kinds of standing.
    """

    segment_id: UUID
    workspace_id: UUID
    revision: int
    time_zone: str
    holds: Callable[[Subject], bool]
    next_moment: Callable[[Subject], datetime | None] | None
    first_turn: Callable[[Subject], datetime | None] | None
    find_unread: Callable[[Subject], tuple[Need, ...]]
    roots: frozenset[str]
    references: frozenset[UUID]
    needs: tuple[CompiledNeed, ...]
    growth: Mapping[str, Growth]
    standings: frozenset[str]


def decide_membership(
    segment: CompiledSegment, subject: Subject, before: Membership | None
) -> Membership | None:
    """Return how the contact stands with the segment at `subject.now`; None: no member, nothing to wait for.

    A moment that was set and is still to come stays if it comes early enough: looking once too often is cheaper
    than moving it with every event, and changes nothing. So the exact one is asked for only when a moment has come.
    """
    now: datetime = subject.now
    moment: datetime | None = None
    if before is not None and before.judge_at is not None:
        if before.judge_at > now:
            moment = segment.first_turn(subject) if segment.first_turn is not None else None
            moment = before.judge_at if moment is None else min(moment, before.judge_at)
        elif segment.next_moment is not None:
            moment = segment.next_moment(subject)
    elif segment.first_turn is not None:
        moment = segment.first_turn(subject)
    if not segment.holds(subject):
        return None if moment is None else Membership(None, moment)
    if before is not None and before.entered_at is not None:
        return before if moment == before.judge_at else Membership(before.entered_at, moment)
    return Membership(now, moment)


def may_turn(before: Membership | None, growth: Growth, now: datetime) -> bool:
    """Whether a fact that can only do so much may change how the contact stands, if nothing else happened.

    What it stands by stays true with one more fact, up to the moment that is set, and longer: none need be set anew.
    """
    if growth == 0 or (before is not None and before.judge_at is not None and before.judge_at <= now):
        return True
    return is_member(before) != (growth > 0)


def is_member(membership: Membership | None) -> bool:
    """Whether this is the membership of a member."""
    return membership is not None and membership.entered_at is not None
