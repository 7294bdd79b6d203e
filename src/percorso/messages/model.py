"""One intended delivery, from planned to its end: the states, and which may follow which."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from percorso.consent.records import Channel

State = Literal[
    "planned", "due", "claimed", "marked", "accepted", "delivered", "bounced", "skipped", "failed", "unknown"
]
"""Where a message stands (spec 4.8).

planned: its moment is to come. due: may be claimed. claimed: a courier holds it. marked: it may have left.
accepted: the provider took it. delivered, bounced: what was reported. skipped: will not leave, and why.
failed: refused for good. unknown: a crash left doubt; it is not sent again.
"""

FOLLOWS: Final[dict[State, frozenset[State]]] = {
    "planned": frozenset({"due", "skipped"}),
    "due": frozenset({"claimed", "skipped"}),
    "claimed": frozenset({"marked", "due", "skipped", "failed"}),
    "marked": frozenset({"accepted", "due", "failed", "unknown"}),
    "accepted": frozenset({"delivered", "bounced"}),
    "delivered": frozenset({"bounced"}),
    "bounced": frozenset(),
    "skipped": frozenset(),
    "failed": frozenset(),
    "unknown": frozenset({"delivered", "bounced"}),
}
"""The only moves there are. Two lead back: claimed to due (claim lost, window closed, paused) and marked
to due (temporary refusal, mark withdrawn, the one extra copy of a transactional message)."""


def may_follow(state: State, following: State) -> bool:
    """Whether a message in `state` may next be in `following`."""
    return following in FOLLOWS[state]


MessageClass = Literal["marketing", "transactional"]
"""Whether the contact must have asked for it (marketing), or has a right to it (spec 4.1)."""

WhenCapped = Literal["postpone", "skip"]
"""What the workspace's cap does to a message: it waits for the next period, or does not leave at all."""

SkipReason = Literal[
    "erased",
    "no_address",
    "suppressed",
    "not_subscribed",
    "no_consent",
    "too_late",
    "removed",
    "journey_archived",
    "not_pending",
    "not_active",
    "capped",
]
"""Why a message will not leave: the gate's reasons, then the message's own.

erased: the contact is erased or deleted. no_address: no address for the channel, or none we write to. suppressed: the
address is never written to again. not_subscribed: no status `subscribed` on the list and channel. no_consent: the
consent leaf of the channel says no. too_late: its `expires_at` has passed. removed: its run has ended or gone on.
not_pending: it asks to confirm what was confirmed or refused meanwhile. not_active: its journey lets none leave any more. capped: the contact
got as many as the workspace allows, and its step says to skip then.
"""


class NewMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message as the worker plans it; `id` is derived, so planning it again changes nothing.

    `due_at` is product time. `values` holds `captured` and `event`, for rendering. With a `reason` the gate has
    already said no: the message is made skipped.
    """

    bucket: int
    id: UUID
    workspace_id: UUID
    contact_id: UUID
    list_id: UUID
    journey_id: UUID | None
    version: int | None
    run_id: UUID | None
    step: str | None
    visit: int | None
    channel: Channel
    template_id: UUID
    message_class: MessageClass
    values: dict[str, Any]
    planned_at: datetime
    due_at: datetime
    expires_at: datetime | None = None
    priority: int = 0
    reason: SkipReason | None = None
    when_capped: WhenCapped = "postpone"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message that a courier holds. `attempt` grows with every claim, so that an old holder is told apart."""

    bucket: int
    id: UUID
    workspace_id: UUID
    contact_id: UUID
    list_id: UUID
    journey_id: UUID | None
    version: int | None
    run_id: UUID | None
    step: str | None
    visit: int | None
    channel: Channel
    template_id: UUID
    message_class: MessageClass
    values: dict[str, Any]
    expires_at: datetime | None
    attempt: int
    priority: int = 0
    when_capped: WhenCapped = "postpone"


class ShownMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message that may have left, as its public pages need it. `html` is what was sent."""

    message: Message
    template_version: int
    state: State
    subject: str
    html: str
    address: str
    ended_at: datetime | None


def message_properties(message: Message | NewMessage, *, subject: str | None = None) -> dict[str, Any]:
    """Return what every fact about a message says of it (`docs/architecture/first-journey.md`)."""
    return {
        "messageId": str(message.id),
        "runId": None if message.run_id is None else str(message.run_id),
        "journeyId": None if message.journey_id is None else str(message.journey_id),
        "version": message.version,
        "step": message.step,
        "visit": message.visit,
        "templateId": str(message.template_id),
        "listId": str(message.list_id),
        "channel": message.channel,
        "subject": subject,
    }
