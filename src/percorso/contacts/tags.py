"""Tags of a contact: `auto` are set by journeys and rules, `manual` by people and the API. Lists among attributes."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.kit.ids import WorkspaceId, bucket_of, derive_id
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft

TagKind = Literal["auto", "manual"]
"""Whose tags they are: the attribute `tags.auto` or `tags.manual`."""


async def change_tags(
    connection: Connection,
    workspace_id: UUID,
    contact_ids: Sequence[UUID],
    kind: TagKind,
    *,
    add: Sequence[str],
    remove: Sequence[str],
    cause: UUID,
) -> None:
    """Append that contacts got some tags and lost others; one that they have stays once, one they lack stays away.

    `cause` makes the facts' message ids the same when it is repeated. Locks the heads of the contacts' buckets.
    """
    path = f"tags.{kind}"
    said: dict[str, Any] = {}
    if add:
        said["append"] = {path: list(dict.fromkeys(add))}
    if remove:
        said["remove"] = {path: list(dict.fromkeys(remove))}
    if not said:
        return
    now = await read_product_time(connection)
    drafts = [
        FactDraft(
            bucket=bucket_of(contact_id),
            workspace_id=WorkspaceId(workspace_id),
            contact_id=contact_id,
            kind="profile",
            name="contactUpdated",
            message_id=str(derive_id("tags", cause, contact_id)),
            occurred_at=now,
            properties=msgspec.json.encode(said),
        )
        for contact_id in dict.fromkeys(contact_ids)
    ]
    await append_facts(connection, drafts, received_at=now)
