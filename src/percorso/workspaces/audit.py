"""The audit: who saw, took or removed what, kept beside what they did in the same transaction."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import msgspec

from percorso.db import Connection, as_json
from percorso.workspaces.store import queries

Action = Literal[
    "contact.exported",
    "contact.erased",
    "contacts.downloaded",
    "contacts.imported",
    "suppression.lifted",
    "member.added",
    "member.changed",
    "list.created",
    "list.changed",
    "webhook_secret.changed",
    "caps.changed",
    "holidays.changed",
    "approval.changed",
    "journey.proposed",
    "journey.approved",
    "journey.proposal_withdrawn",
    "journey.published",
    "journey.resumed",
    "journey.paused_itself",
    "journey.experiment_decided",
    "journey.people_added",
    "journey.people_moved",
    "journey.people_removed",
    "run.moved",
    "run.removed",
]
"""What somebody did that somebody else may ask about later."""


class AuditRecord(msgspec.Struct, frozen=True):
    """One line: `at` is real time; `subject` an id, never an address.

    `caller` is `user:<id>`, `key:<id>`, `key`, `command line`, or `journey` where it did so itself.
    """

    id: UUID
    at: datetime
    caller: str
    action: str
    subject: str
    detail: dict[str, Any]
    caller_name: str | None
    """Of a key."""
    subject_name: str | None
    """Of a list."""


async def record_audit(
    connection: Connection,
    workspace_id: UUID,
    *,
    caller: str,
    action: Action,
    subject: str,
    detail: dict[str, Any] | None = None,
    at: datetime,
) -> None:
    """Keep a line of what was done, in the transaction that does it."""
    await queries.execute(
        connection,
        "insert_audit_record",
        id=uuid4(),
        workspace_id=workspace_id,
        at=at,
        caller=caller,
        action=action,
        subject=subject,
        detail=as_json(detail or {}),
    )


async def list_audit(connection: Connection, workspace_id: UUID, *, size: int = 200) -> list[AuditRecord]:
    """Return the newest lines of a workspace."""
    rows = await queries.fetch(connection, "list_audit_records", workspace_id=workspace_id, size=size)
    return [AuditRecord(*row) for row in rows]
