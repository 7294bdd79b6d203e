"""The facts that a scenario's happenings and answers become, as the log would hold them. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from percorso.journeys.compile_starts import START_MET
from percorso.journeys.graph import PushedStart
from percorso.journeys.model import Run
from percorso.journeys.simulation.outcome import SimulatedMessage
from percorso.journeys.simulation.scenario import (
    Answer,
    ContactHappens,
    EventHappens,
    GroupHappens,
    Happens,
    MessageHappens,
    SegmentHappens,
    StartHappens,
    SubscriptionHappens,
)
from percorso.journeys.version import Version
from percorso.log.model import Fact, FactKind, Origin
from percorso.segments.groups.model import JOINED, LEFT

NOBODY: Final = UUID(int=0)

SENDING: Final = {
    "sent": "campaignSent",
    "skipped": "messageSkipped",
    "failed": "messageFailed",
    "unknown": "messageUnknown",
}
"""What comes of a message, and the fact that says so."""

REACTIONS: Final = {
    "delivered": "campaignDelivered",
    "opened": "campaignOpened",
    "clicked": "campaignLinkClicked",
    "bounced": "campaignBounced",
    "complained": "campaignMarkedSpam",
}
_GROUP: Final = {"joined": JOINED, "left": LEFT}
_SEGMENT: Final = {"entered": "segmentEntered", "left": "segmentLeft"}
_STATUS: Final = {"subscribed": "campaignSubscribed", "unsubscribed": "campaignUnsubscribed"}

Saying = tuple[FactKind, str, dict[str, Any]]
"""Of which kind a fact is, its name, what it says."""


def make_fact(
    said: Saying,
    *,
    contact_id: UUID,
    offset: int,
    mark: str,
    now: datetime,
    occurred_at: datetime | None = None,
    context: dict[str, Any] | None = None,
    origin: Origin = "api",
    historical: bool = False,
    depth: int = 0,
) -> Fact:
    """Return the fact, received `now`; `mark` tells it from all others of the simulation."""
    kind, name, properties = said
    return Fact(
        bucket=0,
        offset=offset,
        workspace_id=NOBODY,
        contact_id=contact_id,
        kind=kind,
        name=name,
        message_id=mark,
        occurred_at=occurred_at or now,
        received_at=now,
        properties=properties,
        context=context,
        origin=origin,
        historical=historical,
        depth=depth,
    )


def say_happening(
    version: Version, happening: Happens, message: SimulatedMessage | None, run: Run | None
) -> Saying:
    """Return what the log would hold of a happening; `message` is the one that it is about, of this `run`."""
    match happening:
        case EventHappens(event=name, properties=properties):
            return "event", name, properties
        case StartHappens():
            return "event", START_MET, _say_start(version, happening)
        case MessageHappens():
            assert message is not None
            how = {"reason": happening.reason, "machine": happening.machine}
            return "message", REACTIONS[happening.what], {**say_message(version, message, run), **how}
        case ContactHappens(set=changed, clear=cleared):
            return "profile", "contactUpdated", {"set": changed, "clear": list(cleared)}
        case GroupHappens(change=change, group_id=group_id):
            return "group", _GROUP[change], {"groupId": str(UUID(group_id))}
        case SegmentHappens(change=change, segment_id=segment_id):
            return "segment", _SEGMENT[change], {"segmentId": str(UUID(segment_id))}
        case SubscriptionHappens(change=change, channel=channel, list_id=list_id):
            return "status", _STATUS[change], say_subscription(version, channel, list_id)


def say_subscription(version: Version, channel: str, list_id: str | None = None) -> dict[str, Any]:
    """Return what a fact about a subscription says; the journey's list where none is named."""
    chosen = list_id if list_id is not None else str(version.list_id or NOBODY)
    return {"listId": chosen, "channel": channel}


def _say_start(version: Version, happening: StartHappens) -> dict[str, Any]:
    start = next(start for start in version.graph.starts if start.id == happening.start)
    said: dict[str, Any] = {"journeyId": str(version.journey_id), "startId": start.id}
    if isinstance(start, PushedStart):
        said["source"] = start.sources[0] if start.sources else "hand"
    return {**happening.properties, **said}


def say_message(version: Version, message: SimulatedMessage, run: Run | None) -> dict[str, Any]:
    """Return what every fact about a message says of it."""
    return {
        "messageId": str(message.id),
        "runId": None if run is None else str(run.id),
        "journeyId": str(version.journey_id),
        "version": version.number,
        "step": message.step,
        "visit": message.visit,
        "templateId": str(message.template_id),
        "listId": str(version.list_id or NOBODY),
        "channel": message.channel,
        "subject": None,
    }


def say_answer(kind: str, asked: Mapping[str, Any], answer: Answer, number: int) -> Saying | None:
    """Return what answers a coupon, a webhook or a place that a visit asked for; None: nothing does.

    `asked` says the visit and what was asked; `number` counts coupons, so that codes differ.
    """
    said = dict(asked)
    if answer.ends == "nothing":
        return None
    if kind == "coupon":
        if answer.ends == "none_left":
            return "coupon", "couponPoolEmpty", said
        return "coupon", "couponAssigned", {**said, "code": answer.code or f"CODE-{number}"}
    if kind == "webhook":
        if answer.ends == "failed":
            return "run", "webhookFailed", {**said, "reason": answer.reason or "failed"}
        return "run", "webhookAnswered", {**said, "answer": answer.body, "status": 200}
    return "run", "placesFull" if answer.ends == "full" else "placeTaken", said
