"""Why a message may not leave just now, or ever: what the mark asks, in words. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from percorso.consent.gate import Standing, decide_gate
from percorso.consent.notices import NOTICE
from percorso.deliverability.retries import put_off_until
from percorso.messages.caps.model import Room
from percorso.messages.model import Message, State
from percorso.messages.result import CEILING, POSTPONED, Change

CAPPED: Final = "capped"
"""Why a message waits or was skipped whose contact got as many as the workspace allows."""

GIVES_WAY: Final = "gives_way"
"""Why a message waits a moment: others that are due and stand higher are left the places."""

ASK_AGAIN: Final = timedelta(seconds=5)
"""When a message is tried again that waits for something that will be over in a moment."""

NOT_ACTIVE: Final = "not_active"
"""Why a message was skipped whose journey lets none leave any more."""

_CLAIMED: Final = frozenset[State]({"claimed"})


class Opening(msgspec.Struct, frozen=True):
    """When the options of a message's journey let it leave (spec 3.7): `at` is the next moment, None: never any more.

    `until` is when they must be asked again, None: they let it leave at any time.
    """

    at: datetime | None
    until: datetime | None = None


OPEN: Final = Opening(datetime.min.replace(tzinfo=UTC))
"""What holds where there is no journey, or one without hours."""


class Situation(msgspec.Struct, frozen=True):
    """What a message's journey and run say: the journey's state (None: no journey), and whether the run waits.

    Then its receiving domain: until when it is left alone and its last answer (None: it is not), and until when this
    message is tried. Then when the journey's hours let it leave, how much room caps leave (None: there is no cap), and whether the journey
    reached its ceiling and `asks` before anything more leaves.
    """

    journey_state: str | None
    is_awaited: bool
    waits_until: datetime | None = None
    reply: str | None = None
    retried_until: datetime | None = None
    opening: Opening = OPEN
    room: Room | None = None
    asks: bool = False


def decide_hold(
    message: Message, standing: Standing, situation: Situation, *, now: datetime
) -> Change | None:
    """Return what keeps a claimed message from leaving, or None if nothing does.

    What passes by itself (a paused journey, hours at which nothing leaves, a receiving domain that waits, a full period
    where its step does not say to skip) makes it due again; everything else skips it.
    """
    if message.expires_at is not None and message.expires_at <= now:
        return skip("too_late")
    if not situation.is_awaited:
        return skip("removed")
    if situation.journey_state == "archived":
        return skip("journey_archived")
    if situation.journey_state not in (None, "active"):
        return Change(sources=_CLAIMED, state="due", reason="journey_paused")
    reason = decide_gate(standing, message_class=message.message_class)
    if reason is not None:
        return skip(reason)
    if message.values.get(NOTICE) == "confirmation" and standing.status != "pending":
        return skip("not_pending")
    return (
        _decide_opening(message, situation.opening, now)
        or _decide_wait(message, situation, now)
        or _decide_cap(message, situation.room, now)
        or _decide_ceiling(situation, now)
    )


def _decide_opening(message: Message, opening: Opening, now: datetime) -> Change | None:
    """Return how a message waits for the hours at which its journey lets messages leave."""
    if opening.at is None:
        return skip(NOT_ACTIVE)
    if opening.at <= now:
        return None
    if message.expires_at is not None and opening.at > message.expires_at:
        return skip("too_late")
    return Change(sources=_CLAIMED, state="due", reason="outside_hours", due_at=opening.at)


def _decide_wait(message: Message, situation: Situation, now: datetime) -> Change | None:
    """Return how a message to a waiting domain waits too, or fails when nobody can try it any more."""
    waits_until, retried_until = situation.waits_until, situation.retried_until
    if waits_until is None or waits_until <= now:
        return None
    if retried_until is not None and retried_until <= now:
        return Change(
            sources=_CLAIMED, state="failed", reason="expired", fact="messageFailed", reply=situation.reply
        )
    due_at = put_off_until(waits_until, now, message.expires_at, retried_until)
    return Change(sources=_CLAIMED, state="due", reason="domain_waits", due_at=due_at)


def _decide_cap(message: Message, room: Room | None, now: datetime) -> Change | None:
    """Return how a message waits for, or gives up, a place under the workspace's cap: asked last, of what could leave."""
    if room is None or message.message_class != "marketing" or room.left > room.rivals:
        return None
    if room.opens_at is None:
        return Change(sources=_CLAIMED, state="due", reason=GIVES_WAY, due_at=now + ASK_AGAIN)
    if message.when_capped == "skip":
        return skip(CAPPED)
    if message.expires_at is not None and room.opens_at > message.expires_at:
        return skip("too_late")
    return Change(sources=_CLAIMED, state="due", reason=CAPPED, due_at=room.opens_at, fact=POSTPONED)


def _decide_ceiling(situation: Situation, now: datetime) -> Change | None:
    """Return how a message waits for its journey to be paused, which then keeps it."""
    if not situation.asks:
        return None
    return Change(sources=_CLAIMED, state="due", reason=CEILING, due_at=now + ASK_AGAIN, fact=POSTPONED)


def skip(reason: str) -> Change:
    """Return the move of a claimed message to skipped."""
    return Change(sources=_CLAIMED, state="skipped", reason=reason, fact="messageSkipped")


def fail(reason: str, reply: str) -> Change:
    """Return the move of a claimed message that cannot be made at all to failed."""
    return Change(
        sources=_CLAIMED,
        state="failed",
        reason=reason,
        fact="messageFailed",
        attempt="refused",
        reply=reply[:500],
    )
