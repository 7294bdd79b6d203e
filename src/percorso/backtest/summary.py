"""Adding up what families came to: the figures of one journey in a span. Pure."""

from collections import Counter
from datetime import datetime
from statistics import median
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from percorso.backtest.model import (
    Difference,
    PersonFigures,
    Report,
    Retold,
    Span,
    StepFigures,
)
from percorso.journeys.model import Run, TraceEntry

MOST_DIFFERENCES: Final = 20
"""Differences that are told one by one; the rest are counted."""


class Summary:
    """The figures so far; `add` takes families in any order."""

    def __init__(self, journey_id: UUID, span: Span, zone: ZoneInfo) -> None:
        self._span = span
        self._zone = zone
        self._report = Report(journey_id, span.since, span.until)
        self._per_person: Counter[int] = Counter()
        """How many people got so many messages: what is kept does not grow with the people."""

    def add(self, retold: Retold) -> None:
        """Add one family."""
        report = self._report
        report.contacts += 1
        report.facts += retold.facts
        runs = [run for run in retold.runs.values() if run.journey_id == report.journey_id]
        for run in runs:
            self._add_run(run, retold.traces.get(run.id, []))
        if runs:
            self._add_messages(retold)

    def compare(self, differences: list[Difference], compared: int) -> None:
        """Add what production did otherwise, of so many runs."""
        report = self._report
        report.compared += compared
        report.differing += len({one.run_id for one in differences})
        report.differences += differences[: MOST_DIFFERENCES - len(report.differences)]

    def finish(self) -> Report:
        """Return the figures."""
        report = self._report
        people = sum(self._per_person.values())
        if people:
            each = sorted(self._per_person.elements())
            report.per_person = PersonFigures(
                people, float(median(each)), float(each[min(people - 1, people * 99 // 100)]), each[-1]
            )
        for figures in (report.per_day, report.per_hour):
            ordered = sorted(figures.items())
            figures.clear()
            figures.update(ordered)
        return report

    def _add_run(self, run: Run, trace: list[TraceEntry]) -> None:
        report = self._report
        for number, entry in enumerate(trace):
            if not self._is_within(entry.at) or entry.outcome == "too_deep":
                continue
            if entry.step == "" and entry.path is not None:
                report.entries += 1
            following = trace[number + 1].step if number + 1 < len(trace) else run.step
            if entry.path is not None:
                if entry.step:
                    _count(self._step(entry.step).left, entry.path)
                if following:
                    self._step(following).entered += 1
            else:
                _count(self._step(entry.step).exited, entry.outcome or "")
        if run.state == "waiting":
            report.inside += 1
        elif run.ended_at is not None and self._is_within(run.ended_at):
            _count(report.outcomes, run.outcome or "neutral")
            _count(report.exits, run.reason or "")

    def _add_messages(self, retold: Retold) -> None:
        report = self._report
        got = 0
        for message in retold.messages.values():
            if message.journey_id != report.journey_id or not self._is_within(message.planned_at):
                continue
            if message.reason is not None:
                _count(report.refused, message.reason)
                continue
            got += 1
            local = message.planned_at.astimezone(self._zone)
            _count(report.per_day, local.date().isoformat())
            _count(report.per_hour, f"{local.hour:02}")
            _count(report.per_channel, message.channel)
        report.messages += got
        if got:
            self._per_person[got] += 1

    def _step(self, step: str) -> StepFigures:
        return self._report.steps.setdefault(step, StepFigures())

    def _is_within(self, moment: datetime) -> bool:
        return self._span.since <= moment < self._span.until


def _count(figures: dict[str, int], name: str) -> None:
    figures[name] = figures.get(name, 0) + 1
