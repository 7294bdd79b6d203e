"""Starts that are looked for, met on a contact's walk: by what changes, and at moments that come. Pure.

What is met becomes a fact of the contact, `startMet`, at the place of what met it; it starts journeys like any other.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from percorso.contacts.fold import is_carried
from percorso.contacts.model import Contact
from percorso.journeys.graph import DateStart, FieldStart
from percorso.journeys.lookout import (
    Lookout,
    Met,
    MomentKey,
    StartMoment,
    describe,
    list_counted,
    list_met,
    list_moved,
    list_turns,
    list_windows,
    meets_by_time,
    next_date,
    next_turn,
)
from percorso.journeys.values import read_path
from percorso.kit.ids import derive_id
from percorso.log.model import Fact
from percorso.worker.ledger import DEEPEST, Ledger
from percorso.worker.own_facts import Cause, met_fact

_NOBODY: Final[dict[str, Any]] = {}


class Meeting(Ledger):
    """A ledger that keeps the moments at which its contact meets starts, and tells of those that are met."""

    def _take_in(self, fact: Fact) -> None:
        before = self._contact
        super()._take_in(fact)
        self._look_out(fact, before)

    def _set_moment(self, key: MomentKey, moment: StartMoment | None) -> None:
        known = self._moments.pop(key, None)
        if moment is not None:
            self._moments[key] = moment
        if known != moment:
            self._result.moments[key] = moment

    def _look_out(self, fact: Fact, before: Contact | None) -> None:
        """Meet the starts that this fact, folded by now, meets; `before` is the contact as it was."""
        if fact.kind == "moved":
            for key in list(self._moments):
                self._set_moment(key, None)
            return
        lookout = self._interest.lookouts.get(fact.workspace_id)
        contact = self._contact
        if lookout is None or contact is None:
            return
        cause = Cause(fact.workspace_id, self._contact_id, fact.received_at, fact.offset, fact.depth)
        met: list[Met] = []
        if fact.kind in ("status", "message") and not fact.historical and not is_carried(fact):
            for key, moment in list_counted(lookout, fact, contact.attributes):
                self._set_moment(key, moment)
            for key, moment in list_windows(lookout, fact, contact.attributes, self._moments):
                self._set_moment(key, moment)
        old = _NOBODY if before is None else before.attributes
        if old is not contact.attributes:
            met = self._note_changes(lookout, old, contact, cause)
        if not fact.historical and fact.depth < DEEPEST:
            for one in met:
                mark = (fact.message_id, fact.received_at.isoformat())
                self._record(met_fact(cause, one, derive_id("met", one.journey_id, one.start_id, *mark)))

    def _note_changes(
        self, lookout: Lookout, old: dict[str, Any], contact: Contact, cause: Cause
    ) -> list[Met]:
        met: list[Met] = []
        moved = list_moved(lookout, cause.workspace_id, old, contact.attributes, cause.now)
        for key, moment, late in moved:
            self._set_moment(key, moment)
            if late is not None:
                met.append(late)
        for key, turn in list_turns(lookout, cause.workspace_id, contact.attributes, cause.now):
            self._set_moment(key, turn)
        return met + list(list_met(lookout, old, contact.attributes, cause.now))

    def _list_moments(self, moment: datetime, *, inclusive: bool) -> list[tuple[datetime, UUID]]:
        """Return the moments that come by then, each with an id of its own."""
        return [
            (due.due_at, _id_of(key))
            for key, due in self._moments.items()
            if due.due_at < moment or (inclusive and due.due_at == moment)
        ]

    def _take_moment(self, due_at: datetime, id: UUID) -> None:
        """Tell that a start is met at its moment, and foresee the next one of a date that comes every year."""
        key = next(key for key in self._moments if _id_of(key) == id)
        moment = self._moments[key]
        self._set_moment(key, None)
        lookout = self._interest.lookouts.get(moment.workspace_id)
        found = None if lookout is None else lookout.find(key)
        if found is None or self._contact is None:
            return
        version, start = found
        if isinstance(start, DateStart) and start.yearly:
            attributes = self._attributes()
            value, zone = read_path(attributes, start.field), version.zone_for(attributes)
            self._set_moment(key, next_date(version, start, moment.workspace_id, value, zone, after=due_at))
        if isinstance(start, FieldStart):
            attributes = self._attributes()
            self._set_moment(key, next_turn(version, start.id, moment.workspace_id, attributes, due_at))
            if not meets_by_time(version, start, attributes, due_at):
                return
        cause = Cause(moment.workspace_id, self._contact_id, due_at, 0, 0)
        met = Met(moment.journey_id, moment.start_id, describe(moment))
        mark = derive_id("met", *key, self._contact_id, due_at.isoformat())
        self._record(met_fact(cause, met, mark))


def _id_of(key: MomentKey) -> UUID:
    return derive_id("moment", *key)
