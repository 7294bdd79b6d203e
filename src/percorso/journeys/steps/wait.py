"""The step Wait: docs/reference/steps/wait.md."""

from datetime import datetime, time
from typing import Any, Final

from percorso.journeys.allowed import WEEKDAYS, next_time_of_day
from percorso.journeys.graph import Duration, UntilDate, UntilTime, Wait
from percorso.journeys.model import EventArrived, Run, TimeDue
from percorso.journeys.moments import read_moment, shift
from percorso.journeys.schedule import end_of
from percorso.journeys.values import read_operand
from percorso.journeys.walk import Finish, Go, Hold, Move, Walk

NO_DATE: Final = "no_date"
"""Why a run went by the default path, or ended, that should wait for a date where there was none."""

PAST: Final = "past"


class WaitPlan:
    """Hold the run for a time, or until a moment."""

    __slots__ = ("step",)

    def __init__(self, step: Wait) -> None:
        self.step = step

    def reach(self, walk: Walk) -> Move:
        """Hold until the period, begun now, has passed, or the moment has come; what is past goes on at once."""
        until = self.step.until
        if isinstance(until, UntilDate):
            due_at = self._find_date(walk, until)
            if due_at is None:
                return self._go_without_date()
        elif isinstance(until, UntilTime):
            weekdays = frozenset(WEEKDAYS.index(day) for day in until.weekdays)
            due_at = next_time_of_day(time.fromisoformat(until.at), weekdays, walk.now, walk.zone)
        else:
            assert self.step.period is not None, "a checked wait says how long or until when"
            due_at = end_of(self.step.period, since=walk.now, zone=walk.zone)
        return Hold(due_at=due_at) if due_at > walk.now else Go("next", self.step.next, PAST)

    def _find_date(self, walk: Walk, until: UntilDate) -> datetime | None:
        value: Any = read_operand(until.operand, walk.subject(walk.event))
        moment = read_moment(value, until.format, until.at, walk.zone)
        if moment is None or until.offset is None:
            return moment
        offset = until.offset
        return shift(moment, Duration(offset.amount, offset.unit), offset.direction, walk.zone)

    def _go_without_date(self) -> Move:
        if self.step.without_date == "exit":
            return Finish("neutral", NO_DATE)
        return Go("default", self.step.default, NO_DATE)

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Go on when the time has come."""
        return Go("next", self.step.next) if isinstance(input, TimeDue) else None
