"""A group, who is in it, and what a fact makes of that: pure values and decisions."""

from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.kit.ids import WorkspaceId, bucket_of, derive_id
from percorso.log.model import Fact, FactDraft, Origin

GroupKind = Literal["ordinary", "test"]
"""What a group is for: `test`, to be sent tests."""

JOINED: Final[Literal["groupJoined"]] = "groupJoined"
LEFT: Final[Literal["groupLeft"]] = "groupLeft"
"""Names of the facts; both say {groupId}."""


class Group(msgspec.Struct, frozen=True):
    """A group; `members` counts who is in it as far as facts are folded, None where it was not counted."""

    id: UUID
    name: str
    notes: str
    kind: GroupKind
    created_at: datetime
    modified_at: datetime
    members: int | None = None


class Joined(msgspec.Struct, frozen=True):
    """When somebody joined a group, and by the fact at which offset."""

    joined_at: datetime
    offset: int


Joins = Mapping[UUID, Joined | None]
"""What became of a contact's memberships, by group; None: it left."""


def fold_group(groups: Set[UUID], fact: Fact) -> tuple[UUID, Joined | None] | None:
    """Return the group that the contact joined, or left (None), by this fact; None where that changes nothing.

    Carried facts change nothing: when contacts are merged, one last fact for each group brings what is lacking.
    """
    if fact.kind != "group" or (fact.context is not None and "carried" in fact.context):
        return None
    said = fact.properties.get("groupId")
    if not isinstance(said, str):
        return None
    group_id = UUID(said)
    if fact.name == JOINED and group_id not in groups:
        return group_id, Joined(fact.received_at, fact.offset)
    if fact.name == LEFT and group_id in groups:
        return group_id, None
    return None


def draft_group_fact(
    workspace_id: UUID,
    contact_id: UUID,
    group_id: UUID,
    name: Literal["groupJoined", "groupLeft"],
    *,
    cause: UUID,
    now: datetime,
    origin: Origin = "api",
    historical: bool = False,
) -> FactDraft:
    """Return the fact that a contact joined or left; `cause` makes its message id the same when it is repeated."""
    return FactDraft(
        bucket=bucket_of(contact_id),
        workspace_id=WorkspaceId(workspace_id),
        contact_id=contact_id,
        kind="group",
        name=name,
        message_id=str(derive_id(name, cause, contact_id, group_id)),
        occurred_at=now,
        properties=msgspec.json.encode({"groupId": str(group_id)}),
        origin=origin,
        historical=historical,
    )


def draft_union(
    workspace_id: UUID, gone: UUID, into: UUID, lacking: Iterable[UUID], now: datetime
) -> list[FactDraft]:
    """Return the facts by which a contact joins the groups of one that was merged into it; they start nothing."""
    return [
        draft_group_fact(
            workspace_id, into, group_id, JOINED, cause=gone, now=now, origin="job", historical=True
        )
        for group_id in sorted(lacking)
    ]
