"""Why a message may not leave just now, or ever: what the mark asks, in words. Pure."""

from datetime import datetime
from typing import Final

import msgspec

from percorso.consent.gate import Standing, decide_gate
from percorso.messages.model import Message, State
from percorso.messages.result import Change

_CLAIMED: Final = frozenset[State]({"claimed"})


class Situation(msgspec.Struct, frozen=True):
    """What a message's journey and run say: the journey's state (None: no journey), and whether the run waits."""

    journey_state: str | None
    is_awaited: bool


def decide_hold(
    message: Message, standing: Standing, situation: Situation, *, now: datetime
) -> Change | None:
    """Return what keeps a claimed message from leaving, or None if nothing does.

    What passes by itself (a paused journey) makes it due again; everything else skips it.
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
    return None if reason is None else skip(reason)


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
