"""What decisions ask for, carried out in a simulation: folded, told, answered as the scenario says. Pure."""

import heapq
from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.contacts.attributes import change_attributes, leaves
from percorso.contacts.fold import new_contact
from percorso.journeys.model import (
    CallWebhook,
    CancelMessage,
    ChangeGroups,
    Effect,
    EmitEvent,
    FurtherEffect,
    HandOver,
    PlanMessage,
    RequestCoupon,
    RequestPlace,
    Run,
    TakeOut,
    UpdateProfile,
)
from percorso.journeys.schedule import end_of
from percorso.journeys.simulation.facts import (
    SENDING,
    Saying,
    make_fact,
    say_answer,
    say_message,
    say_subscription,
)
from percorso.journeys.simulation.outcome import SimulatedMessage
from percorso.journeys.simulation.reading import plan_moments, read_moment
from percorso.journeys.simulation.record import Record
from percorso.journeys.simulation.scenario import Answer, Happens, Scenario
from percorso.journeys.simulation.standing import Standing
from percorso.journeys.version import Version
from percorso.log.model import Fact

_USUAL: Final = Answer(ends="sent")


class Answered(msgspec.Struct, frozen=True):
    """An answer on its way: what it says, and which message it is about."""

    said: Saying
    came_to: str = ""
    message_id: UUID | None = None


Coming = tuple[datetime, int, Happens | Answered]
"""When, in which order at equal times, what."""


class Effects(ABC):
    """The contact of a scenario and what is still to come; `standing` is how it stands, `record` what was told."""

    def __init__(self, version: Version, scenario: Scenario, contact_id: UUID) -> None:
        self.version = version
        self.scenario = scenario
        self.contact_id = contact_id
        self.standing = Standing(version)
        self.record = Record()
        self.offset = 0
        self.coming: list[Coming] = []
        self._order = 0
        self._made = 0
        for moment, happening in plan_moments(scenario, version.zone):
            self._await(moment, happening)
        self._begin()

    @abstractmethod
    def take_in(self, fact: Fact) -> None:
        """Fold a fact; it acts when its turn comes."""

    def say_run(self, run: Run) -> dict[str, Any]:
        """Return what every fact about a run says of it."""
        return {"journeyId": str(run.journey_id), "version": run.version, "runId": str(run.id)}

    def record_own(
        self, said: Saying, now: datetime, depth: int, context: dict[str, Any] | None = None
    ) -> None:
        """Take in what Percorso itself makes, one deeper than its cause."""
        self._made += 1
        self.take_in(
            make_fact(
                said,
                contact_id=self.contact_id,
                offset=self.offset,
                mark=f"{said[1]}-own-{self._made}",
                now=now,
                context=context,
                origin="worker",
                depth=depth + 1,
            )
        )

    def carry_out(
        self, before: Run, run: Run, effect: Effect | FurtherEffect, now: datetime, depth: int
    ) -> None:
        """Do what a decision asks for; `before` is the run as it stood when the decision was made."""
        match effect:
            case PlanMessage():
                self._plan(run, effect, now, depth)
            case CancelMessage():
                self._cancel(before, effect, now, depth)
            case RequestCoupon():
                self.record.keep_effect(run, now, effect.step, "coupon", effect)
                self._ask("coupon", run, effect.step, effect.visit, {"poolId": str(effect.pool_id)}, now)
            case RequestPlace():
                self.record.keep_effect(run, now, effect.step, "place", effect)
                self._ask("place", run, effect.step, effect.visit, {"path": effect.path}, now)
            case CallWebhook():
                self.record.keep_effect(run, now, effect.step, "webhook", effect)
                self._ask("webhook", run, effect.step, effect.visit, {}, now)
            case UpdateProfile():
                said = {key: value for key, value in msgspec.to_builtins(effect).items() if value}
                said.pop("type")
                self.record.keep_effect(run, now, "", "profile", effect)
                self.record_own(("profile", "contactUpdated", said), now, depth)
            case EmitEvent():
                self.record.keep_effect(run, now, "", "event", effect)
                self.record_own(("event", effect.name, effect.properties), now, depth, self.say_run(run))
            case ChangeGroups():
                self.record.keep_effect(run, now, "", "groups", effect)
                for name, ids in (("groupLeft", effect.leaves), ("groupJoined", effect.joins)):
                    for id in ids:
                        self.record_own(("group", name, {"groupId": str(id)}), now, depth)
            case HandOver():
                self.record.keep_effect(run, now, effect.step, "start_journey", effect)
            case TakeOut():
                self.record.keep_effect(run, now, "", "leave_journey", effect)

    def _plan(self, run: Run, effect: PlanMessage, now: datetime, depth: int) -> None:
        message = SimulatedMessage(
            id=effect.id,
            run=self.record.numbers[run.id],
            step=effect.step,
            visit=effect.visit,
            channel=effect.channel,
            template_id=effect.template_id,
            planned_at=now,
            captured=effect.captured,
            expires_at=effect.expires_at,
        )
        self.record.messages[effect.id] = message
        self.record_own(("message", "messagePlanned", say_message(self.version, message, run)), now, depth)
        answer = self.scenario.answers.get(effect.step, _USUAL)
        if answer.ends != "nothing":
            said = {**say_message(self.version, message, run), "reason": answer.reason}
            answered = Answered(("message", SENDING[answer.ends], said), answer.ends, effect.id)
            self._await(self._answered_at(answer, now), answered)

    def _cancel(self, run: Run, effect: CancelMessage, now: datetime, depth: int) -> None:
        message = self.record.messages.get(effect.id)
        if message is None or message.came_to is not None:
            return
        cancelled = msgspec.structs.replace(message, came_to="cancelled", reason=effect.reason)
        self.record.messages[effect.id] = cancelled
        said = {**say_message(self.version, message, run), "reason": effect.reason}
        self.record_own(("message", "messageSkipped", said), now, depth)

    def _ask(self, kind: str, run: Run, step: str, visit: int, asked: dict[str, Any], now: datetime) -> None:
        answer = self.scenario.answers.get(step, _USUAL)
        visited = {"runId": str(run.id), "step": step, "visit": visit, **asked}
        said = say_answer(kind, visited, answer, sum(done.kind == "coupon" for done in self.record.done))
        if said is not None:
            self._await(self._answered_at(answer, now), Answered(said))

    def _answered_at(self, answer: Answer, now: datetime) -> datetime:
        return now if answer.after is None else end_of(answer.after, since=now, zone=self.version.zone)

    def _await(self, moment: datetime, coming: Happens | Answered) -> None:
        self._order += 1
        heapq.heappush(self.coming, (moment, self._order, coming))

    def _begin(self) -> None:
        """Let the contact be what the scenario says, before anything happens; nothing comes of that."""
        given = self.scenario.contact
        begins = read_moment(self.scenario.begins, self.version.zone)
        assert begins is not None
        first = make_fact(
            ("profile", "contactUpdated", {}),
            contact_id=self.contact_id,
            offset=0,
            mark="begins",
            now=begins,
        )
        attributes, _ = change_attributes({}, set=leaves(given.attributes))
        identities = {kind: list(values) for kind, values in given.identities.items()}
        self.standing.contact = msgspec.structs.replace(
            new_contact(first, UUID(int=0)), attributes=attributes, identities=identities
        )
        self.standing.groups = frozenset(UUID(id) for id in given.groups)
        self.standing.segments = frozenset(UUID(id) for id in given.segments)
        for channel in given.subscribed:
            said = say_subscription(self.version, channel)
            fact = make_fact(
                ("status", "campaignSubscribed", said),
                contact_id=self.contact_id,
                offset=0,
                mark=f"subscribed-{channel}",
                now=begins,
                historical=True,
            )
            self.standing.fold(fact)
