"""Percorso's simulation, as the world drives it: the world answers what is asked for, not the scenario."""

from datetime import datetime
from typing import Any

from percorso.journeys.compile import compile_version
from percorso.journeys.definition import convert_graph
from percorso.journeys.model import Effect, FurtherEffect, PlanMessage, RequestCoupon, Run
from percorso.journeys.simulation.scenario import Answer, ContactHappens, Scenario, SimulatedContact
from percorso.journeys.simulation.story import Story
from percorso.kit.ids import derive_id
from tests.model.systems import CONTACT, JOURNEY, LIST, ZONE
from tests.model.world import Asked, Fact, Way, frozen


class Told(Story):
    """One contact's story, a fact at a time."""

    def __init__(self, graph: dict[str, Any], profile: dict[str, Any]) -> None:
        self.asked: list[Asked] = []
        scenario = Scenario(
            begins="2024-01-01T00:00Z",
            contact=SimulatedContact(attributes=profile),
            answers={step: Answer("nothing") for step in graph["steps"]},
        )
        version = compile_version(JOURNEY, 1, convert_graph(graph), ZONE, LIST)
        super().__init__(version, scenario, CONTACT)

    def next_due(self) -> datetime | None:
        return min((run.due_at for run in self.inside if run.due_at is not None), default=None)

    def take_due(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        moment = self.next_due()
        super().take_due(next(run.id for run in self._ordered() if run.due_at == moment))

    def receive(self, fact: Fact) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        if fact.name == "contactUpdated":
            self._happen(fact.at, ContactHappens(set=fact.properties))
            return
        if fact.about is None:
            said = ("event", fact.name, fact.properties)
            self.take(said, fact.at, occurred_at=fact.occurred_at, context=fact.context)
            return
        number, visit = fact.about
        run = list(self.record.runs.values())[number]
        about = {"runId": str(run.id), "step": run.step, "visit": visit}
        # A message's id is derived from its visit: a late answer is about the message of that visit.
        about["messageId"] = str(run.message_id if run.visit == visit else derive_id("another"))
        kind = "coupon" if fact.name.startswith("coupon") else "message"
        self.take((kind, fact.name, {**fact.properties, **about}), fact.at, origin="courier")

    def take_asked(self) -> list[Asked]:
        asked, self.asked = self.asked, []
        return asked

    def carry_out(
        self, before: Run, run: Run, effect: Effect | FurtherEffect, now: datetime, depth: int
    ) -> None:
        number = list(self.record.runs).index(run.id)
        if isinstance(effect, PlanMessage):
            captured = frozen(effect.captured)
            self.asked.append(Asked(effect.channel, number, effect.step, effect.visit, now, captured))
        elif isinstance(effect, RequestCoupon):
            captured = frozen(run.captured)
            self.asked.append(Asked("coupon", number, effect.step, effect.visit, now, captured))
        super().carry_out(before, run, effect, now, depth)

    @property
    def profile(self) -> dict[str, Any]:
        return self.standing.attributes

    @property
    def recorded(self) -> list[tuple[str, dict[str, Any], datetime]]:
        return [
            (done.values["name"], done.values["properties"], done.at)
            for done in self.record.done
            if done.kind == "event"
        ]

    def ways(self) -> list[Way]:
        return [self._way(run) for run in self.record.runs.values()]

    def _ordered(self) -> list[Run]:
        return [run for run in self.record.runs.values() if run.state == "waiting"]

    def _way(self, run: Run) -> Way:
        number = self.record.numbers[run.id]
        return Way(
            key=run.key,
            entered_at=run.entered_at,
            way=tuple(
                (judged.step, judged.visit, judged.path)
                for judged in self.record.judged
                if judged.run == number and judged.step and judged.path is not None
            ),
            captured=frozen(run.captured),
            stands_at=None if run.step is None else (run.step, run.visit),
            due_at=run.due_at,
            ended=None if run.ended_at is None else (run.ended_at, str(run.outcome), str(run.reason)),
        )
