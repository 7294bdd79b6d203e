"""What rows would do, row by row, without doing it: pure decisions, and what a dry run remembers of them.

Each row is folded onto the contact as the worker would fold it, so that what is foreseen is what then comes. The first
ROWS_KEPT of each outcome are kept; of a contact that rows beyond those would make, what they set is not known here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

import msgspec

from percorso.consent.records import Standing
from percorso.consent.status_store import StatusKey
from percorso.contacts.fold import fold_fact, new_contact
from percorso.contacts.identity.resolution import Resolved
from percorso.contacts.model import AttributeChange, Contact
from percorso.imports.faults import Reject
from percorso.imports.model import Counts, ForeseenChange, ForeseenRow, RowOutcome
from percorso.imports.work import Foreseen, Lot
from percorso.intake.bulk import Keeps, keeps_standing
from percorso.intake.facts import encode_profile
from percorso.intake.model import Call
from percorso.log.model import Fact

ROWS_KEPT: Final = 100
"""Rows of each outcome that a dry run tells of; how many there are in all, the counts say."""
CHANGES_KEPT: Final = 30
"""Changes of one row that it tells of."""
_SHOWN: Final = 200
"""Characters of a value that it shows."""


class Known(msgspec.Struct, frozen=True):
    """What stands in the database about those whom the rows of a lot name."""

    owners: Mapping[Any, UUID]
    contacts: Mapping[UUID, Contact]
    standings: Mapping[StatusKey, Standing]


class Foresight:
    """A dry run under way: what the rows so far would come to."""

    def __init__(self, keeps: Keeps, *, present: datetime) -> None:
        self.foreseen = Foreseen()
        self.counts = Counts()
        self._keeps = keeps
        self._present = present
        self._kept: dict[RowOutcome, list[ForeseenRow]] = {"rejected": [], "updated": [], "new": []}
        self._contacts: dict[UUID, Contact] = {}

    @property
    def wants_contacts(self) -> bool:
        """Whether there is still anything to be told of contacts that are there."""
        return len(self._kept["updated"]) < ROWS_KEPT

    @property
    def rows(self) -> list[ForeseenRow]:
        """The first rows of each outcome: rejected, updated, new, each in the order of the file."""
        return [row for rows in self._kept.values() for row in rows]

    def close(self) -> None:
        """Forget everything."""
        self.foreseen.close()

    def take(self, lot: Lot, known: Known) -> None:
        """Look at the next rows of the file."""
        resolved = self.foreseen.resolve_rows([calls[0].identities for calls in lot.rows], dict(known.owners))
        new = sum(one.is_new for one in resolved)
        standings = dict(known.standings)
        stayed = 0
        for calls, record, one in zip(lot.rows, lot.records, resolved, strict=True):
            told, has_stayed = self._foresee_statuses(calls, one, standings)
            stayed += has_stayed
            self._foresee_row(record.row, calls[0], one, known.contacts, told)
        for reject in lot.rejects:
            self._keep(describe_reject(reject))
        taken, rejected = len(lot.rows), len(lot.rejects)
        self.counts = self.counts.plus(Counts(taken + rejected, new, taken - new, rejected, stayed))

    def _keep(self, row: ForeseenRow) -> bool:
        rows = self._kept[row.outcome]
        if len(rows) >= ROWS_KEPT:
            return False
        rows.append(row)
        return True

    def _foresee_statuses(
        self, calls: Sequence[Call], one: Resolved, standings: dict[StatusKey, Standing]
    ) -> tuple[list[ForeseenChange], bool]:
        """Return what the row would change of statuses, and whether one stays against what it asks."""
        told: list[ForeseenChange] = []
        has_stayed = False
        for call in calls[1:]:
            said = call.subscription
            if said is None:
                continue
            key = (one.contact_id, said.list_id, said.channel)
            standing = standings.get(key)
            if standing is not None and keeps_standing(call, standing, self._keeps, present=self._present):
                has_stayed |= standing.status != said.status and said.status != "pending"
                continue
            before = None if standing is None else standing.status
            standings[key] = Standing(said.status, self._present)
            told.append(ForeseenChange(f"status.{said.list_id}.{said.channel}", before, said.status))
        return told, has_stayed

    def _foresee_row(
        self,
        row: int,
        call: Call,
        one: Resolved,
        contacts: Mapping[UUID, Contact],
        told: list[ForeseenChange],
    ) -> None:
        outcome: RowOutcome = "new" if one.is_new else "updated"
        if len(self._kept[outcome]) >= ROWS_KEPT:
            return
        stored = contacts.get(one.contact_id)
        contact = self._contacts.get(one.contact_id, stored)
        if contact is None and not one.is_new:
            # An earlier row beyond those that are kept would make them.
            return
        after, changed = _fold_row(row, call, one, contact, present=self._present)
        changes = [*map(describe_change, changed), *told]
        if not changes:
            return
        kept = ForeseenRow(
            row,
            outcome,
            contact_id=None if stored is None else stored.id,
            changes=tuple(changes[:CHANGES_KEPT]),
            more_changes=max(len(changes) - CHANGES_KEPT, 0),
        )
        if self._keep(kept):
            self._contacts[one.contact_id] = after


def _fold_row(
    row: int, call: Call, one: Resolved, contact: Contact | None, *, present: datetime
) -> tuple[Contact, Iterable[AttributeChange]]:
    """Return the contact as the row's fact would leave it, and what it changes."""
    node = call.source.node
    fact = Fact(
        bucket=one.contact_id.bytes[15],
        offset=row,
        workspace_id=node.workspace_id,
        contact_id=one.contact_id,
        kind="profile",
        name="contactUpdated",
        message_id=call.message_id,
        occurred_at=present,
        received_at=present,
        properties=msgspec.json.decode(encode_profile(call, call.identities, one)),
        context=None,
        origin="job",
        historical=call.historical,
        depth=0,
    )
    return fold_fact(contact or new_contact(fact, node.node_id), fact)


def describe_reject(reject: Reject) -> ForeseenRow:
    """Return the row that would be rejected, with the cell at fault."""
    place = reject.column
    cell = reject.cells[place][:_SHOWN] if place is not None and place < len(reject.cells) else ""
    return ForeseenRow(
        reject.row, "rejected", code=reject.code, values=reject.values, column=place, cell=cell
    )


def describe_change(change: AttributeChange) -> ForeseenChange:
    """Return a change as it is shown."""
    return ForeseenChange(change.path, show(change.old), show(change.new))


def show(value: Any) -> str | None:
    """Return a value as it is shown: text as it is, else as JSON, cut short; None of nothing, cleared or never set."""
    if value is msgspec.UNSET or value is None:
        return None
    if isinstance(value, list) and [type(one) for one in cast("list[Any]", value)] == [str]:
        # Identities are lists, nearly always of one.
        (value,) = cast("list[str]", value)
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text.replace("\0", "\ufffd")[:_SHOWN]
