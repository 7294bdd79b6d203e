"""What all Send steps share: plan one message, hold until it has ended, go on or exit (spec 3.5, 3.7)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from percorso.consent.records import Channel
from percorso.journeys.allowed import next_allowed
from percorso.journeys.graph import SendStep, channel_of
from percorso.journeys.model import EventArrived, MessageSeen, PlanMessage, Run, TimeDue
from percorso.journeys.options import find_refusal
from percorso.journeys.schedule import end_of
from percorso.journeys.walk import Finish, Go, Hold, Move, Walk
from percorso.kit.ids import derive_id

ENDS: Final = ("campaignSent", "messageUnknown", "messageSkipped", "messageFailed")
"""A Send step ends with exactly one of these facts about its message."""

NOT_ACTIVE: Final = "not_active"
"""Why a run ended that had a message to send after the journey's last day, or where none may ever leave."""

TOO_LATE: Final = "too_late"

CAPPED: Final = "capped"
"""Why a message does not leave that the workspace's cap keeps back and whose step says to skip then: the run goes on."""

POSTPONED: Final = "messagePostponed"
"""The fact that tells that a message waits, and until when: the run stays, and its trace says so."""

SKIPPED_LATE: Final = "skipped_late"
"""Why a message does not leave whose moment passed while its journey was paused: the run goes on without it."""

_OUTCOMES: Final = {
    "campaignSent": "sent",
    "messageUnknown": "unknown",
    "messageSkipped": "skipped",
    "messageFailed": "failed",
}
_LEFT: Final = ("not_subscribed", "no_consent")
"""Reasons of the gate that leaving a channel brings about."""


def derive_message_id(run_id: UUID, step: str, visit: int) -> UUID:
    """Return the id of the one message of this visit."""
    return derive_id("message", run_id, step, visit)


class SendPlan:
    """A Send step, compiled."""

    __slots__ = ("channel", "step", "template_id", "variants")

    def __init__(self, step: SendStep) -> None:
        self.channel: Channel = channel_of(step)
        self.step = step
        self.template_id = UUID(step.template_id)
        self.variants = {variant.language.lower(): UUID(variant.template_id) for variant in step.variants}

    def reach(self, walk: Walk) -> Move:
        """Plan the message and hold until it has ended; first hold until a message may leave."""
        return self._send(walk, arrived_at=walk.now)

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Go on when this step's own message has ended; a skipped one may end the run."""
        if isinstance(input, TimeDue):
            return self._send(walk, arrived_at=run.reached_at) if run.message_id is None else None
        if input.name not in _OUTCOMES or input.properties.get("messageId") != str(run.message_id):
            return None
        outcome = _OUTCOMES[input.name]
        if input.name == "messageSkipped":
            return self._skip(walk, str(input.properties.get("reason") or "skipped"))
        return Go("next", self.step.next, outcome)

    def _skip(self, walk: Walk, reason: str) -> Move:
        left = walk.version.options.left_channel_skips and reason in _LEFT
        if self.step.when_skipped == "exit" and not left and reason not in (SKIPPED_LATE, CAPPED):
            return Finish("neutral", reason)
        return Go("next", self.step.next, f"skipped: {reason}")

    def _send(self, walk: Walk, *, arrived_at: datetime) -> Move:
        options = walk.version.options
        if options.restricts:
            refusal = find_refusal(options, walk.subject(walk.event))
            if refusal is not None:
                return Finish("neutral", refusal)
        late = self.step.too_late
        expires_at = None if late is None else end_of(late, since=arrived_at, zone=walk.zone)
        moment = next_allowed(options.allowed, walk.now, walk.zone)
        if moment is None:
            return Finish("neutral", NOT_ACTIVE)
        if expires_at is not None and moment > expires_at:
            return self._skip(walk, TOO_LATE)
        if moment > walk.now:
            return Hold(due_at=moment)
        return self._plan(walk, expires_at)

    def _plan(self, walk: Walk, expires_at: datetime | None) -> Hold:
        message_id = derive_message_id(walk.run_id, walk.step, walk.visit)
        walk.effects.append(
            PlanMessage(
                id=message_id,
                channel=self.channel,
                template_id=self._choose_template(walk),
                step=walk.step,
                visit=walk.visit,
                captured=walk.captured,
                event=walk.event,
                expires_at=expires_at,
                when_capped=self.step.when_capped,
            )
        )
        if walk.step in walk.version.watched:
            others = {step: seen for step, seen in walk.messages.items() if step != walk.step}
            walk.messages = {**others, walk.step: MessageSeen(message_id)}
        return Hold(awaits=ENDS, message_id=message_id)

    def _choose_template(self, walk: Walk) -> UUID:
        """Return the variant for the contact's language, exactly or without its region; else the step's template."""
        if not self.variants:
            return self.template_id
        said = walk.attributes.get("language") or walk.attributes.get("locale")
        language = said.lower().replace("_", "-") if isinstance(said, str) else ""
        return (
            self.variants.get(language) or self.variants.get(language.partition("-")[0]) or self.template_id
        )
