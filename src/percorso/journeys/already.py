"""Who meets a data start already when its journey is switched on (spec 3.3): a condition over contacts. Pure."""

from typing import Final
from uuid import UUID

from percorso.conditions.model import (
    Ago,
    All,
    Anytime,
    Condition,
    Membership,
    MessageScope,
    MessageTest,
    Not,
    Value,
    Window,
)
from percorso.journeys.graph import ActivityStart, FieldStart, GroupStart, SegmentStart, Start

ANYTIME: Final = Anytime()
JUST_NOW: Final = Ago(1, "minutes")
"""What becomes of an older message now must not pass for what became of one of the last before."""


def find_already(start: Start) -> Condition | None:
    """Return what holds of those who meet the start before anything happens; None: nobody can.

    What the start asks besides is left out; it is judged when their turn comes.
    """
    match start:
        case GroupStart(group_id=id, change=change):
            return _holds(Membership("group", UUID(id)), change == "joined")
        case SegmentStart(segment_id=id, change=change):
            return _holds(Membership("segment", UUID(id)), change == "entered")
        case FieldStart(filter_id=str(id)) | ActivityStart(filter_id=str(id)):
            return _holds(Membership("segment", UUID(id)), start.becomes)
        case FieldStart(condition=condition):
            return None if condition is None else _holds(condition, start.becomes)
        case ActivityStart(last=int()):
            return of_last_sent(start)
        case _:
            return None


def of_last_sent(start: ActivityStart, window: Window = ANYTIME) -> MessageTest:
    """Return what holds of who did it with one of the last messages sent, or has not done it with all of them."""
    assert start.last is not None
    least = start.last if start.action.startswith("not_") else 1
    scope = MessageScope(last=start.last)
    return MessageTest(start.channel, start.action, scope, window, operands=(Value(least),))


def find_candidates(start: Start) -> Condition | None:
    """Return what holds of those who would enter at once, as far as contacts show it; None: nobody can."""
    already = find_already(start)
    if already is None or isinstance(start, FieldStart) or start.condition is None:
        return already
    return All((already, start.condition))


def is_included(start: Start) -> bool:
    """Whether those who meet the start already are let in."""
    has_them = isinstance(start, GroupStart | SegmentStart | FieldStart | ActivityStart)
    return has_them and start.existing and find_already(start) is not None


def _holds(condition: Condition, becomes: bool) -> Condition:
    return condition if becomes else Not(condition)
