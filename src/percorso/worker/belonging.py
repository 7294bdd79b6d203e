"""How one contact stands with segments while it is walked: judged fact by fact, in order of reference. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.conditions.growth import Growth
from percorso.conditions.model import Consent, Subject
from percorso.conditions.past import Past
from percorso.contacts.model import AttributeChange, Contact
from percorso.log.model import Fact
from percorso.segments.groups.model import Joined, fold_group
from percorso.segments.membership import CompiledNeed, CompiledSegment, decide_membership, is_member, may_turn
from percorso.segments.model import Membership
from percorso.segments.standings import CONSENTS, STATUSES, read_consents, read_statuses
from percorso.segments.watch import Lookback, Watch
from percorso.worker.model import Stands

_NOTHING: Final = Past()
_NO_STATUS: Final[dict[tuple[UUID, str], str]] = {}
_NO_CONSENT: Final[dict[str, Consent]] = {}

Turn = tuple[UUID, Literal["segmentEntered", "segmentLeft"]]
"""A segment, and what the contact did."""


class HistoryMissing(Exception):
    """A verdict hangs on facts that the contact's pasts have lost: read them from the log and walk again.

    `wanted`: by key of the need, the moment of the verdict.
    """

    def __init__(self, wanted: dict[str, datetime]) -> None:
        self.wanted = wanted
        super().__init__("The history of this contact was not read yet.")


class Belonging:
    """One contact's memberships and pasts in one batch, as they stand at the fact being applied."""

    def __init__(self, stands: Stands) -> None:
        self._stands = stands
        self._members = frozenset(
            id for id, membership in stands.memberships.items() if membership.entered_at is not None
        )
        self.memberships: dict[UUID, Membership | None] = {}
        """What changed, by segment; None: the row goes."""
        self._groups = stands.groups
        self.groups: dict[UUID, Joined | None] = {}
        """Groups that the contact joined, or left (None)."""
        self.pasts: dict[str, Past] = {}
        """What changed, by key of the need."""
        self.ungiven: set[str] = set()
        """Keys of pasts that may keep facts whose offsets are still to be given."""
        self.errors: dict[UUID, str] = {}
        """Segments that could not be judged, and why."""
        self._passing: dict[str, Past] = dict(stands.lookback)
        """What journeys look back on; it is read again next time, so it is kept nowhere."""
        self._whole: dict[str, Past] = dict(stands.whole)
        """Pasts with all their facts, of those that have lost some; kept nowhere, too."""
        self._has_lost = any(past.lost_until is not None for past in stands.pasts.values())
        self.soonest: datetime | None = None
        """Nothing must be judged before it although nothing happens; None: nothing at all."""
        self.look_ahead()

    @property
    def segments(self) -> frozenset[UUID]:
        """The segments of which the contact is a member now."""
        return self._members

    @property
    def groups_inside(self) -> frozenset[UUID]:
        """The groups that the contact is in now."""
        return self._groups

    def fold_group(self, fact: Fact) -> bool:
        """Take the contact into a group or out of it, and return whether that changes anything."""
        folded = fold_group(self._groups, fact)
        if folded is None:
            return False
        group_id, joined = folded
        self.groups[group_id] = joined
        self._groups = self._groups - {group_id} if joined is None else self._groups | {group_id}
        return True

    def take_told(self, segment_id: UUID, entered_at: datetime | None) -> None:
        """Let the contact be a member since then, or none any more (None), because the log tells so."""
        self._keep(segment_id, None if entered_at is None else Membership(entered_at, None))

    def find(self, segment_id: UUID) -> Membership | None:
        """Return how the contact stands with a segment now."""
        if segment_id in self.memberships:
            return self.memberships[segment_id]
        return self._stands.memberships.get(segment_id)

    def past(self, need_key: str) -> Past:
        """Return what is kept for a need now."""
        return self.pasts.get(need_key) or self._stands.pasts.get(need_key) or _NOTHING

    def look_back(self, lookback: Lookback, fact: Fact) -> None:
        """Fold a fact into what journeys look back on."""
        for need in lookback.by_name.get(fact.name, ()):
            self._passing[need.key] = need.fold_whole(self._passing.get(need.key, _NOTHING), fact)

    def look_back_on(self, lookback: Lookback, facts: Sequence[Fact]) -> None:
        """Fold all facts so far into what journeys look back on from now on, as far as they did not before."""
        for need in lookback.needs:
            if need.key not in self._passing:
                found = [fact for fact in facts if need.matches(fact)]
                if found:
                    self._passing[need.key] = need.read_whole(found)

    def look_ahead(self) -> None:
        """Let `soonest` be exact: while the contact walks it may lie before the first moment."""
        self.soonest = min((moment for moment, _ in self.list_due()), default=None)

    def list_due(self) -> Iterable[tuple[datetime, UUID]]:
        """Yield (moment, segment) of what must be judged although nothing happens, in no order."""
        for id, membership in self._stands.memberships.items():
            if membership.judge_at is not None and id not in self.memberships:
                yield membership.judge_at, id
        for id, changed in self.memberships.items():
            if changed is not None and changed.judge_at is not None:
                yield changed.judge_at, id

    def take_in(
        self,
        watch: Watch,
        fact: Fact,
        changes: Collection[AttributeChange],
        before: Contact | None,
        contact: Contact,
    ) -> list[Turn]:
        """Return what `fact`, just folded into `contact` with these changes, makes it enter and leave, in order.

        The worker's own fact stands at the place that it will have in the log (`ungiven_offset`).
        """
        if fact.kind == "segment":
            return []
        grown: dict[int, Growth] = {}
        for need in watch.needs_by_name.get(fact.name, ()):
            key = need.key
            past = self.past(key)
            folded = need.fold(past, fact)
            if folded is not past:
                self._remember(key, folded)
                if fact.origin == "worker":
                    self.ungiven.add(key)
                if key in self._whole:
                    self._whole[key] = need.fold_whole(self._whole[key], fact)
                for place, growth in watch.by_need[key]:
                    grown[place] = growth if grown.get(place, growth) == growth else 0
        if contact.anonymous:
            return []
        now = fact.received_at
        places = {
            place
            for place, growth in grown.items()
            if may_turn(self.find(watch.segments[place].segment_id), growth, now)
        }
        if before is None or before.anonymous:
            places.update(range(len(watch.segments)))
        else:
            for change in changes:
                places.update(watch.by_root.get(change.path.partition(".")[0], ()))
            if fact.kind == "group":
                places.update(watch.by_standing.get("group", ()))
        return self._judge(watch, places, contact, now) if places else []

    def judge_due(self, watch: Watch, segment_id: UUID, contact: Contact, now: datetime) -> list[Turn]:
        """Return what the moment of one segment makes the contact enter and leave, in order."""
        place = watch.places.get(segment_id)
        if place is None:
            self.forget(segment_id)
            return []
        return self._judge(watch, {place}, contact, now)

    def fill(self, watch: Watch, segment_id: UUID, contact: Contact, now: datetime) -> list[Turn]:
        """Return what comes of a segment that the bucket keeps from now on, by another revision, or no longer."""
        place = watch.places.get(segment_id)
        if place is not None:
            return [] if contact.anonymous else self._judge(watch, {place}, contact, now)
        was_member = is_member(self.find(segment_id))
        self.forget(segment_id)
        if not was_member:
            return []
        turns: list[Turn] = [(segment_id, "segmentLeft")]
        return turns + self._judge(watch, set(watch.by_reference.get(segment_id, ())), contact, now)

    def remember(self, pasts: Mapping[str, Past]) -> None:
        """Take over what was read for needs that are new."""
        for key, past in pasts.items():
            self._remember(key, past)

    def _remember(self, need_key: str, past: Past) -> None:
        self.pasts[need_key] = past
        self._has_lost = self._has_lost or past.lost_until is not None

    def _judge(self, watch: Watch, places: set[int], contact: Contact, now: datetime) -> list[Turn]:
        turns: list[Turn] = []
        subject: Subject | None = None
        while places:
            place = min(places)
            places.discard(place)
            segment = watch.segments[place]
            id = segment.segment_id
            before = self.find(id)
            if subject is None or subject.time_zone != segment.time_zone:
                subject = self.subject(segment.time_zone, contact, now)
            try:
                after = decide_membership(segment, self._complete(watch, segment, subject), before)
            except HistoryMissing:
                raise
            except Exception as error:
                # One segment's fault must stop neither the others nor the bucket: the contact stays where it was.
                self.errors[id] = f"{type(error).__name__}: {error}"
                is_over = before is not None and before.judge_at is not None and before.judge_at <= now
                after = before
                if is_over and before is not None:
                    after = None if before.entered_at is None else Membership(before.entered_at, None)
            if after == before:
                continue
            self._keep(id, after)
            if is_member(before) != is_member(after):
                turns.append((id, "segmentEntered" if is_member(after) else "segmentLeft"))
                places.update(watch.by_reference.get(id, ()))
                # Whoever refers to it must see the contact inside, or gone.
                subject = None
        return turns

    def _complete(self, watch: Watch, segment: CompiledSegment, subject: Subject) -> Subject:
        """Return the subject with all facts that the verdict hangs on; raises HistoryMissing.

        Only of needs that it hangs on: what else was read must not make a difference.
        """
        if not self._has_lost:
            return subject
        unread = segment.find_unread(subject)
        if not unread:
            return subject
        now: datetime = subject.now
        if any(need.key not in self._whole for need in unread):
            wanted = {need.key for each in watch.segments for need in each.find_unread(subject)}
            raise HistoryMissing(dict.fromkeys(wanted, now))
        return self._with_whole(subject, [watch.needs[need.key] for need in unread])

    def complete_all(self, needs: Iterable[CompiledNeed], subject: Subject) -> Subject:
        """Return the subject with all facts of these needs, where its pasts have lost some; raises HistoryMissing."""
        if not self._has_lost:
            return subject
        lost = [need for need in needs if subject.pasts.get(need.key, _NOTHING).lost_until is not None]
        missing = [need.key for need in lost if need.key not in self._whole]
        if missing:
            now: datetime = subject.now
            raise HistoryMissing(dict.fromkeys(missing, now))
        return self._with_whole(subject, lost)

    def _with_whole(self, subject: Subject, needs: Iterable[CompiledNeed]) -> Subject:
        whole = {need.key: need.trim(self._whole[need.key], subject.now) for need in needs}
        return msgspec.structs.replace(subject, pasts={**subject.pasts, **whole})

    def subject(self, time_zone: str, contact: Contact, now: datetime) -> Subject:
        """Return what a segment is judged against: the contact as it stands now, with no event at hand."""
        pasts = self._list_pasts()
        return Subject(
            contact.attributes,
            None,
            {},
            now,
            time_zone,
            pasts=pasts,
            groups=self._groups,
            segments=self._members,
            statuses=read_statuses(pasts.get(STATUSES.key)) if STATUSES.key in pasts else _NO_STATUS,
            consents=read_consents(pasts.get(CONSENTS.key)) if CONSENTS.key in pasts else _NO_CONSENT,
            identities=contact.identities,
        )

    def _list_pasts(self) -> Mapping[str, Past]:
        if not self.pasts and not self._passing:
            return self._stands.pasts
        return {**self._stands.pasts, **self.pasts, **self._passing}

    def forget(self, segment_id: UUID) -> None:
        """Let the membership go without a word."""
        if self.find(segment_id) is not None:
            self._keep(segment_id, None)

    def _keep(self, segment_id: UUID, membership: Membership | None) -> None:
        if membership == self._stands.memberships.get(segment_id):
            self.memberships.pop(segment_id, None)
        else:
            self.memberships[segment_id] = membership
        moment = None if membership is None else membership.judge_at
        if moment is not None and (self.soonest is None or moment < self.soonest):
            self.soonest = moment
        if is_member(membership) != (segment_id in self._members):
            self._members ^= {segment_id}

    def count_members(self) -> dict[UUID, int]:
        """Return by how much each segment's members became more or fewer."""
        counts: dict[UUID, int] = {}
        for id, after in self.memberships.items():
            change = is_member(after) - is_member(self._stands.memberships.get(id))
            if change:
                counts[id] = change
        return counts
