"""What all Send steps share: plan one message, hold until it has ended, go on or exit (spec 3.5)."""

from typing import Final, Literal
from uuid import UUID

from percorso.journeys.graph import SendEmail, SendSms
from percorso.journeys.model import EventArrived, PlanMessage, Run, TimeDue
from percorso.journeys.schedule import end_of
from percorso.journeys.walk import Finish, Go, Hold, Move, Walk
from percorso.kit.ids import derive_id

ENDS: Final = ("campaignSent", "messageUnknown", "messageSkipped", "messageFailed")
"""A Send step ends with exactly one of these facts about its message."""

_OUTCOMES: Final = {
    "campaignSent": "sent",
    "messageUnknown": "unknown",
    "messageSkipped": "skipped",
    "messageFailed": "failed",
}


def derive_message_id(run_id: UUID, step: str, visit: int) -> UUID:
    """Return the id of the one message of this visit."""
    return derive_id("message", run_id, step, visit)


class SendPlan:
    """A Send step, compiled."""

    __slots__ = ("channel", "step", "template_id")

    def __init__(self, channel: Literal["email", "sms"], step: SendEmail | SendSms) -> None:
        self.channel: Literal["email", "sms"] = channel
        self.step = step
        self.template_id = UUID(step.template_id)

    def reach(self, walk: Walk) -> Move:
        """Plan the message and hold until it has ended."""
        message_id = derive_message_id(walk.run_id, walk.step, walk.visit)
        late = self.step.too_late
        expires_at = None if late is None else end_of(late, since=walk.now, zone=walk.version.zone)
        walk.effects.append(
            PlanMessage(
                id=message_id,
                channel=self.channel,
                template_id=self.template_id,
                step=walk.step,
                visit=walk.visit,
                captured=walk.captured,
                event=walk.event,
                expires_at=expires_at,
            )
        )
        return Hold(awaits=ENDS, message_id=message_id)

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Go on when this step's own message has ended; a skipped one may end the run."""
        if isinstance(input, TimeDue) or input.name not in _OUTCOMES:
            return None
        if input.properties.get("messageId") != str(run.message_id):
            return None
        outcome = _OUTCOMES[input.name]
        if input.name == "messageSkipped":
            reason = str(input.properties.get("reason") or "skipped")
            if self.step.when_skipped == "exit":
                return Finish("neutral", reason)
            outcome = f"skipped: {reason}"
        return Go("next", self.step.next, outcome)
