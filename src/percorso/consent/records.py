"""Changes of status, the rule for asking, and the chain that proves them: pure."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

Status = Literal["subscribed", "pending", "unsubscribed"]
"""A contact's on a list and channel. pending: asked, not confirmed."""

Channel = Literal["email", "sms", "push"]
"""What a status holds for."""

NO_RECORD: Final = bytes(32)
"""The hash before the first record of a contact."""


class StatusChange(msgspec.Struct, frozen=True):
    """Someone's status on a list and channel becomes `status`: how (`source`), under which words (`wording`)."""

    workspace_id: UUID
    contact_id: UUID
    list_id: UUID
    channel: Channel
    status: Status
    source: str
    wording: str
    occurred_at: datetime | None = None
    """When it was said, if that may be long before it arrived."""
    is_answered: bool = False
    """Whether a message answers it: who is pending is asked to confirm, who is subscribed is welcomed."""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What a contact said, in the words of a record: about what, which, how, under which wording."""

    workspace_id: UUID
    contact_id: UUID
    subject: str
    """`status:<list id>:<channel>`, or a leaf of the consent tree."""
    status: str
    source: str
    wording: str


class ConsentRecord(msgspec.Struct, frozen=True):
    """One link of a contact's chain. `number` counts from 1; `payload_hash` outlives an emptied payload."""

    contact_id: UUID
    number: int
    workspace_id: UUID
    subject: str
    """`status:<list id>:<channel>`, or a leaf of the consent tree."""
    status: str
    source: str
    wording: str
    recorded_at: datetime
    previous_hash: bytes
    hash: bytes
    payload_hash: bytes | None = None
    """None: written before it was kept."""


def subject_of(list_id: UUID, channel: Channel) -> str:
    """Return the subject of a status in a record."""
    return f"status:{list_id}:{channel}"


class Standing(msgspec.Struct, frozen=True):
    """A status as it stands, and since when."""

    status: Status
    changed_at: datetime


def decide_status(current: Standing | None, change: StatusChange) -> Status | None:
    """Return the status to write, or None when it stays as it is.

    Asking (pending) never takes a subscription away, and a yes that was said before the newest no and
    only arrives after it takes no refusal back; any other word is the last word.
    """
    if current is None:
        return change.status
    if current.status == change.status or (change.status == "pending" and current.status == "subscribed"):
        return None
    is_late = change.occurred_at is not None and change.occurred_at < current.changed_at
    if is_late and current.status == "unsubscribed":
        return None
    return change.status


_STRICTNESS: Final[dict[Status, int]] = {"subscribed": 0, "pending": 1, "unsubscribed": 2}


def decide_united(current: Standing | None, change: StatusChange) -> Status | None:
    """Return the status to write for one who turned out to be the contact of the change, too; None: it stays.

    The most restrictive wins (architecture §9.3): no over pending over yes. Of two that refused, the newer refusal
    counts, so that a yes from before it takes nothing back.
    """
    if current is None or _STRICTNESS[current.status] < _STRICTNESS[change.status]:
        return change.status
    both_refused = current.status == change.status == "unsubscribed"
    is_newer = change.occurred_at is not None and current.changed_at < change.occurred_at
    return change.status if both_refused and is_newer else None


def state_status(change: StatusChange) -> Statement:
    """Return a change of status in the words of a record."""
    return Statement(
        workspace_id=change.workspace_id,
        contact_id=change.contact_id,
        subject=subject_of(change.list_id, change.channel),
        status=change.status,
        source=change.source,
        wording=change.wording,
    )


def hash_payload(statement: Statement | ConsentRecord, recorded_at: datetime) -> bytes:
    """Return SHA-256 of what was said: the chain runs over these, so it outlives an emptied payload."""
    payload = [
        str(statement.contact_id),
        statement.subject,
        statement.status,
        statement.source,
        statement.wording,
        recorded_at.isoformat(),
    ]
    return hashlib.sha256(msgspec.json.encode(payload)).digest()


def link_record(
    statement: Statement, recorded_at: datetime, *, number: int, previous_hash: bytes
) -> ConsentRecord:
    """Return the next record of a contact's chain."""
    payload_hash = hash_payload(statement, recorded_at)
    return ConsentRecord(
        contact_id=statement.contact_id,
        number=number,
        workspace_id=statement.workspace_id,
        subject=statement.subject,
        status=statement.status,
        source=statement.source,
        wording=statement.wording,
        recorded_at=recorded_at,
        previous_hash=previous_hash,
        hash=hashlib.sha256(previous_hash + payload_hash).digest(),
        payload_hash=payload_hash,
    )


def find_broken_link(records: Sequence[ConsentRecord], *, is_emptied: bool = False) -> int | None:
    """Return the number of the first record that does not follow from the one before, None if all do.

    `is_emptied`: the payloads were erased, so their hashes are believed.
    """
    previous = NO_RECORD
    for expected, record in enumerate(records, start=1):
        told = hash_payload(record, record.recorded_at)
        payload_hash = record.payload_hash or told
        follows = hashlib.sha256(previous + payload_hash).digest()
        is_true = is_emptied or payload_hash == told
        if not is_true or record.number != expected:
            return expected
        if record.previous_hash != previous or record.hash != follows:
            return expected
        previous = record.hash
    return None
