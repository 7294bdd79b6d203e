"""The gate: whether a message may leave, as far as the contact's standing goes (spec 2.2).

Pure. The mark asks the same in SQL, whole, in the statement that writes it (`messages/queries.sql`); a test holds the
two to each other.
"""

from typing import Literal

import msgspec

GateReason = Literal["erased", "no_address", "suppressed", "not_subscribed", "no_consent"]
"""Why the gate says no, in the order in which it asks."""

STOPS_ALL = frozenset({"hard_bounce", "erasure"})
"""Reasons of suppression that stop a transactional message too."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a contact stands with a list and channel at this moment.

    `suppressions` are the reasons for which this very address is suppressed; `status` is None where there never was
    one; `consent` is None where the channel's leaf was never spoken of, else whether it allows.
    """

    is_marked: bool
    has_address: bool
    suppressions: frozenset[str]
    status: Literal["subscribed", "pending", "unsubscribed"] | None
    consent: bool | None


def decide_gate(
    standing: Standing, *, message_class: Literal["marketing", "transactional"]
) -> GateReason | None:
    """Return why a message of this class may not leave, or None if it may."""
    if standing.is_marked:
        return "erased"
    if not standing.has_address:
        return "no_address"
    if message_class == "transactional":
        return "suppressed" if standing.suppressions & STOPS_ALL else None
    if standing.suppressions:
        return "suppressed"
    if standing.status != "subscribed":
        return "not_subscribed"
    return "no_consent" if standing.consent is False else None
