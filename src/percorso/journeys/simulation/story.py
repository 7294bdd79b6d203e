"""One contact's story, told fact by fact in the order in which the worker takes them. Pure: time is what is said.

It is the worker's walk without what only a worker has: batches, templates, the gate. What comes of a message is in
the scenario's answers.
"""

import heapq
from collections import deque
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.journeys.door import is_at_door
from percorso.journeys.engine import advance, enter, was_removed
from percorso.journeys.entry import NOT_A_START, RESTARTED, UPDATES, Ignore, Restart, decide_entry
from percorso.journeys.model import Decision, EventArrived, Input, Removed, Run, TimeDue
from percorso.journeys.simulation.effects import Answered, Effects
from percorso.journeys.simulation.facts import Saying, make_fact, say_happening
from percorso.journeys.simulation.outcome import Missed, SimulatedMessage
from percorso.journeys.simulation.reading import read_moment
from percorso.journeys.simulation.scenario import EventHappens, Happens, MessageHappens, Scenario
from percorso.journeys.version import Version
from percorso.journeys.walk import stand_in
from percorso.log.model import Fact

DEEPEST: Final = 20
"""A fact whose chain of causes is longer acts no more (architecture §3)."""

FAILED: Final = "failed"
"""Why a run ended whose engine raised an error."""


class Story(Effects):
    """What becomes of one contact; `decisions` counts what the engine was asked."""

    def __init__(self, version: Version, scenario: Scenario, contact_id: UUID) -> None:
        super().__init__(version, scenario, contact_id)
        self.memory: dict[str, datetime] = {}
        self.decisions = 0
        self._acting: deque[Fact] = deque()

    def _happen(self, now: datetime, happening: Happens) -> None:
        """Let a happening happen now."""
        message, run = None, None
        if isinstance(happening, MessageHappens):
            message = self._find_sent(happening.step)
            if message is None:
                self.record.missed.append(Missed(now, f"{happening.what}: {happening.step}", "no_message"))
                return
            run = next(run for id, run in self.record.runs.items() if self.record.numbers[id] == message.run)
        said = say_happening(self.version, happening, message, run)
        occurred_at, context, historical = now, None, False
        if isinstance(happening, EventHappens):
            historical = happening.historical
            context = _context_of(happening)
            if happening.occurred_at is not None:
                occurred_at = read_moment(happening.occurred_at, self.version.zone) or now
        self.take(said, now, occurred_at=occurred_at, context=context, historical=historical)

    def take(self, said: Saying, now: datetime, **parts: Any) -> None:
        """Take in a fact from outside, and all that comes of it."""
        self.offset += 1
        fact = make_fact(
            said,
            contact_id=self.contact_id,
            offset=self.offset,
            mark=f"{said[1]}-{self.offset}",
            now=now,
            **parts,
        )
        self.take_in(fact)
        self._drain()

    def take_in(self, fact: Fact) -> None:
        """Fold a fact; it acts when its turn comes."""
        if self.standing.fold(fact):
            self._acting.append(fact)

    def _drain(self) -> None:
        """Let facts act until none is left, what they made after what stood before."""
        while self._acting:
            self._act(self._acting.popleft())

    def take_due(self, run_id: UUID) -> None:
        """Let a run's moment come."""
        run = self.record.runs[run_id]
        assert run.due_at is not None
        self._advance(run, TimeDue(), "time", run.due_at, 0)
        if self.record.runs[run_id] is run:
            self._fail(run, "The engine left the run as it was when its moment came.", run.due_at, 0)
        self._drain()

    def take_shop(self, due_at: datetime) -> None:
        """Let a cart or visit be abandoned, or a day go by."""
        for said in self.standing.plan_due(due_at):
            self.record_own((said.kind, said.name, said.properties), due_at, 0, said.context)
        self._drain()

    @property
    def inside(self) -> list[Run]:
        """The runs that wait, oldest first."""
        waiting = [run for run in self.record.runs.values() if run.state == "waiting"]
        return sorted(waiting, key=lambda run: (run.entered_at, run.id))

    def _find_sent(self, step: str) -> SimulatedMessage | None:
        found = [message for message in self.record.messages.values() if message.step == step]
        return found[-1] if found and found[-1].came_to in ("sent", "unknown") else None

    def _act(self, fact: Fact) -> None:
        if fact.historical or fact.depth > DEEPEST or fact.name not in self.version.names:
            return
        now = fact.received_at
        # What was made just now comes after all that stands, though it has no place in the log yet.
        offset = 0 if fact.origin == "worker" else fact.offset
        event = EventArrived(fact.name, offset, fact.occurred_at, fact.properties, fact.context)
        removed = False
        for run in self._concerned(fact):
            # An earlier run's decision on this fact may have ended or moved this one.
            current = self.record.runs[run.id]
            if current.state != "waiting":
                continue
            decision = self._advance(current, event, fact.name, now, fact.depth)
            removed = removed or (decision is not None and was_removed(current, decision))
        self._start(fact, was_removed=removed)

    def _concerned(self, fact: Fact) -> list[Run]:
        if fact.kind not in ("message", "coupon"):
            return self.inside
        said = fact.properties.get("runId")
        return [run for run in self.inside if str(run.id) == said]

    def _start(self, fact: Fact, *, was_removed: bool) -> None:
        now = fact.received_at
        attributes, around = self.standing.attributes, self.standing.around(now)
        subject = stand_in(around, attributes, fact.properties, {}, now, self.version.time_zone)
        entry = decide_entry(self.version, fact, subject, self.memory, self.inside, was_removed=was_removed)
        if isinstance(entry, Ignore):
            if entry is not NOT_A_START:
                self.record.missed.append(Missed(now, fact.name, entry.reason))
            return
        if isinstance(entry, Restart):
            for run in entry.runs:
                self._advance(run, Removed(RESTARTED), fact.name, now, fact.depth)
        self.decisions += 1
        try:
            # As in the worker: whatever a step raises is this run's alone.
            decision = enter(self.version, entry, fact, attributes, now, self.standing.around(now))
        except Exception as error:
            self.record.missed.append(Missed(now, fact.name, f"{FAILED}: {type(error).__name__}: {error}"))
            return
        # The number must be known before what the run does is told.
        self.record.keep(None, decision, fact.name, now)
        if not is_at_door(decision.run):
            self._enter(decision.run, now, fact.depth)
        self._settle(None, decision, now, fact.depth)

    def _enter(self, run: Run, now: datetime, depth: int) -> None:
        self.memory[run.key] = run.entered_at
        self.record_own(("run", "journeyEntered", self.say_run(run)), now, depth)

    def _advance(self, run: Run, input: Input, because: str, now: datetime, depth: int) -> Decision | None:
        self.decisions += 1
        try:
            decision = advance(
                self.version, run, input, self.standing.attributes, now, self.standing.around(now)
            )
        except Exception as error:
            self._fail(run, f"{type(error).__name__}: {error}", now, depth)
            return None
        if decision.run is not run or decision.effects or decision.trace:
            self.record.keep(run, decision, because, now)
            self._settle(run, decision, now, depth)
        return decision

    def _fail(self, run: Run, error: str, now: datetime, depth: int) -> None:
        decision = advance(self.version, run, Removed(FAILED), {}, now)
        self.record.errors[run.id] = error
        self.record.keep(run, decision, FAILED, now)
        self._settle(run, decision, now, depth)

    def _settle(self, before: Run | None, decision: Decision, now: datetime, depth: int) -> None:
        run = decision.run
        came = before is not None and is_at_door(before)
        if came and any(count.name == "entered" for count in decision.counts):
            self._enter(run, now, depth)
            came = False
        for effect in (*decision.effects, *decision.further):
            self.carry_out(before or run, run, effect, now, depth)
        if run.state == "ended" and not came and (before is None or before.state != "ended"):
            said = self.say_run(run) | {"outcome": run.outcome, "reason": run.reason}
            self.record_own(("run", "journeyExited", said), now, depth)

    def come(self) -> None:
        """Let what comes next come: a happening, or an answer; a message cancelled meanwhile is not answered."""
        now, _, coming = heapq.heappop(self.coming)
        if not isinstance(coming, Answered):
            self._happen(now, coming)
            return
        if coming.message_id is not None:
            message = self.record.messages[coming.message_id]
            if message.came_to is not None:
                return
            reason = str(coming.said[2].get("reason") or "")
            told = msgspec.structs.replace(message, came_to=coming.came_to, reason=reason)
            self.record.messages[message.id] = told
        self.take(coming.said, now, origin="courier")


def _context_of(happening: EventHappens) -> dict[str, Any] | None:
    said = {"type": happening.context, UPDATES: happening.updates}
    return {key: value for key, value in said.items() if value is not None} or None
