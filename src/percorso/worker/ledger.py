"""What a walk leaves behind: runs, effects, own facts, traces and counts of one contact. Pure."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.conditions.model import Subject
from percorso.conditions.past import ungiven_offset
from percorso.contacts.fold import fold_fact, new_contact
from percorso.contacts.model import AttributeChange, Contact
from percorso.contacts.shop.model import ShopRules
from percorso.journeys.lookout import MomentKey, StartMoment
from percorso.journeys.model import (
    Count,
    Run,
)
from percorso.journeys.version import Version
from percorso.log.model import Fact
from percorso.worker.belonging import Belonging, Turn
from percorso.worker.counting import count_message_fact
from percorso.worker.interest import Interest
from percorso.worker.model import (
    NOWHERE,
    Background,
    StandingKey,
    Stands,
    Template,
    WalkResult,
)
from percorso.worker.own_facts import (
    Cause,
    draft_of,
    segment_fact,
)

_NONE: Final[dict[str, Any]] = {}
_USUAL: Final = ShopRules()

_CHANGING: Final = frozenset({"profile", "group", "segment", "status"})
"""Kinds of facts that change where a contact stands, whatever becomes of its attributes."""

DEEPEST: Final = 20
"""A fact whose chain of causes is longer is stored and acts no more (architecture §3)."""

FAILED: Final = "failed"
"""Why a run ended whose engine raised an error."""


GROUP_DELETED: Final = "group_deleted"
"""What a run's trace says of a group that was to be joined, and was deleted since its version was published."""


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
        deleted_groups: Set[UUID] = frozenset(),
        moments: Mapping[MomentKey, StartMoment] = MappingProxyType({}),
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
        self._deleted_groups = deleted_groups
        self._moments = dict(moments)
        self._belonging = Belonging(stands)
        self._waiting: deque[tuple[Fact, bool]] = deque()
        """Facts whose turn is to come, and whether they changed the contact."""
        self._result = WalkResult(before=contact)

    def _take_in(self, fact: Fact) -> None:
        """Fold a fact and judge the segments that it concerns; it acts when its turn comes, then what it made."""
        before = self._contact
        changes = self._fold(fact)
        if fact.kind == "group" and not self._belonging.fold_group(fact):
            # It is where it was said to go, or came over from a merged contact: nothing happened.
            return
        count_message_fact(self._result.counts, fact)
        self._waiting.append((fact, bool(changes) or fact.kind in _CHANGING))
        lookback = self._interest.lookbacks.get(fact.workspace_id)
        if lookback is not None:
            self._belonging.look_back(lookback, self._at_its_place(fact))
        self._judge_segments(fact, changes, before)

    def _judge_segments(self, fact: Fact, changes: Sequence[AttributeChange], before: Contact | None) -> None:
        """Let the contact enter and leave what the fact, folded with these changes, concerns."""
        watch = self._interest.watches.get(fact.workspace_id)
        if watch is None or self._contact is None:
            return
        turns = self._belonging.take_in(watch, self._at_its_place(fact), changes, before, self._contact)
        if turns:
            cause = Cause(fact.workspace_id, self._contact_id, fact.received_at, fact.offset, fact.depth)
            self._turn(turns, cause, fact.message_id, historical=fact.historical)

    def _at_its_place(self, fact: Fact) -> Fact:
        """Return the fact with the place that it will have; its own one is its cause's until it is appended."""
        if fact.origin != "worker":
            return fact
        return msgspec.structs.replace(fact, offset=ungiven_offset(len(self._result.drafts) - 1))

    def _turn(
        self,
        turns: Iterable[Turn],
        cause: Cause,
        mark: str,
        *,
        historical: bool = False,
        why: str | None = None,
    ) -> None:
        """Record entering and leaving segments; `mark` tells this cause from all others.

        Where no journey listens nothing would come of them: then they are only appended.
        """
        interest = self._interest
        for segment_id, name in turns:
            fact = segment_fact(cause, segment_id, name, mark, historical=historical, why=why)
            if name in interest.names or interest.judged_by is not None or interest.lookbacks:
                self._record(fact)
            else:
                self._result.drafts.append(draft_of(fact))

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
            count.version or run.version,
            count.step,
            count.path,
            count.name,
            cause.now.date(),
        )
        self._result.counts[key] = self._result.counts.get(key, 0) + 1

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
