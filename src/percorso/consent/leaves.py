"""The consent tree (spec 2.2): which leaves there are, what may be said of one, and the last word. Pure."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.consent.records import Statement

LEAVES: Final[tuple[str, ...]] = (
    "disclaimer",
    "marketing.automatic.sms",
    "marketing.automatic.email",
    "marketing.automatic.push",
    "marketing.automatic.im",
    "marketing.automatic.telephonic",
    "marketing.traditional.telephonic",
    "marketing.traditional.papery",
    "profiling.classic",
    "profiling.online",
    "soft_spam.email",
    "soft_spam.papery",
    "third_party_transfer.profiling",
    "third_party_transfer.marketing",
)
"""All leaves, in the order of the tree. Of the disclaimer, the wording is its version."""


class LeafStanding(msgspec.Struct, frozen=True):
    """How a leaf stands, and since when."""

    status: bool
    limitation: bool
    objection: bool
    changed_at: datetime

    @property
    def allows(self) -> bool:
        """Whether what the leaf is about may be done."""
        return self.status and not self.limitation and not self.objection


class LeafChange(msgspec.Struct, frozen=True, kw_only=True):
    """A leaf of a contact becomes this: how (`source`), under which words (`wording`)."""

    workspace_id: UUID
    contact_id: UUID
    leaf: str
    status: bool
    limitation: bool = False
    objection: bool = False
    source: str
    wording: str
    occurred_at: datetime | None = None
    """When it was said, if that may be long before it arrived."""

    @property
    def allows(self) -> bool:
        """Whether it allows what the leaf is about."""
        return self.status and not self.limitation and not self.objection


def decide_leaf(current: LeafStanding | None, change: LeafChange) -> bool:
    """Whether the change is written: not a yes that was said before the newest no and only arrives after it."""
    if current is None or current.allows or not change.allows:
        return True
    return change.occurred_at is None or change.occurred_at >= current.changed_at


def unite_leaf(current: LeafStanding | None, other: LeafStanding) -> LeafStanding | None:
    """Return how the leaf of one must stand who turned out to be the other, too; None: as it stands.

    A no of either is a no, with its moment: a yes from before it takes nothing back.
    """
    if current is None:
        return other
    united = LeafStanding(
        status=current.status and other.status,
        limitation=current.limitation or other.limitation,
        objection=current.objection or other.objection,
        changed_at=max(current.changed_at, other.changed_at),
    )
    stays = msgspec.structs.replace(united, changed_at=current.changed_at) == current
    refuses_later = not united.allows and not other.allows and other.changed_at > current.changed_at
    return None if stays and not refuses_later else united


def is_same(current: LeafStanding | None, change: LeafChange) -> bool:
    """Whether the leaf stands already as the change says."""
    return current is not None and (current.status, current.limitation, current.objection) == (
        change.status,
        change.limitation,
        change.objection,
    )


def state_leaf(change: LeafChange) -> Statement:
    """Return a change of a leaf in the words of a record: what holds of `allowed`, `limited`, `objected`."""
    said = {"allowed": change.status, "limited": change.limitation, "objected": change.objection}
    return Statement(
        workspace_id=change.workspace_id,
        contact_id=change.contact_id,
        subject=change.leaf,
        status="+".join(word for word, holds in said.items() if holds) or "refused",
        source=change.source,
        wording=change.wording,
    )
