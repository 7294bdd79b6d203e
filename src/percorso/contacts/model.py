"""A contact as folded from the log, and one change that a fact made to it: pure values."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.consent.records import Channel
from percorso.contacts.shop.model import Shop

SINGLE_KINDS: Final = frozenset({"email", "phone"})
"""Identity kinds of which a contact holds one: where email goes, where SMS goes. A new one replaces it."""

KNOWN_KINDS: Final = frozenset({"external_id", "user_id", "email", "phone"})
"""Identity kinds that make a contact known; with nothing but device or anonymous ids it is anonymous."""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """One person as the log tells up to `offset`.

    `attributes` are nested JSON, addressed by dotted path (`address.city`, `tags.auto`); an attribute that
    was cleared is there as null, one never set is absent. `identities` are lists of values by kind, newest
    last. `last_event_at` is when the newest event that something was interested in occurred, to the hour: a
    newer one moves it when an hour lies between. `shop` is what its orders and basket left, and `due_at` when
    that changes although nothing happens; None: nothing of a shop happened, never.
    """

    id: UUID
    workspace_id: UUID
    node_id: UUID
    attributes: dict[str, Any]
    identities: dict[str, list[str]]
    email: str | None
    phone: str | None
    anonymous: bool
    created_at: datetime
    updated_at: datetime
    last_event_at: datetime | None
    offset: int
    shop: Shop | None = None
    due_at: datetime | None = None

    def find_address(self, channel: Channel) -> str | None:
        """Return where messages of a channel go: the email, the phone, the device that came last; None: nowhere."""
        if channel == "email":
            return self.email
        if channel == "sms":
            return self.phone
        devices = self.identities.get("device")
        return devices[-1] if devices else None


class AttributeChange(msgspec.Struct, frozen=True):
    """What one fact did at one path; `msgspec.UNSET` stands for absent. Identities are `identities.<kind>`."""

    path: str
    old: Any = msgspec.UNSET
    new: Any = msgspec.UNSET


ChangesKey = tuple[int, datetime]
"""Where changes of a contact are recorded: the fact's offset, or that of the last one before a due moment, and when."""

ChangesMade = dict[ChangesKey, tuple[UUID, dict[str, AttributeChange]]]
"""What changed of a contact, with its workspace: by path, in the order in which it was made."""
