"""One contact's part of a batch: its facts and due runs in order of time. Pure: reads and writes nothing.

For each fact: fold it, then removals and goals and waits of the runs inside, then starts. What a decision
makes about the same contact is applied at once, before the contact's next fact.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from percorso.consent.gate import decide_gate
from percorso.contacts.fold import fold_fact, new_contact
from percorso.contacts.model import AttributeChange, Contact
from percorso.content.coupons.model import CouponRequest
from percorso.journeys.engine import advance, enter, was_removed
from percorso.journeys.entry import RESTARTED, Ignore, Restart, decide_entry, find_start
from percorso.journeys.graph import SendEmail, SendSms
from percorso.journeys.model import (
    CancelMessage,
    Count,
    Decision,
    Effect,
    EmitEvent,
    EventArrived,
    Input,
    PlanMessage,
    Removed,
    RequestCoupon,
    Run,
    TimeDue,
    TraceEntry,
    UpdateProfile,
)
from percorso.journeys.version import Version
from percorso.kit.ids import bucket_of
from percorso.log.model import Fact
from percorso.messages.model import NewMessage
from percorso.worker.counting import count_message_fact
from percorso.worker.interest import Interest
from percorso.worker.model import (
    Background,
    Cancellation,
    Failure,
    StandingKey,
    Template,
    TraceRow,
    WalkResult,
)
from percorso.worker.own_facts import (
    Cause,
    draft_of,
    entered_fact,
    event_fact,
    exited_fact,
    message_fact,
    profile_fact,
)

DEEPEST = 20
"""A fact whose chain of causes is longer is stored and acts no more (architecture §3)."""

FAILED = "failed"
"""Why a run ended whose engine raised an error."""


class BackgroundMissing(Exception):
    """This contact may enter a journey or get a message: read its background and walk again.

    `wanted` are the standings that the gate will ask for, as far as is known.
    """

    def __init__(self, wanted: set[StandingKey]) -> None:
        self.wanted = wanted
        super().__init__("The background of this contact was not read yet.")


class Walk:
    """One contact walking through one batch of its bucket; `finish` gives what is to be written."""

    def __init__(
        self,
        contact_id: UUID,
        contact: Contact | None,
        runs: Iterable[Run],
        interest: Interest,
        *,
        node_ids: Mapping[UUID, UUID],
        templates: Mapping[UUID, Template],
        background: Background | None = None,
    ) -> None:
        self._contact_id = contact_id
        self._contact = contact
        self._runs = {run.id: run for run in runs}
        self._stored = frozenset(self._runs)
        self._interest = interest
        self._node_ids = node_ids
        self._templates = templates
        self._background = background
        self._waiting: deque[Fact] = deque()
        self._result = WalkResult(before=contact)

    def walk(self, facts: Iterable[Fact], horizon: datetime | None, *, until_horizon: bool) -> WalkResult:
        """Return what `facts`, in order, and the runs due before `horizon` make of this contact.

        `until_horizon`: runs due exactly then are taken as well. Raises BackgroundMissing.
        """
        for fact in facts:
            self._take_due(fact.received_at, inclusive=False)
            self._apply(fact)
        if horizon is not None:
            self._take_due(horizon, inclusive=until_horizon)
        self._result.contact = self._contact
        return self._result

    def fail_run(self, run_id: UUID, error: str) -> WalkResult:
        """Return what it takes to end a run that cannot be advanced, at the moment when it was due."""
        run = self._runs[run_id]
        now = run.due_at or run.reached_at
        self._end_failed(run, error, Cause(self._workspace_id(run), self._contact_id, now, 0, 0))
        self._result.contact = self._contact
        return self._result

    def _take_due(self, moment: datetime, *, inclusive: bool) -> None:
        while self._runs:
            due = [
                (run.due_at, run.id)
                for run in self._runs.values()
                if run.due_at is not None and (run.due_at < moment or (inclusive and run.due_at == moment))
            ]
            if not due:
                return
            due_at, run_id = min(due)
            run = self._runs[run_id]
            cause = Cause(self._workspace_id(run), self._contact_id, due_at, 0, 0)
            self._advance(run, TimeDue(), cause)
            if self._runs.get(run_id) is run:
                self._end_failed(run, "The engine left the run as it was when its moment came.", cause)
            self._drain()

    def _apply(self, fact: Fact) -> None:
        self._fold(fact)
        count_message_fact(self._result.counts, fact)
        self._waiting.append(fact)
        self._drain()

    def _drain(self) -> None:
        while self._waiting:
            self._act(self._waiting.popleft())

    def _fold(self, fact: Fact) -> None:
        contact = self._contact or new_contact(fact, self._node_ids.get(fact.workspace_id, UUID(int=0)))
        self._contact, changes = fold_fact(contact, fact)
        for change in changes:
            key = (self._contact_id, fact.offset, change.path)
            known = self._result.changes.get(key)
            first = change if known is None else AttributeChange(change.path, known[2].old, change.new)
            self._result.changes[key] = (fact.workspace_id, fact.received_at, first)

    def _act(self, fact: Fact) -> None:
        if fact.historical or fact.depth > DEEPEST or fact.name not in self._interest.names:
            return
        cause = Cause(fact.workspace_id, self._contact_id, fact.received_at, fact.offset, fact.depth)
        event = EventArrived(fact.name, fact.offset, fact.occurred_at, fact.properties, fact.context)
        removed: set[UUID] = set()
        for run in self._concerned(fact):
            # An earlier run's decision on this fact may have ended or moved this one.
            current = self._runs.get(run.id)
            if current is None:
                continue
            decision = self._advance(current, event, cause)
            if decision is not None and was_removed(current, decision):
                removed.add(current.journey_id)
        for version in self._interest.starts.get((fact.workspace_id, fact.name), ()):
            self._start(version, fact, cause, was_removed=version.journey_id in removed)

    def _concerned(self, fact: Fact) -> list[Run]:
        runs = self._runs
        if not runs:
            return []
        if fact.kind in ("message", "coupon"):
            said = fact.properties.get("runId")
            run = runs.get(UUID(said)) if isinstance(said, str) else None
            return [] if run is None else [run]
        return sorted(
            (run for run in runs.values() if fact.name in self._version(run).names),
            key=lambda run: (run.entered_at, run.id),
        )

    def _start(self, version: Version, fact: Fact, cause: Cause, *, was_removed: bool) -> None:
        attributes = self._attributes()
        subject = version.subject(attributes, fact.properties, {}, cause.now)
        if find_start(version, fact, subject) is None:
            return
        if self._background is None:
            raise BackgroundMissing(self._wanted(version))
        journey_id = version.journey_id
        entries = {**self._background.entries, **self._result.entries}
        memory = {key: at for (journey, key), at in entries.items() if journey == journey_id}
        inside = [run for run in self._runs.values() if run.journey_id == journey_id]
        entry = decide_entry(version, fact, subject, memory, inside, was_removed=was_removed)
        if isinstance(entry, Ignore):
            return
        if isinstance(entry, Restart):
            for run in entry.runs:
                self._advance(run, Removed(RESTARTED), cause)
        decision = enter(version, entry, fact, self._attributes(), cause.now)
        run = decision.run
        self._result.entries[journey_id, entry.key] = cause.now
        self._record(entered_fact(cause, run))
        self._settle(None, decision, cause)

    def _advance(self, run: Run, input: Input, cause: Cause) -> Decision | None:
        try:
            decision = advance(self._version(run), run, input, self._attributes(), cause.now)
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
        counts = (Count("exited", run.step or "", FAILED), Count("ended", path="neutral"))
        effects: tuple[Effect, ...] = ()
        if run.message_id is not None:
            effects = (CancelMessage(run.message_id, FAILED),)
        self._result.failures.append(Failure(run.id, self._contact_id, cause.workspace_id, error, cause.now))
        self._settle(run, Decision(ended, effects, (entry,), counts), cause)

    def _settle(self, before: Run | None, decision: Decision, cause: Cause) -> None:
        run = decision.run
        self._keep(run)
        first = run.traced - len(decision.trace) + 1
        for number, entry in enumerate(decision.trace, first):
            self._result.traces.append(TraceRow(self._contact_id, run.id, number, cause.workspace_id, entry))
        for count in decision.counts:
            self._count(run, count, cause)
        for number, effect in enumerate(decision.effects):
            self._effect(before or run, run, effect, cause, f"{run.visit}.{run.traced}.{number}")
        if run.state == "ended" and (before is None or before.state != "ended"):
            self._record(exited_fact(cause, run))

    def _keep(self, run: Run) -> None:
        (self._result.changed_runs if run.id in self._stored else self._result.new_runs)[run.id] = run
        if run.state == "ended":
            self._runs.pop(run.id, None)
        else:
            self._runs[run.id] = run

    def _count(self, run: Run, count: Count, cause: Cause) -> None:
        key = (
            cause.workspace_id,
            run.journey_id,
            run.version,
            count.step,
            count.path,
            count.name,
            cause.now.date(),
        )
        self._result.counts[key] = self._result.counts.get(key, 0) + 1

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
            self._emit(run, effect, cause, mark)

    def _emit(self, run: Run, effect: EmitEvent, cause: Cause, mark: str) -> None:
        fact = event_fact(cause, run, effect, mark)
        self._record(fact)
        if fact.depth > DEEPEST and fact.name in self._interest.names:
            kept = msgspec.structs.replace(
                self._result.new_runs.get(run.id) or self._result.changed_runs[run.id],
                traced=run.traced + 1,
            )
            self._keep(kept)
            entry = TraceEntry(run.step or "", run.visit, cause.now, outcome="too_deep")
            self._result.traces.append(
                TraceRow(self._contact_id, run.id, kept.traced, cause.workspace_id, entry)
            )

    def _plan(self, run: Run, effect: PlanMessage, cause: Cause) -> None:
        template = self._templates.get(effect.template_id)
        if template is None:
            self._end_failed(run, f"The template {effect.template_id} does not exist.", cause)
            return
        standing_key = self._standing_key(template.list_id, effect.channel)
        standing = self._background.standings.get(standing_key) if self._background else None
        if standing is None:
            raise BackgroundMissing({standing_key})
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
            reason=decide_gate(standing, message_class=template.message_class),
        )
        self._result.messages[message.id] = message
        self._record(message_fact(cause, message, "messagePlanned"))
        if message.reason is not None:
            self._record(message_fact(cause, message, "messageSkipped"))

    def _standing_key(self, list_id: UUID, channel: str) -> StandingKey:
        contact = self._contact
        address = None if contact is None else contact.email if channel == "email" else contact.phone
        return list_id, channel, address

    def _wanted(self, version: Version) -> set[StandingKey]:
        if version.list_id is None:
            return set()
        channels = version.channels.get(version.graph.first, frozenset[str]())
        return {self._standing_key(version.list_id, channel) for channel in channels}

    def _cancel(self, run: Run, effect: CancelMessage, cause: Cause) -> None:
        message = self._result.messages.get(effect.id)
        if message is None:
            step = self._version(run).graph.steps.get(run.step or "")
            is_send = isinstance(step, SendEmail | SendSms)
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
                    channel="sms" if isinstance(step, SendSms) else "email",
                    template_id=UUID(step.template_id) if is_send else None,
                    depth=cause.depth + 1,
                )
            )
        elif message.reason is None:
            message = msgspec.structs.replace(message, reason=effect.reason)
            self._result.messages[effect.id] = message
            self._record(message_fact(cause, message, "messageSkipped"))

    def _record(self, fact: Fact) -> None:
        """Apply what the worker itself made: fold it now, and let it act after what is being done."""
        self._result.drafts.append(draft_of(fact))
        self._fold(fact)
        count_message_fact(self._result.counts, fact)
        self._waiting.append(fact)

    def _version(self, run: Run) -> Version:
        return self._interest.versions[run.journey_id, run.version]

    def _attributes(self) -> dict[str, object]:
        return {} if self._contact is None else self._contact.attributes

    def _workspace_id(self, run: Run) -> UUID:
        del run
        assert self._contact is not None, "a run's contact was folded before the run began"
        return self._contact.workspace_id
