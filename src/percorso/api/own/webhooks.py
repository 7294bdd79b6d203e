"""Webhooks, as the own API shows them: the secret that signs calls, and a journey's calls with every try."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.params import FromPath, FromQuery
from msgspec import Meta

from percorso.api.own.caller import TheCaller, TheConfig, TheDatabase, present
from percorso.api.own.idempotency import answer_once
from percorso.api.own.routes import get, post
from percorso.journeys.calls.actions import ensure_secrets, rotate_secret
from percorso.journeys.calls.model import ListedCall
from percorso.journeys.calls.signing import Seal
from percorso.journeys.calls.store import list_calls
from percorso.reports.journeys import check_journey
from percorso.reports.model import Shape
from percorso.workspaces.audit import record_audit

AnyRequest = Request[Any, Any, Any]
StepId = Annotated[str, Meta(min_length=1, max_length=200)]
_AT_ONCE: Final = 100


class SigningSecret(Shape, frozen=True):
    """What signs calls, for receivers to check them by; `signsUntil` is null for the one in force, real time."""

    secret: str
    created_at: datetime
    signs_until: datetime | None


class SigningSecrets(Shape, frozen=True):
    """The secret in force, then the one before while it signs beside it."""

    items: list[SigningSecret]


class Rotated(Shape, frozen=True):
    """Until when the secret before signs beside the new one, real time."""

    signs_until: datetime


class WebhookTry(Shape, frozen=True):
    """One request; `endedAt` is null while it is under way or where its process died. Product time."""

    number: int
    tried_at: datetime
    ended_at: datetime | None
    status: int | None
    reason: str | None


class WebhookCall(Shape, frozen=True):
    """A call that a step made: `id` is what the receiver sees, `body` what was sent. Product time.

    `unread`: why nothing was read of an answer. `reason`: what was wrong with the last try, or why nothing is tried.
    """

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
    state: Literal["due", "claimed", "answered", "failed", "cancelled"]
    status: int | None
    reason: str | None
    unread: Literal["too_large", "not_json"] | None
    ended_at: datetime | None
    tries: list[WebhookTry]


class WebhookCalls(Shape, frozen=True):
    """The newest calls of a journey, at most 100."""

    items: list[WebhookCall]


@get("/webhook-secret")
async def get_webhook_secret(database: TheDatabase, caller: TheCaller, config: TheConfig) -> SigningSecrets:
    """What signs the calls of this workspace's journeys; the first secret is made when it is first asked for."""
    async with database.request_transaction(caller.workspace_id, "webhooks.secret") as connection:
        secrets = await ensure_secrets(connection, caller.workspace_id, Seal(config.secret), real=present())
    return SigningSecrets(items=[SigningSecret(**msgspec.structs.asdict(one)) for one in secrets])


@post("/webhook-secret/rotate", status_code=200)
async def rotate_webhook_secret(
    request: AnyRequest, database: TheDatabase, caller: TheCaller, config: TheConfig
) -> Response[Rotated]:
    """Sign by a new secret; for 24 hours calls carry a signature by the one before, too."""

    async def rotate(_id: UUID) -> Rotated:
        async with database.request_transaction(caller.workspace_id, "webhooks.secret") as connection:
            until = await rotate_secret(connection, caller.workspace_id, Seal(config.secret), real=present())
            await record_audit(
                connection,
                caller.workspace_id,
                caller=caller.name,
                action="webhook_secret.changed",
                subject=str(caller.workspace_id),
                at=present(),
            )
        return Rotated(signs_until=until)

    return await answer_once(request, database, caller, rotate, status=200)


@get("/journeys/{id:uuid}/webhook-calls")
async def list_webhook_calls(
    id: FromPath[UUID], database: TheDatabase, caller: TheCaller, step: FromQuery[StepId | None] = None
) -> WebhookCalls:
    """A journey's calls with every try, newest first; of one step if asked."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        await check_journey(connection, caller.workspace_id, id)
        calls = await list_calls(connection, caller.workspace_id, id, step=step, maximum=_AT_ONCE)
    return WebhookCalls(items=[_to_shape(call) for call in calls])


def _to_shape(call: ListedCall) -> WebhookCall:
    said = msgspec.structs.asdict(call)
    del said["bucket"]
    said["tries"] = [WebhookTry(**msgspec.structs.asdict(one)) for one in call.tries]
    return WebhookCall(**said)


HANDLERS = [get_webhook_secret, rotate_webhook_secret, list_webhook_calls]
