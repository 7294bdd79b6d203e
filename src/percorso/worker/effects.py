"""What a decision makes of a run, and what it asks for besides: rows to be written, and facts of the contact. Pure."""

from uuid import UUID

import msgspec

from percorso.consent.gate import GateReason, decide_gate
from percorso.content.coupons.model import CouponRequest
from percorso.journeys.calls.model import NewCall
from percorso.journeys.door import is_at_door
from percorso.journeys.engine import advance
from percorso.journeys.graph import SENDING_STEPS, channel_of
from percorso.journeys.model import (
    CancelMessage,
    ChangeGroups,
    Count,
    Decision,
    Effect,
    FurtherEffect,
    HandOver,
    Input,
    PlanMessage,
    Removed,
    RequestCoupon,
    RequestPlace,
    Run,
    TakeOut,
    TraceEntry,
    UpdateProfile,
)
from percorso.journeys.places.model import PlaceRequest
from percorso.journeys.steps.leave_journey import TAKEN_OUT
from percorso.kit.ids import bucket_of
from percorso.log.model import Fact
from percorso.messages.model import NewMessage
from percorso.segments.groups.model import JOINED, LEFT
from percorso.worker.ahead import key_of_standing
from percorso.worker.ledger import DEEPEST, FAILED, GROUP_DELETED, BackgroundMissing
from percorso.worker.meeting import Meeting
from percorso.worker.model import Cancellation, Failure, Template, TraceRow
from percorso.worker.own_facts import (
    Cause,
    entered_fact,
    event_fact,
    exited_fact,
    group_fact,
    hand_over_fact,
    message_fact,
    profile_fact,
)


class Effects(Meeting):
    """A ledger that carries out what decisions ask for, each thing in its order."""

    def _advance(self, run: Run, input: Input, cause: Cause) -> Decision | None:
        around = self._around(cause.now)
        try:
            decision = advance(self._version(run), run, input, self._attributes(), cause.now, around)
        except Exception as error:
            # One run's bad data must stop neither its contact's other runs nor the bucket.
            self._end_failed(run, f"{type(error).__name__}: {error}", cause)
            return None
        if decision.run is not run or decision.effects or decision.trace or decision.counts:
            self._settle(run, decision, cause)
        return decision

    def _end_failed(self, run: Run, error: str, cause: Cause) -> None:
        ended = msgspec.structs.replace(
            run,
            state="ended",
            step=None,
            due_at=None,
            awaits=(),
            message_id=None,
            ended_at=cause.now,
            outcome="neutral",
            reason=FAILED,
            traced=run.traced + 1,
        )
        entry = TraceEntry(run.step or "", run.visit, cause.now, outcome=f"{FAILED}: {error}")
        counts: tuple[Count, ...] = (Count("exited", run.step or "", FAILED), Count("ended", path="neutral"))
        if is_at_door(run):
            counts = (Count("refused", "", FAILED),)
        effects: tuple[Effect, ...] = ()
        if run.message_id is not None:
            effects = (CancelMessage(run.message_id, FAILED),)
        self._result.failures.append(Failure(run.id, self._contact_id, cause.workspace_id, error, cause.now))
        self._settle(run, Decision(ended, effects, (entry,), counts), cause)

    def _settle(self, before: Run | None, decision: Decision, cause: Cause) -> None:
        run = decision.run
        self._keep(run)
        came = before is not None and is_at_door(before)
        if came and any(count.name == "entered" for count in decision.counts):
            self._enter(run, cause)
            came = False
        first = run.traced - len(decision.trace) + 1
        for number, entry in enumerate(decision.trace, first):
            self._result.traces.append(TraceRow(self._contact_id, run.id, number, cause.workspace_id, entry))
        for count in decision.counts:
            self._count(run, count, cause)
        for number, effect in enumerate(decision.effects):
            self._effect(before or run, run, effect, cause, f"{run.visit}.{run.traced}.{number}")
        for number, effect in enumerate(decision.further):
            self._further_effect(run, effect, cause, f"{run.visit}.{run.traced}.further.{number}")
        if run.state == "ended" and not came and (before is None or before.state != "ended"):
            self._record(exited_fact(cause, run))

    def _enter(self, run: Run, cause: Cause) -> None:
        """Remember that the contact entered, and tell it: at once, or when it got a place at the door."""
        self._result.entries[run.journey_id, run.key] = run.entered_at
        self._record(entered_fact(cause, run))

    def _effect(self, before: Run, run: Run, effect: Effect, cause: Cause, mark: str) -> None:
        if isinstance(effect, PlanMessage):
            self._plan(run, effect, cause)
        elif isinstance(effect, CancelMessage):
            self._cancel(before, effect, cause)
        elif isinstance(effect, RequestCoupon):
            self._result.coupon_requests.append(
                CouponRequest(
                    run.id,
                    effect.step,
                    effect.visit,
                    self._contact_id,
                    effect.pool_id,
                    cause.workspace_id,
                    cause.now,
                )
            )
        elif isinstance(effect, UpdateProfile):
            self._record(profile_fact(cause, run, effect, mark))
        else:
            self._record_for(run, event_fact(cause, run, effect, mark), cause)

    def _further_effect(self, run: Run, effect: FurtherEffect, cause: Cause, mark: str) -> None:
        if isinstance(effect, ChangeGroups):
            self._change_groups(run, effect, cause, mark)
        elif isinstance(effect, HandOver):
            self._record_for(run, hand_over_fact(cause, run, effect, mark), cause)
        elif isinstance(effect, TakeOut):
            self._take_out(run, effect, cause)
        elif isinstance(effect, RequestPlace):
            self._result.place_requests.append(
                PlaceRequest(
                    run.id,
                    effect.step,
                    effect.visit,
                    self._contact_id,
                    run.journey_id,
                    effect.path,
                    effect.places,
                    cause.workspace_id,
                    cause.now,
                )
            )
        else:
            self._result.webhook_calls.append(
                NewCall(
                    id=effect.id,
                    workspace_id=cause.workspace_id,
                    contact_id=self._contact_id,
                    journey_id=run.journey_id,
                    version=run.version,
                    run_id=run.id,
                    step=effect.step,
                    visit=effect.visit,
                    url=effect.url,
                    body=effect.body,
                    planned_at=cause.now,
                )
            )

    def _change_groups(self, run: Run, effect: ChangeGroups, cause: Cause, mark: str) -> None:
        """Record leaving, then joining, as far as it changes anything."""
        for group_id in effect.leaves:
            if group_id in self._belonging.groups_inside:
                self._record_for(run, group_fact(cause, run, group_id, LEFT, mark), cause)
        for group_id in effect.joins:
            if group_id in self._deleted_groups:
                self._note(run, TraceEntry(effect.step, effect.visit, cause.now, outcome=GROUP_DELETED))
            elif group_id not in self._belonging.groups_inside:
                self._record_for(run, group_fact(cause, run, group_id, JOINED, mark), cause)

    def _take_out(self, run: Run, effect: TakeOut, cause: Cause) -> None:
        """End the contact's other runs in the journey, oldest first."""
        others = [
            other
            for other in self._runs.values()
            if other.journey_id == effect.journey_id and other.id != run.id
        ]
        for other in sorted(others, key=lambda other: (other.entered_at, other.id)):
            self._advance(other, Removed(TAKEN_OUT, effect.outcome), cause)

    def _record_for(self, run: Run, fact: Fact, cause: Cause) -> None:
        """Record what a step of the run made; where its chain of causes is too long, the run's trace says so."""
        self._record(fact)
        if fact.depth > DEEPEST and fact.name in self._interest.names:
            self._note(run, TraceEntry(run.step or "", run.visit, cause.now, outcome="too_deep"))

    def _note(self, run: Run, entry: TraceEntry) -> None:
        """Say on the run's trace what came of something that a step asked for; the run goes on."""
        current = self._result.new_runs.get(run.id) or self._result.changed_runs[run.id]
        kept = msgspec.structs.replace(current, traced=current.traced + 1)
        self._keep(kept)
        assert self._contact is not None, "a run's contact was folded before the run began"
        row = TraceRow(self._contact_id, run.id, kept.traced, self._contact.workspace_id, entry)
        self._result.traces.append(row)

    def _plan(self, run: Run, effect: PlanMessage, cause: Cause) -> None:
        template = self._templates.get(effect.template_id)
        if template is None:
            self._end_failed(run, f"The template {effect.template_id} does not exist.", cause)
            return
        reason = self._ask_gate(effect, template, cause)
        message = NewMessage(
            bucket=bucket_of(self._contact_id),
            id=effect.id,
            workspace_id=cause.workspace_id,
            contact_id=self._contact_id,
            list_id=template.list_id,
            journey_id=run.journey_id,
            version=run.version,
            run_id=run.id,
            step=effect.step,
            visit=effect.visit,
            channel=effect.channel,
            template_id=effect.template_id,
            message_class=template.message_class,
            values={"captured": effect.captured, "event": effect.event},
            planned_at=cause.now,
            due_at=cause.now,
            expires_at=effect.expires_at,
            when_capped=effect.when_capped,
            priority=self._version(run).graph.options.priority,
            reason=reason,
        )
        self._result.messages[message.id] = message
        self._record(message_fact(cause, message, "messagePlanned"))
        if message.reason is not None:
            self._record(message_fact(cause, message, "messageSkipped"))

    def _ask_gate(self, effect: PlanMessage, template: Template, cause: Cause) -> GateReason | None:
        """Return why the message may not leave, as the newest rows say; raises BackgroundMissing until they are read."""
        del cause
        key = key_of_standing(self._contact, template.list_id, effect.channel)
        standing = self._background.standings.get(key) if self._background else None
        if standing is None:
            raise BackgroundMissing({key})
        return decide_gate(standing, message_class=template.message_class)

    def _cancel(self, run: Run, effect: CancelMessage, cause: Cause) -> None:
        message = self._result.messages.get(effect.id)
        if message is None:
            step = self._version(run).graph.steps.get(run.step or "")
            self._result.cancellations.append(
                Cancellation(
                    id=effect.id,
                    reason=effect.reason,
                    at=cause.now,
                    workspace_id=cause.workspace_id,
                    contact_id=self._contact_id,
                    run_id=run.id,
                    journey_id=run.journey_id,
                    version=run.version,
                    step=run.step or "",
                    visit=run.visit,
                    channel=channel_of(step) if isinstance(step, SENDING_STEPS) else "email",
                    template_id=UUID(step.template_id) if isinstance(step, SENDING_STEPS) else None,
                    depth=cause.depth + 1,
                )
            )
        elif message.reason is None:
            message = msgspec.structs.replace(message, reason=effect.reason)
            self._result.messages[effect.id] = message
            self._record(message_fact(cause, message, "messageSkipped"))
