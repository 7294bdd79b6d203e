"""A fact: one row of the log, and what is handed in to become one."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from percorso.kit.ids import Bucket, WorkspaceId

FactKind = Literal[
    "event",
    "profile",
    "status",
    "message",
    "run",
    "coupon",
    "moved",
    "control",
    "erasure",
    "group",
    "segment",
]
"""What a fact is about; the worker folds by kind, journeys start and wait by name.

event: something a contact did (open names). profile: `contactUpdated` {set, clear, append, remove,
identities}. status: a subscription changed. message: `campaignSent`, `campaignOpened`, `messageSkipped` …
run: `journeyEntered`, `journeyExited`, `startMet`, `placeTaken`, `placesFull`, `runMoved`, `runRemoved`, `stepSkipped`. coupon: `couponAssigned`, `couponPoolEmpty`. moved: this contact
was merged into another. control: `journeyPublished`, `journeyPaused` …, without a contact. group:
`groupJoined`, `groupLeft` {groupId}. segment: `segmentEntered`, `segmentLeft`.
"""

Origin = Literal["api", "worker", "courier", "job"]
"""Who appended it. A worker's own facts were applied when they were made and are not applied again."""


class FactDraft(msgspec.Struct):
    """A fact before it has its offset. JSON values are encoded text, ready for COPY."""

    bucket: Bucket
    workspace_id: WorkspaceId
    contact_id: UUID | None
    kind: FactKind
    name: str
    message_id: str
    occurred_at: datetime
    properties: bytes
    context: bytes | None = None
    origin: Origin = "api"
    historical: bool = False
    depth: int = 0


class Fact(msgspec.Struct):
    """A stored fact, decoded. `offset` is gapless within its bucket, from 1."""

    bucket: int
    offset: int
    workspace_id: UUID
    contact_id: UUID | None
    kind: FactKind
    name: str
    message_id: str
    occurred_at: datetime
    received_at: datetime
    properties: dict[str, Any]
    context: dict[str, Any] | None
    origin: Origin
    historical: bool
    depth: int
