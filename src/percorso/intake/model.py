"""Calls as they are taken in: pure values between reading and appending."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

import msgspec

from percorso.consent.records import Channel, Status
from percorso.contacts.events.model import Accepted
from percorso.contacts.identity.normal import Identity
from percorso.kit.ids import bucket_of_value
from percorso.log.model import FactKind

CallType = Literal["identify", "track", "page", "screen", "group", "alias"]
"""The six calls of the tracking API."""

MAXIMUM_CALL_BYTES = 32 * 1024
"""The longest single call, and the longest event in a batch (spec 6.2)."""

MAXIMUM_BATCH_BYTES = 500 * 1024
"""The longest body, inflated."""

_REMEMBERED = 200_000


class Node:
    """A customer base that calls go to. There is one value for each in a process: compared by identity."""

    __slots__ = ("_buckets", "node_id", "workspace_bytes", "workspace_id")

    def __init__(self, workspace_id: UUID, node_id: UUID) -> None:
        self.workspace_id = workspace_id
        self.workspace_bytes = workspace_id.bytes
        self.node_id = node_id
        self._buckets: dict[Identity, int] = {}

    def bucket_of(self, identity: Identity) -> int:
        """Return the bucket of the identity's row, remembered because deriving it costs more than all else."""
        bucket = self._buckets.get(identity)
        if bucket is None:
            if len(self._buckets) >= _REMEMBERED:
                self._buckets.clear()
            bucket = bucket_of_value(self.workspace_id, identity[0], identity[1])
            self._buckets[identity] = bucket
        return bucket


class Source(msgspec.Struct, frozen=True, eq=False):
    """Who sends: a key in force, where its calls go and what it may say."""

    node: Node
    is_server: bool
    """A server's key may subscribe people; a browser's can be read by anyone and may only ask."""
    list_ids: tuple[UUID, ...]
    """The lists of the workspace."""
    confirming: frozenset[UUID] = frozenset()
    """Those of them that ask who is put on them to confirm."""
    accepted: Accepted | None = None
    """What the workspace accepts where it is strict; None: any event."""


class Subscription(msgspec.Struct, frozen=True):
    """What a call says about a status."""

    list_id: UUID
    channel: Channel
    status: Status
    source: str
    wording: str
    is_answered: bool = False
    """Whether a message answers it (`consent.records.StatusChange`)."""


class ProfileChange(msgspec.Struct, frozen=True):
    """What an identify, group or alias does to attributes."""

    set: Mapping[str, Any] = {}
    clear: tuple[str, ...] = ()
    append: Mapping[str, list[Any]] = {}
    plain: Mapping[Identity, tuple[str, Any]] = {}
    """For a named identity that stays another contact's: the attribute that keeps its value."""


class Call(msgspec.Struct, frozen=True, gc=False):
    """One call, read and mapped, before it is known whose it is."""

    source: Source
    identities: tuple[Identity, ...]
    """Strongest first, at least one."""
    kind: FactKind
    label: bytes
    """Kind and name, as `log.rows.encode_label` writes them."""
    message_id: str
    at_us: int | None
    """When the client says it occurred, in PostgreSQL's microseconds; None: when it is received."""
    delay_us: int | None
    """How long before it was sent it occurred, by the client's own clock; wins over `at_us`."""
    properties: bytes
    context: bytes | None
    historical: bool
    raw: bytes
    """As it came, for the rejected list."""
    profile: ProfileChange | None = None
    subscription: Subscription | None = None


class Rejection(msgspec.Struct, frozen=True):
    """One call that is kept aside, and why."""

    source: Source
    code: str
    reason: str
    name: str | None
    payload: str


class Taking(msgspec.Struct, frozen=True):
    """What one request brings: stored together, answered together."""

    calls: list[Call]
    rejections: list[Rejection]
