"""What comes of a try, decided: the next state of the message, and what is told about it. Pure."""

from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from percorso.channels.model import (
    Accepted,
    Doubtful,
    HandOver,
    NotMarked,
    Refused,
    Temporary,
    Withdrawn,
)
from percorso.kit.ids import derive_share
from percorso.messages.model import Message, MessageClass, State

RETRY_AFTER: Final = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240))
"""Pauses between tries; the last one repeats (trust §1)."""

LIFETIME: Final[dict[MessageClass, timedelta]] = {
    "marketing": timedelta(hours=72),
    "transactional": timedelta(days=5),
}
"""For how long after its first try a message is tried again."""

DOUBT_AFTER: Final = timedelta(seconds=660)
"""When a mark without a result is judged, real time: its holder has stopped waiting after 600 s (trust §1)."""

FactName = Literal["campaignSent", "messageSkipped", "messageFailed", "messageUnknown"]
AttemptResult = Literal["accepted", "temporary", "refused", "unknown", "withdrawn"]


class Tries(msgspec.Struct, frozen=True):
    """What the journal says of earlier tries: temporary refusals, doubts, and when the first was."""

    temporary: int = 0
    unknown: int = 0
    first_at: datetime | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A move of one message. `sources` are the states that it may start from.

    `due_at` is set where the message must wait; `keeps_mark` where it may have left. `fact` tells the run, and
    `attempt` and `reply` close the journal's line (None: no line is written).
    """

    sources: frozenset[State]
    state: State
    reason: str | None = None
    due_at: datetime | None = None
    keeps_mark: bool = False
    fact: FactName | None = None
    attempt: AttemptResult | None = None
    reply: str | None = None

    @property
    def is_end(self) -> bool:
        """Whether the courier has nothing more to do with the message."""
        return self.fact is not None


_CLAIMED: Final = frozenset[State]({"claimed"})
_MARKED: Final = frozenset[State]({"marked"})
_HELD: Final = frozenset[State]({"claimed", "marked"})


def next_retry(message: Message, tries: Tries, now: datetime) -> datetime | None:
    """Return when to try again after one more temporary refusal, or None when the lifetime is over.

    The pause varies by ± 10 %, derived from the message and the count, so that a crash changes nothing.
    """
    pause = RETRY_AFTER[min(tries.temporary, len(RETRY_AFTER) - 1)]
    share = derive_share("retry", message.id, tries.temporary)
    due_at = now + pause * (0.9 + 0.2 * share)
    if due_at > (tries.first_at or now) + LIFETIME[message.message_class]:
        return None
    return due_at


def decide_result(message: Message, outcome: HandOver, tries: Tries, now: datetime) -> Change | None:
    """Return what the outcome of a hand-over makes of the message; None where it is to be left as it is.

    NotMarked says nothing by itself: the gate's own reason does (`decide_hold`). A doubtful transactional message
    stays marked until it is judged, so that its one extra copy comes late (T4).
    """
    match outcome:
        case Accepted(reply=reply):
            return Change(
                sources=_MARKED,
                state="accepted",
                keeps_mark=True,
                fact="campaignSent",
                attempt="accepted",
                reply=reply,
            )
        case Temporary(reply=reply):
            return _decide_retry(message, reply, tries, now)
        case Refused(reply=reply, reason=reason):
            return Change(
                sources=_HELD,
                state="failed",
                reason=reason,
                fact="messageFailed",
                attempt="refused",
                reply=reply,
            )
        case Withdrawn(reply=reply):
            return Change(
                sources=_MARKED, state="due", reason="mark_withdrawn", attempt="withdrawn", reply=reply
            )
        case Doubtful(reply=reply):
            if message.message_class == "transactional":
                return None
            return _unknown(reply)
        case NotMarked():
            return None


def _decide_retry(message: Message, reply: str, tries: Tries, now: datetime) -> Change:
    due_at = next_retry(message, tries, now)
    if due_at is None:
        return Change(
            sources=_HELD,
            state="failed",
            reason="expired",
            fact="messageFailed",
            attempt="temporary",
            reply=reply,
        )
    return Change(
        sources=_HELD, state="due", reason="refused_for_now", due_at=due_at, attempt="temporary", reply=reply
    )


def _unknown(reply: str) -> Change:
    return Change(
        sources=_MARKED,
        state="unknown",
        reason="no_answer",
        keeps_mark=True,
        fact="messageUnknown",
        attempt="unknown",
        reply=reply,
    )


def decide_doubt(message: Message, tries: Tries) -> Change:
    """Return what a mark without a result comes to: unknown, or the one extra copy of a transactional message."""
    reply = "No result was recorded."
    if message.message_class == "transactional" and tries.unknown == 0:
        return Change(
            sources=_MARKED,
            state="due",
            reason="no_answer",
            keeps_mark=True,
            attempt="unknown",
            reply=reply,
        )
    return _unknown(reply)
