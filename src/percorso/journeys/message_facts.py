"""What facts tell of the messages of a run, and what a message wait makes of that (spec 3.5). Pure."""

from datetime import datetime
from typing import Final

import msgspec

from percorso.journeys.graph import Reaction
from percorso.journeys.model import EventArrived, MessageSeen, Run

NEGATIVE: Final = frozenset({"not_opened", "not_clicked", "not_opened_or_clicked", "not_delivered"})
"""What a message wait asks not to happen; its clock starts at sending."""

_FIELDS: Final = {
    "campaignSent": "sent_at",
    "messageUnknown": "sent_at",
    "campaignOpened": "opened_at",
    "campaignLinkClicked": "clicked_at",
    "campaignDelivered": "delivered_at",
    "campaignBounced": "undelivered_at",
    "messageFailed": "undelivered_at",
}

MESSAGE_FACTS: Final = frozenset(_FIELDS)
"""Facts that a message wait may ask about."""


def note_message(run: Run, event: EventArrived) -> Run:
    """Return the run with what this fact tells of one of its messages; the run itself if it tells nothing new.

    The first of each kind counts, and only what a person did: machines open and click as well.
    """
    field = _FIELDS.get(event.name)
    said = event.properties.get("messageId")
    if field is None or event.properties.get("machine"):
        return run
    for step, seen in run.messages.items():
        if str(seen.id) == said and getattr(seen, field) is None:
            changes: dict[str, object] = {field: event.occurred_at}
            if field == "undelivered_at":
                changes["undelivered"] = str(event.properties.get("reason") or "")
            noted = msgspec.structs.replace(seen, **changes)
            return msgspec.structs.replace(run, messages={**run.messages, step: noted})
    return run


def find_happened(seen: MessageSeen, reaction: Reaction) -> datetime | None:
    """Return when what the reaction is about first happened, None if it did not."""
    match reaction:
        case "sent":
            return seen.sent_at
        case "opened" | "not_opened":
            # Who clicks has opened, whether or not the picture was loaded.
            return _first(seen.opened_at, seen.clicked_at)
        case "clicked" | "not_clicked":
            return seen.clicked_at
        case "opened_or_clicked" | "not_opened_or_clicked":
            return _first(seen.opened_at, seen.clicked_at)
        case "delivered" | "not_delivered":
            return seen.delivered_at


def _first(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
