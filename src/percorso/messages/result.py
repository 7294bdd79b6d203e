"""What comes of a try, decided: the next state of the message, how its receiving domain waits, and what is told. Pure."""

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
from percorso.deliverability.model import Destination, DomainWait
from percorso.deliverability.retries import RETRY_AFTER, decide_wait, vary
from percorso.messages.model import Message, MessageClass, State

LIFETIME: Final[dict[MessageClass, timedelta]] = {
    "marketing": timedelta(hours=72),
    "transactional": timedelta(days=5),
}
"""For how long after its first try a message is tried again."""

DOUBT_AFTER: Final = timedelta(seconds=660)
"""When a mark without a result is judged, real time: its holder has stopped waiting after 600 s (trust §1)."""

FactName = Literal["campaignSent", "messageSkipped", "messageFailed", "messageUnknown", "messagePostponed"]

POSTPONED: Final = "messagePostponed"
"""The fact that tells that a message waits for another period of the workspace's cap, or for somebody who lets its journey
go on: no end, and told each time."""

CEILING: Final = "ceiling"
"""Why a message waits whose journey was about to send more than its ceiling: until somebody lets it go on."""

AttemptResult = Literal["accepted", "temporary", "refused", "unknown", "withdrawn"]


class Tries(msgspec.Struct, frozen=True):
    """What is known of earlier tries: temporary refusals, doubts, when the first was, and until when there are more.

    `until` is also set where a message only waited for its domain, and never was tried itself.
    """

    temporary: int = 0
    unknown: int = 0
    first_at: datetime | None = None
    until: datetime | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A move of one message. `sources` are the states that it may start from.

    `due_at` is set where the message must wait; `keeps_mark` where it may have left. `fact` tells the run, and
    `attempt` and `reply` close the journal's line (None: no line is written). `wait` is how the receiving domain is
    left alone from now on.
    """

    sources: frozenset[State]
    state: State
    reason: str | None = None
    due_at: datetime | None = None
    keeps_mark: bool = False
    fact: FactName | None = None
    attempt: AttemptResult | None = None
    reply: str | None = None
    wait: DomainWait | None = None

    @property
    def is_end(self) -> bool:
        """Whether the courier has nothing more to do with the message."""
        return self.fact is not None and self.fact != POSTPONED


_CLAIMED: Final = frozenset[State]({"claimed"})
_MARKED: Final = frozenset[State]({"marked"})
_HELD: Final = frozenset[State]({"claimed", "marked"})


def next_retry(message: Message, tries: Tries, now: datetime) -> datetime:
    """Return when to try a message again whose own mailbox, not its domain, refused it for now."""
    pause = RETRY_AFTER[min(tries.temporary, len(RETRY_AFTER) - 1)]
    return now + vary(pause, message.id, tries.temporary)


def give_up_at(message_class: MessageClass, tries: Tries, now: datetime) -> datetime:
    """Return until when a message is tried that has met its first obstacle now, if not before."""
    return tries.until or (tries.first_at or now) + LIFETIME[message_class]


def decide_result(
    message: Message,
    outcome: HandOver,
    tries: Tries,
    now: datetime,
    *,
    destination: Destination | None = None,
    known: DomainWait | None = None,
) -> Change | None:
    """Return what the outcome of a hand-over makes of the message; None where it is to be left as it is.

    `destination` is None where there is no receiving domain; `known` is how it waited. NotMarked says nothing by itself: the gate's own reason does (`decide_hold`). A doubtful transactional message
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
        case Temporary(reply=reply, about=about):
            wait = None
            if destination is not None and about != "message":
                refusal = "policy" if about == "policy" else "later"
                wait = decide_wait(known, destination, refusal, reply=reply, now=now)
            return _decide_retry(message, reply, tries, wait, now)
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


def _decide_retry(
    message: Message, reply: str, tries: Tries, wait: DomainWait | None, now: datetime
) -> Change:
    """Return the move of a message that is tried when its domain is, or fails where its time is over before."""
    due_at = next_retry(message, tries, now) if wait is None else wait.next_at
    if due_at > give_up_at(message.message_class, tries, now):
        return Change(
            sources=_HELD,
            state="failed",
            reason="expired",
            fact="messageFailed",
            attempt="temporary",
            reply=reply,
            wait=wait,
        )
    return Change(
        sources=_HELD,
        state="due",
        reason="refused_for_now",
        due_at=due_at,
        attempt="temporary",
        reply=reply,
        wait=wait,
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
