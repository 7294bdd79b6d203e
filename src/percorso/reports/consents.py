"""What a contact agreed to, with its proofs, as the contact's page and the own API show it."""

from datetime import datetime
from uuid import UUID

from percorso.consent.gate import decide_gate
from percorso.consent.leaves import LEAVES
from percorso.consent.records import ConsentRecord, find_broken_link
from percorso.consent.standing import StandingRequest, read_standings
from percorso.consent.status_store import list_records
from percorso.db import Connection, Record
from percorso.kit.ids import bucket_of
from percorso.reports.contacts import find_contact
from percorso.reports.model import Shape
from percorso.reports.store import queries


class StatusShape(Shape, frozen=True):
    """A status on a list and channel; `gate` is why marketing may not leave, null if it may."""

    list_id: UUID
    list_name: str
    channel: str
    status: str
    source: str
    changed_at: datetime
    gate: str | None


class LeafShape(Shape, frozen=True):
    """A leaf of the consent tree; all null where the contact never spoke of it."""

    leaf: str
    status: bool | None = None
    limitation: bool | None = None
    objection: bool | None = None
    changed_at: datetime | None = None


class SuppressionShape(Shape, frozen=True):
    """A closed address and why."""

    channel: str
    address: str
    reason: str
    created_at: datetime


class RecordShape(Shape, frozen=True):
    """One line of the register; `hash` is the end of the chain so far, in hexadecimal."""

    number: int
    subject: str
    status: str
    source: str
    wording: str
    recorded_at: datetime
    hash: str


class ContactConsents(Shape, frozen=True):
    """All that a contact agreed to or refused. `brokenAt` is the first record that does not follow, null if none.

    `records` is null for a member who is narrowed: the register is one chain over all lists.
    """

    statuses: list[StatusShape]
    leaves: list[LeafShape]
    suppressions: list[SuppressionShape]
    records: list[RecordShape] | None
    broken_at: int | None


async def get_consents(
    connection: Connection, workspace_id: UUID, contact_id: UUID, *, with_register: bool = True
) -> ContactConsents:
    """Return statuses, leaves, suppressions and proofs of one contact; raises NotFoundError. Needs a snapshot."""
    contact = await find_contact(connection, workspace_id, contact_id)
    where = {"bucket": bucket_of(contact.id), "contact_id": contact.id, "workspace_id": workspace_id}
    statuses = await queries.fetch(connection, "list_statuses_with_source", **where)
    asked = [
        StandingRequest(
            bucket_of(contact.id),
            contact.id,
            row["list_id"],
            row["channel"],
            contact.find_address(row["channel"]),
        )
        for row in statuses
    ]
    standings = await read_standings(connection, asked) if asked else []
    gates = {
        (request.list_id, request.channel): decide_gate(standing, message_class="marketing")
        for request, standing in zip(asked, standings, strict=True)
    }
    leaves = {row["leaf"]: row for row in await queries.fetch(connection, "list_leaves_of_contact", **where)}
    closed = await queries.fetch(connection, "list_suppressions_of_contact", **where)
    records = await list_records(connection, contact.id) if with_register else []
    return ContactConsents(
        statuses=[
            StatusShape(**dict(row), gate=gates.get((row["list_id"], row["channel"]))) for row in statuses
        ],
        leaves=[_leaf(leaf, leaves.get(leaf)) for leaf in LEAVES],
        suppressions=[SuppressionShape(**dict(row)) for row in closed],
        records=[_record(record) for record in records] if with_register else None,
        broken_at=find_broken_link(records),
    )


def _record(record: ConsentRecord) -> RecordShape:
    return RecordShape(
        number=record.number,
        subject=record.subject,
        status=record.status,
        source=record.source,
        wording=record.wording,
        recorded_at=record.recorded_at,
        hash=record.hash.hex(),
    )


def _leaf(leaf: str, row: Record | None) -> LeafShape:
    if row is None:
        return LeafShape(leaf=leaf)
    return LeafShape(
        leaf=leaf,
        status=row["status"],
        limitation=row["limitation"],
        objection=row["objection"],
        changed_at=row["changed_at"],
    )
