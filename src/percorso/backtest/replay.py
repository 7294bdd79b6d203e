"""One contact walking through all that the log says of it, by the worker's own walk. Pure: reads and writes nothing.

What the worker made itself is made anew, but what hangs on more than the contact's facts: memberships of segments, and
what the gate read when it was asked. That is told by the log (`told`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.backtest.model import Epoch, Family, Retold
from percorso.backtest.quiet import is_idle
from percorso.backtest.told import TOLD, Told
from percorso.consent.gate import GateReason
from percorso.contacts.fold import is_carried
from percorso.contacts.model import AttributeChange, Contact
from percorso.journeys.lookout import SUBSCRIBED, UNSUBSCRIBED, build_lookout, count_from, next_date
from percorso.journeys.model import CancelMessage, PlanMessage, Run
from percorso.journeys.values import read_path
from percorso.kit.ids import bucket_of, derive_id
from percorso.log.model import Fact
from percorso.worker.catalog import Catalog
from percorso.worker.interest import BucketState, JourneyState, build_interest
from percorso.worker.model import Background, Template
from percorso.worker.own_facts import Cause
from percorso.worker.walk import SEGMENT, Due, Walk

_NOTHING: Final = build_interest(BucketState(), {})


class Replay(Walk):
    """One contact from its first fact on; `tell` may be called once."""

    def __init__(self, contact_id: UUID, catalog: Catalog, told: Told) -> None:
        super().__init__(
            contact_id,
            None,
            (),
            _NOTHING,
            node_ids=catalog.node_ids,
            templates=catalog.templates,
            deleted_groups=catalog.deleted_groups,
            background=Background({}, {}),
            rules=catalog.rules,
        )
        self._told = told
        self._folded: list[Fact] = []
        self._subscribed: dict[tuple[str, str], datetime] = {}
        self._met: set[UUID] = set()

    def tell(
        self,
        facts: Sequence[Fact],
        epochs: Sequence[Epoch],
        gone: Mapping[UUID, "Replay"],
        until: datetime,
    ) -> None:
        """Walk through the facts as the bucket knew its journeys at each, and take what fell due before `until`."""
        place = 0
        for number, epoch in enumerate(epochs):
            self._begin(epoch)
            following = epochs[number + 1] if number + 1 < len(epochs) else None
            stands_still = False
            while place < len(facts) and (following is None or facts[place].offset < following.offset):
                fact = facts[place]
                self._meet(fact, facts[place:], gone)
                self._take_due(fact.received_at, inclusive=False)
                self._take_told(fact.offset)
                self._apply(fact)
                stands_still = fact.kind == "moved"
                place += 1
            if stands_still:
                # From here on it is somebody else's.
                return
            horizon = until if following is None else following.received_at
            self._take_due(horizon, inclusive=False)

    def result(self, retold: Retold) -> None:
        """Add what came of it."""
        result = self._finish()
        # What a contact had when it became another is that one's, ended runs too.
        retold.runs.update(
            (id, msgspec.structs.replace(run, contact_id=retold.contact_id))
            for id, run in result.new_runs.items()
        )
        retold.messages.update(result.messages)
        for row in result.traces:
            retold.traces.setdefault(row.run_id, []).append(row.entry)

    def _begin(self, epoch: Epoch) -> None:
        self._interest = epoch.interest
        contact = self._contact
        if contact is None:
            return
        lookback = epoch.interest.lookbacks.get(contact.workspace_id)
        if lookback is not None:
            self._belonging.look_back_on(lookback, self._folded)
        if epoch.changed is not None and epoch.changed.workspace_id == contact.workspace_id:
            self._foresee(epoch.changed, contact, epoch.received_at)

    def _foresee(self, journey: JourneyState, contact: Contact, at: datetime) -> None:
        """Work out anew when the contact meets the starts of a journey that the control fact changed."""
        for key in [key for key in self._moments if key[0] == journey.journey_id]:
            self._set_moment(key, None)
        version = self._interest.versions.get((journey.journey_id, journey.version))
        lookout = None if version is None or journey.state != "active" else build_lookout([version])
        if lookout is None:
            return
        fields = contact.attributes
        for each, start in lookout.dates:
            value = read_path(fields, start.field)
            moment = next_date(each, start, contact.workspace_id, value, each.zone_for(fields), after=at)
            if moment is not None:
                self._set_moment(moment.key, moment)
        for each, counted in lookout.subscriptions:
            since = self._subscribed.get((str(each.list_id), counted.channel))
            if since is not None and counted.after == "subscribing":
                moment = count_from(each, counted, contact.workspace_id, since, each.zone_for(fields))
                if moment.due_at > at:
                    self._set_moment(moment.key, moment)

    def _meet(self, fact: Fact, rest: Sequence[Fact], gone: Mapping[UUID, "Replay"]) -> None:
        """Take over the runs of a contact whose first fact comes over with this one."""
        if not is_carried(fact) or fact.context is None:
            return
        other_id = UUID(fact.context["carried"]["contactId"])
        other = gone.get(other_id)
        if other is None or other_id in self._met or self._contact is None:
            return
        self._met.add(other_id)
        self._take_due(fact.received_at, inclusive=True)
        result = other._finish()
        for key, at in result.entries.items():
            known = self._result.entries.get(key)
            self._result.entries[key] = at if known is None else max(at, known)
        last = _end_of_merge(fact, rest, other_id, self._contact_id)
        moments = (self._told.ended_at(run_id) for run_id in [*self._runs, *other._runs])
        now = max((at for at in moments if at is not None and at <= fact.received_at), default=None)
        self.take_over(other._runs.values(), now or fact.received_at, last)

    def _take_in(self, fact: Fact) -> None:
        super()._take_in(fact)
        if fact.name in (SUBSCRIBED, UNSUBSCRIBED) and fact.kind == "status":
            key = (str(fact.properties.get("listId")), str(fact.properties.get("channel")))
            if fact.name == SUBSCRIBED:
                self._subscribed[key] = fact.received_at
            else:
                self._subscribed.pop(key, None)

    def _judge_segments(self, fact: Fact, changes: Sequence[AttributeChange], before: Contact | None) -> None:
        del changes, before
        self._folded.append(self._at_its_place(fact))
        for turn in self._told.take_caused(fact):
            self._turn_as_told(turn, fact.received_at, fact.offset)

    def _take_told(self, offset: int) -> None:
        """Take the turns that lie in the log before this offset: they were made before that fact came."""
        while (turn := self._told.peek()) is not None and turn.offset < offset:
            self._turn_as_told(self._told.take_first(), turn.occurred_at, 0)
            self._drain()

    def _turn_as_told(self, turn: Fact, now: datetime, offset: int) -> None:
        entered = turn.name == "segmentEntered"
        self._belonging.take_told(UUID(turn.properties["segmentId"]), now if entered else None)
        # What was made after a merge was appended to the other; it is this contact's all the same.
        own = msgspec.structs.replace(turn, contact_id=self._contact_id, offset=offset, received_at=now)
        self._record(own)

    def find_due(self, moment: datetime, *, inclusive: bool) -> Due | None:
        """Return what is taken first of what is due by then, told turns as the segments' moments that they were."""
        due = super().find_due(moment, inclusive=inclusive)
        turn = self._told.peek()
        if turn is None or turn.occurred_at > moment or (turn.occurred_at == moment and not inclusive):
            return due
        told: Due = (turn.occurred_at, SEGMENT, 0, self._contact_id)
        return told if due is None else min(due, told)

    def _may_be_due(self, moment: datetime) -> bool:
        turn = self._told.peek()
        return (turn is not None and turn.occurred_at <= moment) or super()._may_be_due(moment)

    def _take_membership(self, due_at: datetime, segment_id: UUID) -> None:
        del segment_id
        self._turn_as_told(self._told.take_first(), due_at, 0)

    def _ask_gate(self, effect: PlanMessage, template: Template, cause: Cause) -> GateReason | None:
        del template
        return self._told.refusal(effect.id, cause.now)

    def _cancel(self, run: Run, effect: CancelMessage, cause: Cause) -> None:
        if effect.id in self._result.messages and self._told.was_cancelled(effect.id, cause.now):
            super()._cancel(run, effect, cause)


def retell(
    family: Family, epochs: Mapping[int, Sequence[Epoch]], catalog: Catalog, until: datetime
) -> Retold:
    """Return what comes of a contact and of those who became it; `epochs` are by bucket."""
    retold = Retold(family.contact_id, facts=sum(map(len, [family.facts, *family.gone.values()])))
    if is_idle(family, epochs[bucket_of(family.contact_id)]):
        return retold
    replays: dict[UUID, Replay] = {}
    # Whoever went first may have become somebody who went later.
    people = sorted(family.gone.items(), key=lambda item: item[1][-1].received_at)
    people.append((family.contact_id, family.facts))
    own = [fact for _, facts in people for fact in facts if fact.origin == "worker" and fact.name in TOLD]
    used = set[str]()
    for contact_id, facts in people:
        others = [fact for fact in facts if fact.origin != "worker"]
        replay = Replay(contact_id, catalog, Told(contact_id, own, used))
        replay.tell(others, epochs[bucket_of(contact_id)], replays, until)
        replay.result(retold)
        replays[contact_id] = replay
    return retold


def _end_of_merge(first: Fact, rest: Sequence[Fact], gone: UUID, into: UUID) -> int:
    """Return the offset of the last fact that came over with `first` from the contact that is gone."""
    united = str(derive_id("united", gone, into))
    last = first.offset
    for fact in rest[1:]:
        context: dict[str, Any] = fact.context or {}
        came = is_carried(fact) and context["carried"]["contactId"] == str(gone)
        if not (came or context.get("united") == str(gone) or fact.message_id == united or _is_union(fact)):
            break
        last = fact.offset
    return last


def _is_union(fact: Fact) -> bool:
    return fact.kind == "group" and fact.origin == "job" and fact.historical
