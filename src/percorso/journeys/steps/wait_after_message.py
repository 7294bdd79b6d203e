"""The step Wait after a message: docs/reference/steps/wait_after_message.md."""

from typing import Final

from percorso.journeys.graph import WaitAfterMessage
from percorso.journeys.message_facts import NEGATIVE, find_happened
from percorso.journeys.model import EventArrived, MessageSeen, Run, TimeDue
from percorso.journeys.schedule import end_of
from percorso.journeys.walk import Finish, Go, Hold, Move, Walk

AWAITED: Final = (
    "campaignBounced", "campaignDelivered", "campaignLinkClicked", "campaignOpened", "messageFailed",
)  # fmt: skip
"""Facts by which a message wait may go on before its time."""

DID_NOT_OCCUR: Final = "did_not_occur"
"""Why a run ended for which what it waited for had not happened by the maximum."""

OCCURRED: Final = "occurred"
"""Why a run ended for which what should not happen happened."""

NOT_SENT: Final = "not_sent"
"""Why a run ended that should wait for what becomes of a message that was never sent."""

OTHERWISE: Final = "otherwise"


class WaitAfterMessagePlan:
    """Wait for what becomes of a message, from facts that came before the wait was reached as well."""

    __slots__ = ("is_negative", "step")

    def __init__(self, step: WaitAfterMessage) -> None:
        self.step = step
        self.is_negative = step.reaction in NEGATIVE

    def reach(self, walk: Walk) -> Move:
        """Hold until it is known, go on, or leave by the way for what was not met."""
        return self._judge(walk)

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Judge again: something became of the message, or the time has come."""
        move = self._judge(walk)
        return None if isinstance(move, Hold) and move.is_as(run) else move

    def _judge(self, walk: Walk) -> Move:
        seen = self._find(walk)
        if seen is None:
            return self._unmet(NOT_SENT)
        return self._judge_negative(walk, seen) if self.is_negative else self._judge_positive(walk, seen)

    def _find(self, walk: Walk) -> MessageSeen | None:
        if self.step.message is not None:
            return walk.messages.get(self.step.message)
        return next(reversed(walk.messages.values()), None)

    def _judge_positive(self, walk: Walk, seen: MessageSeen) -> Move:
        happened_at = find_happened(seen, self.step.reaction)
        if happened_at is not None:
            period = self.step.period
            due_at = happened_at if period is None else end_of(period, since=happened_at, zone=walk.zone)
            return Hold(due_at=due_at) if due_at > walk.now else Go("next", self.step.next)
        if seen.sent_at is None:
            return self._unmet(NOT_SENT)
        most = self.step.maximum or walk.version.graph.options.message_wait
        due_at = end_of(most, since=seen.sent_at, zone=walk.zone)
        return Hold(due_at=due_at, awaits=AWAITED) if due_at > walk.now else self._unmet(DID_NOT_OCCUR)

    def _judge_negative(self, walk: Walk, seen: MessageSeen) -> Move:
        if find_happened(seen, self.step.reaction) is not None:
            return self._unmet(OCCURRED)
        is_delivery = self.step.reaction == "not_delivered"
        began_at = seen.sent_at or (seen.undelivered_at if is_delivery else None)
        if began_at is None or self.step.period is None:
            return self._unmet(NOT_SENT)
        due_at = end_of(self.step.period, since=began_at, zone=walk.zone)
        if due_at > walk.now:
            return Hold(due_at=due_at, awaits=AWAITED)
        if is_delivery and self.step.reason not in ("any", seen.undelivered):
            return self._unmet(DID_NOT_OCCUR)
        return Go("next", self.step.next)

    def _unmet(self, reason: str) -> Move:
        if self.step.unmet == "exit":
            return Finish("neutral", reason)
        return Go(OTHERWISE, self.step.otherwise, reason)
