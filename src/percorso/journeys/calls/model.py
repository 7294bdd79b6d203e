"""Calls as values: what a step asks for, what is claimed, what comes of a try. Pure."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from percorso.kit.ids import Bucket, WorkspaceId, bucket_of, derive_id
from percorso.log.model import FactDraft

State = Literal["due", "claimed", "answered", "failed", "cancelled"]
"""Where a call stands; the last three are ends."""

Unread = Literal["too_large", "not_json"]
"""Why nothing is known of an answer that was given."""


class NewCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that a visit of a step asks for; `id` is derived from the visit."""

    id: UUID
    workspace_id: UUID
    contact_id: UUID
    journey_id: UUID
    version: int
    run_id: UUID
    step: str
    visit: int
    url: str
    body: dict[str, Any]
    planned_at: datetime


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call that somebody holds. `attempt` grows with every claim; `failures` are tries that came to nothing."""

    bucket: int
    id: UUID
    workspace_id: UUID
    contact_id: UUID
    """Whose run asked; by now that contact may have been merged into another."""
    journey_id: UUID
    version: int
    run_id: UUID
    step: str
    visit: int
    url: str
    body: dict[str, Any]
    attempt: int
    failures: int
    give_up_at: datetime
    """Product time after which it is not tried again: five days after the first try."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a try comes to. `status` is None where nobody answered, `reason` where all is well."""

    state: Literal["due", "answered", "failed"]
    status: int | None = None
    reason: str | None = None
    due_at: datetime | None = None
    answer: dict[str, Any] | None = None
    unread: Unread | None = None
    is_failure: bool = False
    """Whether it was tried and came to nothing."""


class Untold(msgspec.Struct, frozen=True, kw_only=True):
    """A call that has ended and whose run was not told yet."""

    bucket: int
    id: UUID
    workspace_id: UUID
    contact_id: UUID
    journey_id: UUID
    run_id: UUID
    step: str
    visit: int
    state: Literal["answered", "failed"]
    status: int | None
    reason: str | None
    answer: dict[str, Any] | None
    unread: Unread | None


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """One request: `ended_at` is None while it is under way, or where its process died."""

    number: int
    tried_at: datetime
    ended_at: datetime | None
    status: int | None
    reason: str | None


class ListedCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it is shown, with its tries in order."""

    bucket: int
    id: UUID
    contact_id: UUID
    run_id: UUID
    version: int
    step: str
    visit: int
    url: str
    body: dict[str, Any]
    planned_at: datetime
    due_at: datetime
    state: State
    status: int | None
    reason: str | None
    unread: Unread | None
    ended_at: datetime | None
    tries: tuple[Try, ...]


class SealedSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A stored secret; `signs_until` is None for the one in force. Times are real."""

    id: UUID
    sealed: bytes
    created_at: datetime
    signs_until: datetime | None


def draft_answer(call: Untold, contact_id: UUID, *, now: datetime) -> FactDraft:
    """Return the fact that answers a call, to whom its run is of by now; its message id is the call's."""
    said: dict[str, Any] = {
        "journeyId": str(call.journey_id),
        "runId": str(call.run_id),
        "step": call.step,
        "visit": call.visit,
        "callId": str(call.id),
        "status": call.status,
    }
    if call.state == "answered":
        said |= {"answer": call.answer} | ({"unread": call.unread} if call.unread else {})
    else:
        said["reason"] = call.reason
    return FactDraft(
        bucket=bucket_of(contact_id),
        workspace_id=WorkspaceId(call.workspace_id),
        contact_id=contact_id,
        kind="run",
        name="webhookAnswered" if call.state == "answered" else "webhookFailed",
        message_id=str(derive_id("webhookAnswer", call.id)),
        occurred_at=now,
        properties=msgspec.json.encode(said),
        origin="courier",
    )


def bucket_of_call(call: NewCall) -> Bucket:
    """Return where a call lies: with its contact."""
    return bucket_of(call.contact_id)
