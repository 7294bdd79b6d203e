"""A simulated contact as folded so far: the same folds that the worker uses. Pure."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from percorso.conditions.lowering import lower_simple
from percorso.conditions.model import Subject
from percorso.conditions.past import Past
from percorso.contacts.fold import fold_fact, new_contact
from percorso.contacts.model import Contact
from percorso.contacts.shop.model import ShopRules
from percorso.contacts.shop.moments import Said, plan_moment
from percorso.journeys.version import Version
from percorso.log.model import Fact
from percorso.segments.compile import compile_need
from percorso.segments.groups.model import JOINED, LEFT, fold_group
from percorso.segments.model import SEGMENT_FACTS
from percorso.segments.standings import CONSENTS, STATUSES, read_consents, read_statuses

_NOWHERE: Final = UUID(int=0)
_ENTERED: Final = "segmentEntered"


class Standing:
    """One contact: attributes, groups, segments, and the pasts that the version's conditions look back on."""

    __slots__ = ("_needs", "_rules", "contact", "groups", "pasts", "segments")

    def __init__(self, version: Version) -> None:
        self._needs = [compile_need(need, lower_simple) for need in version.needs]
        self._needs += [STATUSES, CONSENTS]
        self._rules = ShopRules(zone=version.time_zone)
        self.contact: Contact | None = None
        self.groups: frozenset[UUID] = frozenset()
        self.segments: frozenset[UUID] = frozenset()
        self.pasts: dict[str, Past] = {}

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes as folded."""
        return {} if self.contact is None else self.contact.attributes

    @property
    def due_at(self) -> datetime | None:
        """When the shop changes although nothing happens: an abandoned cart, a day gone by. None: never."""
        return None if self.contact is None else self.contact.due_at

    def fold(self, fact: Fact) -> bool:
        """Take a fact in; return whether it is news: joining a group twice is none."""
        contact = self.contact or new_contact(fact, _NOWHERE)
        self.contact, _ = fold_fact(contact, fact, self._rules)
        for need in self._needs:
            if fact.name in need.names and need.matches(fact):
                self.pasts[need.key] = need.fold_whole(self.pasts.get(need.key, Past()), fact)
        if fact.kind == "group":
            return self._fold_group(fact)
        if fact.name in SEGMENT_FACTS:
            segment_id = UUID(fact.properties["segmentId"])
            has_entered = fact.name == _ENTERED
            if (segment_id in self.segments) == has_entered:
                return False
            self.segments ^= {segment_id}
        return True

    def _fold_group(self, fact: Fact) -> bool:
        assert fact.name in (JOINED, LEFT)
        change = fold_group(self.groups, fact)
        if change is None:
            return False
        self.groups ^= {change[0]}
        return True

    def around(self, now: datetime) -> Subject:
        """Return where the contact stands."""
        return Subject(
            self.attributes,
            None,
            {},
            now,
            pasts=self.pasts,
            groups=self.groups,
            segments=self.segments,
            statuses=read_statuses(self.pasts.get(STATUSES.key)),
            consents=read_consents(self.pasts.get(CONSENTS.key)),
            identities={} if self.contact is None else self.contact.identities,
        )

    def plan_due(self, due_at: datetime) -> list[Said]:
        """Return what is to be said at the shop's moment; folding it moves that on."""
        contact = self.contact
        assert contact is not None
        assert contact.shop is not None
        return list(plan_moment(contact.shop, due_at, self._rules.zone))
