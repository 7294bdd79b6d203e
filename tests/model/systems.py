"""The two systems that a world can drive: the model, and Percorso's engine in the thinnest shell."""

from collections import Counter, deque
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from percorso.journeys.compile import compile_version
from percorso.journeys.definition import convert_graph
from percorso.journeys.engine import advance, enter, was_removed
from percorso.journeys.entry import RESTARTED, Ignore, Restart, decide_entry
from percorso.journeys.model import (
    Count,
    Decision,
    EmitEvent,
    EventArrived,
    Input,
    PlanMessage,
    Removed,
    RequestCoupon,
    Run,
    TimeDue,
    UpdateProfile,
)
from percorso.journeys.profile import apply_update
from percorso.kit.ids import derive_id
from percorso.log import model as log
from tests.model.interpreter import Happening, Interpreter
from tests.model.world import Asked, Fact, Way, frozen

ZONE = "Europe/Rome"
JOURNEY, CONTACT, LIST = derive_id("journey"), derive_id("contact"), derive_id("list")


class Model:
    """The naive interpreter, as the world sees it."""

    def __init__(self, graph: dict[str, Any], profile: dict[str, Any]) -> None:
        self.interpreter = Interpreter(graph, ZONE, str(LIST), deepcopy(profile))
        self.told = 0

    def next_due(self) -> datetime | None:
        return self.interpreter.next_due()

    def take_due(self) -> None:
        self.interpreter.take_due()

    def receive(self, fact: Fact) -> None:
        about = None if fact.about is None else (self.interpreter.runs[fact.about[0]], fact.about[1])
        self.interpreter.receive(
            Happening(fact.name, fact.occurred_at, fact.at, fact.properties, fact.context, about=about)
        )

    def take_asked(self) -> list[Asked]:
        new = self.interpreter.requests[self.told :]
        self.told += len(new)
        return [Asked(it.kind, it.run.number, it.step, it.visit, it.at, frozen(it.captured)) for it in new]

    @property
    def profile(self) -> dict[str, Any]:
        return self.interpreter.profile

    @property
    def recorded(self) -> list[tuple[str, dict[str, Any], datetime]]:
        return self.interpreter.recorded

    def ways(self) -> list[Way]:
        return [
            Way(
                key=run.key,
                entered_at=run.entered_at,
                way=tuple(run.way),
                captured=frozen(run.captured),
                stands_at=(str(run.step), run.visit) if run.ended_at is None else None,
                due_at=run.due_at,
                ended=None if run.ended_at is None else (run.ended_at, str(run.outcome), str(run.reason)),
            )
            for run in self.interpreter.runs
        ]


class Engine:
    """Percorso's pure engine for one contact and one journey; order as architecture §4 has it."""

    def __init__(self, graph: dict[str, Any], profile: dict[str, Any]) -> None:
        self.version = compile_version(JOURNEY, 1, convert_graph(graph), ZONE, LIST)
        self.profile = deepcopy(profile)
        self.runs: dict[UUID, Run] = {}
        self.order: list[UUID] = []
        self.ways_gone: dict[UUID, list[tuple[str, int, str]]] = {}
        self.memory: dict[str, datetime] = {}
        self.asked: list[Asked] = []
        self.recorded: list[tuple[str, dict[str, Any], datetime]] = []
        self.counts: Counter[Count] = Counter()
        self.offset = 0
        self.now: datetime = datetime.min.replace(tzinfo=UTC)
        self.queue: deque[log.Fact] = deque()

    def inside(self) -> list[Run]:
        return [self.runs[id] for id in self.order if self.runs[id].state == "waiting"]

    def next_due(self) -> datetime | None:
        return min((run.due_at for run in self.inside() if run.due_at is not None), default=None)

    def take_due(self) -> None:
        moment = self.next_due()
        assert moment is not None
        self.now = moment
        self._give(next(run for run in self.inside() if run.due_at == moment), TimeDue(self.offset))
        self._drain()

    def receive(self, fact: Fact) -> None:
        self.offset += 1
        self.now = fact.at
        if fact.name == "contactUpdated":
            self.profile = apply_update(self.profile, UpdateProfile(set=fact.properties))
            return
        if fact.about is not None:
            run = self.runs[self.order[fact.about[0]]]
            self._give(run, self._answer(run, fact, fact.about[1]))
        else:
            self.queue.append(self._log_fact(fact))
        self._drain()

    def take_asked(self) -> list[Asked]:
        asked, self.asked = self.asked, []
        return asked

    def ways(self) -> list[Way]:
        return [self._way(self.runs[id]) for id in self.order]

    def _way(self, run: Run) -> Way:
        ended = None
        if run.state == "ended":
            assert run.ended_at is not None
            ended = (run.ended_at, str(run.outcome), str(run.reason))
        return Way(
            key=run.key,
            entered_at=run.entered_at,
            way=tuple(self.ways_gone[run.id]),
            captured=frozen(run.captured),
            stands_at=None if run.step is None else (run.step, run.visit),
            due_at=run.due_at,
            ended=ended,
        )

    def _answer(self, run: Run, fact: Fact, visit: int) -> EventArrived:
        properties = {**fact.properties, "runId": str(run.id), "step": run.step, "visit": visit}
        # A message's id is derived from its visit: a late answer is about the message of that visit.
        properties["messageId"] = str(run.message_id if run.visit == visit else derive_id("another"))
        return EventArrived(fact.name, self.offset, fact.occurred_at, properties, fact.context)

    def _log_fact(self, fact: Fact) -> log.Fact:
        return self._make_fact(fact.name, fact.properties, fact.context, self.offset, fact.occurred_at)

    def _make_fact(
        self, name: str, properties: dict[str, Any], context: Any, offset: int, occurred_at: datetime
    ) -> log.Fact:
        return log.Fact(
            bucket=0,
            offset=offset,
            workspace_id=JOURNEY,
            contact_id=CONTACT,
            kind="event",
            name=name,
            message_id=f"{offset}.{len(self.recorded)}",
            occurred_at=occurred_at,
            received_at=self.now,
            properties=properties,
            context=context,
            origin="api" if offset else "worker",
            historical=False,
            depth=0,
        )

    def _drain(self) -> None:
        while self.queue:
            self._apply(self.queue.popleft())

    def _apply(self, fact: log.Fact) -> None:
        event = EventArrived(fact.name, fact.offset, fact.occurred_at, fact.properties, fact.context)
        removed = False
        for run in self.inside():
            if fact.name in self.version.names:
                removed |= was_removed(run, self._give(run, event))
        subject = self.version.subject(self.profile, fact.properties, {}, self.now)
        entry = decide_entry(self.version, fact, subject, self.memory, self.inside(), was_removed=removed)
        if isinstance(entry, Ignore):
            return
        if isinstance(entry, Restart):
            for run in entry.runs:
                self._give(run, Removed(RESTARTED))
        self.memory[entry.key] = self.now
        decision = enter(self.version, entry, fact, self.profile, self.now)
        self.order.append(decision.run.id)
        self.ways_gone[decision.run.id] = []
        self._settle(decision)

    def _give(self, run: Run, given: Input) -> Decision:
        decision = advance(self.version, run, given, self.profile, self.now)
        self._settle(decision)
        return decision

    def _settle(self, decision: Decision) -> None:
        run = decision.run
        self.runs[run.id] = run
        self.counts.update(decision.counts)
        self.ways_gone[run.id] += [
            (entry.step, entry.visit, entry.path)
            for entry in decision.trace
            if entry.step and entry.path is not None
        ]
        for effect in decision.effects:
            if isinstance(effect, PlanMessage):
                captured = frozen(effect.captured)
                number = self.order.index(run.id)
                self.asked.append(
                    Asked(effect.channel, number, effect.step, effect.visit, self.now, captured)
                )
            elif isinstance(effect, RequestCoupon):
                number = self.order.index(run.id)
                self.asked.append(
                    Asked("coupon", number, effect.step, effect.visit, self.now, frozen(run.captured))
                )
            elif isinstance(effect, UpdateProfile):
                self.profile = apply_update(self.profile, effect)
            elif isinstance(effect, EmitEvent):
                self.recorded.append((effect.name, effect.properties, self.now))
                context = {"runId": str(run.id)}
                self.queue.append(self._make_fact(effect.name, effect.properties, context, 0, self.now))
