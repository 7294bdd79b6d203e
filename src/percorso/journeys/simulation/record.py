"""The book of a simulation: what is told of each decision, run by run. Pure; kept while it goes on."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from percorso.journeys.model import Decision, Run
from percorso.journeys.simulation.outcome import (
    Done,
    Judged,
    Missed,
    SimulatedMessage,
    SimulatedRun,
    Waited,
)


class Record:
    """What happened so far; runs are numbered in the order of entering."""

    def __init__(self) -> None:
        self.runs: dict[UUID, Run] = {}
        self.numbers: dict[UUID, int] = {}
        self.errors: dict[UUID, str] = {}
        self.reached: dict[UUID, list[tuple[str, datetime]]] = {}
        self.judged: list[Judged] = []
        self.waits: list[Waited] = []
        self.messages: dict[UUID, SimulatedMessage] = {}
        self.done: list[Done] = []
        self.missed: list[Missed] = []

    def keep(self, before: Run | None, decision: Decision, because: str, now: datetime) -> None:
        """Keep a decision: what was judged, which steps were reached, where the run holds."""
        run = decision.run
        number = self.numbers.setdefault(run.id, len(self.numbers) + 1)
        self.runs[run.id] = run
        for entry in decision.trace:
            said = (entry.at, because, entry.step, entry.visit, entry.path, entry.outcome, entry.judged)
            self.judged.append(Judged(number, *said))
        reached = self.reached.setdefault(run.id, [])
        reached += [(count.step, now) for count in decision.counts if count.name == "entered" and count.step]
        if before is not None and (run.step, run.visit, run.due_at) == (
            before.step,
            before.visit,
            before.due_at,
        ):
            return
        if self.waits and (self.waits[-1].run, self.waits[-1].since) == (number, now):
            # It was answered at once: nobody waited.
            self.waits.pop()
        if run.state == "waiting" and run.step is not None:
            self.waits.append(Waited(number, run.step, run.visit, now, run.due_at, run.awaits))

    def keep_effect(self, run: Run, now: datetime, step: str, kind: str, effect: Any) -> None:
        """Keep what else a step did."""
        values: dict[str, Any] = msgspec.to_builtins(effect, enc_hook=str)
        values.pop("type", None)
        self.done.append(Done(self.numbers[run.id], now, step, kind, values))

    def list_runs(self) -> tuple[SimulatedRun, ...]:
        """Return the runs as they stand."""
        return tuple(self._describe(run) for run in self.runs.values())

    def _describe(self, run: Run) -> SimulatedRun:
        reached = self.reached[run.id]
        return SimulatedRun(
            number=self.numbers[run.id],
            key=run.key,
            entered_at=run.entered_at,
            path=tuple(step for step, _ in reached),
            reached_at=tuple(at for _, at in reached),
            step=run.step,
            due_at=run.due_at,
            ended_at=run.ended_at,
            outcome=run.outcome,
            reason=run.reason,
            captured=run.captured,
            error=self.errors.get(run.id),
        )
