"""A segment, what defines it, and one contact's membership: pure values."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.conditions.model import Condition

Operator = Literal["and", "or", "except"]
"""How one segment is combined with what stands to its left."""


SEGMENT_PUBLISHED: Final = "segmentPublished"
"""From this offset on the bucket keeps a segment by this revision."""
SEGMENT_DISABLED: Final = "segmentDisabled"
"""From this offset on the bucket keeps the segment no longer."""
SEGMENT_CONTROLS: Final = frozenset({SEGMENT_PUBLISHED, SEGMENT_DISABLED})
"""The names of control facts about segments."""

SEGMENT_FACTS: Final = frozenset({"segmentEntered", "segmentLeft"})
"""The names of the facts that tell of a contact who became a member, or is none any more."""

Cause = Literal["created", "edited", "disabled"]
"""Why contacts enter or leave when a bucket is filled."""


class Part(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, tag_field="kind"):
    """What the two kinds of definition share: told apart by `kind`, camelCase in JSON, unknown fields refused."""


class Filter(Part, frozen=True, tag="filter"):
    """Members are the contacts for whom the condition holds."""

    condition: Condition


class Link(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A further segment of a combination: both (and), either (or), all before but these (except)."""

    operator: Operator
    segment_id: UUID


class Combination(Part, frozen=True, tag="combination"):
    """Segments taken from left to right: ((first AND a) OR b) EXCEPT c."""

    first: UUID
    then: tuple[Link, ...] = ()


Definition = Filter | Combination
"""What decides who is a member."""


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A filter whose members are kept up to date. A disabled one has none.

    `revision` grows with each change of what decides the members; each bucket goes over to it at an offset of
    its own.
    """

    id: UUID
    workspace_id: UUID
    name: str
    notes: str
    tags: tuple[str, ...]
    enabled: bool
    definition: Definition
    revision: int
    created_at: datetime
    modified_at: datetime


class StoredRevision(msgspec.Struct, frozen=True):
    """One revision as it was saved: what buckets decide by. `definition` is its JSON."""

    segment_id: UUID
    number: int
    workspace_id: UUID
    enabled: bool
    definition: str
    time_zone: str


class SegmentState(msgspec.Struct, frozen=True):
    """A segment as one bucket keeps it, since the control fact at `offset`."""

    segment_id: UUID
    workspace_id: UUID
    revision: int
    offset: int


class Membership(msgspec.Struct, frozen=True):
    """How one contact stands with one segment; no row says: not a member, and only a fact can change it.

    `entered_at` None: not a member. `judge_at`: when to look again although nothing happened, None: never.
    """

    entered_at: datetime | None
    judge_at: datetime | None
