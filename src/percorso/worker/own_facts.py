"""The facts that the worker makes itself, with message ids that repeating arrives at again. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from percorso.contacts.shop.moments import Said
from percorso.journeys.compile_starts import START_MET, say_pushed
from percorso.journeys.lookout import Met
from percorso.journeys.model import EmitEvent, HandOver, Run, UpdateProfile
from percorso.kit.ids import WorkspaceId, bucket_of, derive_id
from percorso.log.model import Fact, FactDraft, FactKind
from percorso.messages.model import NewMessage, message_properties
from percorso.worker.model import Cancellation, Template


class Cause(msgspec.Struct, frozen=True):
    """What is being applied: a fact, or a run's moment (then `offset` is 0). `now` is its product time."""

    workspace_id: UUID
    contact_id: UUID
    now: datetime
    offset: int
    depth: int


def own_fact(cause: Cause, kind: FactKind, name: str, message_id: UUID, properties: dict[str, Any]) -> Fact:
    """Return a fact of the cause's contact, one deeper, standing at the cause's place until it is appended."""
    return Fact(
        bucket=bucket_of(cause.contact_id),
        offset=cause.offset,
        workspace_id=cause.workspace_id,
        contact_id=cause.contact_id,
        kind=kind,
        name=name,
        message_id=str(message_id),
        occurred_at=cause.now,
        received_at=cause.now,
        properties=properties,
        context=None,
        origin="worker",
        historical=False,
        depth=cause.depth + 1,
    )


def entered_fact(cause: Cause, run: Run) -> Fact:
    """Return `journeyEntered` for a run that begins."""
    return own_fact(cause, "run", "journeyEntered", derive_id("journeyEntered", run.id), _run_properties(run))


def exited_fact(cause: Cause, run: Run) -> Fact:
    """Return `journeyExited` for a run that ended."""
    properties = _run_properties(run) | {"outcome": run.outcome, "reason": run.reason}
    return own_fact(cause, "run", "journeyExited", derive_id("journeyExited", run.id), properties)


def profile_fact(cause: Cause, run: Run, effect: UpdateProfile, mark: str) -> Fact:
    """Return `contactUpdated`; `mark` tells this effect from the run's others."""
    properties: dict[str, Any] = {
        "set": effect.set,
        "clear": list(effect.clear),
        "append": effect.append,
        "remove": effect.remove,
    }
    said = {key: value for key, value in properties.items() if value}
    return own_fact(cause, "profile", "contactUpdated", derive_id("effect", run.id, mark), said)


def shop_fact(cause: Cause, said: Said) -> Fact:
    """Return what Percorso says of a contact's shop when its moment comes."""
    message_id = derive_id(said.name, cause.contact_id, said.mark)
    fact = own_fact(cause, said.kind, said.name, message_id, said.properties)
    return msgspec.structs.replace(fact, context=said.context)


def event_fact(cause: Cause, run: Run, effect: EmitEvent, mark: str) -> Fact:
    """Return the event that a step recorded; `mark` tells this effect from the run's others.

    Its context says whose run recorded it: that one is not moved by it (`journeys.early`).
    """
    message_id = derive_id("effect", run.id, mark)
    fact = own_fact(cause, "event", effect.name, message_id, effect.properties)
    return msgspec.structs.replace(fact, context=_run_properties(run))


def group_fact(cause: Cause, run: Run, group_id: UUID, name: str, mark: str) -> Fact:
    """Return `groupJoined` or `groupLeft` of a step; `mark` tells this effect from the run's others."""
    message_id = derive_id("effect", run.id, mark, name, group_id)
    fact = own_fact(cause, "group", name, message_id, {"groupId": str(group_id)})
    return msgspec.structs.replace(fact, context=_run_properties(run))


def hand_over_fact(cause: Cause, run: Run, effect: HandOver, mark: str) -> Fact:
    """Return the fact that lets the contact into another journey, with the values that are handed over."""
    said = say_pushed(effect.values, effect.journey_id, "journey")
    fact = own_fact(cause, "run", START_MET, derive_id("effect", run.id, mark), said)
    return msgspec.structs.replace(fact, context=_run_properties(run))


def met_fact(cause: Cause, met: Met, message_id: UUID) -> Fact:
    """Return the fact that the contact meets a start that Percorso looks for."""
    said = {**met.said, "journeyId": str(met.journey_id), "startId": met.start_id}
    return own_fact(cause, "run", START_MET, message_id, said)


def segment_fact(
    cause: Cause, segment_id: UUID, name: str, mark: str, *, historical: bool, why: str | None
) -> Fact:
    """Return `segmentEntered` or `segmentLeft`; `mark` tells the cause from all others.

    `why` says that not the contact changed but the segment: created, edited, disabled.
    """
    message_id = derive_id(name, segment_id, cause.contact_id, mark)
    properties: dict[str, Any] = {"segmentId": str(segment_id)}
    if why is not None:
        properties["cause"] = why
    fact = own_fact(cause, "segment", name, message_id, properties)
    return msgspec.structs.replace(fact, historical=True) if historical else fact


def message_fact(cause: Cause, message: NewMessage, name: str) -> Fact:
    """Return a fact about a planned message, in the properties that all facts about messages have."""
    properties = message_properties(message)
    if name != "messagePlanned":
        properties["reason"] = message.reason
    return own_fact(cause, "message", name, derive_id(name, message.id), properties)


def describe_cancelled(cancelled: Cancellation, templates: Mapping[UUID, Template]) -> dict[str, Any]:
    """Return what `messageSkipped` says of a message that was cancelled."""
    template = templates.get(cancelled.template_id) if cancelled.template_id else None
    return {
        "messageId": str(cancelled.id),
        "runId": str(cancelled.run_id),
        "journeyId": str(cancelled.journey_id),
        "version": cancelled.version,
        "step": cancelled.step,
        "visit": cancelled.visit,
        "templateId": None if cancelled.template_id is None else str(cancelled.template_id),
        "listId": None if template is None else str(template.list_id),
        "channel": cancelled.channel,
        "subject": None,
        "reason": cancelled.reason,
    }


def draft_of(fact: Fact) -> FactDraft:
    """Return the fact ready to be appended."""
    return FactDraft(
        bucket=bucket_of(fact.contact_id) if fact.contact_id else bucket_of(UUID(int=fact.bucket)),
        workspace_id=WorkspaceId(fact.workspace_id),
        contact_id=fact.contact_id,
        kind=fact.kind,
        name=fact.name,
        message_id=fact.message_id,
        occurred_at=fact.occurred_at,
        properties=msgspec.json.encode(fact.properties),
        context=None if fact.context is None else msgspec.json.encode(fact.context),
        origin=fact.origin,
        historical=fact.historical,
        depth=fact.depth,
    )


def _run_properties(run: Run) -> dict[str, Any]:
    return {"journeyId": str(run.journey_id), "version": run.version, "runId": str(run.id)}
