"""What a contact chose by themselves: the status, its proof and the fact, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import msgspec

from percorso.consent.actions import record_statuses
from percorso.consent.records import Status, StatusChange
from percorso.consent.status_store import StatusKey, list_statuses
from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.kit.ids import WorkspaceId, bucket_of
from percorso.log.actions import append_facts, follow_moved
from percorso.log.model import FactDraft

_FACTS: Final[dict[Status, str]] = {
    "subscribed": "campaignSubscribed",
    "unsubscribed": "campaignUnsubscribed",
    "pending": "campaignOptinRequested",
}


async def find_holder(connection: Connection, change: StatusChange, *, now: datetime) -> UUID:
    """Return who holds the contact's statuses now: the one that it was merged into, or itself."""
    (followed,) = await follow_moved(connection, [_draft(change, occurred_at=now)])
    return followed.contact_id or change.contact_id


async def record_choices(
    connection: Connection, changes: Sequence[StatusChange], *, message_id: UUID | None, now: datetime
) -> list[StatusChange]:
    """Make the contact's choices true and return those that changed something; repeating changes nothing.

    All changes are of one contact. Each gets its fact (`message_id` names the message that led here), its status and
    its consent record. A contact that was merged into another is followed. Locks the head of the contact's bucket.
    """
    if not changes:
        return []
    holder = await find_holder(connection, changes[0], now=now)
    followed = [msgspec.structs.replace(change, contact_id=holder) for change in changes]
    keys: list[StatusKey] = [(holder, change.list_id, change.channel) for change in followed]
    known = await list_statuses(connection, keys)
    wanted = [
        change
        for change, key in zip(followed, keys, strict=True)
        if (known[key].status if key in known else None) != change.status
    ]
    if not wanted:
        return []
    drafts = [_draft(change, occurred_at=now, message_id=message_id) for change in wanted]
    if not all(await append_facts(connection, drafts, received_at=now)):
        # Erased a moment ago: nothing is said of them any more.
        return []
    recorded_at: dict[int, datetime] = {bucket_of(holder): await read_product_time(connection)}
    return await record_statuses(connection, wanted, recorded_at=recorded_at)


def _draft(change: StatusChange, *, occurred_at: datetime, message_id: UUID | None = None) -> FactDraft:
    properties = {
        "listId": str(change.list_id),
        "channel": change.channel,
        "source": change.source,
        "wording": change.wording,
    }
    if message_id is not None:
        properties["messageId"] = str(message_id)
    return FactDraft(
        bucket=bucket_of(change.contact_id),
        workspace_id=WorkspaceId(change.workspace_id),
        contact_id=change.contact_id,
        kind="status",
        name=_FACTS[change.status],
        message_id=str(uuid4()),
        occurred_at=occurred_at,
        properties=msgspec.json.encode(properties),
    )
