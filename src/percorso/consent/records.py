"""Changes of status, the rule for asking, and the chain that proves them: pure."""

import hashlib
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


class ConsentRecord(msgspec.Struct, frozen=True):
    """One link of a contact's chain. `number` counts from 1."""

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


def hash_payload(change: StatusChange, recorded_at: datetime) -> bytes:
    """Return SHA-256 of what was agreed: the chain runs over these, so it outlives an erased payload."""
    payload = [
        str(change.contact_id),
        subject_of(change.list_id, change.channel),
        change.status,
        change.source,
        change.wording,
        recorded_at.isoformat(),
    ]
    return hashlib.sha256(msgspec.json.encode(payload)).digest()


def link_record(
    change: StatusChange, recorded_at: datetime, *, number: int, previous_hash: bytes
) -> ConsentRecord:
    """Return the next record of a contact's chain."""
    digest = hashlib.sha256(previous_hash + hash_payload(change, recorded_at)).digest()
    return ConsentRecord(
        contact_id=change.contact_id,
        number=number,
        workspace_id=change.workspace_id,
        subject=subject_of(change.list_id, change.channel),
        status=change.status,
        source=change.source,
        wording=change.wording,
        recorded_at=recorded_at,
        previous_hash=previous_hash,
        hash=digest,
    )


def find_broken_link(records: list[ConsentRecord]) -> int | None:
    """Return the number of the first record that does not follow from the one before, None if all do."""
    previous = NO_RECORD
    for expected, record in enumerate(records, start=1):
        payload = [str(record.contact_id), record.subject, record.status, record.source, record.wording]
        digest = hashlib.sha256(msgspec.json.encode([*payload, record.recorded_at.isoformat()])).digest()
        follows = hashlib.sha256(previous + digest).digest()
        if record.number != expected or record.previous_hash != previous or record.hash != follows:
            return expected
        previous = record.hash
    return None
