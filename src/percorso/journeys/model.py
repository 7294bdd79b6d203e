"""A run, what may happen to it, and what the engine decides: pure values.

`advance(version, run, input, now) -> Decision` and its shell in `percorso.worker` speak in these.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from percorso.conditions.model import Verdict
from percorso.consent.records import Channel
from percorso.journeys.graph import Outcome

RunState = Literal["waiting", "ended"]
"""A run waits (for a time, for facts, or both: see `due_at` and `awaits`) or has ended."""


class EventSeen(msgspec.Struct, frozen=True):
    """An event that reached the run while it held at a step, with its properties."""

    name: str
    offset: int
    occurred_at: datetime
    properties: dict[str, Any]


class MessageSeen(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What became of the message of a Send step, as far as a message wait asks: when each thing first happened.

    `sent_at` is the mark, or when the message became unknown; `undelivered` is the reason of a report.
    """

    id: UUID
    sent_at: datetime | None = None
    opened_at: datetime | None = None
    clicked_at: datetime | None = None
    delivered_at: datetime | None = None
    undelivered_at: datetime | None = None
    undelivered: str = ""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One contact's way through one version.

    `visit` counts arrivals at any step of this run from 1, so that (run, step, visit) is one visit.
    `reached_at` and `reached_offset` say when the present step was reached, `caused_at` when what
    brought it there occurred: later events count for it if received after and occurred not before.
    `due_at` is the moment to judge again (None: not held by a time); `awaits` the fact names it is held
    by (empty: none). `seen` are the events met while holding at a Wait-then-check. `message_id` is the
    message that a Send step waits for. `began_at` is when the start's event occurred: removals and goals
    take what occurred not before it. `rounds` counts arrivals at the steps that lie on a loop. `traced` is
    the number of trace entries made so far. `messages` are those of Send steps that a message wait asks about, by
    step, the last sent last. `start` is by which start a run waits at the door (`journeys.door`), empty for all others.
    Ended runs have `outcome`, `reason` and `ended_at`.
    """

    id: UUID
    journey_id: UUID
    version: int
    contact_id: UUID
    key: str
    state: RunState
    step: str | None
    visit: int
    entered_at: datetime
    reached_at: datetime
    reached_offset: int
    caused_at: datetime
    due_at: datetime | None = None
    awaits: tuple[str, ...] = ()
    captured: dict[str, Any] = {}
    event: dict[str, Any] | None = None
    seen: tuple[EventSeen, ...] = ()
    message_id: UUID | None = None
    began_at: datetime | None = None
    rounds: dict[str, int] = {}
    traced: int = 0
    messages: dict[str, MessageSeen] = {}
    start: str = ""
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    reason: str | None = None


class EventArrived(msgspec.Struct, frozen=True, tag=True):
    """A fact of this contact that the run awaits: a customer's event or a fact of a message or coupon."""

    name: str
    offset: int
    occurred_at: datetime
    properties: dict[str, Any]
    context: dict[str, Any] | None = None


class TimeDue(msgspec.Struct, frozen=True, tag=True):
    """The run's `due_at` has come. `offset` is the last fact received before that moment (0: not said)."""

    offset: int = 0


class Removed(msgspec.Struct, frozen=True, tag=True):
    """Someone or something outside the graph ends the run."""

    reason: str
    outcome: Outcome = "neutral"


class ContactChanged(msgspec.Struct, frozen=True, tag=True):
    """Something about the contact changed: removals and goals that are conditions are judged again."""

    offset: int = 0


Input = EventArrived | TimeDue | Removed | ContactChanged


class PlanMessage(msgspec.Struct, frozen=True, tag=True):
    """Plan one message for this visit; `id` is derived from (run, step, visit)."""

    id: UUID
    channel: Channel
    template_id: UUID
    step: str
    visit: int
    captured: dict[str, Any]
    event: dict[str, Any] | None
    expires_at: datetime | None
    when_capped: Literal["postpone", "skip"] = "postpone"


class CancelMessage(msgspec.Struct, frozen=True, tag=True):
    """Cancel the message if it is not marked yet; `reason` is said on it."""

    id: UUID
    reason: str


class RequestCoupon(msgspec.Struct, frozen=True, tag=True):
    """Ask the allocator for a code for (run, step, visit)."""

    pool_id: UUID
    step: str
    visit: int


class UpdateProfile(msgspec.Struct, frozen=True, tag=True):
    """Change the contact: becomes a `contactUpdated` fact, applied at once. Keys are paths."""

    set: dict[str, Any] = {}
    clear: tuple[str, ...] = ()
    append: dict[str, list[Any]] = {}
    remove: dict[str, list[Any]] = {}


class EmitEvent(msgspec.Struct, frozen=True, tag=True):
    """Record an event for the contact: becomes an event fact, applied at once, one deeper."""

    name: str
    properties: dict[str, Any]


Effect = PlanMessage | CancelMessage | RequestCoupon | UpdateProfile | EmitEvent


class RequestPlace(msgspec.Struct, frozen=True, tag=True):
    """Ask for one of the `places` of a path for (run, step, visit); answered by `placeTaken` or `placesFull`."""

    step: str
    visit: int
    path: str
    places: int


class CallWebhook(msgspec.Struct, frozen=True, tag=True):
    """POST `body` to `url`, signed; answered by `webhookAnswered` or `webhookFailed`. `id` is derived from the visit."""

    id: UUID
    url: str
    body: dict[str, Any]
    step: str
    visit: int


class ChangeGroups(msgspec.Struct, frozen=True, tag=True):
    """Let the contact leave and join groups: becomes `groupLeft` and `groupJoined`, applied at once."""

    joins: tuple[UUID, ...] = ()
    leaves: tuple[UUID, ...] = ()
    step: str = ""
    visit: int = 0


class HandOver(msgspec.Struct, frozen=True, tag=True):
    """Let the contact into another journey with these values, by its pushed start, in the same transaction."""

    journey_id: UUID
    values: dict[str, Any]
    step: str
    visit: int


class TakeOut(msgspec.Struct, frozen=True, tag=True):
    """End the contact's runs in another journey with this outcome."""

    journey_id: UUID
    outcome: Outcome


FurtherEffect = RequestPlace | CallWebhook | ChangeGroups | HandOver | TakeOut
"""What steps ask for after their effects."""


class TraceEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was judged at one visit of a step: the path taken, why, and each test with the value read.

    `left_version` is the version that the run left by this entry, None for nearly all.

    The entry itself has step "" and visit 0, its path is the start. An entry without a path tells the end of
    the run: its `outcome` is the reason.
    """

    step: str
    visit: int
    at: datetime
    path: str | None = None
    outcome: str | None = None
    judged: tuple[Verdict, ...] = ()
    left_version: int | None = None


class Count(msgspec.Struct, frozen=True):
    """One more of `name`, per step and path.

    entered: arrivals at a step; with no step, entries into the journey. refused: a run ended at the door, `path` says the
    reason, and is counted nowhere else. left: a step was left by a path
    (`next` where there is one way out). exited: the run ended while it stood at the step, `path` says the
    reason; with no step, it ended by a path that stops. ended: a run ended, `path` says the outcome. So at
    each step entered = left + exited + who is there now. `version` is the one that it is counted of, 0: the run's.
    """

    name: str
    step: str = ""
    path: str = ""
    version: int = 0


class Decision(msgspec.Struct, frozen=True):
    """What becomes of the run, and what must be done besides: `effects`, in order, then `further`, in order."""

    run: Run
    effects: tuple[Effect, ...] = ()
    trace: tuple[TraceEntry, ...] = ()
    counts: tuple[Count, ...] = ()
    further: tuple[FurtherEffect, ...] = ()
