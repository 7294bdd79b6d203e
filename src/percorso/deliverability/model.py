"""Where email goes, and how long a place that said no is left alone. Pure values."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from percorso.kit.ids import derive_id

Refusal = Literal["later", "policy"]
"""What a domain has against us. later: 4xx, or a fault of the connection. policy: 5.7.x (RFC 3463 §3.8)."""


class Destination(msgspec.Struct, frozen=True, order=True):
    """A receiving domain as one workspace reaches it through one provider."""

    workspace_id: UUID
    provider: str
    domain: str

    @property
    def id(self) -> UUID:
        """The id that this destination always has."""
        return derive_id("receiving_domain", self.workspace_id, self.provider, self.domain)


class DomainWait(msgspec.Struct, frozen=True, kw_only=True):
    """A destination that is left alone until `next_at`. All times are product time.

    `step` counts waits in a row since `since`; `paused_at` is None unless it refused us by policy; `reply` is its last
    answer, given at `replied_at`.
    """

    destination: Destination
    step: int
    since: datetime
    next_at: datetime
    paused_at: datetime | None
    reply: str
    replied_at: datetime
