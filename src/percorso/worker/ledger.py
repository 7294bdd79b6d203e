"""What a walk leaves behind: runs, effects, own facts, traces and counts of one contact. Pure."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.conditions.model import Subject
from percorso.consent.gate import decide_gate
from percorso.contacts.fold import fold_fact, new_contact
from percorso.contacts.model import AttributeChange, Contact
from percorso.contacts.shop.model import ShopRules
from percorso.content.coupons.model import CouponRequest
from percorso.journeys.graph import SendEmail, SendSms
from percorso.journeys.model import (
    CancelMessage,
    Count,
    Decision,
    Effect,
    EmitEvent,
    PlanMessage,
    RequestCoupon,
    Run,
    TraceEntry,
    UpdateProfile,
)
from percorso.journeys.version import Version
from percorso.kit.ids import bucket_of
from percorso.log.model import Fact
from percorso.messages.model import NewMessage
from percorso.worker.belonging import Belonging, Turn
from percorso.worker.counting import count_message_fact
from percorso.worker.interest import Interest
from percorso.worker.model import (
    NOWHERE,
    Background,
    Cancellation,
    Failure,
    StandingKey,
    Stands,
    Template,
    TraceRow,
    WalkResult,
)
from percorso.worker.own_facts import (
    Cause,
    draft_of,
    event_fact,
    exited_fact,
    message_fact,
    profile_fact,
    segment_fact,
)

_NONE: Final[dict[str, Any]] = {}
_USUAL: Final = ShopRules()

DEEPEST: Final = 20
"""A fact whose chain of causes is longer is stored and acts no more (architecture §3)."""

FAILED: Final = "failed"
"""Why a run ended whose engine raised an error."""


class BackgroundMissing(Exception):
    """This contact may enter a journey or get a message: read its background and walk again.

    `wanted` are the standings that the gate will ask for, as far as is known.
    """

    def __init__(self, wanted: set[StandingKey]) -> None:
        self.wanted = wanted
        super().__init__("The background of this contact was not read yet.")


class Ledger:
    """One contact in one batch, and all that its walk makes of it, until it is written.

    What a decision makes about the contact is folded when it is made; it acts when its cause has acted.
    """

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
        rules: Mapping[UUID, ShopRules] = MappingProxyType({}),
        stands: Stands = NOWHERE,
    ) -> None:
        self._contact_id = contact_id
        self._contact: Contact | None = contact
        self._runs = {run.id: run for run in runs}
        self._stored = frozenset(self._runs)
        self._interest = interest
        self._node_ids = node_ids
        self._templates = templates
        self._background = background
        self._rules = rules
        self._belonging = Belonging(stands)
        self._waiting: deque[Fact] = deque()
        self._result = WalkResult(before=contact)

    def _take_in(self, fact: Fact) -> None:
        """Fold a fact and judge the segments that it concerns; it acts when its turn comes, then what it made."""
        before = self._contact
        changes = self._fold(fact)
        if fact.kind == "group" and not self._belonging.fold_group(fact):
            # It is where it was said to go, or came over from a merged contact: nothing happened.
            return
        count_message_fact(self._result.counts, fact)
        self._waiting.append(fact)
        lookback = self._interest.lookbacks.get(fact.workspace_id)
        if lookback is not None:
            self._belonging.look_back(lookback, fact)
        watch = self._interest.watches.get(fact.workspace_id)
        if watch is None or self._contact is None:
            return
        turns = self._belonging.take_in(watch, fact, changes, before, self._contact)
        if turns:
            cause = Cause(fact.workspace_id, self._contact_id, fact.received_at, fact.offset, fact.depth)
            self._turn(turns, cause, fact.message_id, historical=fact.historical)

    def _turn(
        self,
        turns: Iterable[Turn],
        cause: Cause,
        mark: str,
        *,
        historical: bool = False,
        why: str | None = None,
    ) -> None:
        """Record entering and leaving segments; `mark` tells this cause from all others."""
        for segment_id, name in turns:
            self._record(segment_fact(cause, segment_id, name, mark, historical=historical, why=why))

    def _fold(self, fact: Fact) -> Sequence[AttributeChange]:
        contact = self._contact or new_contact(fact, self._node_ids.get(fact.workspace_id, UUID(int=0)))
        self._contact, changes = fold_fact(contact, fact, self._rules_of(fact.workspace_id))
        if changes:
            # What a due moment changes stands after the last fact before it.
            place = (fact.offset or contact.offset, fact.received_at)
            _, by_path = self._result.changes.setdefault(place, (fact.workspace_id, {}))
            for change in changes:
                path = change.path
                first = by_path.get(path)
                by_path[path] = change if first is None else AttributeChange(path, first.old, change.new)
        return changes

    def _rules_of(self, workspace_id: UUID) -> ShopRules:
        return self._interest.keep_visits(self._rules.get(workspace_id, _USUAL))

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
        self._take_in(fact)

    def _around(self, now: datetime) -> Subject | None:
        """Return where the contact stands, for conditions of journeys; None where nothing asks or nothing is known."""
        contact = self._contact
        if contact is None:
            return None
        needs = self._interest.shared.get(contact.workspace_id, ())
        return self._belonging.complete_all(needs, self._belonging.subject("UTC", contact, now))

    def _version(self, run: Run) -> Version:
        return self._interest.versions[run.journey_id, run.version]

    def _attributes(self) -> dict[str, Any]:
        return _NONE if self._contact is None else self._contact.attributes
