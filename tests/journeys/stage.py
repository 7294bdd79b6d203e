"""One contact and some journeys, in memory: facts, time, answers of courier and allocator. For pure tests.

It does what the worker does, one fact at a time, in the order of architecture §4.
"""

from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from percorso.conditions.model import Subject
from percorso.journeys.engine import advance, enter, was_removed
from percorso.journeys.entry import RESTARTED, Ignore, Restart, decide_entry
from percorso.journeys.model import (
    CancelMessage,
    ContactChanged,
    Count,
    Decision,
    EmitEvent,
    EventArrived,
    FurtherEffect,
    Input,
    PlanMessage,
    Removed,
    RequestCoupon,
    Run,
    TimeDue,
    TraceEntry,
    UpdateProfile,
)
from percorso.journeys.profile import apply_update
from percorso.journeys.version import Version
from percorso.journeys.walk import stand_in
from percorso.log.model import Fact
from tests.journeys.build import NOON, make_fact


class Stage:
    """What became of the contact so far: `messages` planned, `runs` by id, `trace` and `counts` in order.

    `answer` is the fact that a planned message gets ("" for none); `codes` are handed out in order.
    """

    def __init__(
        self,
        *versions: Version,
        at: datetime = NOON,
        answer: str = "campaignSent",
        codes: tuple[str, ...] = (),
        **attributes: Any,
    ) -> None:
        self.versions = {version.journey_id: version for version in versions}
        self.now = at
        self.offset = 0
        self.answer = answer
        self.reason = ""
        self.codes = deque(codes)
        self.attributes: dict[str, Any] = attributes
        self.runs: dict[Any, Run] = {}
        self.memory: dict[Any, dict[str, datetime]] = {}
        self.messages: list[PlanMessage] = []
        self.cancelled: list[CancelMessage] = []
        self.emitted: list[EmitEvent] = []
        self.updates: list[UpdateProfile] = []
        self.further: list[FurtherEffect] = []
        self.groups: frozenset[UUID] = frozenset()
        self.trace: list[TraceEntry] = []
        self.counts: list[Count] = []
        self._pending: deque[Fact] = deque()

    @property
    def inside(self) -> list[Run]:
        """The runs that wait."""
        return [run for run in self.runs.values() if run.state == "waiting"]

    @property
    def run(self) -> Run:
        """The newest run."""
        return list(self.runs.values())[-1]

    @property
    def sent_by(self) -> list[str]:
        """The steps whose messages were planned, in order."""
        return [message.step for message in self.messages]

    def happens(
        self,
        event: str,
        /,
        *,
        occurred_at: datetime | None = None,
        context: dict[str, Any] | None = None,
        **properties: Any,
    ) -> None:
        """An event of the contact is received now."""
        self._receive(event, properties, occurred_at, context)
        self._settle()

    def passes(self, **amount: float) -> None:
        """Time goes by; what falls due is done at its moment."""
        self.until(self.now + timedelta(**amount))

    def until(self, moment: datetime) -> None:
        """Time goes on to this moment; a run due exactly then is taken too."""
        while True:
            due = [run for run in self.inside if run.due_at is not None and run.due_at <= moment]
            if not due:
                break
            run = min(due, key=lambda run: (run.due_at or moment, run.id))
            assert run.due_at is not None
            self.now = max(self.now, run.due_at)
            self._give(run, TimeDue())
            self._settle()
        self.now = moment.astimezone(UTC)

    def changes(self) -> None:
        """Something about the contact changed: every run inside is asked again."""
        for run in self.inside:
            self._give(run, ContactChanged(self.offset))
        self._settle()

    def answers(self, name: str, /, **said: Any) -> None:
        """What the newest run asked for at its present visit is answered."""
        run = self.run
        self.happens(name, runId=str(run.id), step=run.step, visit=run.visit, **said)

    def around(self) -> Subject:
        """Where the contact stands."""
        return Subject(self.attributes, None, {}, self.now, groups=self.groups)

    def _receive(
        self,
        name: str,
        properties: dict[str, Any],
        occurred_at: datetime | None,
        context: dict[str, Any] | None,
    ) -> None:
        self.offset += 1
        self._pending.append(
            make_fact(
                name, properties, offset=self.offset, at=self.now, occurred_at=occurred_at, context=context
            )
        )

    def _settle(self) -> None:
        while self._pending:
            self._apply(self._pending.popleft())

    def _apply(self, fact: Fact) -> None:
        event = EventArrived(fact.name, fact.offset, fact.occurred_at, fact.properties, fact.context)
        removed: set[Any] = set()
        for run in self.inside:
            if run.id in self.runs and self.runs[run.id].state == "waiting":
                decision = self._give(run, event)
                if was_removed(run, decision):
                    removed.add(run.journey_id)
        for version in self.versions.values():
            self._start(version, fact, was_removed=version.journey_id in removed)

    def _start(self, version: Version, fact: Fact, *, was_removed: bool) -> None:
        subject = stand_in(self.around(), self.attributes, fact.properties, {}, self.now, version.time_zone)
        memory = self.memory.setdefault(version.journey_id, {})
        inside = [run for run in self.inside if run.journey_id == version.journey_id]
        entry = decide_entry(version, fact, subject, memory, inside, was_removed=was_removed)
        if isinstance(entry, Ignore):
            return
        if isinstance(entry, Restart):
            for run in entry.runs:
                self._give(run, Removed(RESTARTED))
        memory[entry.key] = self.now
        self._keep(enter(version, entry, fact, self.attributes, self.now, self.around()))

    def _give(self, run: Run, given: Input) -> Decision:
        version = self.versions[run.journey_id]
        decision = advance(version, run, given, self.attributes, self.now, self.around())
        self._keep(decision)
        return decision

    def _keep(self, decision: Decision) -> None:
        self.runs[decision.run.id] = decision.run
        self.trace += decision.trace
        self.counts += decision.counts
        self.further += decision.further
        for effect in decision.effects:
            if isinstance(effect, PlanMessage):
                self.messages.append(effect)
                self._answer(effect)
            elif isinstance(effect, CancelMessage):
                self.cancelled.append(effect)
            elif isinstance(effect, RequestCoupon):
                self._assign(decision.run, effect)
            elif isinstance(effect, UpdateProfile):
                self.updates.append(effect)
                self.attributes = apply_update(self.attributes, effect)
            else:
                self.emitted.append(effect)
                self._receive(effect.name, effect.properties, None, None)

    def _answer(self, message: PlanMessage) -> None:
        if self.answer:
            properties = {"messageId": str(message.id), "reason": self.reason}
            self._receive(self.answer, properties, None, None)

    def _assign(self, run: Run, request: RequestCoupon) -> None:
        properties: dict[str, Any] = {
            "poolId": str(request.pool_id),
            "runId": str(run.id),
            "step": request.step,
            "visit": request.visit,
        }
        if self.codes:
            self._receive("couponAssigned", properties | {"code": self.codes.popleft()}, None, None)
        else:
            self._receive("couponPoolEmpty", properties, None, None)
